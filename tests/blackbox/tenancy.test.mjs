// Nobody sees, finds or touches what belongs to another tenant or workspace, and a role does what it says and no more.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, multipart } from './client.mjs';
import { startServer } from './server.mjs';

const canary = 'Zanzibar-4711';
const absent = '019ab000-0000-7000-8000-00000000dead';
let server;
let owner; // tenant acme
let stranger; // tenant other
const theirs = {}; // ids of acme
before(async () => {
    server = await startServer();
    await server.key({ tenant: 'acme', workspace: 'main' });
    await server.key({ tenant: 'acme', workspace: 'second' });
    owner = connect(server, await server.key({ tenant: 'acme', workspace: 'main' }));
    stranger = connect(server, await server.key({ tenant: 'other', workspace: 'main' }));
    const deal = { name: `${canary} deal`, company: `${canary} company`, value: 7, contact_email: 'canary@zanzibar.example', contact_name: canary, external_id: 'shared-ext', metadata: { secret: canary } };
    const { json } = await owner.post('/api', deal, { expect: 201, headers: { 'idempotency-key': 'canary-key' } });
    theirs.deal = json.deal.id;
    theirs.lead = json.lead.id;
    const upload = await owner.upload(`name,company,value\n${canary} row,${canary} firm,5\n${canary} bad,${canary} firm,much\n`, {}, { fileName: `${canary}.csv` });
    theirs.import = upload.json.import_id;
    theirs.unit = json.ingestion_id;
    const deleted = await owner.post('/api', { name: `${canary} deleted`, value: 1 }, { expect: 201 });
    await owner.delete(`/${deleted.json.deal.id}`, { expect: 200 });
    theirs.deleted = deleted.json.deal.id;
    const made = await owner.post('/api/sales/keys', { role: 'viewer', label: canary }, { expect: 201 });
    theirs.key = made.json.key.key_id;
    theirs.cursor = (await owner.get('', { limit: 1 })).json.next_cursor;
});

/** The answer without what differs between any two answers: the request's id, the date, and the id asked for. */
function bare(answer, id) {
    const text = answer.text.replaceAll(answer.headers['x-request-id'], 'REQUEST').replaceAll(id, 'ID');
    const { date, 'x-request-id': requestId, 'content-length': length, ...headers } = answer.headers;
    return { status: answer.status, headers, text };
}

const places = [
    ['GET', (id) => [`/${id}`], 'deal'],
    ['GET', (id) => [`/${id}?include=deleted`], 'deleted'],
    ['PATCH', (id) => [`/${id}`, { json: { value: 1 } }], 'deal'],
    ['PATCH', (id) => [`/${id}`, { json: { value: 1 }, headers: { 'if-match': '"1"' } }], 'deal'],
    ['PATCH', (id) => [`/${id}`, { json: { stage: 'nonsense' } }], 'deal'],
    ['DELETE', (id) => [`/${id}`], 'deal'],
    ['POST', (id) => [`/${id}/restore`], 'deleted'],
    ['GET', (id) => [`/${id}/history`], 'deal'],
    ['GET', (id) => [`/${id}/activities`], 'deal'],
    ['POST', (id) => [`/${id}/activities`, { json: { type: 'note', note: 'hello' } }], 'deal'],
    ['GET', (id) => [`/${id}/insights`], 'deal'],
    ['GET', (id) => [`/api/sales/deals/metrics?deal_id=${id}`], 'deal'],
    ['GET', (id) => [`/api/sales/leads/${id}`], 'lead'],
    ['GET', (id) => [`/api/sales/imports/${id}`], 'import'],
    ['GET', (id) => [`/api/sales/imports/${id}/rows`], 'import'],
    ['GET', (id) => [`/api/sales/imports/${id}/errors.csv`], 'import'],
    ['GET', (id) => [`/api/sales/imports/${id}`], 'unit'],
    ['DELETE', (id) => [`/api/sales/keys/${id}`], 'key'],
];

for (const [who, make] of [['another tenant', () => stranger], ['another workspace of the same tenant', () => neighbour()]]) {
    test(`ids of ${who} are answered like ids that do not exist, wherever an id can sit`, async () => {
        const client = await make();
        for (const [method, request, kind] of places) {
            // Keys belong to the tenant, not to a workspace.
            if (kind === 'key' && client !== stranger) continue;
            const [path, more] = request(theirs[kind]);
            const [absentPath, absentMore] = request(absent);
            const foreign = bare(await client.request(method, path, more), theirs[kind]);
            const nothing = bare(await client.request(method, absentPath, absentMore), absent);
            assert.equal(foreign.status, 404, `${method} ${path}`);
            assert.deepEqual(foreign, nothing, `${method} ${path} differs from an absent id`);
            assert.doesNotMatch(foreign.text, /zanzibar/i);
        }
        const { json } = await owner.get(`/${theirs.deal}`, {}, { expect: 200 });
        assert.equal(json.deal.value, 7, 'the deal is as it was');
    });
}
let neighbourClient;
async function neighbour() {
    neighbourClient ??= connect(server, await server.key({ tenant: 'acme', workspace: 'second' }));
    await neighbourClient.get('', { workspace_id: 'second' }, { expect: 200 });
    const bound = (request) => (method, path, more = {}) => request(method, path, { ...more, query: { ...more.query, workspace_id: 'second' } });
    // The path may bring a query of its own: the workspace is added to it.
    const withWorkspace = async (method, path, more) => (path.includes('?') ? neighbourClient.request(method, `${path}&workspace_id=second`, more) : bound(neighbourClient.request)(method, path, more));
    return { request: withWorkspace };
}

test('no list, figure or feed shows anything of another tenant', async () => {
    const lists = ['', '?include=deleted,spam', '?q=zanzibar', '?external_id=shared-ext', '?contact_email=canary@zanzibar.example', '/api/sales/deals/metrics', '/api/sales/leads', '/api/sales/leads?email=canary@zanzibar.example', '/api/sales/activity', '/api/sales/imports', '/api/sales/keys', '/api/sales/settings'];
    for (const path of lists) {
        const answer = await stranger.get(path, undefined, { expect: 200 });
        assert.doesNotMatch(answer.text, /zanzibar/i, path);
        assert.ok(!answer.text.includes(theirs.deal) && !answer.text.includes(theirs.lead) && !answer.text.includes(theirs.import), path);
    }
    assert.equal((await stranger.metrics()).total_active_deals, 0);
});

test("another tenant's cursor gives nothing of that tenant", async () => {
    const answer = await stranger.get('', { cursor: theirs.cursor });
    assert.ok([200, 400].includes(answer.status));
    assert.doesNotMatch(answer.text, /zanzibar/i);
});

test('the same external id, name, lead and idempotency key in another tenant are another deal', async () => {
    const deal = { name: `${canary} deal`, company: `${canary} company`, value: 9, contact_email: 'canary@zanzibar.example', external_id: 'shared-ext' };
    const third = connect(server, await server.key({ tenant: 'third', workspace: 'main' }));
    const { json } = await third.post('/api', deal, { expect: 201, headers: { 'idempotency-key': 'canary-key' } });
    assert.equal(json.match, null);
    assert.notEqual(json.deal.id, theirs.deal);
    assert.notEqual(json.lead.id, theirs.lead);
    assert.equal(json.deal.contact_name, null, 'nothing flowed over');
    assert.equal(json.metrics.total_active_deals, 1);
    const { json: own } = await owner.get(`/${theirs.deal}`);
    assert.equal(own.deal.value, 7);
});

const doors = [
    ['/manual', { name: 'X' }],
    ['/web-form', { email: 'x@x.example', first_name: 'X' }],
    ['/email', { sender: 'x@x.example', subject: 'X', content: 'X' }],
    ['/api', { name: 'X' }],
    ['/bulk', { deals: [{ name: 'X' }] }],
    ['/hubspot/sync', { id: '1', properties: { dealname: 'X' } }],
    ['/hubspot/batch-sync', { deals: [{ id: '1', properties: { dealname: 'X' } }] }],
    ['/salesforce/sync', { Id: '006xx0000000001AAA', Name: 'X', StageName: 'Prospecting' }],
    ['/salesforce/batch-sync', { records: [{ Id: '006xx0000000001AAA', Name: 'X', StageName: 'Prospecting' }] }],
];

test('tenant_id and workspace_id are assertions: a wrong one is refused at every door, in query and body', async () => {
    for (const [door, body] of doors) {
        for (const [assertion, code] of [[{ tenant_id: 'acme' }, 'tenant_mismatch'], [{ tenant_id: 'no-such-tenant' }, 'tenant_mismatch'], [{ workspace_id: 'no-such-workspace' }, 'workspace_mismatch']]) {
            const inQuery = await stranger.post(door, body, { query: assertion, expect: 403 });
            assert.equal(inQuery.json.code, code, door);
            const inBody = await stranger.post(door, { ...body, ...assertion }, { expect: 403 });
            assert.equal(inBody.json.code, code, door);
        }
    }
    const form = new URLSearchParams({ email: 'x@x.example', first_name: 'X', tenant_id: 'acme' }).toString();
    await stranger.request('POST', '/web-form', { body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' }, expect: 403 });
    const parts = multipart([['tenant_id', 'acme'], ['file', 'name\nX\n', 'x.csv', 'text/csv']]);
    await stranger.request('POST', '/csv/upload', { ...parts, expect: 403 });
    await stranger.upload('name\nX\n', {}, { query: { tenant_id: 'acme' }, expect: 403 });
    for (const path of ['', '/api/sales/deals/metrics', '/api/sales/leads', '/api/sales/activity', '/api/sales/imports', '/api/sales/settings', '/api/sales/keys']) {
        await stranger.get(path, { tenant_id: 'acme' }, { expect: 403 });
        if (path !== '/api/sales/keys') await stranger.get(path, { workspace_id: 'no-such-workspace' }, { expect: 403 });
    }
    assert.deepEqual(await stranger.all('', 'deals'), [], 'nothing was made');
});

test('a tenant that exists and one that does not are told apart by nothing', async () => {
    const answer = async (tenant) => bare(await stranger.get('', { tenant_id: tenant }, { expect: 403 }), tenant);
    assert.deepEqual(await answer('acme'), await answer('acmf'));
});

test('right assertions are taken', async () => {
    const { json } = await owner.post('/api', { name: 'Asserted', tenant_id: 'acme', workspace_id: 'main' }, { query: { tenant_id: 'acme', workspace_id: 'main' }, expect: 201 });
    assert.equal(json.deal.tenant_id, 'acme');
    assert.doesNotMatch(JSON.stringify(json.deal.source_metadata), /tenant_id|workspace_id/);
});

test('nobody can write what belongs to the server', async () => {
    const wish = { id: absent, health_score: 1, risk_level: 'high', is_spam: true, deleted_at: '2020-01-01T00:00:00Z', version: 99, lead_id: theirs.lead, role: 'admin' };
    const { json } = await stranger.post('/api', { name: 'Wishful', value: 1, ...wish }, { expect: 201 });
    for (const [field, value] of Object.entries(wish)) assert.notEqual(json.deal[field], value, field);
});

test('without a credential, with a wrong one and with a revoked one: 401', async () => {
    const { json: made } = await owner.post('/api/sales/keys', { role: 'admin', label: 'to be revoked' }, { expect: 201 });
    const short = connect(server, made.secret);
    await short.get('', {}, { expect: 200 });
    await owner.delete(`/api/sales/keys/${made.key.key_id}`, { expect: 200 });
    const revoked = await short.get('', {}, { expect: 401 });
    assert.equal(revoked.json.code, 'invalid_credential');
    const [, keyId, secret] = /^trb_([^_]+)_(.+)$/.exec(made.secret);
    const forged = [`trb_${keyId}_${'x'.repeat(secret.length)}`, `trb_${'x'.repeat(keyId.length)}_${secret}`, `trb_${keyId}_`, `trb_${keyId}`, made.secret.toUpperCase(), 'nonsense', `${made.secret}x`];
    for (const wrong of forged) {
        const answer = await connect(server, wrong).get('', {}, { expect: 401 });
        assert.deepEqual(bare(answer, '-'), bare(revoked, '-'), `${wrong.slice(0, 10)}… is told apart`);
    }
    const none = await connect(server).get('', {}, { expect: 401 });
    assert.equal(none.json.code, 'missing_credential');
    for (const header of [owner.key, `Basic ${Buffer.from(`x:${owner.key}`).toString('base64')}`, 'Bearer', `Bearer  ${owner.key} x`]) {
        await connect(server).get('', {}, { headers: { authorization: header }, expect: 401 });
    }
    await connect(server).post('/manual', { name: 'X' }, { expect: 401 });
    await connect(server).upload('name\nX\n', {}, { expect: 401 });
});

test('the secret of a key is shown once', async () => {
    const { json: made } = await owner.post('/api/sales/keys', { role: 'viewer', label: 'once' }, { expect: 201 });
    const secret = made.secret.split('_').slice(2).join('_');
    const { text } = await owner.get('/api/sales/keys', {}, { expect: 200 });
    assert.ok(text.includes(made.key.key_id));
    assert.ok(!text.includes(secret));
});

test('each role may do what it says and no more', async () => {
    const { json: stored } = await owner.post('/api', { name: 'Roles', value: 1 }, { expect: 201 });
    const id = stored.deal.id;
    const actions = {
        read: [(client) => client.get(''), (client) => client.get(`/${id}`), (client) => client.get('/api/sales/deals/metrics'), (client) => client.get('/api/sales/leads'), (client) => client.get('/api/sales/activity'), (client) => client.get('/api/sales/imports'), (client) => client.get(`/${id}/history`)],
        send: [(client) => client.post('/api', { name: 'Roles', value: 1 }), (client) => client.post('/manual', { name: 'Roles by hand', value: 1 }), (client) => client.post('/bulk', [{ name: 'Roles', value: 1 }]), (client) => client.upload('name,value\nRoles,1\n', {}, { expect: [200, 403] })],
        change: [(client) => client.patch(`/${id}`, { description: 'changed' }), (client) => client.post(`/${id}/activities`, { type: 'note', note: 'n' })],
        administer: [(client) => client.get('/api/sales/keys'), (client) => client.post('/api/sales/keys', { role: 'viewer' }), (client) => client.patch('/api/sales/settings', { fx_rates: {} })],
    };
    const may = { admin: ['read', 'send', 'change', 'administer'], member: ['read', 'send', 'change'], viewer: ['read'], intake: ['send'] };
    for (const [role, allowed] of Object.entries(may)) {
        const client = connect(server, await server.key({ tenant: 'acme', workspace: 'main', role }));
        for (const [kind, list] of Object.entries(actions)) {
            for (const act of list) {
                const answer = await act(client);
                if (allowed.includes(kind)) assert.ok(answer.status < 300, `${role} may ${kind}: ${answer.method} ${answer.path} answered ${answer.status} ${answer.text}`);
                else assert.equal(answer.status, 403, `${role} may not ${kind}: ${answer.method} ${answer.path} answered ${answer.status}`);
                if (answer.status === 403) assert.equal(answer.json.code, 'forbidden');
            }
        }
    }
});

test('an intake key reads the imports made with it, and no others', async () => {
    const keyOf = async (tenant, role) => connect(server, await server.key({ tenant, workspace: 'main', role }));
    const [mine, neighbour, viewer, foreign] = await Promise.all([keyOf('acme', 'intake'), keyOf('acme', 'intake'), keyOf('acme', 'viewer'), keyOf('globex', 'intake')]);
    const { json } = await mine.upload('name,value\nBy intake,1\nBad,a lot\n');
    const id = json.import_id;
    const of = (import_id) => [`/api/sales/imports/${import_id}`, `/api/sales/imports/${import_id}/rows`, `/api/sales/imports/${import_id}/errors.csv`];
    const { json: record } = await mine.get(of(id)[0], {}, { expect: 200 });
    assert.deepEqual(record.import.counts, json.counts);
    assert.equal((await mine.all(of(id)[1], 'rows')).length, 2);
    assert.match((await mine.get(of(id)[2], {}, { expect: 200 })).text, /a lot/);
    for (const [at, path] of of(id).entries()) {
        for (const other of [neighbour, foreign]) {
            assert.deepEqual(bare(await other.get(path, {}, { expect: 404 }), id), bare(await other.get(of(absent)[at], {}, { expect: 404 }), absent), path);
        }
        await viewer.get(path, {}, { expect: 200 });
    }
    await mine.get(`/api/sales/imports/${theirs.import}`, {}, { expect: 404 });
    await mine.get('/api/sales/imports', {}, { expect: 403 });
    await mine.get(`/${json.results[0].deal_id}`, {}, { expect: 403 });
});

test('a form key opens the web form and nothing else', async () => {
    const form = connect(server, await server.key({ tenant: 'acme', workspace: 'main', role: 'form', origins: ['https://www.example.com'] }));
    for (const [door, body] of doors.filter(([path]) => path !== '/web-form')) {
        const answer = await form.post(door, body);
        assert.ok([401, 403].includes(answer.status), door);
    }
    for (const path of ['', '/api/sales/deals/metrics', `/${theirs.deal}`, '/api/sales/leads', '/api/sales/keys']) {
        const answer = await form.get(path);
        assert.ok([401, 403].includes(answer.status), path);
    }
    const headers = { origin: 'https://www.example.com' };
    const answer = await form.post('/web-form', { email: 'canary@zanzibar.example', first_name: 'Z', company: `${canary} company` }, { headers, expect: 202 });
    assert.doesNotMatch(answer.text, /zanzibar/i, 'a public page learns nothing');
    assert.equal(answer.headers['access-control-allow-origin'], 'https://www.example.com');
});

test('a workspace that the command line makes can be used at once', async () => {
    await owner.get('', {}, { expect: 200 });
    await server.key({ tenant: 'acme', workspace: 'brand-new' });
    await owner.get('', { workspace_id: 'brand-new' }, { expect: 200 });
});

test('a key limited to a workspace reaches no other', async () => {
    const { json: made } = await owner.post('/api/sales/keys', { role: 'member', workspaces: ['second'] }, { expect: 201 });
    assert.deepEqual(made.key.workspaces, ['second']);
    const limited = connect(server, made.secret);
    const { json } = await limited.post('/api', { name: 'Second only', value: 1 }, { expect: 201 });
    assert.equal(json.deal.workspace_id, 'second', 'its only workspace is its default');
    await limited.get('', { workspace_id: 'second' }, { expect: 200 });
    const refused = await limited.get('', { workspace_id: 'main' }, { expect: 403 });
    const unknown = await limited.get('', { workspace_id: 'mane' }, { expect: 403 });
    assert.deepEqual(bare(refused, 'main'), bare(unknown, 'mane'));
    await limited.get(`/${theirs.deal}`, {}, { expect: 404 });
    await limited.post('/api', { name: 'X', workspace_id: 'main' }, { expect: 403 });
});
