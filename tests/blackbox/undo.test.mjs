// Undo: what an import, a single arrival or an undo changed is taken back, previewed, named field by field, and can be had back.
// And history: where every value of a deal came from.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { makeDataDirectory, startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name, more = {}) => connect(server, await server.key({ tenant: name, ...more }));
const undo = (client, id, query, more = {}) => client.post(`/api/sales/imports/${id}/undo`, undefined, { query, ...more });
const strip = (deals) => deals.map(({ id, version, updated_at: _, ...deal }) => deal);
const csv = ['Deal Name,Company,Value,Email', 'Alpha,Alpha AG,100,a@alpha.example', 'Beta,Beta AG,200,b@beta.example'].join('\n');

test('an import is previewed, undone and had back', async () => {
    const client = await tenant('round');
    const { json: sent } = await client.upload(csv);
    const deals = await client.all('', 'deals');
    const metrics = await client.metrics();
    const { json: preview } = await undo(client, sent.import_id, { dry_run: true }, { expect: 200 });
    assert.deepEqual(preview.counts, { reverted: 0, removed: 2, restored: 0, kept: 0, blocked: 0, leads_removed: 2 });
    assert.equal(preview.undo_id, null);
    assert.equal((await client.all('', 'deals')).length, 2, 'a preview writes nothing');

    const { json: done, headers } = await undo(client, sent.import_id, {}, { expect: 200 });
    assert.equal(done.state, 'done');
    assert.deepEqual(done.counts, preview.counts);
    assert.deepEqual(done.results.map(({ result }) => result), ['removed', 'removed']);
    assert.equal(headers.location, `/api/sales/imports/${done.undo_id}`);
    assert.deepEqual(await client.all('', 'deals'), []);
    assert.deepEqual(await client.all('/api/sales/leads', 'leads'), []);
    assert.equal((await client.metrics()).total_active_deals, 0);
    const { json: state } = await client.get(`/api/sales/imports/${sent.import_id}`);
    assert.equal(state.import.state, 'undone');
    assert.equal(state.import.options.undone_by, done.undo_id);
    const { json: own } = await client.get(`/api/sales/imports/${done.undo_id}`);
    assert.equal(own.import.door, '/undo');
    assert.equal(own.import.source, 'system');
    assert.equal(own.import.options.counts.removed, 2);

    const { json: again } = await undo(client, done.undo_id, {}, { expect: 200 });
    assert.equal(again.counts.restored, 2);
    assert.deepEqual(strip(await client.all('', 'deals')), strip(deals));
    assert.deepEqual(await client.metrics(), metrics);
    assert.equal((await client.get(`/api/sales/imports/${sent.import_id}`)).json.import.state, 'done');
});

test('after an undo the same file does what it did the first time', async () => {
    const client = await tenant('again');
    const { json: first } = await client.upload(csv);
    await undo(client, first.import_id, {}, { expect: 200 });
    const { json: second } = await client.upload(csv);
    assert.deepEqual(second.counts, first.counts);
});

test('an undo of what is undone, running elsewhere or unknown is refused', async () => {
    const client = await tenant('refused');
    const { json: sent } = await client.upload(csv);
    const { json: done } = await undo(client, sent.import_id, {}, { expect: 200 });
    const { json: twice } = await undo(client, sent.import_id, {}, { expect: 409 });
    assert.equal(twice.code, 'already_undone');
    assert.equal(twice.details[0].value, done.undo_id);
    assert.equal((await undo(client, sent.import_id, { dry_run: true }, { expect: 409 })).json.code, 'already_undone');
    assert.equal((await undo(client, sent.import_id, { dry_run: 'maybe' }, { expect: 400 })).json.code, 'invalid_parameter');
    await undo(client, 'nonsense', {}, { expect: 404 });
    const other = await tenant('stranger');
    await undo(other, done.undo_id, {}, { expect: 404 });
    await undo(other, done.undo_id, { dry_run: true }, { expect: 404 });
    for (const role of ['viewer', 'intake']) await undo(await tenant('refused', { role }), done.undo_id, {}, { expect: 403 });
});

test('a single arrival is undone by its ingestion id', async () => {
    const client = await tenant('single');
    const { json: made } = await client.post('/manual', { name: 'Solo', company: 'Solo AG', value: 10 }, { expect: [200, 201] });
    const { json: changed } = await client.post('/manual', { name: 'Solo', company: 'Solo AG', value: 20 }, { expect: 200 });
    const { json: back } = await undo(client, changed.ingestion_id, {}, { expect: 200 });
    assert.equal(back.counts.reverted, 1);
    assert.deepEqual(back.results[0].warnings.map(({ field, code }) => [field, code]), [['value', 'reverted']]);
    assert.equal((await client.get(`/${made.deal.id}`)).json.deal.value, 10);
});

test('a field edited since is kept and named, its neighbours go back, and the rows of the undo say so', async () => {
    const client = await tenant('kept');
    await client.upload('Deal Name,Company,Value\nAlpha,Alpha AG,100');
    const { json: sent } = await client.upload('Deal Name,Company,Value,Owner\nAlpha,Alpha AG,150,Kim\nNew,New AG,5,');
    const [alpha] = (await client.all('', 'deals')).filter(({ name }) => name === 'Alpha');
    const [fresh] = (await client.all('', 'deals')).filter(({ name }) => name === 'New');
    await client.patch(`/${alpha.id}`, { value: 175 }, { expect: 200 });
    await client.post(`/${fresh.id}/activities`, { type: 'call', note: 'rang' }, { expect: 201 });
    const { json: done } = await undo(client, sent.import_id, {}, { expect: 200 });
    assert.deepEqual(done.counts, { reverted: 1, removed: 0, restored: 0, kept: 2, blocked: 0, leads_removed: 0 });
    const { json: now } = await client.get(`/${alpha.id}`);
    assert.equal(now.deal.value, 175);
    assert.equal(now.deal.owner, null);
    const rows = await client.all(`/api/sales/imports/${done.undo_id}/rows`, 'rows');
    const byDeal = Object.fromEntries(rows.map((row) => [row.deal_id, row]));
    assert.equal(byDeal[alpha.id].result, 'reverted');
    assert.match(byDeal[alpha.id].warnings.find(({ code }) => code === 'kept').message, /updated since by key:.+ at 20.+journal row \d+/);
    assert.equal(byDeal[fresh.id].result, 'kept');
    assert.match(byDeal[fresh.id].warnings[0].message, /activity since by/);
});

test('what an undo did is told by feed and history, and by which rule', async () => {
    const client = await tenant('history');
    const { json: first } = await client.upload('Deal Name,Company,Value\nAlpha,Alpha AG,100');
    const { json: second } = await client.upload('Deal Name,Company,Value\nAlpha,Alpha AG,150');
    const id = first.results[0].deal_id;
    await client.patch(`/${id}`, { owner: 'Kim' }, { expect: 200 });
    const { json: done } = await undo(client, second.import_id, {}, { expect: 200 });
    const value = await client.all(`/${id}/history`, 'history', { field: 'value' });
    assert.deepEqual(value.map(({ before: was, after: is, ingestion_id: unit, rule }) => [was, is, unit, rule]), [
        [150, 100, done.undo_id, 'undo'],
        [100, 150, second.import_id, null],
        [null, 100, first.import_id, null],
    ]);
    assert.deepEqual(await client.all(`/${id}/history`, 'history', { field: 'value', limit: 1 }), value);
    const all = await client.all(`/${id}/history`, 'history', { limit: 1 });
    assert.deepEqual(await client.all(`/${id}/history`, 'history'), all);
    assert.deepEqual(all.filter(({ field }) => field === 'value'), value);
    assert.equal(all.find(({ field }) => field === 'owner').ingestion_id, null);
    assert.ok(all.some(({ field, before: was }) => field === 'created_at' && was === null), 'also what the deal was made with');
    await client.get(`/${id}/history`, { field: 'shoe_size' }, { expect: 400 });
    const feed = await client.all('/api/sales/activity', 'activities');
    assert.deepEqual(feed.slice(0, 3).map(({ kind }) => kind), ['import_finished', 'updated', 'import_started']);
});

async function ended(client, id) {
    for (const until = Date.now() + 60_000; Date.now() < until; ) {
        const { json } = await client.get(`/api/sales/imports/${id}`);
        if (json.import.state !== 'running') {
            assert.equal(json.import.state, 'done');
            return json;
        }
    }
    return assert.fail('the undo does not end');
}

test('a long undo is answered 202, goes on by itself and can be read', async () => {
    const client = await tenant('long');
    const rows = Array.from({ length: 6000 }, (_, at) => `Deal ${at},Company ${at % 50},${at},p${at % 3000}@long.example`);
    const { json: sent } = await client.upload(['Deal Name,Company,Value,Email', ...rows].join('\n'));
    assert.equal(sent.counts.created, 6000);
    const { json: preview } = await undo(client, sent.import_id, { dry_run: true }, { expect: 200 });
    assert.equal(preview.counts.removed, 6000);
    const { json: running } = await undo(client, sent.import_id, {}, { expect: 202 });
    assert.equal(running.state, 'running');
    const done = await ended(client, running.undo_id);
    assert.equal(done.import.counts.read, 6000);
    assert.deepEqual(done.import.options.counts, preview.counts);
    assert.equal(preview.counts.leads_removed, 3000);
    assert.deepEqual(await client.all('', 'deals'), []);
    assert.deepEqual(await client.all('/api/sales/leads', 'leads'), []);
});

test('an undo that was killed goes on at the next start, and nothing is undone twice', async () => {
    const data = makeDataDirectory();
    let own = await startServer({ data });
    const key = await own.key({ tenant: 'killed' });
    const rows = Array.from({ length: 6000 }, (_, at) => `Deal ${at},Company ${at % 50},${at}`);
    const { json: sent } = await connect(own, key).upload(['Deal Name,Company,Value', ...rows].join('\n'));
    const { json: running } = await undo(connect(own, key), sent.import_id, {}, { expect: 202 });
    await own.kill();
    own = await startServer({ data });
    const client = connect(own, key);
    const done = await ended(client, running.undo_id);
    assert.equal(done.import.counts.read, 6000);
    assert.equal(done.import.options.counts.removed, 6000);
    assert.deepEqual(await client.all('', 'deals'), []);
    assert.equal((await client.get(`/api/sales/imports/${sent.import_id}`)).json.import.state, 'undone');
});
