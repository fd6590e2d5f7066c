// Imports: the record, what became of every row, and the file of errors that can be mended and sent again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name) => connect(server, await server.key({ tenant: name }));

const good = 'Alpha,Alpha AG,100,proposal,kept';
const mixed = ['Deal Name,Company,Value,Stage,Shoe Size', good, 'Beta,Beta AG,a lot,proposal,43', ',Nameless AG,5,proposal,44', 'Gamma,Gamma AG,300,no such stage,45', '"Delta, Inc",Delta AG,400,negotiation,"quoted ""46"""', 'Epsilon,Epsilon AG,-5,proposal,47'].join('\n');

test('a bad row spoils only itself, and says where, what and why', async () => {
    const client = await tenant('rows');
    const { json } = await client.upload(mixed);
    assert.equal(json.status, 'partial');
    assert.deepEqual(json.counts, { read: 6, created: 2, updated: 0, unchanged: 0, skipped: 0, rejected: 4 });
    assert.deepEqual(json.results.map(({ index, line, action }) => [index, line, action]), [[0, 2, 'created'], [1, 3, 'rejected'], [2, 4, 'rejected'], [3, 5, 'rejected'], [4, 6, 'created'], [5, 7, 'rejected']]);
    const problems = json.results.filter(({ action }) => action === 'rejected').map(({ details }) => details[0]);
    assert.deepEqual(problems.map(({ field }) => field), ['value', 'name', 'stage', 'value']);
    assert.equal(problems[0].value, 'a lot');
    assert.equal(problems[2].value, 'no such stage');
    for (const row of json.results.filter(({ action }) => action === 'rejected')) assert.match(row.raw, / AG/);
    const { json: deal } = await client.get(`/${json.results[0].deal_id}`);
    assert.equal(deal.deal.source_metadata['Shoe Size'], 'kept', 'a column without a field is kept under its own name');
});

test('the rows of an import can be read by action and in pages', async () => {
    const client = await tenant('pages');
    const { json } = await client.upload(mixed);
    const path = `/api/sales/imports/${json.import_id}/rows`;
    assert.deepEqual(await client.all(path, 'rows'), json.results);
    const paged = await client.all(path, 'rows', { limit: 2 });
    assert.deepEqual(paged, json.results);
    const rejected = await client.all(path, 'rows', { action: 'rejected', limit: 1 });
    assert.deepEqual(rejected.map(({ index }) => index), [1, 2, 3, 5]);
    const { json: late } = await client.get(path, { from: 4 }, { expect: 200 });
    assert.deepEqual(late.rows.map(({ index }) => index), [4, 5]);
});

test('above a thousand rows the answer holds the refused ones and the rest can be read', async () => {
    const client = await tenant('thousand');
    const csv = ['name,value', ...Array.from({ length: 1500 }, (_, index) => (index % 500 === 3 ? `Row ${index},wrong` : `Row ${index},${index}`))].join('\n');
    const { json } = await client.upload(csv);
    assert.deepEqual(json.counts, { read: 1500, created: 1497, updated: 0, unchanged: 0, skipped: 0, rejected: 3 });
    assert.deepEqual(json.results.filter(({ action }) => action === 'rejected').map(({ index }) => index), [3, 503, 1003]);
    assert.ok(json.results.every(({ action, warnings }) => action === 'rejected' || warnings?.length > 0));
    const rows = await client.all(`/api/sales/imports/${json.import_id}/rows`, 'rows');
    assert.deepEqual(rows.map(({ index }) => index), [...Array(1500).keys()]);
});

test('the errors come as a CSV file with the columns of the upload, and can be mended and uploaded', async () => {
    const client = await tenant('errors');
    const { json } = await client.upload(mixed);
    const { text, headers } = await client.get(`/api/sales/imports/${json.import_id}/errors.csv`, {}, { expect: 200 });
    assert.match(headers['content-disposition'], /attachment; filename="?[^"]+\.csv/);
    const lines = text.trimEnd().split(/\r?\n/);
    assert.equal(lines[0], 'Deal Name,Company,Value,Stage,Shoe Size,_line,_code,_error');
    assert.equal(lines.length, 5);
    assert.match(lines[1], /^Beta,Beta AG,a lot,proposal,43,3,not_a_number,/);
    const mended = text.replace('a lot', '200').replace(/^,Nameless/m, 'Nu,Nameless').replace('no such stage', 'discovery').replace(',-5,', ',5,');
    const { json: second } = await client.upload(mended);
    assert.deepEqual(second.counts, { read: 4, created: 4, updated: 0, unchanged: 0, skipped: 0, rejected: 0 }, JSON.stringify(second.results));
    const deals = await client.all('', 'deals');
    assert.equal(deals.length, 6);
    assert.doesNotMatch(JSON.stringify(deals), /"_(line|code|error)"/, 'the columns that were added are left out again');
});

test('the errors of a batch of JSON come as a CSV file too', async () => {
    const client = await tenant('json-errors');
    const { json } = await client.post('/bulk', [{ name: 'Fine', value: 1 }, { name: 'Odd', value: 'x, "y"' }], { expect: 200 });
    const { text } = await client.get(`/api/sales/imports/${json.import_id}/errors.csv`, {}, { expect: 200 });
    const lines = text.trimEnd().split(/\r?\n/);
    assert.equal(lines[0], 'raw,_row,_code,_error');
    assert.equal(lines.length, 2);
    assert.match(lines[1], /,1,not_a_number,/);
});

test('the record of an import says what came and what became of it', async () => {
    const client = await tenant('record');
    const { json } = await client.upload(mixed, {}, { fileName: 'Pipeline Ähre.csv' });
    const { json: answer } = await client.get(`/api/sales/imports/${json.import_id}`, {}, { expect: 200 });
    const record = answer.import;
    assert.equal(record.source, 'csv');
    assert.equal(record.door, '/csv/upload');
    assert.equal(record.file_name, 'Pipeline Ähre.csv');
    assert.equal(record.state, 'done');
    assert.deepEqual(record.counts, json.counts);
    assert.equal(record.raw_bytes, Buffer.byteLength(mixed));
    assert.equal(record.sha256, createHash('sha256').update(mixed).digest('hex'), 'the hash is of the file as it came');
    assert.match(record.actor, /^key:/);
    assert.ok(Date.parse(record.finished_at) >= Date.parse(record.started_at));
    assert.match(JSON.stringify(record.options), /Shoe Size/, 'how the file was understood is kept');
    const list = await client.all('/api/sales/imports', 'imports');
    assert.deepEqual(list, [record]);
    assert.deepEqual(await client.all('/api/sales/imports', 'imports', { source: 'hubspot' }), []);
});

test('an import in which every row is refused is an error, and kept all the same', async () => {
    const client = await tenant('all-bad');
    const { json } = await client.post('/bulk', [{ name: '' }, { name: 'X', stage: 'nowhere' }], { expect: 422 });
    assert.equal(json.status, 'error');
    assert.equal(json.code, 'all_rows_rejected');
    assert.deepEqual(json.counts, { read: 2, created: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 2 });
    const { json: record } = await client.get(`/api/sales/imports/${json.import_id}`, {}, { expect: 200 });
    assert.deepEqual(record.import.counts, json.counts);
});

test('an import of nothing is a success of nothing', async () => {
    const client = await tenant('nothing');
    for (const body of [[], { deals: [] }, { records: [] }]) {
        const { json } = await client.post('/bulk', body, { expect: 200 });
        assert.equal(json.status, 'success');
        assert.deepEqual(json.counts, { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    }
    assert.equal((await client.metrics()).total_active_deals, 0);
});

test('imports are listed newest first and in pages', async () => {
    const client = await tenant('list');
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push((await client.post('/bulk', [{ name: `L${index}`, value: 1 }], { expect: 200 })).json.import_id);
    const list = await client.all('/api/sales/imports', 'imports', { limit: 2 });
    assert.deepEqual(list.map(({ import_id: id }) => id), ids.toReversed());
});

test('a row can be followed from the deal back to its line', async () => {
    const client = await tenant('provenance');
    const { json } = await client.upload(mixed);
    const { json: past } = await client.get(`/${json.results[4].deal_id}/history`, {}, { expect: 200 });
    const value = past.history.find(({ field }) => field === 'value');
    assert.equal(value.before, null);
    assert.equal(value.after, 400);
    assert.equal(value.ingestion_id, json.import_id);
    assert.equal(value.row, 4);
    assert.equal(value.source, 'csv');
});
