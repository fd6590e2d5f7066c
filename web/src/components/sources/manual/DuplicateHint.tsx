// "This looks like …": asks the server, while one types, which deal this would be, and which are nearly the same. A dry run.
import { api, need } from '@/api/client';
import { useFormat } from '@/format/use_format';
import { stageWords } from '@/format/words';
import { notifyFailed } from '@/ui/undo';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconCopyCheck from '@tabler/icons-react/dist/esm/icons/IconCopyCheck.mjs';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useWatch, type UseFormReturn } from 'react-hook-form';
import { look, type NearDeal } from '../ingest';
import { dealBody, dealSchema, type DealForm } from './deal_form';
import { Notice } from '../Notice';

interface Props {
  form: UseFormReturn<DealForm>;
  openDeal: (id: string) => void;
}
const PAUSE_MS = 450;
const NAME_MIN = 3;
const SHOWN_MAX = 3;
const WHY: Record<NearDeal['why'], string> = { similar_name_and_company: 'Nearly the same name and company.', similar_name: 'Nearly the same name.', same_company: 'The same company.' };
interface Shown extends Omit<NearDeal, 'why'> {
  words: string;
}

function useLikeDeals(name: string, company: string) {
  const [asked] = useDebouncedValue(JSON.stringify([name.trim(), company.trim()]), PAUSE_MS);
  const [askedName = '', askedCompany = ''] = JSON.parse(asked) as string[];
  return useQuery({
    queryKey: ['like', askedName, askedCompany],
    queryFn: ({ signal }) => look('manual', { name: askedName, ...(askedCompany ? { company: askedCompany } : {}) }, signal),
    enabled: askedName.length >= NAME_MIN,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
}

export function DuplicateHint({ form, openDeal }: Props) {
  const [name, company] = useWatch({ control: form.control, name: ['name', 'company'] });
  const like = useLikeDeals(name, company);
  const update = useMutation({
    // Only what the form says; a blank field leaves the deal as it is.
    mutationFn: (id: string) => need(api.PATCH('/api/sales/deals/{id}', { params: { path: { id } }, body: changes(form) })),
    onSuccess: (_, id) => openDeal(id),
    onError: (error) => notifyFailed(error, 'The deal could not be updated.'),
  });
  if (name.trim().length < NAME_MIN || !like.data) return null;
  const { match, deal } = like.data;
  const same: Shown[] = match ? [{ ...deal, deal_id: match.deal_id, words: 'Adding this updates it.' }] : [];
  const near = (like.data.near ?? []).filter((each) => each.deal_id !== match?.deal_id).map((each) => ({ ...each, words: WHY[each.why] }));
  const shown = [...same, ...near].slice(0, SHOWN_MAX);
  if (shown.length === 0) return null;
  return (
    <Notice icon={<IconCopyCheck aria-hidden />} title={match ? 'This deal is already here' : near.some((each) => each.why !== 'same_company') ? 'This looks like a deal you have' : 'You have deals with this company'} role="status">
      <Stack gap="xs">
        {shown.map((each) => (
          <NearRow key={each.deal_id} deal={each} openDeal={openDeal} onUpdate={each.deal_id === match?.deal_id ? null : () => update.mutate(each.deal_id)} busy={update.isPending} />
        ))}
      </Stack>
    </Notice>
  );
}

function changes(form: UseFormReturn<DealForm>): Record<string, string | number> {
  const read = dealSchema.safeParse(form.getValues());
  const body = dealBody(read.success ? read.data : form.getValues());
  // Stage and probability were filled in by the form itself, not by the person.
  for (const field of ['stage', 'probability'] as const) if (!form.formState.dirtyFields[field]) delete body[field];
  return body;
}

function NearRow({ deal, openDeal, onUpdate, busy }: { deal: Shown; openDeal: (id: string) => void; onUpdate: (() => void) | null; busy: boolean }) {
  const format = useFormat();
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" style={{ overflowWrap: 'anywhere', flex: '1 1 240px' }}>
        <Text span size="sm" fw={600}>{deal.name}</Text>
        {deal.company ? `, ${deal.company}` : ''} ({stageWords[deal.stage].toLowerCase()}, {format.money(deal.value, deal.currency)}). {deal.words}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => openDeal(deal.deal_id)}>Open</Button>
        {onUpdate && <Button size="xs" variant="default" loading={busy} onClick={onUpdate}>Update that deal instead</Button>}
      </Group>
    </Group>
  );
}
