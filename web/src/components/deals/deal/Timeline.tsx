// Everything that happened with a deal, newest first.
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Stack, Text } from '@mantine/core';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import { useMemo } from 'react';
import { Arrival } from './Arrival';
import classes from './deal.module.css';
import { fieldWord, shownValue } from './fields';
import { localDay, ruleWord, timelineOf, type Change, type Entry } from './timeline';
import { useJournal, useNames } from './use_deal';

const activityWords: Record<string, string> = { call: 'logged a call', mail: 'logged an e-mail', meeting: 'logged a meeting', note: 'wrote a note' };

function headline(entry: Entry): string {
  if (entry.activity !== null) return activityWords[entry.activity] ?? `logged ${entry.activity}`;
  switch (entry.kind) {
    case 'created':
      return entry.source === 'manual' ? 'added this deal' : `added this deal (${sourceWords[entry.source]})`;
    case 'deleted':
      return 'deleted this deal';
    case 'restored':
      return 'brought this deal back';
    case 'automation':
      return 'ran an automation';
    case 'updated':
      return entry.changes.length === 1 && entry.changes[0] ? `changed ${fieldWord(entry.changes[0].field).toLowerCase()}` : `changed ${entry.changes.length} fields`;
    default:
      return entry.kind.replaceAll('_', ' ');
  }
}

function ChangeLine({ change, deal, first }: { change: Change; deal: Deal; first: boolean }) {
  const format = useFormat();
  const before = shownValue(change.field, change.before, deal, format);
  const rule = ruleWord(change.rule);
  return (
    <li className={classes.change}>
      <span className={classes.quiet}>{fieldWord(change.field)}</span>{' '}
      {!first && (
        <>
          <s className={classes.quiet}>{before ?? 'empty'}</s> <span aria-hidden>→</span>
          <span className={classes.hidden}> to </span>{' '}
        </>
      )}
      {shownValue(change.field, change.after, deal, format) ?? 'empty'}
      {rule && <span className={classes.quiet}> · {rule}</span>}
    </li>
  );
}

function Item({ entry, deal }: { entry: Entry; deal: Deal }) {
  const format = useFormat();
  return (
    <li className={classes.entry} data-kind={entry.activity === null ? entry.kind : 'activity'}>
      <Text size="sm">
        <b>{entry.by}</b> {headline(entry)}{' '}
        <time className={classes.quiet} dateTime={entry.at} title={format.date_time(entry.at)}>{new Intl.DateTimeFormat(format.locale, { timeStyle: 'short' }).format(new Date(entry.at))}</time>
      </Text>
      {entry.note !== null && <Text size="sm" className={classes.note}>{entry.note}</Text>}
      {entry.changes.length > 0 && (
        <ul className={classes.changes}>{entry.changes.map((change) => <ChangeLine key={change.field} change={change} deal={deal} first={entry.kind === 'created'} />)}</ul>
      )}
      {entry.arrival !== null && entry.kind !== 'activity' && <Arrival id={entry.arrival} row={entry.row} source={entry.source} />}
    </li>
  );
}

export function Timeline({ deal }: { deal: Deal }) {
  const format = useFormat();
  const journal = useJournal(deal.id);
  const names = useNames();
  const days = useMemo(() => timelineOf(journal.data?.pages.flatMap((page) => page.activities) ?? [], names, localDay), [journal.data, names]);
  const today = localDay(new Date().toISOString());
  if (journal.isLoading) return <ListSkeleton rows={5} />;
  if (journal.error) return <ErrorAlert error={journal.error} onRetry={() => void journal.refetch()} />;
  if (days.length === 0) return <EmptyState icon={IconHistory} title="Nothing has happened yet" text="Log a call or a note, and it stands here." />;
  return (
    <Stack gap="md">
      {days.map(({ day, entries }) => (
        <section key={day} aria-label={day === today ? 'Today' : format.date(day)}>
          <Text size="xs" fw={700} c="dimmed" mb={6}>{day === today ? 'Today' : format.date(day)}</Text>
          <ul className={classes.entries}>{entries.map((entry) => <Item key={entry.seq} entry={entry} deal={deal} />)}</ul>
        </section>
      ))}
      {journal.hasNextPage && <Button variant="default" size="xs" loading={journal.isFetchingNextPage} onClick={() => void journal.fetchNextPage()}>Show earlier</Button>}
    </Stack>
  );
}
