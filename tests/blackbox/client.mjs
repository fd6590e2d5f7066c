// A thin client. Every answer it gets is judged by the contract; an undocumented status, header or member fails the test.
import assert from 'node:assert/strict';
import http from 'node:http';
import axios from 'axios';
import { answerProblems } from './contract.mjs';

const requestTimeoutMs = 60_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/**
 * One request as given, one answer as received: { status, headers, text, json }. Not judged.
 * `body` is text or bytes; `headers` are sent as they are.
 */
export function send(url, { method = 'GET', path, headers = {}, body, own = false }) {
    return new Promise((resolve, reject) => {
        const target = new URL(url);
        const bytes = body === undefined ? undefined : Buffer.from(body);
        const chunked = headers['transfer-encoding'] !== undefined;
        const all = bytes === undefined || chunked ? { ...headers } : { 'content-length': bytes.length, ...headers };
        const options = { host: target.hostname, port: target.port, method, path, headers: all, agent: own ? false : agent, timeout: requestTimeoutMs };
        let answered = false;
        const request = http.request(options, (response) => {
            answered = true;
            const pieces = [];
            response.on('data', (piece) => pieces.push(piece));
            response.on('error', reject);
            response.on('end', () => {
                const text = Buffer.concat(pieces).toString('utf8');
                const answer = { status: response.statusCode, headers: response.headers, text, method, path };
                Object.defineProperty(answer, 'json', { get: () => JSON.parse(text) });
                resolve(answer);
            });
        });
        request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path} in ${requestTimeoutMs} ms`)));
        // A refusal may come before the whole body is sent; then the broken pipe says nothing new.
        request.on('error', (error) => {
            if (!answered) reject(error);
        });
        request.end(bytes);
    });
}

/** Fails the test when the contract does not allow this answer. */
export function judge({ method, path, status, headers, text }) {
    const problems = answerProblems({ method, path: path.split('?')[0], status, headers, text });
    assert.deepEqual(problems, [], `${method} ${path} answered ${status}, and the contract says:\n  ${problems.join('\n  ')}\n  ${text.slice(0, 600)}`);
}

export function withQuery(path, query) {
    const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    if (pairs.length === 0) return path;
    return `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

/** The six-line multipart body that a browser would send. `parts` are [name, value] or [name, value, file name, content type]. */
export function multipart(parts) {
    const boundary = `----tributary${Math.random().toString(16).slice(2)}`;
    const pieces = parts.flatMap(([name, value, fileName, type]) => [
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n`,
        type === undefined ? '' : `Content-Type: ${type}\r\n`,
        '\r\n',
        Buffer.from(value),
        '\r\n',
    ]);
    const body = Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)));
    return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

/**
 * A client of one server with one credential (undefined: none). Paths below /api/sales/deals may be written short:
 * `post('/manual', {...})`. `expect` is the status, or a list of statuses, that must come.
 */
export function connect(server, key) {
    const full = (path) => (path.startsWith('/api/') || /^\/(healthz|livez|readyz|metrics|openapi\.json)$/.test(path) ? path : `/api/sales/deals${path}`);
    async function request(method, path, { json, body, query, headers = {}, expect, own } = {}) {
        const sent = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers };
        if (json !== undefined) sent['content-type'] ??= 'application/json';
        const target = withQuery(full(path), query);
        const answer = await send(server.url, { method, path: target, headers: sent, body: json === undefined ? body : JSON.stringify(json), own });
        judge(answer);
        const expected = expect === undefined ? [] : [expect].flat();
        if (expected.length > 0) assert.ok(expected.includes(answer.status), `${method} ${target} answered ${answer.status} instead of ${expected.join(' or ')}: ${answer.text.slice(0, 800)}`);
        return answer;
    }
    const client = {
        key,
        request,
        get: (path, query, more = {}) => request('GET', path, { query, ...more }),
        post: (path, json, more = {}) => request('POST', path, { json, ...more }),
        patch: (path, json, more = {}) => request('PATCH', path, { json, ...more }),
        delete: (path, more = {}) => request('DELETE', path, more),
        /** Uploads text or bytes as the file of /csv/upload. `fields` are form fields put before the file. */
        upload(csv, fields = {}, more = {}) {
            const { fileName = 'deals.csv', ...others } = more;
            const texts = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
            const form = multipart([...texts, ['file', csv, fileName, 'text/csv']]);
            return request('POST', '/csv/upload', { expect: 200, ...others, body: form.body, headers: { ...form.headers, ...others.headers } });
        },
        /** Every element of a paged list, in order. */
        async all(path, name, query = {}) {
            const found = [];
            for (let cursor; ; ) {
                const { json: page } = await request('GET', path, { query: { limit: 500, ...query, cursor }, expect: 200 });
                found.push(...page[name]);
                if (page.next_cursor === null) return found;
                assert.notEqual(page.next_cursor, cursor, 'a page leads to itself');
                cursor = page.next_cursor;
            }
        },
        /** The workspace's figures. Prometheus' are at the root and have their own name here. */
        metrics: async (query) => (await request('GET', '/api/sales/deals/metrics', { query, expect: 200 })).json.metrics,
        prometheus: () => request('GET', '/metrics', { expect: 200 }),
    };
    return client;
}

/** axios as the specification's examples use it, with the address and the credential set; every answer is judged. */
export function axiosFor(server, key) {
    const instance = axios.create({
        baseURL: server.url,
        headers: { Authorization: `Bearer ${key}` },
        validateStatus: () => true,
        transformResponse: [(text) => text],
        proxy: false,
    });
    instance.interceptors.response.use((response) => {
        const { pathname, search } = new URL(response.config.url, server.url);
        const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
        judge({ method: response.config.method.toUpperCase(), path: pathname + search, status: response.status, headers, text: response.data });
        response.data = JSON.parse(response.data);
        return response;
    });
    return instance;
}

/** Runs `work` over `items` with at most `width` at once; answers in the order of the items. */
export async function inParallel(items, width, work) {
    const results = new Array(items.length);
    let next = 0;
    async function worker() {
        while (next < items.length) {
            const at = next++;
            results[at] = await work(items[at], at);
        }
    }
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
    return results;
}
