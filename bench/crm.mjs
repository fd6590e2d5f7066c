// What bench/crm measures: a full import under HubSpot's limit of calls against the time that the limit alone dictates, and how quickly a
// webhook is answered while HubSpot hangs. The fake runs in a process of its own.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.join(import.meta.dirname, '..');
const kLimit = 190; // calls in 10 seconds
const kWebhooks = 2_000;
const kPerSecond = 100;
const kSecret = 'the client secret';
const publish = process.argv.includes('--publish');
const deals = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 50_000);

const children = [];
function start(command, parameters, says) {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    return new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
            const found = says.exec(line);
            if (found) resolve(found[1]);
        });
        child.once('exit', () => reject(new Error(`${command} ended`)));
    });
}

const data = mkdtempSync(path.join(tmpdir(), 'tributary-bench-crm-'));
const json = async (url, body, headers = {}) => {
    const answer = await fetch(url, { method: body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
};

// The least time in which so many calls can be made when each window of 10 seconds takes kLimit.
const dictated = (calls) => Math.floor((calls - 1) / kLimit) * 10;

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
function post(url, headers, body) {
    return new Promise((resolve, reject) => {
        const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
            answer.resume();
            answer.on('end', () => resolve(answer.statusCode));
        });
        sent.on('error', reject);
        sent.end(body);
    });
}

async function importAll(server, fake, headers, id) {
    const before = (await json(`${fake}/_fake/counts`, {})).total;
    const started = performance.now();
    const { import: { import_id: unit } } = await json(`${server}/api/sales/connections/${id}/import`, {}, headers);
    for (;;) {
        const { import: now } = await json(`${server}/api/sales/imports/${unit}`, undefined, headers);
        if (now.state !== 'running') {
            const seconds = (performance.now() - started) / 1000;
            const counts = await json(`${fake}/_fake/counts`, {});
            if (now.state !== 'done' || now.counts.created + now.counts.unchanged !== deals) throw new Error(JSON.stringify(now));
            return { seconds, calls: counts.total - before, throttled: counts.throttled };
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

async function hooksWhileHanging(server, fake, webhook) {
    await json(`${fake}/_fake/fault`, { match: '/crm/', hang: true });
    const took = [];
    const url = server + webhook;
    const begin = performance.now();
    const waiting = [];
    for (let at = 0; at < kWebhooks; ++at) {
        const due = begin + (at * 1000) / kPerSecond;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        const now = Date.now();
        const body = JSON.stringify([{ eventId: at, subscriptionId: 1, portalId: 1234567, appId: 7, occurredAt: now, subscriptionType: 'deal.propertyChange', attemptNumber: 0, objectId: 144703800000 + (at % 500), propertyName: 'amount', propertyValue: '1' }]);
        const signature = createHmac('sha256', kSecret).update(`POST${decodeURIComponent(url)}${body}${now}`).digest('base64');
        waiting.push(post(url, { 'content-type': 'application/json', 'x-hubspot-request-timestamp': String(now), 'x-hubspot-signature-v3': signature }, body).then((status) => {
            if (status !== 200) throw new Error(`a webhook was answered ${status}`);
            took.push(performance.now() - due);
        }));
    }
    await Promise.all(waiting);
    took.sort((left, right) => left - right);
    return { p50: took[Math.floor(took.length / 2)], p99: took[Math.floor(took.length * 0.99)] };
}

try {
    const fake = await start(process.execPath, [path.join(root, 'tests/fakes/hubspot/main.mjs'), '--limit', String(kLimit), '--searches', '5', '--seed', String(deals)], /^listening on (\S+)$/);
    const lines = [];
    const server = await start(process.env.TRIBUTARY_BIN, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--hubspot-url', fake], /^listening on (\S+)$/);
    const made = spawn(process.env.TRIBUTARY_BIN, ['key', 'create', '--data', data, '--tenant', 'bench', '--role', 'admin']);
    for await (const line of createInterface({ input: made.stdout })) lines.push(line);
    const headers = { authorization: `Bearer ${lines.at(-1)}` };
    const { connection, webhook_url: webhook } = await json(`${server}/api/sales/connections`, { token: 'pat-na1-token', signing_secret: kSecret }, headers);
    const all = await importAll(server, fake, headers, connection.connection_id);
    const hooks = await hooksWhileHanging(server, fake, webhook);
    const ratio = all.seconds / Math.max(1, dictated(all.calls));
    const rows = [
        `| import of ${deals.toLocaleString('en')} deals with contacts and companies, ${kLimit} calls in 10 s: its time ÷ what the limit dictates for its ${all.calls.toLocaleString('en')} calls (${all.throttled} refused) | ${all.seconds.toFixed(1)} s | ${dictated(all.calls)} s | ${ratio.toFixed(2)} | ≤ 1.15 | ${ratio <= 1.15 ? 'must' : 'missed'} |`,
        `| a webhook's answer while HubSpot hangs, ${kPerSecond} a second: p99 (p50 ${hooks.p50.toFixed(1)} ms) | ${hooks.p99.toFixed(1)} ms | — | ${hooks.p99.toFixed(1)} ms | ≤ 50 ms | ${hooks.p99 <= 50 ? 'must' : 'missed'} |`,
    ];
    const table = ['| what | here | floor | figure | must | met |', '|---|---|---|---|---|---|', ...rows].join('\n');
    console.log(table);
    if (publish) {
        const file = path.join(root, 'docs/performance.md');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/<!-- crm -->[^]*<!-- \/crm -->/, `<!-- crm -->\n${table}\n<!-- /crm -->`));
    }
    process.exitCode = rows.some((row) => row.includes('missed')) ? 1 : 0;
} finally {
    for (const child of children) child.kill();
    rmSync(data, { recursive: true, force: true });
}
