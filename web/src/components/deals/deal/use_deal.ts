// One deal and what belongs to it, kept live: changes of others are patched in, what else changed is read again.
import { ask, type Deal, type Factor, type Insight, type JournalRow, type ShownDeal } from '@/api/agreed';
import { api, need, type Schemas } from '@/api/client';
import { keys } from '@/api/keys';
import { useLiveEvents } from '@/live/live';
import { patchDeal } from '@/live/patch';
import { useInfiniteQuery, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

const path = (id: string) => `/api/sales/deals/${encodeURIComponent(id)}`;
interface DealAnswer {
  deal: ShownDeal;
}

export function useDeal(id: string) {
  const cache = useQueryClient();
  useLiveEvents((news) => {
    if (news.type === 'burst') return void cache.invalidateQueries({ queryKey: keys.deal(id) });
    if (news.type === 'resync') return;
    const mine = news.rows.filter((row) => row.deal_id === id);
    if (mine.length === 0) return;
    const whole = mine.some((row) => row.kind === 'deleted' || row.kind === 'restored' || row.kind === 'activity');
    cache.setQueryData<DealAnswer>(keys.deal(id), (old) => old && { ...old, deal: mine.reduce(patchDeal, old.deal) });
    void cache.invalidateQueries({ queryKey: keys.deal(id), exact: whole ? undefined : false, predicate: (query) => whole || query.queryKey.length > 2 });
  });
  return useQuery({ queryKey: keys.deal(id), queryFn: ({ signal }) => ask<DealAnswer>('GET', `${path(id)}?include=deleted`, undefined, signal) });
}

// Reads all of this deal again, after something one did oneself.
export const rereadDeal = (cache: QueryClient, id: string) => cache.invalidateQueries({ queryKey: keys.deal(id) });

export interface Analysis {
  health_score: number;
  factors: Factor[];
}
// The score broken down, as of the deal's last change.
export function useAnalysis(deal: Deal) {
  return useQuery({
    queryKey: [...keys.deal(deal.id), 'analysis'],
    queryFn: async ({ signal }) => (await ask<{ analysis: Analysis }>('GET', `${path(deal.id)}?include=analysis`, undefined, signal)).analysis,
    enabled: deal.deleted_at === null,
  });
}

export function useInsights(deal: Deal) {
  return useQuery({
    queryKey: [...keys.deal(deal.id), 'insights'],
    queryFn: ({ signal }) => ask<{ state: 'pending' | 'ready' | 'off'; insights: Insight[] }>('GET', `${path(deal.id)}/insights`, undefined, signal),
    enabled: deal.deleted_at === null,
  });
}

export function useStanding(deal: Deal) {
  return useQuery({
    queryKey: [...keys.deal(deal.id), 'standing'],
    queryFn: ({ signal }) => ask<{ metrics: Schemas['WorkspaceMetrics'] }>('GET', `/api/sales/deals/metrics?deal_id=${encodeURIComponent(deal.id)}`, undefined, signal),
    enabled: deal.deleted_at === null,
  });
}

export function useLead(id: string | null) {
  return useQuery({ queryKey: [...keys.leads, id], queryFn: () => need(api.GET('/api/sales/leads/{id}', { params: { path: { id: id ?? '' } } })), enabled: id !== null });
}

const kPageRows = 50;
export function useJournal(id: string) {
  return useInfiniteQuery({
    queryKey: [...keys.deal(id), 'journal'],
    queryFn: ({ pageParam, signal }) =>
      ask<{ activities: JournalRow[]; next_cursor: string | null }>('GET', `${path(id)}/activities?limit=${kPageRows}${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`, undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

export function useFieldHistory(id: string, field: string | null) {
  return useQuery({
    queryKey: [...keys.deal(id), 'history', field],
    queryFn: ({ signal }) => ask<Schemas['HistoryAnswer']>('GET', `${path(id)}/history?limit=100&field=${encodeURIComponent(field ?? '')}`, undefined, signal),
    enabled: field !== null,
  });
}

// Names of the people, for who did what. Without the right to read them, nobody has a name.
export function useNames(): ReadonlyMap<string, string> {
  const people = useQuery({ queryKey: keys.people, queryFn: () => ask<{ people: { id: string; name: string }[] }>('GET', '/api/sales/people'), retry: false });
  return useMemo(() => new Map((people.data?.people ?? []).map((person) => [person.id, person.name])), [people.data]);
}

// Changes fields. With a version only if the deal is still that one: else an ApiError of status 412.
export function saveDeal(id: string, version: number | null, changes: Schemas['DealPatch']) {
  const header = version === null ? {} : { 'If-Match': `"${version}"` };
  return need(api.PATCH('/api/sales/deals/{id}', { params: { path: { id }, header }, body: changes }));
}
export const readDeal = async (id: string) => (await ask<DealAnswer>('GET', `${path(id)}?include=deleted`)).deal;
export const deleteDeal = (id: string) => ask<unknown>('DELETE', path(id));
export const restoreDeal = (id: string) => ask<unknown>('POST', `${path(id)}/restore`);
