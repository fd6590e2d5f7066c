import type { Deal, JournalRow } from '@/api/agreed';
import { describe, expect, it } from 'vitest';
import { patchDeal } from './patch';

const deal = { id: 'd1', name: 'Acme', stage: 'proposal', value: 10, version: 5, updated_at: '2026-01-01T00:00:00Z' } as Deal;
const row = (change: Partial<JournalRow>): JournalRow => ({ seq: 6, at: '2026-01-02T00:00:00Z', kind: 'updated', source: 'api', deal_id: 'd1', ingestion_id: null, actor: 'system', data: { after: { stage: 'negotiation' } as never }, ...change });

describe('a deal that is shown', () => {
  it('takes the fields of a newer row, and its number', () => {
    expect(patchDeal(deal, row({}))).toEqual({ ...deal, stage: 'negotiation', version: 6, updated_at: '2026-01-02T00:00:00Z' });
  });
  it('stays the very same for rows of other deals, old rows and logged activities', () => {
    expect(patchDeal(deal, row({ deal_id: 'd2' }))).toBe(deal);
    expect(patchDeal(deal, row({ seq: 5 }))).toBe(deal);
    expect(patchDeal(deal, row({ kind: 'activity', data: { note: 'x' } as never }))).toBe(deal);
  });
  it('never becomes another deal', () => {
    expect(patchDeal(deal, row({ data: { after: { id: 'd9', name: 'B' } as never } })).id).toBe('d1');
  });
});
