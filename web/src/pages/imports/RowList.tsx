// The rows of an import, a page at a time from the server, so that a file of a million rows is as light as one of ten.
import { useFormat } from '@/format/use_format';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Fix, Fixes } from './fixes';
import { readingOf, ROWS_PAGE, useRows, type Action, type Import } from './imports';
import { RowView } from './RowView';

export interface FixTools {
  all: Fixes;
  planned: Fix[];
  onFix: (fix: Fix, original: string) => void;
}
interface Props {
  one: Import;
  filter: Action | null;
  planned: boolean;
  fixes: FixTools | null;
}

export function RowList(props: Props) {
  // Another filter begins at the first row.
  return <Pages key={props.filter ?? 'all'} {...props} />;
}

function Pages({ one, filter, planned, fixes }: Props) {
  const format = useFormat();
  // Where each page seen so far begins; the last is the one shown.
  const [starts, setStarts] = useState([0]);
  const from = starts.at(-1) ?? 0;
  const rows = useRows({ id: one.import_id, action: filter, from, planned });
  const total = filter === null ? one.counts.read : one.counts[filter];
  const next = rows.data?.next_cursor ?? null;
  const first = (starts.length - 1) * ROWS_PAGE;
  if (rows.isPending) return <ListSkeleton rows={6} />;
  if (rows.isError) return <ErrorAlert error={rows.error} onRetry={() => void rows.refetch()} />;
  const columns = readingOf(one).columns ?? [];
  return (
    <Stack gap="sm">
      <Stack gap={0} component="section" aria-label="Rows" aria-busy={rows.isPlaceholderData}>
        {rows.data.rows.map((row) => <RowView key={row.index} row={row} columns={columns} fixes={fixes} />)}
        {rows.data.rows.length === 0 && <Text c="dimmed" size="sm">No rows.</Text>}
      </Stack>
      {(next !== null || starts.length > 1) && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">{format.number(first + 1)} to {format.number(first + rows.data.rows.length)} of {format.number(total)}</Text>
          <Group gap="xs">
            <Button size="xs" variant="default" disabled={starts.length === 1} onClick={() => setStarts(starts.slice(0, -1))}>Previous rows</Button>
            <Button size="xs" variant="default" disabled={next === null} onClick={() => next !== null && setStarts([...starts, Number(next)])}>Next rows</Button>
          </Group>
        </Group>
      )}
    </Stack>
  );
}
