// All files and batches that came in, newest first: when, by whom, what became of their rows, and how far the running ones are.
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { useImports } from '@/live/live';
import { useSession } from '@/session/session';
import { useAddDeal } from '@/shell/add_deal';
import { Ago } from '@/ui/Ago';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import { Link } from '@tanstack/react-router';
import { CountsBar } from './CountsBar';
import classes from './imports.module.css';
import { useImportList, type Import } from './imports';
import { useActorName } from './people';
import { StateBadge } from './StateBadge';
import { nameOf } from './words';

// A plan that was planned again is an earlier draft of the newer one.
function withoutDrafts(all: Import[]): Import[] {
  const replaced = new Set(all.map((one) => one.replay_of));
  return all.filter((one) => one.state !== 'planned' || !replaced.has(one.import_id));
}

export default function ImportsPage() {
  const session = useSession();
  const addDeal = useAddDeal();
  const list = useImportList();
  const shown = withoutDrafts(list.data?.pages.flatMap((page) => page.imports) ?? []);
  const add = session.can('write') && <Button onClick={() => addDeal('csv')}>Import a file</Button>;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">Imports</Title>
        {shown.length > 0 && add}
      </Group>
      {list.isPending && <ListSkeleton rows={6} />}
      {list.isError && <ErrorAlert error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && shown.length === 0 && (
        <EmptyState icon={IconFileImport} order={2} title="No imports yet" text="Drop a CSV or Excel file: you see what it would do before anything is saved, and every import can be undone.">{add}</EmptyState>
      )}
      {shown.length > 0 && <ImportTable imports={shown} />}
      {list.hasNextPage && (
        <Group justify="center"><Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show earlier ones</Button></Group>
      )}
    </Stack>
  );
}

function ImportTable({ imports }: { imports: Import[] }) {
  const actor = useActorName();
  return (
    <div className={classes.imports}>
      <Table verticalSpacing="sm" highlightOnHover aria-label="Imports">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>File</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Rows</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {imports.map((one) => (
            <Table.Tr key={one.import_id}>
              <Table.Td>
                <Anchor renderRoot={(props) => <Link {...props} to="/imports/$id" params={{ id: one.import_id }} />} fw={500} style={{ overflowWrap: 'anywhere' }}>{nameOf(one)}</Anchor>
                <Text size="xs" c="dimmed">{sourceWords[one.source]}</Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}><Ago at={one.started_at} /></Table.Td>
              <Table.Td>{actor(one.actor)}</Table.Td>
              <Table.Td><LiveCounts one={one} /></Table.Td>
              <Table.Td><StateBadge state={one.state} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function LiveCounts({ one }: { one: Import }) {
  const format = useFormat();
  const running = useImports().find((each) => each.import_id === one.import_id);
  return (
    <>
      <CountsBar counts={running?.counts ?? one.counts} />
      {running && <Text size="xs">{format.number(Math.round(running.progress.rows_per_second))} rows a second</Text>}
    </>
  );
}
