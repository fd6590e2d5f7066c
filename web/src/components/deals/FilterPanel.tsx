// All filters of the deals table in one small panel; each works at once.
import type { Risk, Source, Stage } from '@/api/agreed';
import { riskWords, sourceWords, stageWords } from '@/format/words';
import { Badge, Button, Checkbox, Group, NumberInput, Popover, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import IconFilter from '@tabler/icons-react/dist/esm/icons/IconFilter.mjs';
import type { Filters } from './filters';

const kPauseMs = 400;
const { system: _, ...sources } = sourceWords;

interface ListProps<T extends string> {
  label: string;
  words: Record<T, string>;
  chosen: T[] | undefined;
  onChange: (chosen: T[] | undefined) => void;
}
function Choices<T extends string>({ label, words, chosen, onChange }: ListProps<T>) {
  return (
    <Checkbox.Group label={label} value={chosen ?? []} onChange={(next) => onChange(next.length > 0 ? (next as T[]) : undefined)}>
      <SimpleGrid cols={2} spacing={6} verticalSpacing={6} mt={6}>
        {(Object.entries(words) as [T, string][]).map(([value, word]) => <Checkbox key={value} size="xs" value={value} label={word} />)}
      </SimpleGrid>
    </Checkbox.Group>
  );
}

interface Props {
  filters: Filters;
  count: number;
  onChange: (next: Filters) => void;
}

export function FilterPanel({ filters, count, onChange }: Props) {
  const later = useDebouncedCallback((change: Filters) => onChange({ ...filters, ...change }), kPauseMs);
  const amount = (value: string | number) => (typeof value === 'number' && value >= 0 ? value : undefined);
  return (
    <Popover width={340} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilter size={16} aria-hidden />} rightSection={count > 0 ? <Badge size="sm" circle>{count}</Badge> : undefined}>Filters</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="md">
          <Choices<Stage> label="Stage" words={stageWords} chosen={filters.stage} onChange={(stage) => onChange({ ...filters, stage })} />
          <Choices<Risk> label="Health" words={riskWords} chosen={filters.risk_level} onChange={(risk_level) => onChange({ ...filters, risk_level })} />
          <Choices<Source> label="Source" words={sources} chosen={filters.source} onChange={(source) => onChange({ ...filters, source })} />
          <TextInput size="xs" label="Owner" placeholder="The name exactly" defaultValue={filters.owner ?? ''} onChange={(event) => later({ owner: event.currentTarget.value.trim() || undefined })} />
          <Group grow>
            <NumberInput size="xs" label="Value from" min={0} hideControls thousandSeparator defaultValue={filters.value_min} onChange={(value) => later({ value_min: amount(value) })} />
            <NumberInput size="xs" label="Value up to" min={0} hideControls thousandSeparator defaultValue={filters.value_max} onChange={(value) => later({ value_max: amount(value) })} />
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
