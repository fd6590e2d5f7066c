// What became of one deal that came in: what was done, how healthy it is and why, where it stands, whose lead it is.
import { StageBadge } from '@/ui/StageBadge';
import { HealthScore } from '@/ui/HealthScore';
import { RiskBadge } from '@/ui/RiskBadge';
import { notifyDone, notifyFailed, undoArrival } from '@/ui/undo';
import { useFormat } from '@/format/use_format';
import { Anchor, Button, Card, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Ingested } from './ingest';
import { Notice } from './Notice';

interface Props {
  answer: Ingested;
  openDeal: (id: string) => void;
  again?: { label: string; run: () => void };
}

const TITLES: Record<Ingested['action'], string> = { created: 'Deal added', updated: 'Deal updated', unchanged: 'Nothing new: this deal was already here' };
const WOULD: Record<Ingested['action'], string> = { created: 'This would add a deal', updated: 'This would update a deal', unchanged: 'This would change nothing' };

export function ResultCard({ answer, openDeal, again }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [answer]);
  const undo = useMutation({ mutationFn: () => undoArrival(answer.ingestion_id), onSuccess: () => notifyDone('Undone.'), onError: (error) => notifyFailed(error, 'It could not be undone.') });
  const looked = answer.dry_run === true;
  const canUndo = !looked && answer.action !== 'unchanged';
  return (
    <Card withBorder padding="lg" role="status">
      <Stack gap="md">
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck size={22} aria-hidden color="var(--mantine-primary-color-filled)" />
          <Title order={3} size="h4" ref={title} tabIndex={-1}>{undo.isSuccess ? 'Undone' : looked ? WOULD[answer.action] : TITLES[answer.action]}</Title>
        </Group>
        <DealLine answer={answer} />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
          <Health answer={answer} />
          <Standing answer={answer} />
        </SimpleGrid>
        <Warnings answer={answer} />
        {!looked && (
          <Group gap="sm">
            {!undo.isSuccess && <Button onClick={() => openDeal(answer.deal.id)}>Open deal</Button>}
            {again && <Button variant="default" onClick={again.run}>{again.label}</Button>}
            {canUndo && !undo.isSuccess && <Button variant="subtle" loading={undo.isPending} onClick={() => undo.mutate()}>Undo</Button>}
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function DealLine({ answer: { deal } }: { answer: Ingested }) {
  const format = useFormat();
  return (
    <Stack gap={4}>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{deal.name}</Text>
      <Group gap="md" c="dimmed" fz="sm">
        {deal.company && <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{deal.company}</Text>}
        <Text size="sm">{format.money(deal.value, deal.currency)}{deal.value_estimated ? ' (estimated)' : ''}</Text>
        <StageBadge stage={deal.stage} />
        <Text size="sm">{format.percent(deal.probability)} likely</Text>
        {deal.expected_close_date && <Text size="sm">Closes {format.date(deal.expected_close_date)}</Text>}
      </Group>
    </Stack>
  );
}

const factorWord = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

function Health({ answer: { analysis } }: { answer: Ingested }) {
  const format = useFormat();
  return (
    <Stack gap="xs">
      <Title order={4} size="h6">Health</Title>
      <Group gap="sm">
        <HealthScore score={analysis.health_score} />
        <RiskBadge risk={analysis.risk_level} />
      </Group>
      <List size="sm" spacing={4} listStyleType="none" ps={0}>
        {analysis.factors.map((factor) => (
          <List.Item key={factor.name}>
            <Text span size="sm" fw={600}>{factorWord(factor.name)} {factor.points === 0 ? '' : format.signed(factor.points)}</Text>
            <Text span size="sm" c="dimmed"> {factor.why}</Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Standing({ answer: { metrics, lead } }: { answer: Ingested }) {
  const format = useFormat();
  return (
    <Stack gap="xs">
      <Title order={4} size="h6">Where it stands</Title>
      {metrics.value_rank === null ? (
        <Text size="sm" c="dimmed">Not ranked: only open deals with a known exchange rate are.</Text>
      ) : (
        <Text size="sm">
          {metrics.total_active_deals === 1 ? 'The only open deal so far' : `Number ${format.number(metrics.value_rank)} by value of ${format.number(metrics.total_active_deals)} open deals`}
          {metrics.percentile === null ? '' : ` (percentile ${format.number(metrics.percentile)})`}.
        </Text>
      )}
      {lead && (
        <Text size="sm">
          Lead: {[lead.first_name, lead.last_name].filter(Boolean).join(' ') || lead.email}{' '}
          <Text span size="sm" c="dimmed">({lead.email}, {lead.status}, score {format.number(lead.ai_score)})</Text>
        </Text>
      )}
    </Stack>
  );
}

function Warnings({ answer }: { answer: Ingested }) {
  if (answer.warnings.length === 0) return null;
  return (
    <Notice title="Please note">
      <List size="sm">
        {answer.warnings.map((warning) => (
          <List.Item key={`${warning.field}.${warning.code}`}>{warning.message}</List.Item>
        ))}
      </List>
    </Notice>
  );
}

export function DealLink({ id, name, openDeal }: { id: string; name: string; openDeal: (id: string) => void }) {
  return <Anchor component="button" type="button" onClick={() => openDeal(id)}>{name}</Anchor>;
}
