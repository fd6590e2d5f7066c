// The feed's lines: rows of the journal as they are, and the many rows of one import as one line. Pure.
import type { AnySource, JournalRow } from '@/api/agreed';
import type { FeedEntry } from '@/live/reduce';

export interface ImportEnd {
  state: string; // done, cancelled, failed, planned
  counts: Record<string, number>; // of an import: created, updated, …; of an undo: removed, restored, …
  undo: boolean;
}
export interface ManyLine {
  kind: 'many';
  key: string;
  seq: number;
  at: string;
  source: AnySource;
  unit: string | null; // null: a burst, of which only counts are known
  counts: Record<string, number>; // rows seen, by kind
  end: ImportEnd | null;
}
export type FeedLine = { kind: 'row'; key: string; seq: number; row: JournalRow } | ManyLine;

const kFoldFrom = 3; // rows of one arrival from which they become one line
const isFrame = (row: JournalRow) => row.kind === 'import_started' || row.kind === 'import_finished';

// What the socket has told and what was read at the start, newest first, each row once.
export function joinFeed(live: FeedEntry[], stored: JournalRow[]): FeedEntry[] {
  const told = live.map((entry) => (entry.kind === 'row' ? [entry.seq, entry.seq] : [entry.from, entry.seq]) as [number, number]);
  const known = (seq: number) => told.some(([from, to]) => from <= seq && seq <= to);
  const old = stored.filter((row) => !known(row.seq)).map((row): FeedEntry => ({ kind: 'row', seq: row.seq, row }));
  return [...live, ...old].sort((one, other) => other.seq - one.seq);
}

function endOf(rows: JournalRow[]): ImportEnd | null {
  const row = rows.find((one) => one.kind === 'import_finished');
  if (!row) return null;
  const data = row.data as { state?: string; undoes?: string; counts?: Record<string, number> } & Record<string, unknown>;
  const counts = data.counts ?? Object.fromEntries(Object.entries(data).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  return { state: data.state ?? 'done', counts, undo: data.undoes !== undefined };
}

function lineOfUnit(rows: JournalRow[]): FeedLine[] {
  const newest = rows[0];
  if (newest === undefined) return [];
  if (rows.length < kFoldFrom && !rows.some(isFrame)) return rows.map((row) => ({ kind: 'row', key: `r${row.seq}`, seq: row.seq, row }));
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row.kind] = (counts[row.kind] ?? 0) + 1;
  return [{ kind: 'many', key: `u${newest.ingestion_id ?? newest.seq}`, seq: newest.seq, at: newest.at, source: newest.source, unit: newest.ingestion_id, counts, end: endOf(rows) }];
}

function linesOfBurst(entry: FeedEntry & { kind: 'burst' }): ManyLine[] {
  const total = (kinds: Record<string, number>) => Object.values(kinds).reduce((sum, each) => sum + each, 0);
  return Object.entries(entry.counts)
    .sort(([, one], [, other]) => total(other) - total(one))
    .map(([source, counts]) => ({ kind: 'many', key: `b${entry.from}-${source}`, seq: entry.seq, at: entry.at, source: source as AnySource, unit: null, counts, end: null }));
}

function add(into: Record<string, number>, counts: Record<string, number>): Record<string, number> {
  const sum = { ...into };
  for (const [kind, each] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + each;
  return sum;
}

// The same import seen twice in a row: as rows, and as a burst before or after them.
function sameArrival(one: ManyLine, other: ManyLine): boolean {
  return one.source === other.source && (one.unit === null || other.unit === null || one.unit === other.unit);
}

function put(lines: FeedLine[], line: FeedLine): void {
  if (line.kind === 'many') {
    for (let index = lines.length - 1; index >= 0; index -= 1) {
      const newer = lines[index];
      if (newer === undefined || newer.kind !== 'many') break;
      if (!sameArrival(newer, line)) continue;
      // The older line's key names both, so that the line keeps its place on the screen while its counts grow.
      lines[index] = { ...newer, key: line.key, unit: newer.unit ?? line.unit, counts: add(newer.counts, line.counts), end: newer.end ?? line.end };
      return;
    }
  }
  lines.push(line);
}

export function foldFeed(entries: FeedEntry[]): FeedLine[] {
  const lines: FeedLine[] = [];
  let unit: JournalRow[] = [];
  const flush = () => {
    for (const line of lineOfUnit(unit)) put(lines, line);
    unit = [];
  };
  for (const entry of entries) {
    const open = unit[0]?.ingestion_id ?? null;
    if (entry.kind === 'row') {
      if (unit.length > 0 && (open === null || entry.row.ingestion_id !== open)) flush();
      unit.push(entry.row);
      continue;
    }
    flush();
    for (const line of linesOfBurst(entry)) put(lines, line);
  }
  flush();
  return lines;
}
