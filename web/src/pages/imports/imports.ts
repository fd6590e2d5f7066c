// What the pages of imports ask the server, and have it do.
import { ask } from '@/api/agreed';
import { api, need, type Schemas } from '@/api/client';
import { keys } from '@/api/keys';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Decision } from './decisions';
import type { Fix } from './fixes';
import type { CsvMapping } from './mapping';

export type Import = Schemas['Import'];
export type ImportAnswer = Schemas['ImportAnswer'];
export type Action = Schemas['RowAction'];
export type UndoAnswer = Schemas['UndoAnswer'];
export type UndoCounts = Schemas['UndoCounts'];
export type Problem = Schemas['Problem'];

// A row of a plan or of a result, either kind.
export interface Row {
  index: number;
  line?: number;
  action: Action;
  deal_id?: string;
  change?: { before?: Record<string, unknown>; after?: Record<string, unknown> };
  result?: string;
  warnings?: Problem[];
  error?: string;
  code?: string;
  details?: Problem[];
  cells?: Record<string, string>;
}

// What `options` of a file's import holds beyond the part that the contract names.
export type Reading = NonNullable<Schemas['FileReading']> & {
  header?: string[];
  needs_decision?: Decision[];
  fixes?: Fix[];
  undone_by?: string;
  undoes?: string;
  counts?: UndoCounts;
};
export const readingOf = (one: Import): Reading => (one.options ?? {}) as Reading;

export const isMoving = (state: Import['state']) => state === 'running' || state === 'undoing';
const POLL_MS = 700;
const LIST_POLL_MS = 2_000;
const PAGE = 50;
export const ROWS_PAGE = 50;
export const SAMPLE_ROWS = 100;

export function useImport(id: string) {
  return useQuery({
    queryKey: keys.import(id),
    queryFn: () => need(api.GET('/api/sales/imports/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data.import.state) ? POLL_MS : false),
    staleTime: 0,
  });
}

export function useImportList() {
  return useInfiniteQuery({
    queryKey: keys.imports,
    queryFn: ({ pageParam }) => need(api.GET('/api/sales/imports', { params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.imports.some((one) => isMoving(one.state))) ? LIST_POLL_MS : false),
    staleTime: 0,
  });
}

export interface RowsAsked {
  id: string;
  action: Action | null;
  from: number;
  planned: boolean;
  limit?: number;
}
export function useRows({ id, action, from, planned, limit = ROWS_PAGE }: RowsAsked, enabled = true) {
  const query = new URLSearchParams({ from: String(from), limit: String(limit), include: 'cells', ...(action ? { action } : {}), ...(planned ? { planned: 'true' } : {}) });
  return useQuery({
    queryKey: [...keys.import(id), 'rows', query.toString()],
    queryFn: ({ signal }) => ask<{ rows: Row[]; next_cursor: string | null }>('GET', `/api/sales/imports/${id}/rows?${query}`, undefined, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

// Plans the stored bytes once more, read otherwise; the new plan's id.
export async function planAgain(id: string, body: { mapping?: CsvMapping; fixes?: Fix[] }): Promise<string> {
  const answer = await need(api.POST('/api/sales/imports/{id}/replay', { params: { path: { id }, header: { Prefer: 'respond-async' } }, body: body as Schemas['ReplayOptions'] }));
  return 'import' in answer ? answer.import.import_id : answer.import_id;
}

export const applyPlan = (id: string) => need(api.POST('/api/sales/imports/{id}/apply', { params: { path: { id }, header: { Prefer: 'respond-async' } } }));
export const cancelImport = (id: string) => need(api.POST('/api/sales/imports/{id}/cancel', { params: { path: { id } } }));
export const releaseHeld = (id: string) => need(api.POST('/api/sales/imports/{id}/automations/release', { params: { path: { id } } }));
export const undoImport = (id: string, dry_run: boolean) =>
  need(api.POST('/api/sales/imports/{id}/undo', { params: { path: { id }, query: { dry_run: dry_run ? 'true' : 'false' } } }));
export const savedMapping = (name: string) => need(api.GET('/api/sales/mappings/{name}', { params: { path: { name } } }));
export const saveMapping = (name: string, header: string[], mapping: CsvMapping) => need(api.PUT('/api/sales/mappings/{name}', { params: { path: { name } }, body: { header, mapping } }));
