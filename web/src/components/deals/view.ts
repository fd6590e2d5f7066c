// A view is an order of deals that the server keeps: opened with filters and a sort, then read by offset at any place at once.
import { ask, type ShownDeal } from '@/api/agreed';
import type { Schemas } from '@/api/client';

export type Gone = Schemas['GoneDeal'];
export type ViewDeal = ShownDeal | Gone;
export const isGone = (deal: ViewDeal): deal is Gone => 'deleted' in deal && deal.deleted === true;

export type ViewHead = Schemas['View'];
export interface ViewPage {
  deals: ViewDeal[];
  view: ViewHead;
}
// Reads one window; `view` null opens a new one. `query` are the filters and the sort as the API names them.
export type ReadView = (view: string | null, offset: number, limit: number, signal: AbortSignal) => Promise<ViewPage>;

export function viewReader(query: string): ReadView {
  return (view, offset, limit, signal) => {
    const asked = new URLSearchParams(view === null ? query : '');
    asked.set('view', view ?? 'new');
    asked.set('offset', String(offset));
    asked.set('limit', String(limit));
    return ask<ViewPage>('GET', `/api/sales/deals?${asked}`, undefined, signal);
  };
}
