// What the table is filtered by, each with a way to take it away.
import { useFormat } from '@/format/use_format';
import { Button, Group } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { chipsOf, withoutChip, type Filters } from './filters';

interface Props {
  filters: Filters;
  onChange: (next: Filters) => void;
}

export function FilterChips({ filters, onChange }: Props) {
  const format = useFormat();
  const chips = chipsOf(filters, format.number);
  if (chips.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label="Filters in use">
      {chips.map((chip) => (
        <Button
          key={chip.key + String(chip.value)}
          size="compact-xs"
          radius="xl"
          variant="light"
          rightSection={<IconX size={12} aria-hidden />}
          aria-label={`Remove filter ${chip.label}`}
          onClick={() => onChange(withoutChip(filters, chip))}
        >
          {chip.label}
        </Button>
      ))}
      {chips.length > 1 && <Button size="compact-xs" variant="subtle" onClick={() => onChange({ sort: filters.sort })}>Clear all</Button>}
    </Group>
  );
}
