import type { JournalRow } from '@/api/agreed';
import { makeFormat } from '@/format/format';
import type { FeedEntry } from '@/live/reduce';
import { describe, expect, it } from 'vitest';
import { foldFeed, joinFeed } from './fold';
import { sentence, type Names } from './sentences';

const kNow = '2026-11-24T12:00:00.000Z';
const format = makeFormat('en-US', 'UTC');
const names: Names = { deal: (id) => (id === 'd1' ? { name: 'Acme renewal', currency: 'EUR' } : null), actor: (actor) => (actor === 'person:p1' ? 'Ana' : null) };

const row = (seq: number, change: Partial<JournalRow> = {}): JournalRow => ({ seq, at: kNow, kind: 'created', source: 'manual', deal_id: 'd1', ingestion_id: `u${seq}`, actor: 'key:k1', data: {}, ...change });
const entry = (one: JournalRow): FeedEntry => ({ kind: 'row', seq: one.seq, row: one });
const burst = (from: number, to: number, counts: Record<string, Record<string, number>>): FeedEntry => ({ kind: 'burst', seq: to, from, at: kNow, counts });
const csv = (seq: number, kind: JournalRow['kind'], data: object = {}) => entry(row(seq, { kind, source: 'csv', ingestion_id: 'import', deal_id: null, data: data as never }));

function said(entries: FeedEntry[]): string[] {
  return foldFeed(entries).map((line) => {
    const { before, deal, after, detail } = sentence(line, names, format);
    return before + (deal ?? '') + after + (detail === null ? '' : ` | ${detail}`);
  });
}
const one = (change: Partial<JournalRow>) => said([entry(row(1, change))])[0];
const changed = (before: object, after: object) => one({ kind: 'updated', data: { before, after } as never });

describe('what was read and what the socket told', () => {
  it('are one list, each row once, newest first', () => {
    const live = [burst(7, 9, { csv: { created: 3 } }), entry(row(6))];
    expect(joinFeed(live, [row(8), row(6), row(5)]).map(({ seq }) => seq)).toEqual([9, 6, 5]);
  });
});

describe('many rows', () => {
  it('of one import are one line, with its own counts once it has ended', () => {
    const rows = [csv(5, 'import_finished', { state: 'done', read: 4_123, created: 4_100, updated: 20, unchanged: 0, skipped: 0, rejected: 3 }), csv(4, 'created'), csv(3, 'created'), csv(2, 'import_started')];
    expect(said(rows)).toEqual(['CSV: 4,120 deals | 4,100 new, 20 updated, 3 not taken']);
  });
  it('told as bursts are one line, however many bursts, and one with the end of the import', () => {
    const bursts = [burst(201, 300, { csv: { created: 100 } }), burst(101, 200, { csv: { created: 100, updated: 3 } })];
    expect(said(bursts)).toEqual(['CSV: 203 deals | 200 new, 3 updated']);
    expect(said([csv(301, 'import_finished', { state: 'done', created: 200, updated: 3 }), ...bursts, csv(100, 'import_started')])).toEqual(['CSV: 203 deals | 200 new, 3 updated']);
  });
  it('of two sources in one burst are two lines, and do not double in the next burst', () => {
    const both = (from: number) => burst(from, from + 9, { csv: { created: 8 }, api: { created: 2 } });
    expect(said([both(11), both(1)])).toEqual(['CSV: 16 deals | 16 new', 'API: 4 deals | 4 new']);
  });
  it('of two imports are two lines', () => {
    const other = (seq: number, kind: JournalRow['kind']) => entry(row(seq, { kind, source: 'csv', ingestion_id: 'other', data: { state: 'done', created: 1 } as never }));
    expect(said([csv(4, 'import_finished', { state: 'done', created: 2 }), other(3, 'import_finished')])).toEqual(['CSV: 2 deals | 2 new', 'CSV: 1 deal | 1 new']);
  });
  it('of single deals stay apart', () => {
    expect(foldFeed([entry(row(3)), entry(row(2)), entry(row(1))])).toHaveLength(3);
  });
  it('of an undo say what was taken back', () => {
    const undo = (seq: number, kind: JournalRow['kind'], data: object) => entry(row(seq, { kind, source: 'system', ingestion_id: 'undo', data: data as never }));
    expect(said([undo(3, 'import_finished', { state: 'done', undoes: 'import', counts: { removed: 2, kept: 1 } }), undo(2, 'deleted', {}), undo(1, 'import_started', {})])).toEqual([
      'Undone: 2 deals | 2 taken away, 1 kept, changed since',
    ]);
  });
  it('keep their place on the screen while they grow', () => {
    const first = [burst(1, 100, { csv: { created: 100 } })];
    const key = foldFeed(first)[0]?.key;
    expect(foldFeed([burst(101, 200, { csv: { created: 100 } }), ...first])[0]?.key).toBe(key);
  });
});

describe('a sentence', () => {
  it('says who added which deal, and what it is worth', () => {
    const after = { name: 'Pilot', company: 'Globex', value: 50_000, currency: 'USD', stage: 'discovery' };
    expect(one({ actor: 'person:p1', data: { after } as never })).toBe('Ana added Pilot | Globex · $50,000 · Discovery');
    expect(one({ source: 'web_form', data: { after: { ...after, value_estimated: true } } as never })).toBe('New deal: Pilot | Globex · about $50,000 · Discovery');
  });
  it('says first what matters most of a change', () => {
    expect(changed({ stage: 'proposal', probability: 50 }, { stage: 'negotiation', probability: 80 })).toBe('Acme renewal moved from Proposal to Negotiation | Also changed: probability');
    expect(changed({ stage: 'negotiation' }, { stage: 'closed_won' })).toBe('Acme renewal is won');
    expect(changed({ value: 10 }, { value: 20 })).toBe('Acme renewal is worth €20 now, was €10');
    expect(changed({ expected_close_date: null }, { expected_close_date: '2026-06-01' })).toBe('Acme renewal closes Jun 1, 2026');
    expect(changed({ contact_phone: null }, { contact_phone: '+49' })).toBe('Acme renewal has a new contact phone');
  });
  it('tells of calls, deletions and deals in danger', () => {
    expect(one({ kind: 'activity', data: { type: 'call', note: 'They want a pilot.' } as never })).toBe('Call on Acme renewal | They want a pilot.');
    expect(one({ kind: 'deleted' })).toBe('Acme renewal was deleted');
    expect(one({ kind: 'automation', data: { name: 'high_risk_alert', cause: 3 } as never })).toBe('Acme renewal is at risk now');
  });
  it('of a deal whose name is not known yet still reads', () => {
    expect(one({ kind: 'restored', deal_id: 'd2' })).toBe('A deal is back');
  });
});
