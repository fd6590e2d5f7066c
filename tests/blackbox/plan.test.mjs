// A dry run says exactly what a file would do, and applying it does exactly that.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name) => connect(server, await server.key({ tenant: name }));

const file = ['name,company,value,stage,external_id', 'One,Acme,1000,proposal,1', 'Two,Acme,2000,,2', 'One,Acme,1500,negotiation,1', 'Bad,Acme,xx,,9'].join('\n');
const told = (results) => results.map(({ index, action, code, change }) => ({ index, action, code, value: change?.after?.value }));
const apply = (client, id, more = {}) => client.post(`/api/sales/imports/${id}/apply`, undefined, { expect: 200, ...more });

test('a dry run says what every row would do and changes nothing; applying it does that', async () => {
    const client = await tenant('dry');
    const { json: plan } = await client.upload(file, { dry_run: 'true' });
    assert.equal(plan.dry_run, true);
    assert.deepEqual(plan.counts, { read: 4, created: 2, updated: 1, unchanged: 0, skipped: 0, rejected: 1 });
    assert.deepEqual(told(plan.results).map(({ action }) => action), ['created', 'created', 'updated', 'rejected']);
    assert.deepEqual(plan.results[2].change.before, { value: 1000, stage: 'proposal', ...pick(plan.results[2].change.before, ['probability', 'stage_entered_at']) });
    assert.equal(plan.plan.metrics.before.pipeline_value, 0);
    assert.equal(plan.plan.metrics.after.pipeline_value, 3500);
    assert.deepEqual(plan.plan.stages_moved.map(({ from, to, deals }) => [from, to, deals]).sort(), [[null, 'discovery', 1], [null, 'negotiation', 1]].sort());

    assert.deepEqual((await client.get('')).json.deals, []);
    assert.deepEqual((await client.all('/api/sales/leads', 'leads')), []);
    assert.deepEqual((await client.get('/api/sales/activity')).json.activities, []);
    const { json: planned } = await client.get(`/api/sales/imports/${plan.import_id}`);
    assert.equal(planned.import.state, 'planned');
    assert.deepEqual(planned.import.plan, plan.plan);
    assert.deepEqual(await client.all(`/api/sales/imports/${plan.import_id}/rows`, 'rows'), plan.results);

    const { json: done } = await apply(client, plan.import_id);
    assert.equal(done.import_id, plan.import_id);
    assert.deepEqual(done.counts, plan.counts);
    assert.equal(done.metrics.pipeline_value, 3500);
    const { json: after } = await client.get(`/api/sales/imports/${plan.import_id}`);
    assert.equal(after.import.state, 'done');
    assert.deepEqual(await client.all(`/api/sales/imports/${plan.import_id}/rows`, 'rows', { planned: 'true' }), plan.results);
    const rows = await client.all(`/api/sales/imports/${plan.import_id}/rows`, 'rows');
    assert.deepEqual(rows.map(({ action }) => action), ['created', 'created', 'updated', 'rejected']);
    assert.ok(rows[0].deal_id && rows[0].deal_id === rows[2].deal_id);
    const again = await apply(client, plan.import_id, { expect: 409 });
    assert.equal(again.json.code, 'not_planned');
});

function pick(object, keys) {
    return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

test('what somebody has changed since is named row by row and left alone', async () => {
    const client = await tenant('since');
    await client.upload(file);
    const { json: plan } = await client.upload(file.replaceAll('1500', '1700').replaceAll('2000', '2200'), { dry_run: 'true' });
    const { json: list } = await client.get('');
    const one = list.deals.find(({ name }) => name === 'One');
    await client.patch(`/${one.id}`, { value: 99 });
    const { json: done } = await apply(client, plan.import_id);
    assert.equal(done.status, 'partial');
    const refused = done.results.filter(({ code }) => code === 'changed_since_plan');
    assert.deepEqual(refused.map(({ index }) => index), [0, 2]);
    assert.ok(done.results.find(({ index, action }) => index === 1 && action === 'updated'));
    const { json: kept } = await client.get(`/${one.id}`);
    assert.equal(kept.deal.value, 99);
    const { text } = await client.get(`/api/sales/imports/${plan.import_id}/errors.csv`, {}, { expect: 200 });
    assert.match(text, /One,Acme,1700,negotiation,1,4,changed_since_plan/);
});

test('the JSON doors for many plan too', async () => {
    const client = await tenant('bulk');
    const { json: plan } = await client.post('/bulk', [{ name: 'A', value: 5 }, { name: 'B', value: 7 }, { value: 1 }], { query: { dry_run: 'true' }, expect: 200 });
    assert.equal(plan.dry_run, true);
    assert.equal(plan.counts.created, 2);
    assert.deepEqual((await client.get('')).json.deals, []);
    const { json: done } = await apply(client, plan.import_id);
    assert.deepEqual(done.counts, plan.counts);
    assert.equal((await client.get('')).json.deals.length, 2);
    const lines = '{"name":"C"}\n{"name":"D"}\n';
    const { json: streamed } = await client.request('POST', '/bulk', { query: { dry_run: 'true' }, body: lines, expect: 200, headers: { 'content-type': 'application/x-ndjson' } });
    assert.equal(streamed.counts.created, 2);
    assert.equal((await apply(client, streamed.import_id)).json.counts.created, 2);
    const { json: no } = await client.post('/bulk', [{ name: 'E' }], { query: { dry_run: 'perhaps' }, expect: 400 });
    assert.equal(no.code, 'invalid_option');
});

test('a dry run is a dry run in whatever way it is said', async () => {
    const client = await tenant('words');
    for (const word of ['TRUE', 'Yes', ' on ', '1']) {
        const { json: plan } = await client.upload(file, { dry_run: word });
        assert.equal(plan.dry_run, true, word);
        const { json: asked } = await client.post('/bulk', [{ name: 'A' }], { query: { dry_run: word }, expect: 200 });
        assert.equal(asked.dry_run, true, word);
    }
    assert.equal((await client.upload(file, { dry_run: 'perhaps' }, { expect: 400 })).json.code, 'invalid_option');
    assert.deepEqual((await client.get('')).json.deals, []);
    const { json: done } = await client.upload(file, { dry_run: 'No' });
    assert.equal(done.counts.created, 2);
});

test('another tenant, and a key that may not write, cannot apply a plan', async () => {
    const client = await tenant('mine');
    const { json: plan } = await client.upload(file, { dry_run: 'true' });
    const other = await tenant('theirs');
    assert.equal((await apply(other, plan.import_id, { expect: 404 })).json.code, 'not_found');
    const viewer = connect(server, await server.key({ tenant: 'mine', role: 'viewer' }));
    await apply(viewer, plan.import_id, { expect: 403 });
    await apply(client, plan.import_id);
});

test('of two that apply a plan at once one does', async () => {
    const client = await tenant('race');
    const { json: plan } = await client.upload(file, { dry_run: 'true' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => apply(client, plan.import_id, { expect: [200, 409] })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(409)]);
    assert.equal((await client.get('')).json.deals.length, 2);
});
