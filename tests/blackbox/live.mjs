// A watcher of the live socket. Every frame is judged by the contract and kept.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { frameProblems } from './contract.mjs';
import { within } from './server.mjs';

const frameTimeoutMs = 15_000;

/**
 * Opens the socket. `query` has since, ticket, workspace_id…; `key` goes into the Authorization header,
 * `headers` are sent as they are.
 * Resolves with the watcher when the handshake is done, or rejects with { status, text } when it is refused.
 */
export async function watch(server, { key, query = {}, headers = {} } = {}) {
    const url = `${server.url.replace('http', 'ws')}/api/sales/live?${new URLSearchParams(query)}`;
    const socket = new WebSocket(url, { headers: key === undefined ? headers : { ...headers, authorization: `Bearer ${key}` } });
    const watcher = { socket, frames: [], problems: [], closed: undefined };
    const waiting = new Set();
    const look = () => waiting.forEach((check) => check());
    socket.on('message', (bytes, isBinary) => {
        if (isBinary) watcher.problems.push('a binary frame came');
        const frame = JSON.parse(bytes.toString('utf8'));
        watcher.problems.push(...frameProblems(frame));
        watcher.frames.push(frame);
        look();
    });
    socket.on('close', (code, reason) => {
        watcher.closed = { code, reason: reason.toString('utf8') };
        look();
    });
    socket.on('error', () => {});

    /** The first frame, from the beginning or after the `after`-th, that `wanted` accepts. */
    watcher.frame = (what, wanted, after = 0) =>
        within(frameTimeoutMs, what, new Promise((resolve, reject) => {
            const check = () => {
                const found = watcher.frames.slice(after).find(wanted);
                if (!found && !watcher.closed) return;
                waiting.delete(check);
                if (found) resolve(found);
                else reject(new Error(`the socket closed (${watcher.closed.code} ${watcher.closed.reason}) before ${what}`));
            };
            waiting.add(check);
            check();
        }));
    watcher.end = () =>
        within(frameTimeoutMs, 'the socket to close', new Promise((resolve) => {
            const check = () => {
                if (!watcher.closed) return;
                waiting.delete(check);
                resolve(watcher.closed);
            };
            waiting.add(check);
            check();
        }));
    watcher.close = async () => {
        socket.close();
        await watcher.end();
        assert.deepEqual(watcher.problems, []);
    };
    /** All journal rows received so far. */
    watcher.events = () => watcher.frames.filter((frame) => frame.type === 'events').flatMap((frame) => frame.events);
    /** The highest number that the frames so far cover. */
    watcher.covered = () => Math.max(0, ...watcher.frames.map((frame) => frame.to ?? 0));

    await within(frameTimeoutMs, 'the handshake', new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', (error) => reject(error));
        socket.once('unexpected-response', (request, response) => {
            const pieces = [];
            response.on('data', (piece) => pieces.push(piece));
            response.on('end', () => reject(Object.assign(new Error(`refused with ${response.statusCode}`), { status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') })));
        });
    }));
    return watcher;
}
