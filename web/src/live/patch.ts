// A deal after a row of the journal. Pure; for whoever holds deals in the cache.
import type { Deal, JournalRow } from '@/api/agreed';

// The deal with the row's fields put in, or the very same deal when the row is of another one, or older than what is held.
export function patchDeal<T extends Deal>(deal: T, row: JournalRow): T {
  if (row.deal_id !== deal.id || row.seq <= deal.version) return deal;
  const after = row.data.after;
  if (after === undefined || row.kind === 'activity') return deal;
  return { ...deal, ...after, id: deal.id, version: row.seq, updated_at: row.at };
}
