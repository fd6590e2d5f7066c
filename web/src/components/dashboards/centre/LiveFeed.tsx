// What is happening, newest first, in sentences; imports that run, with how far they are.
import type { JournalRow } from '@/api/agreed';
import { useImports, useLiveEvents, useLiveFeed } from '@/live/live';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, SegmentedControl } from '@mantine/core';
import IconActivity from '@tabler/icons-react/dist/esm/icons/IconActivity.mjs';
import { useMemo, useState } from 'react';
import classes from './centre.module.css';
import { FeedRow } from './FeedRow';
import { foldFeed, joinFeed, type FeedLine } from './fold';
import { useNames } from './names';
import { Panel } from './Panel';
import { useActivity } from './queries';
import { RunningImportBar } from './RunningImportBar';

const kLinesFirst = 14;
const kLinesMore = 20;
const none: JournalRow[] = [];

type View = 'all' | 'activity';
const shows = (view: View) => (line: FeedLine) => view === 'all' || (line.kind === 'row' && line.row.kind === 'activity');

function useLines(view: View): { lines: FeedLine[]; pending: boolean; error: Error | null; again: () => void } {
  const live = useLiveFeed();
  const stored = useActivity();
  const again = () => void stored.refetch();
  useLiveEvents((news) => {
    if (news.type === 'resync') again();
  });
  const lines = useMemo(() => foldFeed(joinFeed(live, stored.data ?? none)).filter(shows(view)), [live, stored.data, view]);
  return { lines, pending: stored.isPending, error: stored.error, again };
}

const words: Record<View, { title: string; text: string }> = {
  all: { title: 'Nothing has happened yet', text: 'Every new deal, change and import appears here the moment it is saved.' },
  activity: { title: 'No calls, meetings or notes lately', text: 'Log them on a deal’s page. They raise its health.' },
};

// `quiet`: shows nothing at all while nothing has happened.
export function LiveFeed({ quiet = false }: { quiet?: boolean }) {
  const [view, setView] = useState<View>('all');
  const [most, setMost] = useState(kLinesFirst);
  const { lines, pending, error, again } = useLines(view);
  const imports = useImports();
  const shown = lines.slice(0, most);
  const names = useNames(shown);
  if (quiet && lines.length === 0 && imports.length === 0) return null;
  return (
    <Panel
      title="Happening now"
      aside={<SegmentedControl size="xs" value={view} onChange={(value) => setView(value as View)} aria-label="What to show" data={[{ value: 'all', label: 'Everything' }, { value: 'activity', label: 'Calls and notes' }]} />}
    >
      {imports.map((running) => <RunningImportBar key={running.import_id} running={running} />)}
      {pending && lines.length === 0 && <ListSkeleton rows={8} />}
      {error && lines.length === 0 && <ErrorAlert error={error} onRetry={again} />}
      {!pending && !error && lines.length === 0 && <EmptyState icon={IconActivity} title={words[view].title} text={words[view].text} />}
      <ol className={classes.feed} aria-label="Latest events">
        {shown.map((line) => <FeedRow key={line.key} line={line} names={names} />)}
      </ol>
      {lines.length > most && <Button variant="subtle" size="xs" fullWidth mt="xs" onClick={() => setMost(most + kLinesMore)}>Show more</Button>}
    </Panel>
  );
}
