// One row: what becomes of it, what changes from what to what, what is wrong, and its cells to mend.
import { useFormat } from '@/format/use_format';
import { Anchor, Badge, Box, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fixOf } from './fixes';
import type { Row } from './imports';
import classes from './imports.module.css';
import { fieldLabel, type Column } from './mapping';
import type { FixTools } from './RowList';
import { actionColors, actionWords, shownValue } from './words';

interface Props {
  row: Row;
  columns: Column[];
  fixes: FixTools | null;
}
// What a new deal is told by; the rest is one click away.
const FIRST_FIELDS = ['company', 'value', 'stage', 'expected_close_date', 'owner', 'contact_email'];
const HIDDEN = new Set(['lead_id', 'currency', 'name', 'source_metadata', 'stage_entered_at', 'closed_at']);

export function RowView({ row, columns, fixes }: Props) {
  const [open, setOpen] = useState(false);
  const problems = row.details ?? [];
  const canFix = fixes !== null && row.cells !== undefined;
  const wrong = columns.filter((column) => problems.some((problem) => problem.field !== '' && problem.field === column.field));
  const shown = open ? columns : wrong;
  return (
    <Box className={classes.row}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Stack gap={2} w={92} style={{ flex: 'none' }}>
          <Badge variant="light" color={actionColors[row.action]} tt="none">{actionWords[row.action]}</Badge>
          <Text size="xs" c="dimmed">Line {row.line ?? row.index + 1}</Text>
        </Stack>
        <Stack gap={6} style={{ flex: 1, minWidth: 0 }}>
          <RowTitle row={row} columns={columns} />
          {row.action === 'rejected' ? problems.length === 0 && <Text size="sm">{row.error}</Text> : <Change row={row} />}
          {problems.filter((problem) => !canFix || !wrong.some((column) => column.field === problem.field)).map((problem) => (
            <Text size="sm" key={`${problem.field}.${problem.code}`}>{problem.field ? `${fieldLabel(problem.field)}: ` : ''}{problem.message}</Text>
          ))}
          {canFix && shown.length > 0 && (
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
              {shown.map((column) => <Cell key={column.header} row={row} column={column} fixes={fixes} problem={problems.find((problem) => problem.field === column.field)?.message} />)}
            </SimpleGrid>
          )}
          {row.warnings?.map((warning) => <Text size="sm" c="dimmed" key={`${warning.field}.${warning.code}`}>{warning.message}</Text>)}
        </Stack>
        {canFix && <Button size="compact-sm" variant="subtle" onClick={() => setOpen(!open)} aria-expanded={open} style={{ flex: 'none' }}>{open ? 'Close' : row.action === 'rejected' ? 'All cells' : 'Edit'}</Button>}
      </Group>
    </Box>
  );
}

function RowTitle({ row, columns }: { row: Row; columns: Column[] }) {
  const header = columns.find((column) => column.field === 'name')?.header;
  const said = row.change?.after?.name ?? (header === undefined ? undefined : row.cells?.[header]);
  const name = typeof said === 'string' && said.trim() !== '' ? said : null;
  if (row.deal_id !== undefined && row.action !== 'skipped')
    return <Anchor component={Link} to="/deals/$id" params={{ id: row.deal_id } as never} size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>{name ?? 'Open the deal'}</Anchor>;
  return name === null ? null : <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>{name}</Text>;
}

function Change({ row }: { row: Row }) {
  const format = useFormat();
  const { before, after } = row.change ?? {};
  if (after === undefined) return null;
  const currency = after.currency ?? before?.currency;
  if (before === undefined) {
    const parts = FIRST_FIELDS.filter((field) => after[field] !== undefined && after[field] !== null).map((field) => shownValue(field, after[field], currency, format));
    return <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{parts.join(' · ')}</Text>;
  }
  const fields = Object.keys(after).filter((field) => !HIDDEN.has(field) || (field === 'name' && before.name !== undefined));
  return (
    <Stack gap={2}>
      {fields.map((field) => (
        <Text size="sm" key={field} style={{ overflowWrap: 'anywhere' }}>
          {fieldLabel(field)}: <Text span size="sm" className={classes.old}>{shownValue(field, before[field], currency, format)}</Text> → <Text span size="sm" fw={600}>{shownValue(field, after[field], currency, format)}</Text>
        </Text>
      ))}
    </Stack>
  );
}

function Cell({ row, column, fixes, problem }: { row: Row; column: Column; fixes: FixTools; problem: string | undefined }) {
  const original = row.cells?.[column.header] ?? '';
  const typed = fixOf(fixes.all, row.index, column.header);
  return (
    <TextInput
      size="xs"
      label={column.header}
      value={typed ?? original}
      error={typed === undefined ? problem : undefined}
      description={typed === undefined ? undefined : `In the file: ${original === '' ? 'empty' : original}`}
      onChange={(event) => fixes.onFix({ index: row.index, column: column.header, value: event.currentTarget.value }, original)}
    />
  );
}
