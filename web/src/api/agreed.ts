// Shapes and routes that screens use and api/openapi.yaml does not type yet, and one way to ask for them. Whoever finds one of
// these in `schema.d.ts` uses that instead.
import { need, type Schemas } from './client';

export type Role = 'admin' | 'member' | 'viewer' | 'intake';
export type Deal = Schemas['Deal'];
export type JournalRow = Schemas['JournalRow'];
export type Stage = Schemas['Stage'];
export type Source = Schemas['Source'];
export type AnySource = Schemas['AnySource'];
export type Risk = Schemas['Risk'];
export type ImportProgress = Schemas['ImportProgress'];
export type Counts = Schemas['Counts'];
export type Factor = Schemas['Analysis']['factors'][number];
export type Insight = Schemas['InsightsAnswer']['insights'][number];

export interface Person {
  id: string;
  email: string;
  name: string;
  role: Role;
  created_at: string;
  disabled_at?: string | null;
}

export interface SignedIn {
  person: Person | null; // null: the caller is a program with an API key
  tenant_id: string;
  workspaces: string[];
  workspace_id: string;
  role?: Role;
}

// Figures of the workspace, against those of `since`; null where there was nothing to compare with.
export interface MetricsChange {
  since: string | null;
  pipeline_value: number | null;
  weighted_pipeline_value: number | null;
  total_active_deals: number | null;
  win_rate: number | null;
  average_health: number | null;
}

export type Metrics = Schemas['WorkspaceMetrics'] & {
  win_rate?: number | null;
  health_histogram?: number[];
  stage_values?: Partial<Record<Stage, { value: number; weighted: number }>>;
  change?: MetricsChange;
};

export type ShownDeal = Deal & { analysis?: Omit<Schemas['Analysis'], 'insights'>; insights?: Insight[] };

export interface SourceHealth {
  source: Source;
  last_event_at: string | null;
  window_hours: number;
  received: number;
  succeeded: number;
  rejected: number;
  success_rate: number | null;
  latency_ms: { p50: number; p95: number } | null;
  last_error: { at: string; code: string; message: string } | null;
  connection: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
// Asks a route and answers its data, or throws an ApiError, as every other call does.
export function ask<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const asked = async () => {
    const response = await globalThis.fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    const said: unknown = await response.json().catch(() => null);
    return response.ok ? { data: said as T, response } : { error: said ?? {}, response };
  };
  return need<T>(asked());
}
