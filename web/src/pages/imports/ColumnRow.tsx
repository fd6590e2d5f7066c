// One column of the file: its header and cells, the field it becomes, and how sure that is.
import { useFormat } from '@/format/use_format';
import { Badge, Box, Button, Group, Select, Stack, Text } from '@mantine/core';
import classes from './imports.module.css';
import { chosenField, DEAL_FIELDS, fieldLabel, LEAVE, METADATA, type Column, type MappingState } from './mapping';
import type { Samples } from './samples';

interface Props {
  column: Column;
  state: MappingState;
  samples: Samples;
  onChange: (next: MappingState) => void;
}

const CHOICES = [
  { group: 'Fields of a deal', items: DEAL_FIELDS },
  { group: 'Otherwise', items: [{ value: METADATA, label: 'Keep as extra information' }, { value: LEAVE, label: 'Leave out' }] },
];
const MATCHES: Record<Column['match'], { label: string; color: string }> = {
  told: { label: 'You said so', color: 'teal' },
  exact: { label: 'Known name', color: 'teal' },
  alias: { label: 'Known name', color: 'teal' },
  similar: { label: 'Looks like it, please check', color: 'yellow' },
  content: { label: 'By its cells, please check', color: 'yellow' },
  none: { label: 'Not known', color: 'gray' },
};

export function ColumnRow({ column, state, samples, onChange }: Props) {
  const touched = Object.hasOwn(state.fields, column.header);
  const choose = (field: string) => {
    const fields = new Map(Object.entries(state.fields));
    // Choosing what the server has understood anyway says nothing.
    if (field === (column.field ?? LEAVE)) fields.delete(column.header);
    else fields.set(column.header, field);
    onChange({ ...state, fields: Object.fromEntries(fields) });
  };
  const { suggestion } = column;
  return (
    <Box className={classes.column}>
      <Stack gap={2}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{column.header || 'Column without a name'}</Text>
        <Cells samples={samples} />
      </Stack>
      <Select aria-label={`What “${column.header}” is`} data={CHOICES} value={chosenField(state, column)} onChange={(field) => field && choose(field)} allowDeselect={false} searchable maxDropdownHeight={320} />
      <Stack gap={4}>
        {touched ? <Badge variant="dot" color="teal" tt="none" fw={500}>You said so</Badge> : <Confidence column={column} />}
        {!touched && <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{plainReason(column.reason)}</Text>}
        {!touched && suggestion && (
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => choose(suggestion.field)}>Use as {fieldLabel(suggestion.field).toLowerCase()}</Button>
            <Text size="sm" c="dimmed">{suggestion.reason}</Text>
          </Group>
        )}
        {(column.contradicting_rows ?? 0) > 0 && <Text size="sm">{column.contradicting_rows} rows are written otherwise than the column and are refused.</Text>}
      </Stack>
    </Box>
  );
}

// The server's word for the place where unknown columns are kept is no word of a sales person.
const plainReason = (reason: string) => reason.replace('kept in source_metadata', 'kept with the deal as extra information');

function Confidence({ column }: { column: Column }) {
  const format = useFormat();
  const { label, color } = MATCHES[column.match];
  const sure = column.match === 'similar' || column.match === 'content' ? `, ${format.percent(column.confidence * 100)} sure` : '';
  return <Badge variant="dot" color={color} tt="none" fw={500}>{label}{sure}</Badge>;
}

function Cells({ samples }: { samples: Samples }) {
  const format = useFormat();
  if (samples.looked_at === 0) return null;
  if (samples.filled === 0) return <Text size="sm" c="dimmed">Empty in the first {format.number(samples.looked_at)} rows</Text>;
  return (
    <>
      <ul className={classes.samples}>{samples.cells.map((cell) => <li key={cell} title={cell}>{cell}</li>)}</ul>
      {samples.filled < samples.looked_at && <Text size="xs" c="dimmed">{format.percent((samples.filled / samples.looked_at) * 100)} filled in</Text>}
    </>
  );
}
