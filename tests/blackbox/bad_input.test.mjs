// Whatever comes in, the answer has the one error shape, nothing is half-written, and the server goes on.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';
import { connect, inParallel, judge, multipart, send } from './client.mjs';
import { contract, methodsOf } from './contract.mjs';
import { sharedFile, startServer, within } from './server.mjs';

const absent = '019ab000-0000-7000-8000-00000000dead';
let server;
let client;
before(async () => {
    server = await startServer();
    client = connect(server, await server.key());
});

const sources = { '/manual': 'manual', '/web-form': 'web_form', '/csv/upload': 'csv', '/email': 'email', '/api': 'api', '/bulk': 'api', '/hubspot/sync': 'hubspot', '/hubspot/batch-sync': 'hubspot', '/salesforce/sync': 'salesforce', '/salesforce/batch-sync': 'salesforce' };
const jsonDoors = Object.keys(sources).filter((door) => door !== '/csv/upload');
const deals = async () => (await client.metrics()).stage_distribution;

test('a path that is not there is 404, in the error shape', async () => {
    for (const wrong of ['/nowhere', '/api', '/api/sales', '/api/sales/deals/manual/x', '/api/sales/deals/csv', '/api/sales/deals//metrics', '/api/sales/imports/x/y', '/%00', '/api/sales/deals/..%2f..%2fetc', `/api/sales/deals/${'x'.repeat(2000)}/y/z`, '/API/SALES/DEALS']) {
        const answer = await send(server.url, { path: wrong, headers: { authorization: `Bearer ${client.key}` }, own: true });
        judge(answer);
        assert.ok([400, 404].includes(answer.status), `${wrong} answered ${answer.status}`);
    }
});

test('a method that is not there is 405 with the ones that are', async () => {
    const wrong = [];
    for (const template of Object.keys(contract.paths)) {
        const there = methodsOf(template);
        const target = template.replace(/\{[^}]+\}/g, absent);
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((each) => !there.includes(each))) {
            const more = ['GET', 'DELETE'].includes(method) ? {} : { json: {} };
                const sent = { authorization: `Bearer ${client.key}`, 'content-type': 'application/json' };
            const answer = await send(server.url, { method, path: target, headers: sent, body: more.json && '{}' });
            if (answer.status !== 405) {
                wrong.push(`${method} ${target}: ${answer.status}`);
                continue;
            }
            judge(answer);
            const allowed = answer.headers.allow.split(/\s*,\s*/).filter((each) => !['HEAD', 'OPTIONS'].includes(each));
            if (allowed.sort().join() !== there.filter((each) => each !== 'OPTIONS').sort().join()) wrong.push(`${method} ${target}: ${answer.headers.allow}`);
        }
    }
    assert.deepEqual(wrong, []);
});

test('an id that is none is 404', async () => {
    for (const id of ['x', '1', absent.slice(1), `${absent}0`, '00000000-0000-0000-0000-000000000000', '%F0%9F%92%A9', "'%20OR%201=1--"]) {
        for (const target of [`/${id}`, `/${id}/history`, `/api/sales/leads/${id}`, `/api/sales/imports/${id}`, `/api/sales/imports/${id}/errors.csv`]) await client.get(target, undefined, { expect: [400, 404] });
    }
});

test('every list says what is wrong with a page that cannot be', async () => {
    const { json } = await client.post('/bulk', [{ name: 'Paged A' }, { name: 'Paged B' }], { expect: 200 });
    const id = json.results[0].deal_id;
    const lists = ['', '/api/sales/leads', '/api/sales/imports', '/api/sales/activity', `/${id}/history`, `/${id}/activities`, `/api/sales/imports/${json.import_id}/rows`];
    for (const list of lists) {
        for (const limit of ['0', '501', '-1', 'many', '1.5']) {
            const refused = await client.get(list, { limit }, { expect: 400 });
            assert.deepEqual([refused.json.code, refused.json.details[0].field, refused.json.details[0].value], ['invalid_parameter', 'limit', limit], `${list} ${limit}`);
        }
        for (const cursor of ['nonsense', '-1', '99999999999999999999', '💩']) {
            const refused = await client.get(list, { cursor }, { expect: 400 });
            assert.deepEqual([refused.json.code, refused.json.details[0].field], ['invalid_cursor', 'cursor'], `${list} ${cursor}`);
        }
        for (const limit of ['1', '500']) await client.get(list, { limit }, { expect: 200 });
    }
});

test('every door names its source in its errors', async () => {
    const wrong = {};
    for (const [door, source] of Object.entries(sources)) {
        const { status, json } = await client.request('POST', door, { body: 'neither one thing', headers: { 'content-type': 'application/x-nonsense' } });
        assert.equal(json.source, source, door);
        if (status !== 415 || json.code !== 'unsupported_content_type') wrong[door] = [status, json.code];
    }
    assert.deepEqual(wrong, {}, 'doors that take a content type nobody knows');
});

test('a body that is no JSON is refused at every door', async () => {
    const before = await deals();
    const wrongs = ['', '{', '{"name":', 'nonsense', '{"name":"x",}', "{'name':'x'}", '{"name":"\ud800"}'.replace('\ud800', '\\ud800'), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), '{"name":"a","name":"b"}', `${'['.repeat(100_000)}`, '{"name":"x"} trailing'];
    for (const door of jsonDoors) {
        for (const body of wrongs) {
            // At the doors for many, one record with a fault of its own is refused alone.
            const alone = /batch-sync|bulk/.test(door) && String(body).startsWith('{"name":"');
            const { json } = await client.request('POST', door, { body, headers: { 'content-type': 'application/json' }, expect: alone ? [400, 422] : 400 });
            assert.equal(json.source, sources[door], `${door} ${String(body).slice(0, 30)}`);
        }
    }
    assert.deepEqual(await deals(), before);
});

test('JSON that is no deal is refused at every door', async () => {
    for (const door of jsonDoors) {
        for (const body of ['null', 'true', '1', '"text"', '{}']) await client.request('POST', door, { body, headers: { 'content-type': 'application/json' }, expect: 400 });
    }
    for (const door of ['/manual', '/email', '/api', '/web-form']) await client.post(door, [{ name: 'x' }], { expect: 400 });
    for (const body of [{ name: {} }, { name: ['x'] }, { name: 'x', company: {} === 1, description: { a: 1 } }, { name: 'x', stage: [] }]) await client.post('/manual', body, { expect: 400 });
});

test('a text longer than its field is refused and said to be', async () => {
    const { json } = await client.post('/manual', { name: 'n'.repeat(5_000) }, { expect: 400 });
    assert.equal(json.code, 'field_too_long');
    assert.equal(json.details[0].field, 'name');
    assert.ok(json.details[0].value.length <= 200);
    await client.post('/api', { name: 'long', external_id: 'x'.repeat(201) }, { expect: 400 });
    let deep = {};
    for (let level = 0; level < 70; level += 1) deep = { deep };
    assert.equal((await client.post('/api', { name: 'deep', metadata: deep }, { expect: 400 })).json.code, 'too_deep');
});

test('a body above the limit is 413, told before and after it was sent', async () => {
    const body = JSON.stringify({ name: 'x', description: 'y'.repeat(3 * 1024 * 1024) });
    for (const headers of [{ 'content-length': Buffer.byteLength(body) }, { 'transfer-encoding': 'chunked', 'content-length': undefined }]) {
        const sent = { 'content-type': 'application/json', ...headers };
        if (sent['content-length'] === undefined) delete sent['content-length'];
        const answer = await client.request('POST', '/manual', { body, headers: sent, own: true });
        assert.equal(answer.status, 413);
        assert.equal(answer.json.code, 'body_too_large');
        if (headers['content-length']) assert.equal(answer.json.source, 'manual');
    }
});

/** Bytes as they are, the answer as it comes. */
function raw(bytes) {
    const { port } = new URL(server.url);
    return within(15_000, 'a raw answer', new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), '127.0.0.1');
        const pieces = [];
        socket.on('data', (piece) => pieces.push(piece));
        socket.on('error', reject);
        socket.on('close', () => resolve(Buffer.concat(pieces).toString('utf8')));
        socket.write(bytes);
    }));
}

test('what is no HTTP is refused in the error shape, and the connection ends', async () => {
    const host = 'Host: x\r\n';
    const heads = { 'NONSENSE\r\n\r\n': 400, [`GET /healthz HTTP/1.1\r\n\r\n`]: 400, [`GET /healthz HTTP/1.1\r\n${host}${host}\r\n`]: 400, [`POST /api/sales/deals/api HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`]: 400, [`POST /api/sales/deals/api HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`]: 501, [`POST /api/sales/deals/api HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`]: 400, [`GET /healthz HTTP/1.1\r\n${host}X: ${'y'.repeat(20_000)}\r\n\r\n`]: 431, [`GET /healthz HTTP/1.1\r\n${host}A : b\r\n\r\n`]: 400, [`GET /healthz HTTP/3.0\r\n${host}\r\n`]: 505 };
    for (const [bytes, status] of Object.entries(heads)) {
        const answer = await raw(bytes);
        const [head, text] = answer.split('\r\n\r\n');
        const [line, ...fields] = head.split('\r\n');
        assert.equal(Number(line.split(' ')[1]), status, `${JSON.stringify(bytes.slice(0, 60))}: ${answer.slice(0, 200)}`);
        const headers = Object.fromEntries(fields.map((field) => [field.split(':')[0].toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]));
        assert.equal(headers.connection?.toLowerCase(), 'close');
        judge({ method: 'GET', path: '/healthz', status, headers: { ...headers, connection: 'close' }, text });
    }
});

test('a request names itself, or is named', async () => {
    const told = await client.get('/nowhere/at/all', {}, { headers: { 'x-request-id': 'my-id_1.2' } });
    assert.equal(told.headers['x-request-id'], 'my-id_1.2');
    for (const wrong of ['a b', 'x'.repeat(129), '<script>', 'a"b']) {
        const { headers } = await client.get('', { limit: 1 }, { headers: { 'x-request-id': wrong } });
        assert.notEqual(headers['x-request-id'], wrong);
    }
});

const suite = sharedFile('data/json-testsuite/test_parsing');
test('JSONTestSuite: what must be accepted is, what must be refused is, and nothing falls over', { skip: suite ? false : 'the data set ../shared/data/json-testsuite is absent' }, async (t) => {
    const headers = { 'content-type': 'application/json' };
    // RFC 8259 lets a reader refuse repeated names; this one does, because two readers could see two different deals.
    const strict = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'];
    const files = readdirSync(suite).filter((name) => name.endsWith('.json'));
    const counts = { y: 0, n: 0, i: 0 };
    await inParallel(files, 8, async (name) => {
        const bytes = readFileSync(path.join(suite, name));
        const kind = name[0];
        counts[kind] += 1;
        // As a value inside a good deal, so that acceptance can be seen; and as the whole body.
        const inside = Buffer.concat([Buffer.from(`{"name":"suite ${name}","metadata":{"value":`), bytes, Buffer.from('}}')]);
        const nested = await client.request('POST', '/api', { body: inside, headers, expect: kind === 'y' && !strict.includes(name) ? 201 : kind === 'i' ? [201, 400] : 400 });
        if (strict.includes(name)) assert.equal(nested.json.code, 'duplicate_key');
        const whole = await client.request('POST', '/api', { body: bytes, headers, expect: kind === 'n' ? 400 : [200, 201, 400] });
        if (kind === 'y' && whole.status === 400 && !strict.includes(name)) assert.notEqual(whole.json.code, 'invalid_json', name);
        if (kind === 'y' && !strict.includes(name) && !/"value"/.test(bytes.toString())) {
            const given = JSON.parse(bytes.toString());
            // As text: -0 and 0 are one number in JSON.
            if (given !== null) assert.equal(JSON.stringify(nested.json.deal.source_metadata.value), JSON.stringify(given), `${name} comes back as it went in`);
        }
    });
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.y >= 90 && counts.n >= 180);
});

const blns = sharedFile('data/blns/blns.json');
const strings = () => {
    const list = blns ? JSON.parse(readFileSync(blns, 'utf8')) : ['ünïcödé', '<script>alert(1)</script>', "'; DROP TABLE deals;--", '\u202eright to left', '😍👩🏽', 'a\tb', '"quoted", and more', '=1+1', '%00', '\\0'];
    return list.filter((text) => typeof text === 'string' && text.isWellFormed() && !text.includes('\u0000'));
};
// Bytes a field may hold (docs/api.md); a string that does not fit is tried in the others.
const bytesMax = { name: 500, company: 300, contact_name: 320, description: 32_000, owner: 200, lost_reason: 1000 };
const fits = (field, text) => Buffer.byteLength(text) <= bytesMax[field];
/** Marks at both ends keep apart what is asked here (every byte comes back) from the trimming of blank ends. */
const framed = (text, index, mark) => `${mark}${index} ${text} .`;
const csvCell = (text) => `"${text.replaceAll('"', '""')}"`;

const naughtyDoors = {
    '/manual': { send: (f) => client.post('/manual', f, { expect: 201 }), fields: ['name', 'company', 'contact_name', 'description', 'owner', 'lost_reason'] },
    '/api': { send: (f) => client.post('/api', { ...f, metadata: { text: f.description } }, { expect: 201 }), fields: ['name', 'company', 'contact_name', 'description', 'owner', 'lost_reason'], metadata: true },
    '/web-form JSON': { send: (f) => client.post('/web-form', { email: 'n@naughty.example', name: f.contact_name, company: f.company, message: f.description }, { expect: 201 }), fields: ['company', 'contact_name', 'description'] },
    '/web-form urlencoded': { send: (f) => client.request('POST', '/web-form', { body: new URLSearchParams({ email: 'n@naughty.example', name: f.contact_name, company: f.company, message: f.description }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' }, expect: 201 }), fields: ['company', 'contact_name', 'description'] },
    '/web-form multipart': { send: (f) => client.request('POST', '/web-form', { ...multipart([['email', 'n@naughty.example'], ['name', f.contact_name], ['company', f.company], ['message', f.description]]), expect: 201 }), fields: ['company', 'contact_name', 'description'] },
    '/email': { send: (f) => client.post('/email', { sender: 'n@naughty.example', sender_name: f.contact_name, subject: f.name, content: 'Hello.', company_name: f.company }, { expect: 201 }), fields: ['company', 'contact_name'] },
    '/hubspot/sync': { send: (f, index) => client.post('/hubspot/sync', { id: String(70_000 + index), properties: { dealname: f.name, description: f.description } }, { expect: 201 }), fields: ['name', 'description'] },
    '/salesforce/sync': { send: (f, index) => client.post('/salesforce/sync', { attributes: { type: 'Opportunity' }, Id: `006xx000${String(index).padStart(7, '0')}`, Name: f.name, Description: f.description, StageName: 'Prospecting', Account: { Name: f.company } }, { expect: 201 }), fields: ['name', 'company', 'description'] },
};
for (const [door, { send, fields, metadata }] of Object.entries(naughtyDoors)) {
    test(`naughty strings come back byte for byte: ${door}`, async () => {
        await inParallel(strings(), 8, async (text, index) => {
            const mark = door.replace(/[^a-zA-Z]/g, '');
            // A name stands beside the company in the web form's, so both are kept to half of it.
            const short = (field) => Buffer.byteLength(framed(text, index, mark + field)) > 190 && field !== 'description';
            const given = Object.fromEntries(Object.keys(bytesMax).map((field) => [field, framed(short(field) ? 'too long for here' : text, index, mark + field)]));
            const { json } = await send(given, index);
            const { json: read } = await client.get(`/${json.deal.id}`, {}, { expect: 200 });
            for (const field of fields) assert.equal(read.deal[field], given[field], `string ${index}: ${field}`);
            if (metadata) assert.equal(read.deal.source_metadata.text, given.description, `string ${index}: metadata`);
        });
    });
}

test('naughty strings come back byte for byte: /csv/upload', async () => {
    const list = strings();
    const columns = ['name', 'company', 'contact_name', 'description', 'owner', 'A column nobody knows'];
    const cell = (text, index, column) => framed(text, index, `csv${column[0]}`);
    const given = list.map((text, index) => columns.map((column) => cell(bytesMax[column] && !fits(column, cell(text, index, column)) ? 'too long for here' : text, index, column)));
    const csv = [columns.map(csvCell).join(','), ...given.map((cells) => cells.map(csvCell).join(','))].join('\r\n');
    const { json } = await client.upload(csv);
    assert.equal(json.counts.created, list.length, JSON.stringify(json.results.filter(({ action }) => action === 'rejected').slice(0, 3)));
    await inParallel(json.results, 8, async ({ deal_id: id, index }) => {
        const { json: read } = await client.get(`/${id}`, {}, { expect: 200 });
        columns.slice(0, 5).forEach((field, at) => assert.equal(read.deal[field], given[index][at], `string ${index}: ${field}`));
        assert.equal(read.deal.source_metadata[columns[5]], given[index][5], `string ${index}: metadata`);
    });
});

test('naughty strings come back byte for byte: /bulk and NDJSON', async () => {
    const list = strings();
    for (const [mark, send] of [['bulk', (body) => client.post('/bulk', body, { expect: 200 })], ['ndjson', (body) => client.request('POST', '/bulk', { body: body.map((deal) => JSON.stringify(deal)).join('\n'), headers: { 'content-type': 'application/x-ndjson' }, expect: 200 })]]) {
        const given = list.map((text, index) => ({ name: framed(fits('name', framed(text, index, `${mark}n`)) ? text : 'too long for here', index, `${mark}n`), description: framed(text, index, `${mark}d`) }));
        const { json } = await send(given);
        assert.equal(json.counts.created, list.length, JSON.stringify(json.results.filter(({ action }) => action === 'rejected').slice(0, 3)));
        await inParallel(json.results, 8, async ({ deal_id: id, index }) => {
            const { json: read } = await client.get(`/${id}`, {}, { expect: 200 });
            assert.equal(read.deal.name, given[index].name);
            assert.equal(read.deal.description, given[index].description);
        });
    }
});

test('naughty strings in queries and headers harm nothing', async () => {
    await inParallel(strings(), 8, async (text) => {
        await client.get('', { q: text, owner: text, company: text, contact_email: text, external_id: text, limit: 1 }, { expect: [200, 400] });
        await client.get('', { cursor: text || 'x', limit: 1 }, { expect: [200, 400] });
    });
});

test('a bad row spoils only itself, at every door for many', async () => {
    const client = connect(server, await server.key({ tenant: 'rows' }));
    const good = (index) => ({ name: `Good ${index}`, value: 1 });
    const bad = [{ name: '' }, { name: 'B', value: 'x' }, { name: 'B', stage: 'x' }, null, 7, 'text', [], { name: 'B', probability: -1 }, { name: 'B', expected_close_date: 'soon' }, { value: 3 }];
    const mixed = bad.flatMap((row, index) => [good(index), row]);
    const { json } = await client.post('/bulk', mixed, { expect: 200 });
    assert.deepEqual([json.counts.created, json.counts.rejected], [bad.length, bad.length]);
    json.results.forEach(({ index, action }) => assert.equal(action, index % 2 === 0 ? 'created' : 'rejected', `row ${index}`));
    for (const row of json.results.filter(({ action }) => action === 'rejected')) assert.ok(row.details.length > 0 && row.error.length > 0);

    const hub = [{ id: '61', properties: { dealname: 'H1', dealstage: 'closedwon' } }, { properties: 'x' }, null, { id: '62', properties: { dealname: 'H2', dealstage: 'closedwon' } }];
    const { json: hubspot } = await client.post('/hubspot/batch-sync', hub, { expect: 200 });
    assert.deepEqual([hubspot.counts.created, hubspot.counts.rejected], [2, 2]);
    const sales = [{ Id: '006xx0000000061', Name: 'S1', StageName: 'Prospecting' }, { Name: 'No id' }, 5, { Id: '006xx0000000062', Name: 'S2', StageName: 'Prospecting' }];
    const { json: salesforce } = await client.post('/salesforce/batch-sync', sales, { expect: 200 });
    assert.deepEqual([salesforce.counts.created, salesforce.counts.rejected], [2, 2]);
});

test('after all this the server is well', async () => {
    assert.equal((await connect(server).get('/readyz', {}, { expect: 200 })).json.status, 'ok');
    await client.get('', { limit: 1 }, { expect: 200 });
    assert.equal(await server.stop(), 0);
});
