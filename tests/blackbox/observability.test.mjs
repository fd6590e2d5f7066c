// What an operator sees: health, metrics, logs and the contract itself; nothing personal in any of them.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { contract } from './contract.mjs';
import { startServer } from './server.mjs';

const canary = { name: 'Quetzalcoatl Deal', company: 'Popocatepetl GmbH', email: 'ixtlilxochitl@canary.example', person: 'Nezahualcoyotl', phone: '+4915799999911', note: 'Tlaloc said so' };
let server;
let client;
let open;
before(async () => {
    server = await startServer();
    client = connect(server, await server.key({ tenant: 'observed' }));
    open = connect(server);
});

/** Prometheus text as a map from `name{labels sorted}` to number. */
function parse(text) {
    const samples = new Map();
    for (const line of text.split('\n')) {
        if (line === '' || line.startsWith('#')) continue;
        const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
        assert.ok(found, `not a sample: ${line}`);
        const labels = [...(found[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => `${name}=${value}`).sort();
        samples.set(`${found[1]}{${labels.join(',')}}`, Number(found[3]));
    }
    return samples;
}

test('the server says that it is well', async () => {
    for (const path of ['/healthz', '/livez', '/readyz']) {
        const { json } = await open.get(path, {}, { expect: 200 });
        assert.equal(json.status, 'ok');
    }
});

test('the contract is served as it is in the source', async () => {
    const { json } = await open.get('/openapi.json', {}, { expect: 200 });
    assert.deepEqual(json, JSON.parse(JSON.stringify(contract)));
});

test('every source has its counters', async () => {
    const before = parse((await open.prometheus()).text);
    await client.post('/api', { name: canary.name, company: canary.company, value: 1 }, { expect: 201 });
    await client.post('/api', { name: canary.name, company: canary.company, value: 2 }, { expect: 200 });
    await client.post('/api', { name: canary.name, company: canary.company, value: 2 }, { expect: 200 });
    await client.post('/api', { name: canary.name, value: 'much' }, { expect: 400 });
    await client.upload('name,value\nOne,1\nTwo,2\nThree,three\n');
    const after = parse((await open.prometheus()).text);
    const grown = (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const rows = (source, action) => grown(`tributary_rows_total{action=${action},source=${source}}`);
    assert.equal(rows('api', 'created'), 1);
    assert.equal(rows('api', 'updated'), 1);
    assert.equal(rows('api', 'unchanged'), 1);
    assert.equal(rows('api', 'rejected') + grown('tributary_arrivals_refused_total{source=api}'), 1, 'a refused deal is counted once');
    assert.equal(rows('csv', 'created'), 2);
    assert.equal(rows('csv', 'rejected'), 1);
    assert.ok(grown('tributary_rows_received_total{source=api}') >= 3);
    assert.equal(grown('tributary_rows_received_total{source=csv}'), 3);
    assert.ok(grown('tributary_ingest_seconds_count{source=api}') >= 3);
    assert.ok(after.has('tributary_writer_queue{}'));
    for (const source of ['manual', 'web_form', 'csv', 'email', 'api', 'hubspot', 'salesforce']) assert.ok(after.has(`tributary_rows_received_total{source=${source}}`), `${source} is counted from the start`);
});

test('uploads have their histograms and their ends', async () => {
    const before = parse((await open.prometheus()).text);
    const rows = 1_200;
    await client.upload(['name,value', ...Array.from({ length: rows }, (_, index) => `Sliced ${index},${index}`), ''].join('\n'));
    await client.post('/bulk', [{ name: 'In bulk' }], { expect: 200 });
    await client.upload('no,such\n1,2\n', {}, { expect: 400 });
    const after = parse((await open.prometheus()).text);
    const grown = (name) => after.get(name) - before.get(name);
    assert.equal(grown('tributary_imports_total{source=csv,state=done}'), 1);
    assert.equal(grown('tributary_imports_total{source=api,state=done}'), 1);
    assert.equal(grown('tributary_imports_total{source=csv,state=failed}'), 1, 'the refused file is kept, as a failed import');
    assert.equal(grown('tributary_arrivals_refused_total{source=csv}'), 1);
    assert.equal(grown('tributary_import_seconds_count{source=csv}'), 2);
    assert.ok(grown('tributary_import_slice_seconds_count{source=csv}') >= 3, 'at most 512 rows a slice');
    assert.ok(grown('tributary_import_slice_seconds_sum{source=csv}') > 0);
    assert.ok(grown('tributary_import_seconds_sum{source=csv}') > 0);
    assert.equal(grown('tributary_ingest_seconds_count{source=csv}'), 0, 'single deals are counted apart');
});

test('the metrics name no tenant and nobody', async () => {
    const { text } = await open.prometheus();
    assert.doesNotMatch(text, /observed|canary|Quetzalcoatl|Popocatepetl/i);
});

test('the log is JSON lines with request, tenant and source, and holds nothing personal', async () => {
    await client.post('/manual', { name: canary.name, company: canary.company, contact_name: canary.person, contact_email: canary.email, contact_phone: canary.phone, description: canary.note, value: 5 }, { expect: [200, 201] });
    await client.post('/web-form', { first_name: canary.person, email: canary.email, company: canary.company, message: canary.note }, { expect: [200, 201] });
    await client.post('/email', { sender: canary.email, sender_name: canary.person, subject: canary.name, content: canary.note }, { expect: [200, 201] });
    await client.upload(`name,company,email,value\n${canary.name} 2,${canary.company},${canary.email},${canary.note}\n`, {}, { expect: [200, 422], fileName: `${canary.person}.csv` });
    await client.post('/manual', { name: canary.name, contact_email: `${canary.email}, or not`, stage: canary.note }, { expect: 400 });
    await client.get('', { q: canary.person, contact_email: canary.email }, { expect: 200 });
    await client.get('/api/sales/leads', { email: canary.email }, { expect: 200 });
    await connect(server, `trb_0000_${canary.person}`).get('', {}, { expect: 401 });
    const told = await client.post('/manual', { name: canary.name, value: 'x' }, { expect: 400, headers: { 'x-request-id': 'observed-request-1' } });
    assert.equal(told.headers['x-request-id'], 'observed-request-1');
    assert.equal(await server.stop(), 0);

    const { log } = server;
    assert.ok(log.length > 0, 'there is a log');
    const entries = log.map((line) => {
        try {
            return JSON.parse(line);
        } catch {
            return assert.fail(`not a JSON line: ${line}`);
        }
    });
    const entry = entries.find(({ request_id: id }) => id === 'observed-request-1');
    assert.ok(entry, 'the request is in the log');
    assert.equal(entry.tenant, 'observed');
    assert.equal(entry.source, 'manual');
    assert.equal(entry.status, 400);
    const whole = log.join('\n').toLowerCase();
    for (const [what, secret] of Object.entries(canary)) assert.ok(!whole.includes(secret.toLowerCase()) && !whole.includes(encodeURIComponent(secret).toLowerCase()), `the log holds the ${what}`);
    assert.ok(!whole.includes(client.key.toLowerCase()) && !whole.includes(client.key.split('_').slice(2).join('_').toLowerCase()), 'the log holds the credential');
});
