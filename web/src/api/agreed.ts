// Short names of the shapes that many screens use, and one way to ask a route whose answer is read as its caller says.
import { need, type Schemas } from './client';

export type Role = Schemas['Role'];
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

export type Person = Schemas['Person'];
export type Colleague = Schemas['Colleague'];
export type PersonRole = Schemas['PersonRole'];

// `person` is null when the caller is a program with an API key; then nothing says its role.
export type SignedIn = Schemas['SignedIn'];

export type Metrics = Schemas['WorkspaceMetrics'];
export type ShownDeal = Deal;
export type SourceHealth = Schemas['SourceList']['sources'][number];

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
