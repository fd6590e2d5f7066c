// Files that are not what they should be. Each gets a clear answer, spoils nothing beside it, and leaves the figures adding up.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name) => connect(server, await server.key({ tenant: name }));
const deals = async (client) => (await client.get('', {}, { expect: 200 })).json.deals;
const adds_up = ({ read, created, updated, unchanged, skipped, rejected }) => assert.equal(read, created + updated + unchanged + skipped + rejected);

async function refused(client, file, status, code) {
    const { json } = await client.upload(file, {}, { expect: status });
    assert.equal(json.code, code);
    assert.deepEqual(await deals(client), []);
    for (const kept of (await client.get('/api/sales/imports', {}, { expect: 200 })).json.imports) {
        assert.deepEqual([kept.state, kept.counts.read], ['failed', 0], 'the bytes may be kept; no row of them was run');
        assert.ok(kept.failure);
    }
    return json;
}

test('an empty file is refused, and so is one of blank lines', async () => {
    const client = await tenant('empty');
    for (const file of ['', '\uFEFF', '\n\n   \r\n']) await refused(client, file, 400, 'empty_file');
});

test('only a header is an import of nothing', async () => {
    const client = await tenant('header');
    for (const file of ['Deal Name,Value\n', 'Deal Name,Value']) {
        const { json } = await client.upload(file, {}, { expect: 200 });
        assert.deepEqual(json.counts, { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    }
    assert.deepEqual(await deals(client), []);
});

test('what is no text is refused for what it is', async () => {
    const client = await tenant('binary');
    const noise = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (Math.imul(at, 2_654_435_761) >>> 13) & 255));
    for (const file of [readFileSync(process.execPath).subarray(0, 100_000), noise, Buffer.concat([Buffer.from('name,value\nA,5\n'), noise])]) await refused(client, file, 400, 'not_text');
});

test('ten thousand columns are refused, a thousand are read', async () => {
    const client = await tenant('columns');
    const wide = (columns) => `name,${Array.from({ length: columns - 1 }, (_, at) => `c${at}`).join(',')}\nWide${',1'.repeat(columns - 1)}\n`;
    assert.match((await refused(client, wide(10_000), 400, 'too_many_columns')).error, /1,000/);
    const { json } = await client.upload(wide(1_000), {}, { expect: 200 });
    assert.equal(json.counts.created, 1);
    const [deal] = await deals(client);
    assert.equal(Object.keys(deal.source_metadata).length, 999, 'every column without a field is kept');
});

test('a cell of ten megabytes refuses its row, by name of its column', async () => {
    const client = await tenant('cell');
    for (const column of ['description', 'shoe size']) {
        const { json } = await client.upload(`name,${column}\nLong,"${'x'.repeat(10 << 20)}"\nShort ${column},fine\n`, {}, { expect: [200, 202] });
        assert.deepEqual(json.counts, { read: 2, created: 1, updated: 0, unchanged: 0, skipped: 0, rejected: 1 });
        const [row] = json.results.filter(({ action }) => action === 'rejected');
        assert.deepEqual([row.line, row.code, row.details[0].field], [2, 'cell_too_long', column]);
    }
});

test('rows in another encoding than the file are refused alone', async () => {
    const client = await tenant('encodings');
    const latin = Buffer.from('M\xFCller,G\xF6rlitz\n', 'latin1');
    const { json } = await client.upload(Buffer.concat([Buffer.from('name,company\nÄhre,Öl\nÜber,Äther\n'), latin, Buffer.from('Plain,Plain\n')]), {}, { expect: 200 });
    assert.deepEqual(json.counts, { read: 4, created: 3, updated: 0, unchanged: 0, skipped: 0, rejected: 1 });
    const [row] = json.results.filter(({ action }) => action === 'rejected');
    assert.deepEqual([row.line, row.code], [4, 'invalid_utf8']);
    assert.deepEqual((await deals(client)).map(({ name }) => name).sort(), ['Plain', 'Ähre', 'Über']);
});

test('a file without names is refused, and the refusal lists what there is', async () => {
    const client = await tenant('nameless');
    const json = await refused(client, 'Umsatz,Kunde\n5,Acme\n', 400, 'missing_name_column');
    assert.equal(json.details[0].field, 'name');
    assert.match(json.error, /Umsatz, Kunde/);
    const long = Array.from({ length: 900 }, (_, at) => `${'very long header '.repeat(20)}${at}`).join(',');
    assert.ok((await refused(client, `${long}\n${'1,'.repeat(899)}1\n`, 400, 'missing_name_column')).error.length < 1_500, 'and is not as long as the header');
});

test('two rows for one deal: the later one updates what the earlier one made, also in a plan', async () => {
    for (const columns of ['external_id,name,company,value', 'number,name,company,value']) {
        const client = await tenant(`twice-${columns.slice(0, 3)}`);
        const file = `${columns}\n7,Same,Acme,5\n8,Other,Acme,1\n7,Same,Acme,6\n7,Same,Acme,6\n`;
        const plan = (await client.upload(file, { dry_run: 'true' }, { expect: 200 })).json;
        const done = (await client.upload(file, {}, { expect: 200 })).json;
        for (const json of [plan, done]) {
            assert.deepEqual(json.results.map(({ action }) => action), ['created', 'created', 'updated', 'unchanged']);
            adds_up(json.counts);
        }
        assert.deepEqual((await deals(client)).map(({ name, value }) => [name, value]).sort(), [['Other', 1], ['Same', 6]]);
    }
});

test('a row whose id and name are two deals changes the one its id names, and says so', async () => {
    const client = await tenant('two-deals');
    await client.upload('external_id,name,company,value\n1,One,Acme,5\n2,Two,Acme,6\n', {}, { expect: 200 });
    const again = 'external_id,name,company,value\n1,Two,Acme,50\n';
    const plan = (await client.upload(again, { dry_run: 'true' }, { expect: 200 })).json;
    const done = (await client.upload(again, {}, { expect: 200 })).json;
    for (const { results: [row] } of [plan, done]) {
        assert.equal(row.action, 'updated');
        assert.deepEqual(row.warnings.map(({ field, code, value }) => [field, code, value]), [['name', 'name_of_another_deal', 'Two']]);
    }
    const found = (await deals(client)).map(({ external_ids: [{ id }], name, value }) => [id, name, value]).sort();
    assert.deepEqual(found, [['1', 'Two', 50], ['2', 'Two', 6]]);
    const same = (await client.upload(again, {}, { expect: 200 })).json;
    assert.deepEqual([same.results[0].action, same.results[0].warnings ?? []], ['unchanged', []], 'said once, not for ever');
});

test('a row with two ids of two deals changes the first, and says which id it left', async () => {
    const client = await tenant('two-ids');
    await client.post('/hubspot/batch-sync', [{ id: '11', properties: { dealname: 'Hub', amount: '1' } }], { expect: 200 });
    await client.post('/api', { name: 'Api', company: 'Acme', value: 2, external_id: 'x-1' }, { expect: 201 });
    const { json } = await client.post('/api', { name: 'Api', company: 'Acme', value: 3, external_id: 'x-1', external_ids: [{ system: 'hubspot', id: '11' }] }, { expect: 200 });
    assert.equal(json.action, 'updated');
    assert.deepEqual(json.warnings.map(({ code, value }) => [code, value]), [['identity_conflict', '11']]);
    assert.deepEqual((await deals(client)).map(({ name, value }) => [name, value]).sort(), [['Api', 3], ['Hub', 1]]);
});

const spectrum = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/data/csv-spectrum');
const kWronglyListed = '1234567890'; // the set's JSON for location_coordinates; its CSV says 2095257564
const absent = existsSync(spectrum) ? false : 'the data set ../shared/data/csv-spectrum is absent';
test('csv-spectrum: every cell of every file arrives', { skip: absent }, async () => {
    for (const file of readdirSync(path.join(spectrum, 'csvs'))) {
        const name = file.replace('.csv', '');
        const client = await tenant(`spectrum-${name.replaceAll('_', '-')}`);
        const rows = [JSON.parse(readFileSync(path.join(spectrum, 'json', `${name}.json`), 'utf8'))].flat();
        if (rows.length === 0) continue;
        const [key] = Object.keys(rows[0]);
        const { json } = await client.upload(readFileSync(path.join(spectrum, 'csvs', file)), { mapping: JSON.stringify({ fields: { [key]: 'name' } }), decimal_mark: '.' }, { expect: [200, 422] });
        adds_up(json.counts);
        assert.equal(json.counts.read, rows.length, name);
        const taken = json.results.filter(({ action }) => action !== 'rejected');
        for (const row of json.results.filter(({ action }) => action === 'rejected')) assert.equal(rows[row.index][key].trim(), '', `${name}: only rows without a name are refused`);
        for (const row of taken) {
            const { deal } = (await client.get(`/${row.deal_id}`, {}, { expect: 200 })).json;
            const said = JSON.stringify(deal).replaceAll('\\r\\n', '\\n');
            for (const cell of Object.values(rows[row.index]).filter((value) => value !== kWronglyListed)) assert.ok(cell.trim() === '' || said.includes(JSON.stringify(cell.trim()).slice(1, -1).replaceAll('\\r\\n', '\\n')), `${name}: ${cell} in ${said}`);
        }
    }
});

test('after all this the server is well', async () => {
    const client = await tenant('after');
    assert.equal((await client.get('/readyz', {}, { expect: 200 })).status, 200);
});
