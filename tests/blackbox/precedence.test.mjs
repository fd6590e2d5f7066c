// Source precedence: whose word stays, who is told, what would flip, and taking the flipping back.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { makeDataDirectory, startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name, more = {}) => connect(server, await server.key({ tenant: name, ...more }));
const crmFirst = [['manual'], ['hubspot', 'salesforce'], ['csv']];
const set = (client, tiers, more = { expect: 200 }) => client.patch('/api/sales/settings', { source_precedence: tiers }, more);
const plan = async (client, tiers, query, more = { expect: 200 }) =>
    (await client.post('/api/sales/settings/precedence/plan', { source_precedence: tiers }, { query, ...more })).json;
const apply = (client, tiers, flip, more = {}) => client.post('/api/sales/settings/precedence/apply', { source_precedence: tiers, flip }, more);
const csv = (owner, more = '') => `Deal Name,Company,Owner,Description\nPilot,Acme AG,${owner},${more}`;
const viaApi = (client, deal) => client.post('/api', { name: 'Pilot', company: 'Acme AG', ...deal }, { expect: [200, 201] });
const byHand = (client, deal) => client.post('/manual', { name: 'Pilot', company: 'Acme AG', ...deal }, { expect: [200, 201] });

test('a workspace sets its precedence, sees it and takes it back', async () => {
    const client = await tenant('settings');
    assert.deepEqual((await client.get('/api/sales/settings')).json.settings.source_precedence, []);
    const { json } = await set(client, ['manual', ['salesforce', 'hubspot'], 'csv']);
    assert.deepEqual(json.settings.source_precedence, crmFirst);
    await client.patch('/api/sales/settings', { base_currency: 'EUR' }, { expect: 200 });
    assert.deepEqual((await client.get('/api/sales/settings')).json.settings.source_precedence, crmFirst, 'another setting leaves it alone');
    assert.deepEqual((await set(client, null)).json.settings.source_precedence, []);
    for (const wrong of [5, 'manual', [[]], ['paper'], ['csv', 'csv'], [['system']]]) {
        const { json: refused } = await set(client, wrong, { expect: 400 });
        assert.equal(refused.code, 'invalid_setting');
        assert.equal(refused.details[0].field, 'source_precedence');
    }
});

test('a lower source leaves what a higher one set, is told so, and the rest of its row is applied', async () => {
    const client = await tenant('tiers');
    await set(client, crmFirst);
    const { json: made } = await byHand(client, { owner: 'Kim' });
    const { json: only } = await client.upload('Deal Name,Company,Owner\nPilot,Acme AG,Bo');
    assert.equal(only.counts.unchanged, 1);
    assert.deepEqual(only.results[0].warnings.map(({ field, code, value }) => [field, code, value]), [['owner', 'outranked', 'Bo']]);
    const { json: both } = await client.upload(csv('Bo', 'from the fair'));
    assert.equal(both.counts.updated, 1);
    const { json: now } = await client.get(`/${made.deal.id}`);
    assert.equal(now.deal.owner, 'Kim');
    assert.equal(now.deal.description, 'from the fair');
    const { json: dry } = await client.upload(csv('Ann', 'from the fair'), { dry_run: 'true' });
    assert.equal(dry.counts.unchanged, 1, 'a dry run knows it too');
    assert.equal(dry.results[0].warnings[0].code, 'outranked');
    const { json: api } = await viaApi(client, { owner: 'Ann' });
    assert.equal(api.action, 'unchanged');
    assert.equal(api.warnings[0].code, 'outranked');
});

test('a person below a source is told by the answer to the edit', async () => {
    const client = await tenant('person');
    await set(client, [['api'], ['manual']]);
    const { json: made } = await viaApi(client, { owner: 'Kim' });
    const { json: edited } = await client.patch(`/${made.deal.id}`, { owner: 'Bo', description: 'a word' }, { expect: 200 });
    assert.equal(edited.deal.owner, 'Kim');
    assert.equal(edited.deal.description, 'a word');
    assert.deepEqual(edited.warnings.map(({ field, code }) => [field, code]), [['owner', 'outranked']]);
    const { json: emptied } = await client.patch(`/${made.deal.id}`, { owner: null }, { expect: 200 });
    assert.equal(emptied.deal.owner, 'Kim');
});

test('a higher source that says the same is believed from then on, and history says so', async () => {
    const client = await tenant('confirmed');
    await client.upload(csv('Kim'));
    await set(client, [['api'], ['csv']]);
    const { json: confirmed } = await viaApi(client, { owner: 'Kim' });
    assert.equal((await viaApi(client, { owner: 'Kim' })).json.action, 'unchanged');
    const { json: lower } = await client.upload(csv('Bo'));
    assert.equal(lower.results[0].warnings[0].code, 'outranked');
    const history = await client.all(`/${confirmed.deal.id}/history`, 'history', { field: 'owner' });
    assert.deepEqual(history.map(({ before: was, after: is, source, rule }) => [was, is, source, rule]), [
        ['Kim', 'Kim', 'api', 'precedence.confirmed'],
        [null, 'Kim', 'csv', null],
    ]);
});

test('what would flip is shown, done as one unit and taken back', async () => {
    const client = await tenant('flip');
    const { json: made } = await viaApi(client, { owner: 'Kim', value: 100 });
    const { json: file } = await client.upload('Deal Name,Company,Owner,Value\nPilot,Acme AG,Bo,90\nNew,New AG,Bo,1');
    const { id } = made.deal;
    const seen = await plan(client, ['api', 'csv']);
    assert.deepEqual(seen.counts, { looked_at: 1, deals: 1, fields: 2 });
    assert.deepEqual(seen.flips.map(({ deal_id, field, now, then }) => [deal_id, field, now.value, now.source, then.value, then.source]), [
        [id, 'value', 90, 'csv', 100, 'api'],
        [id, 'owner', 'Bo', 'csv', 'Kim', 'api'],
    ]);
    assert.equal(seen.flips[0].now.ingestion_id, file.import_id);
    assert.equal(seen.flips[0].then.ingestion_id, made.ingestion_id);
    assert.ok(seen.flips[0].then.at < seen.flips[0].now.at);
    assert.deepEqual((await plan(client, ['csv'])).flips, []);
    assert.equal((await client.get(`/${id}`)).json.deal.value, 90, 'a plan writes nothing');
    assert.deepEqual((await client.get('/api/sales/settings')).json.settings.source_precedence, []);

    const { json: alone } = await apply(client, ['api', 'csv'], false, { expect: 200 });
    assert.equal(alone.flip_id, null);
    assert.equal((await client.get(`/${id}`)).json.deal.value, 90, 'the precedence alone flips nothing');
    assert.deepEqual((await client.get('/api/sales/settings')).json.settings.source_precedence, [['api'], ['csv']]);

    const before = (await client.get(`/${id}`)).json.deal;
    const { json: done, headers } = await apply(client, ['api', 'csv'], true, { expect: 200 });
    assert.equal(done.state, 'done');
    assert.deepEqual(done.counts, seen.counts);
    assert.equal(headers.location, `/api/sales/imports/${done.flip_id}`);
    const flipped = (await client.get(`/${id}`)).json.deal;
    assert.deepEqual([flipped.owner, flipped.value], ['Kim', 100]);
    assert.deepEqual((await plan(client, ['api', 'csv'])).flips, []);
    const [last] = await client.all(`/${id}/history`, 'history', { field: 'owner' });
    assert.deepEqual([last.before, last.after, last.rule, last.ingestion_id], ['Bo', 'Kim', 'precedence', done.flip_id]);
    const { json: unit } = await client.get(`/api/sales/imports/${done.flip_id}`);
    assert.deepEqual([unit.import.door, unit.import.state, unit.import.counts.updated], ['/settings/precedence', 'done', 1]);
    assert.deepEqual((await client.all(`/api/sales/imports/${done.flip_id}/rows`, 'rows')).map(({ deal_id }) => deal_id), [id]);

    await client.post(`/api/sales/imports/${done.flip_id}/undo`, undefined, { expect: 200 });
    const { id: _, version: _v, updated_at: _u, ...back } = (await client.get(`/${id}`)).json.deal;
    const { id: _i, version: _w, updated_at: _x, ...was } = before;
    assert.deepEqual(back, was);
    assert.equal((await client.upload('Deal Name,Company,Owner\nPilot,Acme AG,Ann')).json.counts.updated, 1, 'the file has its word back');
});

test('a long plan comes in pages, a long flipping goes on by itself and is one unit', async () => {
    const client = await tenant('many');
    const numbers = Array.from({ length: 5000 }, (_, at) => at);
    const deals = numbers.map((at) => ({ name: `Deal ${at}`, company: 'Acme AG', owner: 'Kim', value: at + 1 }));
    for (let at = 0; at < deals.length; at += 1000) await client.post('/bulk', deals.slice(at, at + 1000), { expect: 200 });
    await client.upload(['Deal Name,Company,Owner', ...numbers.map((at) => `Deal ${at},Acme AG,Bo`)].join('\n'));
    const first = await plan(client, ['api'], { limit: 300 });
    assert.deepEqual(first.counts, { looked_at: 5000, deals: 5000, fields: 5000 });
    const met = new Set(first.flips.map(({ deal_id }) => deal_id));
    for (let cursor = first.next_cursor; cursor !== null; ) {
        const page = await plan(client, ['api'], { limit: 500, cursor });
        assert.equal(page.counts, null);
        for (const { deal_id } of page.flips) {
            assert.ok(!met.has(deal_id), 'a deal comes once');
            met.add(deal_id);
        }
        cursor = page.next_cursor;
    }
    assert.equal(met.size, 5000);
    const { json: running, status } = await apply(client, ['api'], true, { expect: [200, 202] });
    assert.equal(status, 202);
    let unit;
    do unit = (await client.get(`/api/sales/imports/${running.flip_id}`)).json.import;
    while (unit.state === 'running');
    assert.equal(unit.state, 'done');
    assert.equal(unit.options.counts.fields, 5000);
    const owners = new Set((await client.all('', 'deals')).map(({ owner }) => owner));
    assert.deepEqual([...owners], ['Kim']);
});

test('a flipping that was killed goes on when the server starts again', async () => {
    const data = await makeDataDirectory();
    let own = await startServer({ data });
    const key = await own.key({ tenant: 'killed' });
    let client = connect(own, key);
    const numbers = Array.from({ length: 6000 }, (_, at) => at);
    for (let at = 0; at < 6000; at += 1000) await client.post('/bulk', numbers.slice(at, at + 1000).map((n) => ({ name: `Deal ${n}`, company: 'Acme AG', owner: 'Kim' })), { expect: 200 });
    await client.upload(['Deal Name,Company,Owner', ...numbers.map((at) => `Deal ${at},Acme AG,Bo`)].join('\n'));
    const { json: running } = await apply(client, ['api'], true, { expect: 202 });
    await own.kill();
    own = await startServer({ data });
    client = connect(own, key);
    let unit;
    do unit = (await client.get(`/api/sales/imports/${running.flip_id}`)).json.import;
    while (unit.state === 'running');
    assert.deepEqual([unit.state, unit.counts.updated], ['done', 6000]);
    assert.deepEqual([...new Set((await client.all('', 'deals')).map(({ owner }) => owner))], ['Kim']);
    await own.stop();
});

test('a plan and its application are an admin\'s, know their members and refuse the rest', async () => {
    const client = await tenant('refused');
    assert.equal((await plan(client, ['paper'], {}, { expect: 400 })).code, 'invalid_setting');
    assert.equal((await plan(client, undefined, {}, { expect: 400 })).code, 'missing_field');
    assert.equal((await plan(client, [], { cursor: 'x' }, { expect: 400 })).code, 'invalid_cursor');
    assert.equal((await apply(client, ['api'], 'yes', { expect: 400 })).json.code, 'wrong_type');
    const { json: unknown } = await client.post('/api/sales/settings/precedence/apply', { source_precedence: [], flop: true }, { expect: 400 });
    assert.equal(unknown.code, 'unknown_setting');
    const member = await tenant('refused', { role: 'member' });
    await plan(member, ['api'], {}, { expect: 403 });
    await apply(member, ['api'], true, { expect: 403 });
    const other = await tenant('stranger');
    assert.deepEqual((await plan(other, ['api'])).counts, { looked_at: 0, deals: 0, fields: 0 });
});
