// The same thing sent twice, in a row and at the same moment, is done once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, inParallel } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});

const workspace = async (name) => connect(server, await server.key({ tenant: name }));
const fifty = [...Array(50).keys()];

test('fifty parallel posts of one idempotency key make one deal and get one answer', async () => {
    const client = await workspace('parallel-key');
    const body = { name: 'Once', company: 'One', value: 10 };
    const headers = { 'idempotency-key': 'parallel-1' };
    const answers = await inParallel(fifty, 50, () => client.post('/api', body, { headers, expect: [201, 409] }));
    const made = answers.filter(({ status }) => status === 201);
    assert.ok(made.length > 0);
    for (const late of answers.filter(({ status }) => status === 409)) {
        assert.equal(late.json.code, 'idempotency_in_flight');
        assert.match(late.headers['retry-after'], /^\d+$/);
    }
    for (const each of made) assert.equal(each.text, made[0].text);
    assert.equal(made.filter(({ headers: received }) => received['idempotent-replayed'] === undefined).length, 1, 'one answer is the first, all others are marked as replayed');
    const afterwards = await client.post('/api', body, { headers, expect: 201 });
    assert.equal(afterwards.text, made[0].text);
    assert.equal(afterwards.headers['idempotent-replayed'], 'true');
    assert.equal(afterwards.headers.location, made[0].headers.location);
    assert.equal((await client.all('', 'deals')).length, 1);
    assert.equal((await client.all('/api/sales/activity', 'activities')).filter(({ kind }) => kind === 'created').length, 1);
});

test('fifty parallel posts of the same external id without a key make one deal', async () => {
    const client = await workspace('parallel-external');
    const answers = await inParallel(fifty, 50, (index) => client.post('/api', { name: `Named ${index % 5}`, company: 'Same', value: index, external_id: 'e-1' }, { expect: [200, 201] }));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(new Set(answers.map(({ json }) => json.deal.id)).size, 1);
    const deals = await client.all('', 'deals', { external_id: 'e-1' });
    assert.equal(deals.length, 1);
    assert.equal((await client.all('', 'deals')).length, 1);
    for (const { json } of answers.filter(({ status }) => status === 200)) assert.equal(json.match.rule, 'external_id');
});

test('the same name and company from five doors at once make one deal', async () => {
    const client = await workspace('parallel-named');
    const deal = { name: 'Fleet Renewal', company: 'Nordwind GmbH', value: 100 };
    const posts = fifty.map((index) => ['/api', '/manual'][index % 2]);
    const answers = await inParallel(posts, 50, (door) => client.post(door, deal, { expect: [200, 201] }));
    assert.equal(new Set(answers.map(({ json }) => json.deal.id)).size, 1);
    assert.equal(answers.filter(({ json }) => json.action === 'created').length, 1);
    assert.equal(answers.filter(({ json }) => json.action === 'unchanged').length, 49);
});

test('a parallel bulk and fifty single posts of the same external ids make each deal once', async () => {
    const client = await workspace('parallel-bulk');
    const deals = fifty.map((index) => ({ name: `B${index}`, company: 'Bulk', value: index, external_id: `b-${index}` }));
    await Promise.all([
        client.post('/bulk', deals, { expect: 200 }),
        inParallel(deals, 16, (deal) => client.post('/api', deal, { expect: [200, 201] })),
        client.post('/bulk', deals.toReversed(), { expect: 200 }),
    ]);
    const stored = await client.all('', 'deals');
    assert.equal(stored.length, 50);
    assert.equal(new Set(stored.map(({ external_ids: ids }) => ids[0].id)).size, 50);
});

test('the same key with another body is refused and changes nothing', async () => {
    const client = await workspace('other-body');
    const headers = { 'idempotency-key': 'key-1' };
    await client.post('/api', { name: 'First', value: 1 }, { headers, expect: 201 });
    const refused = await client.post('/api', { name: 'Second', value: 2 }, { headers, expect: 422 });
    assert.equal(refused.json.code, 'idempotency_key_reused');
    assert.equal(refused.json.source, 'api');
    assert.deepEqual((await client.all('', 'deals')).map(({ name }) => name), ['First']);
});

test('a key belongs to its route and its tenant', async () => {
    const client = await workspace('scope');
    const other = connect(server, await server.key({ tenant: 'other', workspace: 'main' }));
    const headers = { 'idempotency-key': 'shared-key' };
    const first = await client.post('/api', { name: 'Scoped', value: 1 }, { headers, expect: 201 });
    const manual = await client.post('/manual', { name: 'Scoped by hand', value: 1 }, { headers, expect: 201 });
    const foreign = await other.post('/api', { name: 'Foreign', value: 3 }, { headers, expect: 201 });
    assert.equal(new Set([first, manual, foreign].map(({ json }) => json.deal.id)).size, 3);
    for (const { headers: received } of [first, manual, foreign]) assert.equal(received['idempotent-replayed'], undefined);
});

test('a bulk import is replayed whole', async () => {
    const client = await workspace('bulk');
    const more = { headers: { 'idempotency-key': 'bulk-1' }, expect: 200 };
    const body = [{ name: 'A', value: 1 }, { name: '', value: 2 }, { name: 'C', value: 3 }];
    const first = await client.post('/bulk', body, more);
    const second = await client.post('/bulk', body, more);
    assert.equal(first.json.counts.created, 2);
    assert.equal(second.text, first.text);
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal((await client.all('/api/sales/imports', 'imports')).length, 1);
});

test('an upload is replayed whole', async () => {
    const client = await workspace('upload');
    const csv = 'name,value\nA,1\nB,2\n';
    const send = () => client.request('POST', '/csv/upload', { body: csv, headers: { 'content-type': 'text/csv', 'idempotency-key': 'upload-1' }, expect: 200 });
    const first = await send();
    const second = await send();
    assert.equal(first.json.counts.created, 2);
    assert.equal(second.text, first.text);
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal((await client.all('/api/sales/imports', 'imports')).length, 1);
});

test('an activity is logged once per key', async () => {
    const client = await workspace('activity');
    const { json } = await client.post('/api', { name: 'Called', value: 1 }, { expect: 201 });
    const more = { headers: { 'idempotency-key': 'call-1' }, expect: 201 };
    await inParallel([1, 2, 3], 1, () => client.post(`/${json.deal.id}/activities`, { type: 'call', note: 'Rang.' }, more));
    const logged = await client.all(`/${json.deal.id}/activities`, 'activities');
    assert.equal(logged.filter(({ kind }) => kind === 'activity').length, 1);
});

test('a key that is no key is refused', async () => {
    const client = await workspace('keys');
    for (const wrong of ['k'.repeat(256), 'caf\u00e9']) {
        const refused = await client.post('/api', { name: 'K', value: 1 }, { headers: { 'idempotency-key': wrong }, expect: 400 });
        assert.equal(refused.json.code, 'invalid_idempotency_key', JSON.stringify(wrong));
    }
    await client.post('/api', { name: 'K', value: 1 }, { headers: { 'idempotency-key': 'k'.repeat(255) }, expect: 201 });
});

test('an answer is replayed after a restart, also after a hard one', async () => {
    const first = await startServer({ data: `${server.data}-restart` });
    const key = await first.key();
    const headers = { 'idempotency-key': 'restart-1' };
    const body = { name: 'Durable', company: 'Rock', value: 5 };
    const before = await connect(first, key).post('/api', body, { headers, expect: 201 });
    await first.kill();
    const second = await startServer({ data: first.data });
    const again = await connect(second, key).post('/api', body, { headers, expect: 201 });
    assert.equal(again.text, before.text);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    });
