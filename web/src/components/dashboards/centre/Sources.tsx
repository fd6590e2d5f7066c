// How each source has done of late: when it last sent something, how much went well, how fast, and what went wrong.
import type { SourceHealth } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { useAddDeal } from '@/shell/add_deal';
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Table, Text } from '@mantine/core';
import classes from './centre.module.css';
import { Panel } from './Panel';
import { useSources } from './queries';

type State = 'well' | 'errors' | 'failing' | 'silent';
const kFailingBelow = 50; // percent of success under which a source is called failing
const stateWords: Record<State, string> = { well: 'Working', errors: 'Some errors', failing: 'Failing', silent: 'Quiet' };

function stateOf(source: SourceHealth): State {
  if (source.received === 0 || source.success_rate === null) return 'silent';
  if (source.success_rate < kFailingBelow) return 'failing';
  return source.rejected > 0 ? 'errors' : 'well';
}

function Row({ source }: { source: SourceHealth }) {
  const format = useFormat();
  const state = stateOf(source);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={600}>
        {sourceWords[source.source]}
        <span className={classes.sourceState} data-state={state}>{stateWords[state]}</span>
      </Table.Th>
      <Table.Td>{source.last_event_at === null ? <Text span size="sm" c="dimmed">Never used</Text> : <Ago at={source.last_event_at} />}</Table.Td>
      <Table.Td className={classes.number}>{format.number(source.received)}</Table.Td>
      <Table.Td className={classes.number}>{source.success_rate === null ? '–' : format.percent(source.success_rate)}</Table.Td>
      <Table.Td className={classes.number}>{format.number(source.rejected)}</Table.Td>
      <Table.Td className={classes.number}>{source.latency_ms === null ? '–' : `${format.number(Math.round(source.latency_ms.p95))} ms`}</Table.Td>
      <Table.Td className={classes.lastError}>
        {source.last_error === null ? <Text span size="sm" c="dimmed">None</Text> : <>{source.last_error.message} <Text span size="xs" c="dimmed"><Ago at={source.last_error.at} /></Text></>}
      </Table.Td>
    </Table.Tr>
  );
}

export function Sources() {
  const found = useSources();
  const session = useSession();
  const addDeal = useAddDeal();
  const hours = found.data?.[0]?.window_hours ?? 24;
  return (
    <Panel title="Sources" aside={session.can('write') && <Button size="xs" variant="default" onClick={() => addDeal('api')}>Connect a source</Button>}>
      {found.isPending && <ListSkeleton rows={7} />}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <Table.ScrollContainer minWidth={720} type="native" tabIndex={0} role="region" aria-label="Health of each source">
          <Table verticalSpacing="xs" className={classes.sources}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Th>Last event</Table.Th>
                <Table.Th className={classes.number}>Last {hours} hours</Table.Th>
                <Table.Th className={classes.number}>Taken</Table.Th>
                <Table.Th className={classes.number}>Not taken</Table.Th>
                <Table.Th className={classes.number}>Time to save</Table.Th>
                <Table.Th>Last error</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{found.data.map((source) => <Row key={source.source} source={source} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}
