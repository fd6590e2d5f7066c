// What a frame does to what the app knows. Pure: the provider carries the outcome into the query cache and to the handlers.
import type { JournalRow, Metrics } from '@/api/agreed';
import type { BurstCounts, LiveFrame, RunningImport } from './frames';

export const kFeedRowsMax = 300; // entries the live feed holds

// A row of the journal, or many rows of which only the counts are known.
export type FeedEntry =
  | { kind: 'row'; seq: number; row: JournalRow }
  | { kind: 'burst'; seq: number; from: number; at: string; counts: BurstCounts };

export interface LiveState {
  seq: number | null; // dealt with everything up to here; null before the first hello
  feed: FeedEntry[]; // newest first
  imports: RunningImport[];
}

// What handlers are told. `resync`: anything may have changed, read again.
export type LiveNews =
  | { type: 'rows'; rows: JournalRow[] }
  | { type: 'burst'; from: number; to: number; counts: BurstCounts }
  | { type: 'resync' };

export interface Outcome {
  state: LiveState;
  news: LiveNews | null;
  metrics: Metrics | null;
}

export const kStart: LiveState = { seq: null, feed: [], imports: [] };

function fresh(state: LiveState, rows: JournalRow[]): JournalRow[] {
  const known = state.seq ?? 0;
  return rows.filter((row) => row.seq > known);
}

const cut = (feed: FeedEntry[]) => feed.slice(0, kFeedRowsMax);

export function takeFrame(state: LiveState, frame: LiveFrame, at: string): Outcome {
  switch (frame.type) {
    case 'hello':
      // Without a `since` the server goes on from here; with one it first tells what was missed.
      return { state: { ...state, seq: state.seq ?? frame.seq }, news: null, metrics: null };
    case 'resync':
      return { state: { seq: frame.seq, feed: [], imports: [] }, news: { type: 'resync' }, metrics: null };
    case 'state':
      return { state: { ...state, imports: frame.imports ?? [] }, news: null, metrics: frame.metrics ?? null };
    case 'events': {
      const rows = fresh(state, frame.events);
      const added = rows.map((row): FeedEntry => ({ kind: 'row', seq: row.seq, row })).reverse();
      const next = { seq: Math.max(state.seq ?? 0, frame.to), feed: cut([...added, ...state.feed]), imports: frame.imports ?? [] };
      return { state: next, news: rows.length > 0 ? { type: 'rows', rows } : null, metrics: frame.metrics ?? null };
    }
    case 'burst': {
      if (frame.to <= (state.seq ?? 0)) return { state: { ...state, imports: frame.imports ?? [] }, news: null, metrics: frame.metrics ?? null };
      const entry: FeedEntry = { kind: 'burst', seq: frame.to, from: frame.from, at, counts: frame.counts };
      const next = { seq: frame.to, feed: cut([entry, ...state.feed]), imports: frame.imports ?? [] };
      return { state: next, news: { type: 'burst', from: frame.from, to: frame.to, counts: frame.counts }, metrics: frame.metrics ?? null };
    }
  }
}
