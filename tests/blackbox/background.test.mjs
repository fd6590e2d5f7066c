// Large imports: stored first, run by themselves, watched, cancelled, and gone on with after a stop.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, before, after } from 'node:test';
import { connect } from './client.mjs';
import { watch } from './live.mjs';
import { makeDataDirectory, startServer, within } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
after(() => server.stop());

const tenant = async (name, on = server) => connect(on, await on.key({ tenant: name }));
const later = { prefer: 'respond-async' };

/** A file of so many rows; a third of them are overdue, old and unlikely, which is a high risk. */
const fileOf = (rows, tag) =>
    ['id,name,company,amount,probability,close date,stage_entered_at,created_at',
        ...Array.from({ length: rows }, (_, at) =>
            `${tag}-${at},Deal ${at} of ${tag},Firm ${at % 997},${1000 + at},${at % 3 ? '60,2027-05-04,2026-01-01,2026-01-01' : '1,2020-01-01,2020-01-01,2019-01-01'}`)].join('\n');
const options = { mapping: { fields: { id: 'external_id' } } };

const isEnded = ({ state }) => state !== 'running';
const balanced = ({ read, created, updated, unchanged, skipped, rejected }) => read === created + updated + unchanged + skipped + rejected;

/** Asks until the import has ended; every answer on the way must add up. */
async function ended(client, id) {
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
        const { json } = await client.get(`/api/sales/imports/${id}`);
        assert.ok(balanced(json.import.counts), JSON.stringify(json.import.counts));
        if (isEnded(json.import)) return json.import;
    }
    throw new Error('the import did not end');
}

async function countDeals(client) {
    return (await client.metrics()).total_active_deals;
}

test('a large file is answered at once when asked to, tells how far it is, and ends by itself', async () => {
    const client = await tenant('async');
    const rows = 120_000;
    const watcher = await watch(server, { key: client.key });
    const answer = await client.upload(fileOf(rows, 'a'), options, { expect: 202, headers: later });
    const id = answer.json.import.import_id;
    assert.equal(answer.headers.location, `/api/sales/imports/${id}`);
    assert.equal(answer.json.import.state, 'running');
    assert.match(answer.json.import.sha256, /^[0-9a-f]{64}$/);
    const done = await ended(client, id);
    assert.equal(done.state, 'done');
    assert.deepEqual(done.counts, { read: rows, created: rows, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    assert.equal(await countDeals(client), rows);
    assert.ok(done.options.columns.length > 0, 'how the file was understood is kept');
    const told = await watcher.frame('how far the import is', ({ imports }) => imports?.some(({ import_id, progress }) => import_id === id && progress.phase === 'running'));
    assert.ok(balanced(told.imports[0].counts));
    await watcher.frame('the end', ({ metrics }) => metrics?.total_active_deals === rows);
    await watcher.close();
});

test('the same file is answered at its end when it is not too large, or when asked to wait', async () => {
    const client = await tenant('sync');
    const { json } = await client.upload(fileOf(20_000, 's'), options, { headers: { prefer: 'wait' } });
    assert.equal(json.counts.created, 20_000);
    const again = await client.upload(fileOf(20_000, 's'), options);
    assert.deepEqual(again.json.counts, { read: 20_000, created: 0, updated: 0, unchanged: 20_000, skipped: 0, rejected: 0 });
});

test('an Idempotency-Key of an upload that goes on is answered the same, and imports nothing twice', async () => {
    const client = await tenant('once');
    const headers = { ...later, 'idempotency-key': 'nightly-1' };
    const file = fileOf(20_000, 'o');
    const first = await client.upload(file, options, { expect: 202, headers });
    const meanwhile = await client.upload(file, options, { expect: 202, headers });
    assert.equal(meanwhile.json.import.import_id, first.json.import.import_id, 'also while it runs');
    await ended(client, first.json.import.import_id);
    const second = await client.upload(file, options, { expect: 202, headers });
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal(second.json.import.import_id, first.json.import.import_id);
    assert.equal((await client.get('/api/sales/imports')).json.imports.length, 1);
});

test('a running import is cancelled: what was done is kept, says so, and can be undone', async () => {
    const client = await tenant('cancel');
    const rows = 150_000;
    const { json: started } = await client.upload(fileOf(rows, 'c'), options, { expect: 202, headers: later });
    const id = started.import.import_id;
    for (;;) {
        const { json } = await client.get(`/api/sales/imports/${id}`);
        if (json.import.counts.read > 0) break;
    }
    await client.post(`/api/sales/imports/${id}/cancel`, undefined, { expect: 202 });
    const done = await ended(client, id);
    assert.equal(done.state, 'cancelled');
    assert.match(done.failure, /^Cancelled by key:/);
    assert.ok(done.counts.created > 0 && done.counts.created < rows, `${done.counts.created} of ${rows}`);
    assert.equal(await countDeals(client), done.counts.created);
    const { json: no } = await client.post(`/api/sales/imports/${id}/cancel`, undefined, { expect: 409 });
    assert.equal(no.code, 'not_running');
    const { json: undo } = await client.post(`/api/sales/imports/${id}/undo`, undefined, { expect: [200, 202] });
    await ended(client, undo.undo_id);
    assert.equal(await countDeals(client), 0);
    const other = await tenant('cancel-other');
    await other.post(`/api/sales/imports/${id}/cancel`, undefined, { expect: 404 });
});

test('a dry run of a large file is watched and applied in the same way', async () => {
    const client = await tenant('plan');
    const { json: started } = await client.upload(fileOf(20_000, 'p'), { ...options, dry_run: 'true' }, { expect: 202, headers: later });
    const planned = await ended(client, started.import.import_id);
    assert.equal(planned.state, 'planned');
    assert.equal(planned.counts.created, 20_000);
    assert.equal(await countDeals(client), 0);
    await client.post(`/api/sales/imports/${planned.import_id}/apply`, undefined, { expect: 202, headers: later });
    const done = await ended(client, planned.import_id);
    assert.equal(done.state, 'done');
    assert.deepEqual(done.counts, planned.counts);
    assert.equal(await countDeals(client), 20_000);
});

test('a dry run that is killed begins anew, and its plan is whole', async () => {
    const data = makeDataDirectory();
    let own = await startServer({ data });
    const key = await own.key({ tenant: 'killed-plan' });
    const rows = 30_000;
    const { json } = await connect(own, key).upload(fileOf(rows, 'kp'), { ...options, dry_run: 'true' }, { expect: 202, headers: later });
    const id = json.import.import_id;
    let cutOff = 0;
    for (let kill = 0; kill < 8; kill += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 60));
        await own.kill();
        own = await startServer({ data });
        const { json: now } = await connect(own, key).get(`/api/sales/imports/${id}`, {}, { expect: 200 });
        if (!isEnded(now.import)) cutOff += 1;
    }
    assert.ok(cutOff > 0, 'it was running when it was killed');
    const client = connect(own, key);
    const planned = await within(60_000, 'the plan', ended(client, id));
    assert.equal(planned.state, 'planned', planned.failure);
    assert.deepEqual(planned.counts, { read: rows, created: rows, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    const seen = await client.all(`/api/sales/imports/${id}/rows`, 'rows', { limit: 500 });
    assert.deepEqual(seen.map(({ index }) => index), Array.from({ length: rows }, (_, at) => at));
    await client.post(`/api/sales/imports/${id}/apply`, undefined, { expect: 202, headers: later });
    assert.deepEqual((await within(60_000, 'the import', ended(client, id))).counts, planned.counts);
    assert.equal(await countDeals(client), rows);
    await own.stop();
    rmSync(data, { recursive: true, force: true });
});

test('automations of more than a hundred rows are held until somebody releases them', async () => {
    const client = await tenant('held');
    const fired = async () => (await client.all('/api/sales/activity', 'activities')).filter(({ kind }) => kind === 'automation').length;
    const { json } = await client.upload(fileOf(300, 'h'), options);
    const path = `/api/sales/imports/${json.import_id}`;
    const { import: held } = (await client.get(path)).json;
    assert.equal(held.automations.policy, 'held');
    assert.ok(held.automations.held > 0);
    const { json: released } = await client.post(`${path}/automations/release`, undefined, { expect: 200 });
    assert.deepEqual(released.import.automations, { policy: 'released', held: 0 });
    const count = await fired();
    assert.equal(count, held.automations.held);
    await client.post(`${path}/automations/release`, undefined, { expect: 200 });
    assert.equal(await fired(), count, 'nothing fires twice');
    const { json: few } = await client.upload(fileOf(50, 'few'), options);
    assert.equal((await client.get(`/api/sales/imports/${few.import_id}`)).json.import.automations.policy, 'live');
    const { json: off } = await client.upload(fileOf(200, 'off'), { ...options, automations: 'off' });
    assert.deepEqual((await client.get(`/api/sales/imports/${off.import_id}`)).json.import.automations, { policy: 'off', held: 0 });
    assert.equal((await client.post(`/api/sales/imports/${off.import_id}/automations/release`, undefined, { expect: 409 })).json.code, 'nothing_held');
});

const kills = Number(process.env.TRIBUTARY_IMPORT_KILLS ?? 200);
test(`an import killed ${kills} times at random rows goes on each time, with no row twice and none lost`, async () => {
    const data = makeDataDirectory();
    let own = await startServer({ data });
    const key = await own.key({ tenant: 'killed' });
    const files = [];
    const rows = 12_000;
    let running;
    for (let kill = 0; kill < kills; kill += 1) {
        const client = connect(own, key);
        if (!running || isEnded((await client.get(`/api/sales/imports/${running}`)).json.import)) {
            const { json } = await client.upload(fileOf(rows, `k${files.length}`), options, { expect: 202, headers: later });
            running = json.import.import_id;
            files.push(running);
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        await own.kill();
        own = await startServer({ data });
    }
    const client = connect(own, key);
    for (const id of files) {
        const done = await within(60_000, 'the import', ended(client, id));
        assert.equal(done.state, 'done', done.failure);
        assert.equal(done.raw_bytes, fileOf(rows, `k${files.indexOf(id)}`).length, 'its bytes are known for what they are');
        assert.deepEqual(done.counts, { read: rows, created: rows, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    }
    assert.equal(await countDeals(client), files.length * rows);
    const seen = await client.all(`/api/sales/imports/${files[0]}/rows`, 'rows', { limit: 500 });
    assert.deepEqual(seen.map(({ index }) => index), Array.from({ length: rows }, (_, at) => at));
    await own.stop();
    rmSync(data, { recursive: true, force: true });
});

test('the same file again is recognised by its bytes, until it is undone', async () => {
    const client = await tenant('same');
    const file = 'name,company,value\nOne,Acme,5\n';
    const { json: first } = await client.upload(file);
    assert.equal(first.same_as, undefined);
    const { json: second } = await client.upload(file);
    assert.equal(second.same_as, first.import_id);
    assert.equal(second.counts.unchanged, 1);
    assert.equal((await client.get(`/api/sales/imports/${second.import_id}`)).json.import.same_as, first.import_id);
    const large = fileOf(20_000, 'same');
    const { json: third } = await client.upload(large, options);
    const { json: fourth } = await client.upload(large, { ...options, dry_run: 'true' }, { expect: 202, headers: later });
    assert.equal((await ended(client, fourth.import.import_id)).same_as, third.import_id);
    await client.post(`/api/sales/imports/${second.import_id}/undo`, undefined, { expect: 200 });
    await client.post(`/api/sales/imports/${first.import_id}/undo`, undefined, { expect: 200 });
    assert.equal((await client.upload(file)).json.same_as, undefined);
    const other = await tenant('same-other');
    assert.equal((await other.upload(file)).json.same_as, undefined);
});

test('stored bytes are replayed through another mapping: first a plan with what would differ, then for good', async () => {
    const client = await tenant('replay');
    const file = 'id,title,firm,price\n1,One,Acme,"1.234"\n2,Two,Acme,"2.500"\n';
    const { json: first } = await client.upload(file, { mapping: { fields: { id: 'external_id', title: 'name', firm: 'company', price: 'value' } }, decimal_mark: '.' });
    assert.equal(first.counts.created, 2);
    const path = `/api/sales/imports/${first.import_id}/replay`;
    const { json: plan } = await client.post(path, { decimal_mark: ',' }, { expect: 200 });
    assert.equal(plan.dry_run, true);
    assert.equal(plan.counts.updated, 2);
    assert.equal(plan.results[0].change.before.value, 1.23);
    assert.equal(plan.results[0].change.after.value, 1234);
    assert.equal((await client.get('')).json.deals.find(({ name }) => name === 'One').value, 1.23);
    const { json: unit } = await client.get(`/api/sales/imports/${plan.import_id}`);
    assert.equal(unit.import.replay_of, first.import_id);
    const { json: origin } = await client.get(`/api/sales/imports/${first.import_id}`);
    assert.deepEqual([unit.import.sha256, unit.import.raw_bytes], [origin.import.sha256, origin.import.raw_bytes], 'it is the same bytes');
    await client.post(`/api/sales/imports/${plan.import_id}/apply`, undefined, { expect: 200 });
    assert.equal((await client.get('')).json.deals.find(({ name }) => name === 'One').value, 1234);
    // A replay of the replay reads the same bytes, and an undo takes it back like any import.
    const { json: again } = await client.post(`/api/sales/imports/${plan.import_id}/replay`, { dry_run: false }, { expect: 200 });
    assert.equal(again.counts.unchanged, 2);
    await client.post(`/api/sales/imports/${plan.import_id}/undo`, undefined, { expect: 200 });
    assert.equal((await client.get('')).json.deals.find(({ name }) => name === 'One').value, 1.23);
    assert.equal((await client.post(path, { decimal_mark: 'x' }, { expect: 400 })).json.code, 'invalid_option');
    for (const [key, headers, expect] of [['replay-1', {}, 200], ['replay-2', later, 202]]) {
        const once = await client.post(path, { decimal_mark: ',' }, { expect, headers: { ...headers, 'idempotency-key': key } });
        const id = once.json.import_id ?? once.json.import.import_id;
        await ended(client, id);
        const twice = await client.post(path, { decimal_mark: ',' }, { expect, headers: { ...headers, 'idempotency-key': key } });
        assert.equal(twice.headers['idempotent-replayed'], 'true');
        assert.deepEqual(twice.json, once.json, 'one key is one replay');
    }
    assert.equal((await client.post(path, { colour: 'x' }, { expect: 400 })).json.code, 'unknown_option');
    const other = await tenant('replay-other');
    await other.post(path, {}, { expect: 404 });
});

test('rows that are no deals are counted as skipped, and everything adds up', async () => {
    const client = await tenant('skipped');
    const { json } = await client.upload('name,company,value\nOne,Acme,5\nname,company,value\nTwo,Acme,7\nTotal,,12\n');
    assert.deepEqual(json.counts, { read: 4, created: 2, updated: 0, unchanged: 0, skipped: 2, rejected: 0 });
    const { json: none } = await client.upload('name,company,value\n,Acme,x\nTotal,,12\n', {}, { expect: 422 });
    assert.equal(none.code, 'all_rows_rejected', 'a row that is no deal takes nothing away from that');
    assert.deepEqual(none.counts, { read: 2, created: 0, updated: 0, unchanged: 0, skipped: 1, rejected: 1 });
});
