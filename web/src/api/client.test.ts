// What the rest of the app may rely on when a request fails.
import { afterEach, expect, test, vi } from 'vitest';
import { api, ApiError, need, onFailure } from './client';

const answers = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } }));

afterEach(() => vi.unstubAllGlobals());

const ask = () => need(api.GET('/api/sales/leads', { baseUrl: 'http://127.0.0.1' }));

test('an answer of the server is its data', async () => {
  answers(200, { status: 'success', leads: [], next_cursor: null });
  expect(await ask()).toEqual({ status: 'success', leads: [], next_cursor: null });
});

test('a refusal keeps the sentence, the code, the fields, the request and when to come again', async () => {
  const details = [{ field: 'limit', code: 'out_of_range', message: 'The limit is above 500.', value: '501' }];
  answers(429, { status: 'error', error: 'Too many.', source: 'system', code: 'rate_limited', details, request_id: 'r1' }, { 'retry-after': '7' });
  const heard: ApiError[] = [];
  const stop = onFailure((error) => heard.push(error));
  const error = await ask().catch((caught: unknown) => caught);
  stop();
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ message: 'Too many.', status: 429, code: 'rate_limited', details, requestId: 'r1', retryAfterS: 7 });
  expect(heard).toEqual([error]);
});

test('a connection that breaks is a failure with the code offline', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  await expect(ask()).rejects.toMatchObject({ status: 0, code: 'offline' });
});

test('a request that was called off is no failure anybody is told of', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new DOMException('called off', 'AbortError');
  });
  const heard: ApiError[] = [];
  const stop = onFailure((error) => heard.push(error));
  await expect(ask()).rejects.toMatchObject({ name: 'AbortError' });
  stop();
  expect(heard).toEqual([]);
});
