// How each source has done of late: when it last sent something, how much went well, how fast, and what went wrong.
import type { SourceHealth } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { useAddDeal } from '@/shell/add_deal';
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Text } from '@mantine/core';
import { Panel } from './Panel';
import { useSources } from './queries';
import classes from './sources.module.css';

type State = 'well' | 'errors' | 'failing' | 'silent';
const kFailingBelow = 0.5; // share of success under which a source is called failing
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
    <tr>
      <th scope="row">
        {sourceWords[source.source]}
        <span className={classes.state} data-state={state}>{stateWords[state]}</span>
      </th>
      <td>{source.last_event_at === null ? <Text span size="sm" c="dimmed">Never used</Text> : <Ago at={source.last_event_at} />}</td>
      <td className={classes.number}>{format.number(source.received)}</td>
      <td className={classes.number}>{source.success_rate === null ? '–' : format.share(source.success_rate)}</td>
      <td className={classes.number}>{format.number(source.rejected)}</td>
      <td className={classes.number}>{source.latency_ms === null ? '–' : `${format.number(Math.round(source.latency_ms.p95))} ms`}</td>
      <td className={classes.lastError}>
        {source.last_error === null ? <Text span size="sm" c="dimmed">None</Text> : <>{source.last_error.message} <Text span size="xs" c="dimmed"><Ago at={source.last_error.at} /></Text></>}
      </td>
    </tr>
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
        <div className={classes.scroll} tabIndex={0} role="region" aria-label="Health of each source">
          <table className={classes.sources}>
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Last event</th>
                <th scope="col" className={classes.number}>Last {hours} hours</th>
                <th scope="col" className={classes.number}>Taken</th>
                <th scope="col" className={classes.number}>Not taken</th>
                <th scope="col" className={classes.number}>Time to save</th>
                <th scope="col">Last error</th>
              </tr>
            </thead>
            <tbody>{found.data.map((source) => <Row key={source.source} source={source} />)}</tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
