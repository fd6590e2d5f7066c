// The only place that talks to the server. Answers are typed by api/openapi.yaml (schema.d.ts is made of it by the build).
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export interface Detail {
  field: string;
  code: string;
  message: string;
  value?: unknown;
}

// Every failure of every route has one shape (SPEC-NOTES 4); a connection that broke gets it too, with the code `offline`.
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly details: Detail[] = [],
    readonly requestId: string | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

function failure(response: Response | null, body: unknown): ApiError {
  if (response === null) return new ApiError('The server cannot be reached.', 0, 'offline');
  const said = (typeof body === 'object' && body !== null ? body : {}) as { error?: string; code?: string; details?: Detail[]; request_id?: string };
  const retry = Number(response.headers.get('retry-after'));
  return new ApiError(
    said.error ?? `The server answered ${response.status}.`,
    response.status,
    said.code ?? 'unknown',
    said.details ?? [],
    said.request_id ?? response.headers.get('x-request-id'),
    Number.isFinite(retry) && retry > 0 ? retry : null,
  );
}

type Listener = (error: ApiError) => void;
const listeners = new Set<Listener>();
// Told of every failure; the session listens for 401.
export function onFailure(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function fail(response: Response | null, body: unknown): never {
  const error = failure(response, body);
  for (const listener of listeners) listener(error);
  throw error;
}

// `fetch` is looked up at each call, so that what replaces it later is used.
export const api = createClient<paths>({ baseUrl: '', credentials: 'same-origin', fetch: (request) => globalThis.fetch(request) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}
// The data of an answer, or an ApiError: `await need(api.GET('/api/sales/deals', {…}))`.
export async function need<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return fail(null, null);
  }
  if (answer.error !== undefined || !answer.response.ok) return fail(answer.response, answer.error);
  return answer.data as T;
}

export interface UploadProgress {
  sent: number;
  total: number;
}
// Uploads with progress and cancel, which fetch cannot tell. The answer is parsed JSON of type T.
export function upload<T>(path: string, body: FormData | Blob, options: { headers?: Record<string, string>; signal?: AbortSignal; onProgress?: (at: UploadProgress) => void } = {}): Promise<{ status: number; data: T }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(options.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => options.onProgress?.({ sent: event.loaded, total: event.total });
    const broken = (response: Response | null) => {
      try {
        fail(response, request.response);
      } catch (error) {
        reject(error as Error);
      }
    };
    request.onerror = () => broken(null);
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve({ status: request.status, data: request.response as T });
      broken(new Response(null, { status: request.status, headers: { 'retry-after': request.getResponseHeader('retry-after') ?? '', 'x-request-id': request.getResponseHeader('x-request-id') ?? '' } }));
    };
    options.signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}
