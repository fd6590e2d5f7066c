import type { JournalRow } from '@/api/agreed';
import { describe, expect, it } from 'vitest';
import { readFrame, type RunningImport } from './frames';
import { kFeedRowsMax, kStart, takeFrame, type LiveState } from './reduce';

const kNow = '2026-11-24T12:00:00.000Z';
const row = (seq: number): JournalRow => ({ seq, at: kNow, kind: 'created', source: 'manual', deal_id: `d${seq}`, ingestion_id: null, actor: 'system', data: {} });
const running: RunningImport = {
  import_id: 'i1',
  counts: { read: 1, created: 1, updated: 0, unchanged: 0, skipped: 0, rejected: 0 },
  progress: { phase: 'running', bytes: 1, bytes_total: 2, rows: 1, rows_per_second: 1, seconds_left: 1 },
};
const at = (seq: number): LiveState => ({ ...kStart, seq });

describe('a frame', () => {
  it('of a kind this app does not know is left out', () => {
    expect(readFrame('{"type":"weather"}')).toBeNull();
    expect(readFrame('not json')).toBeNull();
    expect(readFrame('null')).toBeNull();
  });
});

describe('a greeting', () => {
  it('sets the position of who comes for the first time', () => {
    expect(takeFrame(kStart, { type: 'hello', tenant_id: 't', workspace_id: 'w', seq: 7 }, kNow).state.seq).toBe(7);
  });
  it('does not move who comes back: what was missed is still to come', () => {
    expect(takeFrame(at(3), { type: 'hello', tenant_id: 't', workspace_id: 'w', seq: 7 }, kNow).state.seq).toBe(3);
  });
});

describe('events', () => {
  it('are told in order, stand newest first in the feed, and move the position past the numbers of other workspaces', () => {
    const { state, news } = takeFrame(at(3), { type: 'events', from: 4, to: 9, events: [row(4), row(6)] }, kNow);
    expect(state.seq).toBe(9);
    expect(state.feed.map((entry) => entry.seq)).toEqual([6, 4]);
    expect(news).toEqual({ type: 'rows', rows: [row(4), row(6)] });
  });
  it('that were told already are not told again', () => {
    const once = takeFrame(at(3), { type: 'events', from: 4, to: 5, events: [row(4), row(5)] }, kNow).state;
    const twice = takeFrame(once, { type: 'events', from: 4, to: 6, events: [row(4), row(5), row(6)] }, kNow);
    expect(twice.news).toEqual({ type: 'rows', rows: [row(6)] });
    expect(twice.state.feed.map((entry) => entry.seq)).toEqual([6, 5, 4]);
  });
  it('never fill the memory', () => {
    let state = at(0);
    for (let seq = 1; seq <= kFeedRowsMax + 50; seq += 1) state = takeFrame(state, { type: 'events', from: seq, to: seq, events: [row(seq)] }, kNow).state;
    expect(state.feed).toHaveLength(kFeedRowsMax);
    expect(state.feed[0]?.seq).toBe(kFeedRowsMax + 50);
  });
});

describe('a burst', () => {
  const burst = { type: 'burst', from: 4, to: 5_000, counts: { csv: { created: 4_997 } } } as const;
  it('is one entry, and says only how many', () => {
    const { state, news } = takeFrame(at(3), burst, kNow);
    expect(state).toMatchObject({ seq: 5_000, feed: [{ kind: 'burst', from: 4, seq: 5_000, at: kNow }] });
    expect(news).toEqual({ type: 'burst', from: 4, to: 5_000, counts: burst.counts });
  });
  it('that was told already says nothing', () => {
    const { state, news } = takeFrame(at(5_000), burst, kNow);
    expect(news).toBeNull();
    expect(state.feed).toEqual([]);
  });
});

describe('running imports', () => {
  it('are those of the newest frame, and gone when it names none', () => {
    const during = takeFrame(at(3), { type: 'state', imports: [running] }, kNow).state;
    expect(during.imports).toEqual([running]);
    expect(takeFrame(during, { type: 'state' }, kNow).state.imports).toEqual([]);
  });
});

describe('a resync', () => {
  it('forgets the feed, goes on from its number, and says that everything is to be read again', () => {
    const before = takeFrame(at(3), { type: 'events', from: 4, to: 4, events: [row(4)] }, kNow).state;
    const { state, news } = takeFrame(before, { type: 'resync', seq: 90, reason: 'too_old' }, kNow);
    expect(state).toEqual({ seq: 90, feed: [], imports: [] });
    expect(news).toEqual({ type: 'resync' });
    expect(takeFrame(state, { type: 'events', from: 91, to: 91, events: [row(91)] }, kNow).news).toEqual({ type: 'rows', rows: [row(91)] });
  });
});
