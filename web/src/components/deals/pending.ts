// What has changed behind the table's back: deals that came, went, or would stand elsewhere now. The table tells how many and
// waits to be asked. Pure.
import type { JournalRow } from '@/api/agreed';

export interface Pending {
  deals: ReadonlySet<string>;
  more: number; // of bursts, of which only the counts are known
}
export const kNothing: Pending = { deals: new Set(), more: 0 };
export const pendingCount = (pending: Pending) => pending.deals.size + pending.more;

const kOfDeals = new Set(['created', 'updated', 'deleted', 'restored']);
const kDealsMax = 5_000; // known one by one; above that they are only counted

// `held`: the deal is on screen and has been patched there. `fields`: a change of these may move it.
export function addRow(pending: Pending, row: JournalRow, held: boolean, fields: ReadonlySet<string>): Pending {
  if (row.deal_id === null || !kOfDeals.has(row.kind) || pending.deals.has(row.deal_id)) return pending;
  if (row.kind === 'deleted' && held) return pending;
  if (row.kind === 'updated') {
    const changed = Object.keys(row.data.after ?? {});
    if (!changed.some((field) => fields.has(field)) && !fields.has('updated_at')) return pending;
  }
  if (pending.deals.size >= kDealsMax) return { ...pending, more: pending.more + 1 };
  return { ...pending, deals: new Set(pending.deals).add(row.deal_id) };
}

export function addBurst(pending: Pending, counts: Record<string, Record<string, number>>): Pending {
  let more = 0;
  for (const kinds of Object.values(counts)) for (const [kind, number] of Object.entries(kinds)) if (kOfDeals.has(kind)) more += number;
  return more === 0 ? pending : { ...pending, more: pending.more + more };
}
