// The live socket: hello, events without gaps, other people's silence, tickets, bursts.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, inParallel, judge } from './client.mjs';
import { watch } from './live.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});

async function workspace(name, tenant = name) {
    const key = await server.key({ tenant, workspace: name });
    return { key, client: connect(server, key) };
}
const isAbout = (id) => (frame) => frame.type === 'events' && frame.events.some((event) => event.deal_id === id);

/** The frames after the hello cover every number from `first` on, each once. */
function assertNoGap(watcher, first) {
    let next = first;
    for (const frame of watcher.frames.filter(({ type }) => type === 'events' || type === 'burst')) {
        assert.equal(frame.from, next, 'a frame begins where the one before it ended');
        assert.ok(frame.to >= frame.from);
        for (const { seq } of frame.events ?? []) assert.ok(seq >= frame.from && seq <= frame.to);
        next = frame.to + 1;
    }
    const numbers = watcher.events().map(({ seq }) => seq);
    assert.deepEqual(numbers, [...new Set(numbers)].sort((left, right) => left - right), 'events come in order and once');
}

test('a watcher is greeted with the newest number, and sees a new deal and the new figures', async () => {
    const { key, client } = await workspace('hello');
    const watcher = await watch(server, { key });
    const hello = await watcher.frame('the hello', ({ type }) => type === 'hello');
    assert.equal(watcher.frames[0], hello, 'the hello comes first');
    assert.equal(hello.tenant_id, 'hello');
    assert.equal(hello.workspace_id, 'hello');
    const { json } = await client.post('/api', { name: 'Live', company: 'Now', value: 500 }, { expect: 201 });
    const frame = await watcher.frame('the new deal', isAbout(json.deal.id));
    const event = frame.events.find(({ kind }) => kind === 'created');
    assert.equal(event.source, 'api');
    assert.equal(event.ingestion_id, json.ingestion_id);
    assert.equal(frame.metrics.pipeline_value, 500);
    assertNoGap(watcher, hello.seq + 1);
    await watcher.close();
});

test('updates, deletions and activities are seen; an unchanged deal is not', async () => {
    const { key, client } = await workspace('kinds');
    const { json } = await client.post('/api', { name: 'Kinds', value: 1 }, { expect: 201 });
    const watcher = await watch(server, { key });
    await client.post('/api', { name: 'Kinds', value: 1 }, { expect: 200 });
    await client.patch(`/${json.deal.id}`, { value: 2 }, { expect: 200 });
    await client.post(`/${json.deal.id}/activities`, { type: 'meeting', note: 'Met.' }, { expect: 201 });
    await client.delete(`/${json.deal.id}`, { expect: 200 });
    await client.post(`/${json.deal.id}/restore`, undefined, { expect: 200 });
    await watcher.frame('the restoring', (frame) => frame.events?.some(({ kind }) => kind === 'restored'));
    const kinds = watcher.events().filter(({ deal_id: id }) => id === json.deal.id).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['updated', 'activity', 'deleted', 'restored']);
    const updated = watcher.events().find(({ kind }) => kind === 'updated');
    assert.equal(updated.data.before.value, 1);
    assert.equal(updated.data.after.value, 2);
    await watcher.close();
});

test('a form sent again is told by the feed and the socket, though its deal stays as it was', async () => {
    const { key, client } = await workspace('touches');
    const form = { first_name: 'Jane', last_name: 'Doe', email: 'jane@touches.example', company: 'Touches Inc', utm_source: 'news' };
    const { json: first } = await client.post('/web-form', form, { expect: 201 });
    const watcher = await watch(server, { key });
    await watcher.frame('the hello', ({ type }) => type === 'hello');
    const { json: second } = await client.post('/web-form', form, { expect: 200 });
    assert.equal(second.action, 'unchanged');
    assert.equal(second.deal.version, first.deal.version);
    const frame = await watcher.frame('the second touch', isAbout(first.deal.id));
    const [row] = frame.events;
    assert.equal(row.kind, 'lead_updated');
    assert.equal(row.source, 'web_form');
    assert.equal(row.ingestion_id, second.ingestion_id);
    assert.deepEqual(row.data, { lead: { id: first.lead.id, before: { metadata_json: first.lead.metadata_json }, after: { metadata_json: second.lead.metadata_json } } });
    const feed = await client.all('/api/sales/activity', 'activities');
    assert.deepEqual(feed[0], row, 'the feed tells the same');
    assert.deepEqual((await client.all(`/${first.deal.id}/activities`, 'activities'))[0], row, 'and so does the deal');
    const { json: lead } = await client.get(`/api/sales/leads/${first.lead.id}`, {}, { expect: 200 });
    assert.deepEqual(lead.lead.metadata_json, row.data.lead.after.metadata_json);
    const history = await client.all(`/${first.deal.id}/history`, 'history');
    assert.ok(history.every(({ seq }) => seq !== row.seq), 'it is no change of the deal');
    await watcher.close();
});

test('a new deal and its new lead are one row, and a lead that changes with its deal is in the deal\'s row', async () => {
    const { client } = await workspace('leads');
    const { json: made } = await client.post('/api', { name: 'One', company: 'Leads AG', contact_email: 'a@leads.example', contact_name: 'Ann Lead' }, { expect: 201 });
    const { json: changed } = await client.post('/api', { name: 'One', company: 'Leads AG', contact_email: 'a@leads.example', contact_phone: '+49 30 1234567' }, { expect: 200 });
    const [update, creation, ...others] = await client.all('/api/sales/activity', 'activities');
    assert.deepEqual(others, []);
    assert.equal(creation.kind, 'created');
    assert.equal(creation.data.after.lead_id, made.lead.id);
    const { id, before: nothing, after } = creation.data.lead;
    assert.equal(id, made.lead.id);
    assert.equal(nothing, undefined);
    for (const [field, value] of Object.entries(after)) assert.deepEqual(value, made.lead[field], field);
    assert.deepEqual(Object.keys(after), ['email', 'first_name', 'last_name', 'company', 'status', 'ai_score']);
    assert.equal(update.kind, 'updated');
    assert.deepEqual(update.data.lead, { id, before: { phone: null }, after: { phone: changed.lead.phone } });
    const history = await client.all(`/${made.deal.id}/history`, 'history');
    assert.equal(history.find(({ field }) => field === 'lead_id').after, made.lead.id);
});

test('since brings everything that was missed, without a gap and without a repetition', async () => {
    const { key, client } = await workspace('since');
    const first = await watch(server, { key });
    const hello = await first.frame('the hello', ({ type }) => type === 'hello');
    await client.post('/api', { name: 'Before', value: 1 }, { expect: 201 });
    await first.frame('the first deal', ({ type }) => type === 'events');
    const stood = first.covered();
    await first.close();
    const missed = await inParallel([...Array(40).keys()], 4, (index) => client.post('/api', { name: `Missed ${index}`, value: index }, { expect: 201 }));
    const second = await watch(server, { key, query: { since: stood } });
    const after = await client.post('/api', { name: 'After', value: 1 }, { expect: 201 });
    await second.frame('the last deal', isAbout(after.json.deal.id));
    assertNoGap(second, stood + 1);
    const created = second.events().filter(({ kind }) => kind === 'created').map(({ deal_id: id }) => id);
    assert.deepEqual(new Set(created), new Set([...missed.map(({ json }) => json.deal.id), after.json.deal.id]));
    assert.ok(!created.includes(hello.deal_id));
    await second.close();
});

test('a number from the future asks for a resync', async () => {
    const { key } = await workspace('future');
    const watcher = await watch(server, { key, query: { since: 1_000_000 } });
    const frame = await watcher.frame('the resync', ({ type }) => type === 'resync');
    assert.ok(frame.seq < 1_000_000);
    await watcher.close();
});

test('other workspaces and tenants see nothing', async () => {
    const { client } = await workspace('loud', 'tenant-l');
    const quiet = await workspace('quiet', 'tenant-l');
    const foreign = await workspace('quiet', 'tenant-f');
    const watchers = await Promise.all([watch(server, { key: quiet.key, query: { workspace_id: 'quiet' } }), watch(server, { key: foreign.key })]);
    const { json } = await client.post('/api', { name: 'Loud', value: 1, workspace_id: 'loud' }, { expect: 201 });
    // Something of their own afterwards: what came before it would have been seen.
    for (const [index, own] of [quiet, foreign].entries()) {
        const mine = await own.client.post('/api', { name: 'Own', value: 1, workspace_id: 'quiet' }, { expect: 201 });
        await watchers[index].frame('its own deal', isAbout(mine.json.deal.id));
        assert.ok(!JSON.stringify(watchers[index].frames).includes(json.deal.id));
        for (const { deal_id: id } of watchers[index].events()) assert.ok(id === null || id === mine.json.deal.id);
        await watchers[index].close();
    }
});

test('a ticket opens one socket, once', async () => {
    const { key, client } = await workspace('ticket');
    const { json } = await client.post('/api/sales/live/ticket', undefined, { expect: 201 });
    const lifetime = Date.parse(json.expires_at) - Date.now();
    assert.ok(lifetime > 30_000 && lifetime <= 61_000, `${lifetime} ms`);
    const watcher = await watch(server, { query: { ticket: json.ticket } });
    const hello = await watcher.frame('the hello', ({ type }) => type === 'hello');
    assert.equal(hello.workspace_id, 'ticket');
    const refused = await watch(server, { query: { ticket: json.ticket } }).then(() => assert.fail('a ticket was taken twice'), (error) => error);
    assert.equal(refused.status, 401);
    judge({ method: 'GET', path: '/api/sales/live', ...refused });
    await watcher.close();
    assert.ok(key);
});

test('nobody watches without a credential', async () => {
    for (const way of [{}, { key: 'trb_none_none' }, { query: { ticket: 'nonsense-nonsense' } }]) {
        const refused = await watch(server, way).then(() => assert.fail('it was let in'), (error) => error);
        assert.equal(refused.status, 401);
        judge({ method: 'GET', path: '/api/sales/live', ...refused });
    }
    const { key } = await workspace('intake-only');
    const intake = await server.key({ tenant: 'intake-only', workspace: 'intake-only', role: 'intake' });
    const refused = await watch(server, { key: intake }).then(() => assert.fail('an intake key watches'), (error) => error);
    assert.equal(refused.status, 403);
    const plain = await connect(server, key).get('/api/sales/live', {}, { expect: 426 });
    assert.equal(plain.json.code, 'upgrade_required');
});

test('a revoked key is shut out of its open socket', async () => {
    const { client } = await workspace('revoked');
    const { json } = await client.post('/api/sales/keys', { role: 'viewer' }, { expect: 201 });
    const watcher = await watch(server, { key: json.secret });
    await client.delete(`/api/sales/keys/${json.key.key_id}`, { expect: 200 });
    assert.equal((await watcher.end()).code, 1008);
});

test('during an import a watcher gets few frames, nothing is lost in the end state', async () => {
    const { key, client } = await workspace('burst');
    const watcher = await watch(server, { key });
    const hello = await watcher.frame('the hello', ({ type }) => type === 'hello');
    const rows = 20_000;
    const csv = ['name,company,value,id', ...Array.from({ length: rows }, (_, index) => `Row ${index},Firm ${index % 999},${index % 1000},r-${index}`)].join('\n');
    const started = Date.now();
    const { json } = await client.upload(csv, { mapping: { fields: { id: 'external_id' } } });
    const seconds = (Date.now() - started) / 1000;
    assert.equal(json.counts.created, rows);
    await watcher.frame('the end of the import', (frame) => frame.metrics?.total_active_deals === rows);
    const frames = watcher.frames.filter(({ type }) => type === 'events' || type === 'burst');
    assert.ok(frames.some(({ type }) => type === 'burst'), 'many rows at once are told as a burst');
    assert.ok(frames.length <= 10 * (seconds + 2), `${frames.length} frames in ${seconds} s`);
    assertNoGap(watcher, hello.seq + 1);
    const told = frames.reduce((sum, frame) => sum + (frame.type === 'burst' ? (frame.counts.csv?.created ?? 0) : frame.events.filter(({ kind }) => kind === 'created').length), 0);
    assert.equal(told, rows, 'every created deal is told, by itself or in a count');
    await watcher.close();
});

test('what a client sends is ignored', async () => {
    const { key, client } = await workspace('talkative');
    const watcher = await watch(server, { key });
    for (const text of ['hello', '{"type":"subscribe","workspace_id":"burst"}', '\u0000', 'x'.repeat(1000)]) watcher.socket.send(text);
    const { json } = await client.post('/api', { name: 'Still here', value: 1 }, { expect: 201 });
    await watcher.frame('the deal', isAbout(json.deal.id));
    await watcher.close();
});

test('a stalled watcher harms nobody', async () => {
    const { key, client } = await workspace('stalled');
    const stalled = await watch(server, { key });
    stalled.socket._socket.pause();
    const awake = await watch(server, { key });
    const long = 'x'.repeat(8_000);
    await inParallel([...Array(200).keys()], 8, (index) => client.post('/api', { name: `S${index}`, value: index, description: long }, { expect: 201 }));
    await awake.frame('the last deal', (frame) => frame.metrics?.total_active_deals === 200);
    await awake.close();
    stalled.socket.terminate();
});

test('the server tells its watchers when it stops', async () => {
    const own = await startServer();
    const key = await own.key();
    const watcher = await watch(own, { key });
    await watcher.frame('the hello', ({ type }) => type === 'hello');
    const [closed, code] = await Promise.all([watcher.end(), own.stop()]);
    assert.equal(closed.code, 1012);
    assert.equal(code, 0);
});
