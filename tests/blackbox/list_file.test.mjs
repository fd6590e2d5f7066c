// A list of deals as a file: whatever the list says, in its order, in pieces; and clients that do not read it to its end.
import assert from 'node:assert/strict';
import http from 'node:http';
import { before, test } from 'node:test';
import { connect, inParallel, send, withQuery } from './client.mjs';
import { startServer } from './server.mjs';

const file = '/api/sales/deals.csv';
const many = 20_000;
const columns = ['id', 'name', 'company', 'value', 'currency', 'stage', 'probability', 'expected_close_date', 'owner', 'contact_name', 'contact_email', 'contact_phone', 'description', 'source', 'health_score', 'risk_level', 'lost_reason', 'closed_at', 'created_at', 'updated_at'];
const stages = ['discovery', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost'];
let server;
let client; // of the tenant with many deals
before(async () => {
    server = await startServer();
    client = await tenant('many');
    const deal = (index) => ({ name: `Deal ${index}`, company: `Firm, "${index % 50}"`, value: (index * 7919) % 100_000 / 100, stage: stages[index % 6], description: index % 9 === 0 ? 'two\nlines, "quoted"' : undefined, contact_email: `p${index % 70}@many.example` });
    const slices = Array.from({ length: many / 1000 }, (_, slice) => Array.from({ length: 1000 }, (__, index) => deal(slice * 1000 + index)));
    await inParallel(slices, 2, (slice) => client.post('/bulk', slice, { expect: 200 }));
});
const tenant = async (name, role = 'admin') => connect(server, await server.key({ tenant: name, role }));

/** RFC 4180, strictly: rows of cells; every row ends with CR LF. */
function parse(text) {
    const rows = [];
    let row = [];
    const cell = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/gy;
    while (cell.lastIndex < text.length) {
        const at = cell.lastIndex;
        const found = cell.exec(text);
        assert.ok(found, `no CSV at ${at}: ${text.slice(at, at + 80)}`);
        row.push(found[1] === undefined ? found[3] : found[1].replaceAll('""', '"'));
        if ((found[2] ?? found[4]) === '\r\n') {
            rows.push(row);
            row = [];
        }
    }
    assert.deepEqual(row, [], 'the last row has its end');
    return rows;
}
const read = async (reader, query) => parse((await reader.get(file, query, { expect: 200 })).text);

const isNumber = new Set(['value', 'probability', 'health_score']);
/** A deal of the list as the file writes it. */
const row = (deal, names = columns) => names.map((name) => (isNumber.has(name) ? deal[name] : (deal[name] ?? '')));
const asNumbers = (cells, names = columns) => cells.map((cell, at) => (isNumber.has(names[at]) ? Number(cell) : cell));

test(`the file of ${many} deals is the list: the same deals in the same order`, async () => {
    const [header, ...rows] = await read(client, { sort: '-value' });
    assert.deepEqual(header, columns);
    const deals = await client.all('', 'deals', { sort: '-value' });
    assert.equal(deals.length, many);
    assert.equal(rows.length, many);
    for (const [at, deal] of deals.entries()) assert.deepEqual(asNumbers(rows[at]), row(deal), `row ${at}`);
});

test('the file has the filters of the list, and the columns that were asked for in their order', async () => {
    const names = ['value', 'name', 'id'];
    for (const query of [{ stage: 'proposal', sort: 'name' }, { q: 'firm 17', active: true }, { value_min: 999, sort: 'company' }, { q: 'finds nothing' }, { contact_email: 'p3@many.example', sort: '-updated_at' }]) {
        const [header, ...rows] = await read(client, { ...query, columns: names.join(',') });
        assert.deepEqual(header, names);
        const deals = await client.all('', 'deals', query);
        assert.deepEqual(rows.map((cells) => asNumbers(cells, names)), deals.map((deal) => row(deal, names)), JSON.stringify(query));
    }
});

test('a column or filter that there is not is refused with its name', async () => {
    for (const wrong of ['shoe_size', 'name,', ',name', 'name,name', 'Name', 'name, value']) {
        const { json } = await client.get(file, { columns: wrong }, { expect: 400 });
        assert.equal(json.code, 'invalid_parameter', wrong);
        assert.equal(json.details[0].field, 'columns', wrong);
    }
    assert.equal((await client.get(file, { sort: 'shoe_size' }, { expect: 400 })).json.details[0].field, 'sort');
    assert.equal((await client.get(file, { stage: 'lunch' }, { expect: 400 })).json.details[0].field, 'stage');
    await connect(server).get(file, {}, { expect: 401 });
    await (await tenant('many', 'intake')).get(file, {}, { expect: 403 });
    await (await tenant('many', 'viewer')).get(file, { columns: 'id', q: 'finds nothing' }, { expect: 200 });
});

test('what a spreadsheet would run begins with an apostrophe', async () => {
    const other = await tenant('formulas');
    const names = ['=1+1', '+cmd|calc', '-2+3+cmd', '@SUM(A1)', '=HYPERLINK("http://x.example","a,b")', 'plain'];
    for (const name of names) await other.post('/api', { name, company: `of ${names.indexOf(name)}`, value: 1, description: name === 'plain' ? '-12.50' : undefined }, { expect: 201 });
    const [, ...rows] = await read(other, { columns: 'name,description', sort: 'created_at' });
    assert.deepEqual(rows.map(([name]) => name), names.map((name) => (name === 'plain' ? name : `'${name}`)));
    assert.equal(rows.at(-1)[1], '-12.50', 'a number stays one');
    assert.deepEqual(await read(await tenant('nobody-here'), { columns: 'name' }), [['name']], 'an empty list is its header');
});

test('deleted and spam deals are in the file only when they are asked for', async () => {
    const other = await tenant('deleted');
    const { json } = await other.post('/api', { name: 'Gone', value: 1 }, { expect: 201 });
    await other.post('/api', { name: 'Here', value: 1 }, { expect: 201 });
    await other.delete(`/${json.deal.id}`, { expect: 200 });
    assert.deepEqual(await read(other, { columns: 'name' }), [['name'], ['Here']]);
    assert.deepEqual(await read(other, { columns: 'name', include: 'deleted', sort: 'name' }), [['name'], ['Gone'], ['Here']]);
});

test('HEAD tells what GET would, without a body', async () => {
    const headers = { authorization: `Bearer ${client.key}` };
    const answer = await send(server.url, { method: 'HEAD', path: file, headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, '');
    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="deals.csv"');
    assert.equal((await send(server.url, { method: 'HEAD', path: withQuery(file, { columns: 'no' }), headers })).status, 400);
});

/** Reads the first piece, then does `then` with the answer; resolves when the connection is over. */
const begin = (then) =>
    new Promise((resolve, reject) => {
        const request = http.get(server.url + file, { headers: { authorization: `Bearer ${client.key}` }, agent: false }, (response) => {
            response.once('data', (piece) => {
                assert.ok(piece.length > 0);
                then(request, response);
            });
            response.on('error', () => {});
            response.on('close', () => resolve(response.complete));
        });
        request.on('error', reject);
    });

/** An answer of which the first piece came, and no more is read. */
const paused = (key) =>
    new Promise((resolve, reject) => {
        const request = http.get(server.url + file, { headers: { authorization: `Bearer ${key}` }, agent: false }, (response) => {
            response.once('data', () => resolve(response.pause()));
            response.on('error', () => {});
        });
        request.on('error', reject);
    });

test('clients that go away midway leave the server well', async () => {
    // One may have been sent everything before it left: the buffers of its connection hold a good part of the file.
    const whole = await inParallel([...Array(12).keys()], 6, () => begin((request, response) => response.destroy()));
    assert.ok(whole.some((complete) => !complete), 'some left before the end');
    assert.equal((await read(client, { columns: 'id' })).length, many + 1);
    await client.post('/manual', { name: 'After those who left', value: 1 }, { expect: 201 });
    assert.deepEqual(server.log.filter((line) => JSON.parse(line).level === 'error'), []);
});

test('no more than 16 files are sent at a time, and a place is free again when its reader has gone', async () => {
    // Long enough that the server cannot put a whole file into the buffers of a connection.
    const other = await tenant('long');
    for (let slice = 0; slice < 10; slice += 1) await other.post('/bulk', Array.from({ length: 1000 }, (_, index) => ({ name: `L${slice * 1000 + index}`, value: index, description: 'x'.repeat(1900) })), { expect: 200 });
    const readers = await Promise.all(Array.from({ length: 16 }, () => paused(other.key)));
    const refused = await other.get(file, {}, { expect: 503 });
    assert.equal(refused.json.code, 'too_many_downloads');
    assert.equal(refused.headers['retry-after'], '10');
    readers[0].destroy();
    for (let turn = 0; (await other.get(file, { columns: 'id' })).status === 503; turn += 1) assert.ok(turn < 1000, 'the place of who has gone is free');
    for (const reader of readers) reader.destroy();
});

test('a client that pauses gets the rest, and others do not wait for it', async () => {
    const complete = begin(async (request, response) => {
        response.pause();
        for (let turn = 0; turn < 20; turn += 1) await client.get('', { limit: 1 }, { expect: 200 });
        assert.equal((await read(client, { columns: 'id', stage: 'proposal' })).length > 1, true);
        response.resume();
    });
    assert.equal(await complete, true);
});

test('a deal deleted while the file is read is left out or as it was, and no other is missing or twice', async () => {
    const other = await tenant('while-reading');
    const { json } = await other.post('/bulk', Array.from({ length: 3000 }, (_, index) => ({ name: `W${index}`, company: `C${index}`, value: index })), { expect: 200 });
    assert.equal(json.counts.created, 3000);
    const all = (await other.all('', 'deals', { sort: 'value' })).map(({ id }) => id);
    const gone = all.filter((_, at) => at % 100 === 99);
    const [[, ...rows]] = await Promise.all([read(other, { columns: 'id', sort: 'value' }), inParallel(gone, 4, (id) => other.delete(`/${id}`, { expect: 200 }))]);
    const read_ids = rows.map(([id]) => id);
    assert.deepEqual(read_ids.filter((id) => !gone.includes(id)), all.filter((id) => !gone.includes(id)));
    assert.deepEqual(read_ids, all.filter((id) => read_ids.includes(id)));
    assert.deepEqual((await read(other, { columns: 'id', sort: 'value' })).slice(1).map(([id]) => id), all.filter((id) => !gone.includes(id)));
});

test('the server ends well while a file is being read', async () => {
    const other = await startServer();
    const key = await other.key();
    const writer = connect(other, key);
    const deals = Array.from({ length: 5000 }, (_, index) => ({ name: `E${index}`, company: `C${index}`, value: index, description: 'x'.repeat(1500) }));
    await writer.post('/bulk', deals, { expect: 200 });
    const reading = new Promise((resolve, reject) => {
        const request = http.get(other.url + file, { headers: { authorization: `Bearer ${key}` } }, (response) => {
            let bytes = 0;
            response.once('data', () => resolve({ ended: new Promise((end) => response.once('close', () => end({ complete: response.complete, bytes }))) }));
            response.on('data', (piece) => { bytes += piece.length; });
            response.on('error', () => {});
        });
        request.on('error', reject);
    });
    const { ended } = await reading;
    assert.equal(await other.stop(), 0);
    const { complete, bytes } = await ended;
    assert.ok(bytes > 0);
    if (complete) assert.ok(bytes > 5000 * 1500, 'an answer that looks whole is whole');
});
