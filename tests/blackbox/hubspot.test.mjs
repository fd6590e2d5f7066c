// HubSpot for real: an account is connected, its webhooks are heard, everything is imported, and what no event told is found; against a
// stateful fake (tests/fakes/hubspot).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHubspot } from '../fakes/hubspot/server.mjs';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
let fake;
let server;

before(async () => {
    fake = await startHubspot();
    server = await startServer({ parameters: ['--hubspot-url', fake.url] });
});
after(() => fake.close());

const tenant = async (name) => connect(server, await server.key({ tenant: name }));

async function until(what, look, ms = 30_000) {
    const end = Date.now() + ms;
    for (;;) {
        const found = await look();
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Connects the fake's account as another portal, and has the fake send its webhooks to it. */
async function connected(name, portalId) {
    fake.portal.portalId = portalId;
    const client = await tenant(name);
    const { json } = await client.post('/api/sales/connections', { name: 'EU portal', token: fake.settings.token, signing_secret: secret }, { expect: 201 });
    fake.settings.webhook = { url: `${server.url}${json.webhook_url}`, secret };
    return { client, id: json.connection.connection_id, made: json };
}

const dealsOf = async (client) => (await client.get('/api/sales/deals', { limit: 500 })).json.deals;
const byName = async (client, name) => (await dealsOf(client)).find((deal) => deal.name === name);

test('a token is tried before an account is connected, and never shown again', async () => {
    fake.portal.portalId = 1000;
    const client = await tenant('tokens');
    const { json: no } = await client.post('/api/sales/connections', { token: 'pat-wrong' }, { expect: 400 });
    assert.equal(no.code, 'invalid_token');
    await client.post('/api/sales/connections', {}, { expect: 400 });
    const { made, id } = await connected('tokens', 1000);
    assert.equal(made.connection.account_id, '1000');
    assert.equal(made.connection.state, 'connected');
    assert.match(made.webhook_url, /^\/api\/sales\/deals\/hubspot\/sync\?tenant_id=tokens&workspace_id=main&hook=[\w-]{43}$/);
    const { text } = await client.get('/api/sales/connections');
    assert.ok(!text.includes(fake.settings.token) && !text.includes(secret) && !text.includes('hook='));
    assert.ok(!server.log.join('\n').includes(fake.settings.token));
    const { json: twice } = await client.post('/api/sales/connections', { token: fake.settings.token }, { expect: 409 });
    assert.equal(twice.code, 'already_connected');
    const other = await tenant('tokens-other');
    const { json: bound } = await other.post('/api/sales/connections', { token: fake.settings.token }, { expect: 409 });
    assert.equal(bound.code, 'account_bound_elsewhere');
    assert.ok(!JSON.stringify(bound).includes('"tokens"'));
    await other.get(`/api/sales/connections/${id}`, undefined, { expect: 404 });
    await other.delete(`/api/sales/connections/${id}`, { expect: 404 });
    const viewer = connect(server, await server.key({ tenant: 'tokens', role: 'viewer' }));
    await viewer.post('/api/sales/connections', { token: 'x' }, { expect: 403 });
    await client.delete(`/api/sales/connections/${id}`);
    await client.get(`/api/sales/connections/${id}`, undefined, { expect: 404 });
    assert.equal((await connected('tokens-other', 1000)).made.connection.account_id, '1000', 'what was disconnected is free');
});

test('an event is answered at once, and its deal is read with its contact and company', async () => {
    const { client } = await connected('events', 2000);
    const company = fake.portal.create('companies', { name: 'Acme Corporation' });
    const contact = fake.portal.create('contacts', { email: 'Ana@Acme.example', firstname: 'Ana', lastname: 'Silva' });
    const deal = fake.portal.create('deals', { dealname: 'Fleet', amount: '120000', deal_currency_code: 'EUR', dealstage: 'contractsent', pipeline: 'default', hubspot_owner_id: '41629779' });
    fake.portal.link('companies', deal.id, company.id, { primary: true });
    fake.portal.link('contacts', deal.id, contact.id);
    assert.deepEqual(await fake.deliver(), [200]);
    const here = await until('the deal', () => byName(client, 'Fleet'));
    assert.equal(here.company, 'Acme Corporation');
    assert.equal(here.contact_email, 'ana@acme.example');
    assert.equal(here.value, 120000);
    assert.equal(here.currency, 'EUR');
    assert.equal(here.stage, 'negotiation');
    assert.equal(here.owner, 'Dana Reed');
    assert.equal((await client.get('/api/sales/leads')).json.leads[0].email, 'ana@acme.example');
    fake.portal.change('deals', deal.id, { amount: '150000', dealstage: 'closedwon' });
    await fake.deliver({ twice: true, shuffle: true });
    await until('the change', async () => (await byName(client, 'Fleet')).value === 150000);
    assert.equal((await byName(client, 'Fleet')).stage, 'closed_won');
    fake.portal.archive('deals', deal.id);
    await fake.deliver();
    await until('the deletion', async () => (await byName(client, 'Fleet')) === undefined);
    fake.portal.restore(deal.id);
    await fake.deliver();
    await until('the return', () => byName(client, 'Fleet'));
});

test('deals that are merged there are one deal here, with its history', async () => {
    const { client } = await connected('merges', 2100);
    const one = fake.portal.create('deals', { dealname: 'Harbour', amount: '10', dealstage: 'qualifiedtobuy', pipeline: 'default' });
    const two = fake.portal.create('deals', { dealname: 'Harbour two', amount: '20', dealstage: 'qualifiedtobuy', pipeline: 'default' });
    await fake.deliver();
    const before = await until('both', async () => (await byName(client, 'Harbour two')) && byName(client, 'Harbour'));
    fake.portal.merge(one.id, two.id);
    await fake.deliver();
    await until('the merge', async () => (await byName(client, 'Harbour two')) === undefined);
    assert.equal((await byName(client, 'Harbour')).id, before.id);
});

test('stages of the account’s own pipelines are read by what the account says of them', async () => {
    const { client } = await connected('stages', 2200);
    fake.portal.create('deals', { dealname: 'Renewal', amount: '5', dealstage: '1044035701', pipeline: '75e28846' });
    fake.portal.create('deals', { dealname: 'Ended', amount: '5', dealstage: '1044035702', pipeline: '75e28846' });
    await fake.deliver();
    await until('both', async () => (await byName(client, 'Ended')) && byName(client, 'Renewal'));
    assert.equal((await byName(client, 'Renewal')).stage, 'proposal');
    assert.equal((await byName(client, 'Renewal')).source_metadata.stage_rule, 'probability');
    assert.equal((await byName(client, 'Ended')).stage, 'closed_lost');
    assert.equal((await byName(client, 'Ended')).source_metadata.stage_rule, 'stage_metadata');
});

test('a webhook is only taken with a signature that is HubSpot’s, for this address, of now, and once', async () => {
    const { client, id } = await connected('signatures', 2300);
    const deal = fake.portal.create('deals', { dealname: 'Signed', amount: '1', dealstage: 'qualifiedtobuy', pipeline: 'default' });
    fake.settings.webhook.keep = true;
    const event = [{ eventId: 1, subscriptionId: 1, portalId: 2300, appId: 777, occurredAt: Date.now(), subscriptionType: 'deal.creation', attemptNumber: 0, objectId: Number(deal.id) }];
    const code = async (answer) => `${answer.status} ${(await answer.json()).code}`;
    assert.equal(await code(await fake.post(event, { secret: 'another' })), '401 signature_mismatch');
    assert.equal(await code(await fake.post(event, { at: Date.now() - 301_000 })), '401 signature_expired');
    assert.equal(await code(await fake.post(event, { at: Date.now() + 301_000 })), '401 signature_expired');
    assert.equal(await code(await fake.post(event, { version: 'v1' })), '401 signature_version_not_allowed');
    assert.equal(await code(await fake.post([{ ...event[0], portalId: 999 }])), '403 account_not_connected');
    const address = fake.settings.webhook.url;
    fake.settings.webhook.url = address.replace('tenant_id=signatures', 'tenant_id=events');
    assert.equal(await code(await fake.post(event)), '403 account_not_connected');
    fake.settings.webhook.url = address;
    const at = Date.now();
    assert.equal((await fake.post(event, { at })).status, 200);
    assert.deepEqual(await (await fake.post(event, { at })).json(), { status: 'success', source: 'hubspot', accepted: 0 }, 'the very same request is taken once');
    assert.equal((await fake.post(event[0])).status, 200, 'one bare event');
    await until('the deal', () => byName(client, 'Signed'));
    await client.delete(`/api/sales/connections/${id}`);
    assert.equal((await fake.post(event)).status, 401, 'what is disconnected is not taken');
});

test('a webhook is answered quickly while HubSpot hangs, and nothing it said is lost', async () => {
    const { client } = await connected('hanging', 2400);
    const names = Array.from({ length: 20 }, (_, at) => `Hung ${at}`);
    fake.faults.add({ hang: true, match: '/crm/' });
    const times = [];
    for (const dealname of names) {
        fake.portal.create('deals', { dealname, amount: '1', dealstage: 'qualifiedtobuy', pipeline: 'default' });
        const started = performance.now();
        assert.deepEqual(await fake.deliver(), [200]);
        times.push(performance.now() - started);
    }
    assert.ok(times.sort((left, right) => left - right)[10] < 1_000, `half of them within ${times[10]} ms`);
    const waiting = await until('the events to wait', async () => (await client.get('/api/sales/connections')).json.connections.find(({ waiting }) => waiting === names.length));
    assert.equal(waiting.state, 'connected');
    fake.faults.clear();
    await until('all of them', async () => (await dealsOf(client)).length === names.length, 60_000);
});

test('everything of an account is imported as one import that can be planned and undone', async () => {
    fake.portal.portalId = 2500;
    const fresh = await startHubspot({ portal: { portalId: 2500 } });
    try {
        fresh.portal.seed(1_250);
        fresh.portal.archive('deals', [...fresh.portal.objects.deals.keys()][7]);
        const own = await startServer({ parameters: ['--hubspot-url', fresh.url] });
        const client = connect(own, await own.key({ tenant: 'all' }));
        const { json } = await client.post('/api/sales/connections', { token: fresh.settings.token }, { expect: 201 });
        const { connection_id: id } = json.connection;
        const importOf = async (body, state) => {
            const { json: started } = await client.post(`/api/sales/connections/${id}/import`, body, { expect: 202 });
            return until('the import', async () => {
                const { json: seen } = await client.get(`/api/sales/imports/${started.import.import_id}`);
                assert.ok(['running', state].includes(seen.import.state), JSON.stringify(seen.import));
                return seen.import.state === state && seen.import;
            }, 60_000);
        };
        const plan = await importOf({ dry_run: true }, 'planned');
        assert.equal(plan.counts.created, 1_250);
        assert.equal((await dealsOf(client)).length, 0, 'a plan does nothing');
        const done = await importOf({}, 'done');
        assert.deepEqual(done.counts, { read: 1_250, created: 1_250, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
        assert.equal(done.source, 'hubspot');
        const { json: metrics } = await client.get('/api/sales/deals/metrics');
        const theirs = fresh.portal.dump().filter(({ archived, dealstage }) => !archived && !dealstage.startsWith('closed'));
        assert.equal(metrics.metrics.total_active_deals, theirs.length);
        const again = await importOf({}, 'done');
        assert.equal(again.counts.unchanged, 1_250);
        const balanced = await until('both sides to be compared', async () => (await client.get(`/api/sales/connections/${id}`)).json.connection.balance);
        assert.deepEqual([balanced.theirs, balanced.ours, balanced.missing, balanced.surplus, balanced.differing], [1_249, 1_249, 0, 0, 0]);
        assert.deepEqual(balanced.theirs_sum, balanced.ours_sum);
        await client.post(`/api/sales/imports/${done.import_id}/undo`, undefined, { expect: [200, 202] });
        await until('the undo', async () => (await client.get('/api/sales/deals/metrics')).json.metrics.total_active_deals === 0);
        assert.equal(await own.stop(), 0);
    } finally {
        await fresh.close();
    }
});

test('an import goes on where it was when the server is killed', async () => {
    const fresh = await startHubspot({ portal: { portalId: 2600 } });
    try {
        fresh.portal.seed(3_500);
        const first = await startServer({ parameters: ['--hubspot-url', fresh.url] });
        const key = await first.key({ tenant: 'killed' });
        let client = connect(first, key);
        const { json } = await client.post('/api/sales/connections', { token: fresh.settings.token }, { expect: 201 });
        fresh.faults.add({ match: '/crm/v3/objects/deals', slowMs: 40 });
        const { json: started } = await client.post(`/api/sales/connections/${json.connection.connection_id}/import`, {}, { expect: 202 });
        const id = started.import.import_id;
        await until('some of it', () => fresh.counts.byPath['/crm/v3/objects/deals'] > 12);
        await first.kill();
        const second = await startServer({ data: first.data, parameters: ['--hubspot-url', fresh.url] });
        client = connect(second, key);
        const done = await until('its end', async () => {
            const { json: seen } = await client.get(`/api/sales/imports/${id}`);
            return seen.import.state !== 'running' && seen.import;
        }, 60_000);
        assert.equal(done.state, 'done');
        assert.deepEqual(done.counts, { read: 3_500, created: 3_500, updated: 0, unchanged: 0, skipped: 0, rejected: 0 }, 'nothing is fetched twice, nothing is left out');
        assert.equal(await second.stop(), 0);
    } finally {
        await fresh.close();
    }
});

test('a token that HubSpot no longer takes asks for a person, who brings another', async () => {
    const { client, id } = await connected('reauth', 2700);
    const old = fake.settings.token;
    fake.settings.token = 'pat-na1-new';
    try {
        await client.post(`/api/sales/connections/${id}/sync`, undefined, { expect: [202, 409] }); // it may have asked by itself already
        const seen = await until('the state', async () => {
            const { json } = await client.get(`/api/sales/connections/${id}`);
            return json.connection.state === 'needs_reauth' && json.connection;
        });
        assert.ok(seen.reason.length > 0);
        const { json: no } = await client.post(`/api/sales/connections/${id}/import`, {}, { expect: 409 });
        assert.equal(no.code, 'not_connected');
        const { json } = await client.post(`/api/sales/connections/${id}/reconnect`, { token: fake.settings.token });
        assert.equal(json.connection.state, 'connected');
        fake.portal.create('deals', { dealname: 'After', amount: '1', dealstage: 'qualifiedtobuy', pipeline: 'default' });
        await client.post(`/api/sales/connections/${id}/sync`, undefined, { expect: 202 });
        await until('the deal', () => byName(client, 'After'));
    } finally {
        fake.settings.token = old;
    }
});

test('an administrator maps the account’s own fields and stages, and tries it on a record first', async () => {
    const { client, id } = await connected('maps', 2800);
    const deal = fake.portal.create('deals', { dealname: 'Mapped', amount: '7', dealstage: '1044035701', pipeline: '75e28846', acv_cents: '1234500', region: ' EMEA ' });
    await fake.deliver();
    const before = await until('the deal', () => byName(client, 'Mapped'));
    assert.deepEqual([before.value, before.stage], [7, 'proposal']);
    const path = `/api/sales/connections/${id}/map`;
    assert.deepEqual((await client.get(path)).json.version, 0);
    const map = {
        fields: [{ property: 'acv_cents', to: 'value', transform: 'minor_units' }, { property: 'region', to: 'region' }],
        stages: [{ pipeline: '75e28846', stage: 'Pricing talk', to: 'negotiation' }],
    };
    const { json: tried } = await client.post(`${path}/try`, { map, record_id: deal.id }, { expect: 200 });
    assert.equal(tried.becomes.fields.value, '12345');
    assert.equal(tried.becomes.fields.stage, 'negotiation');
    assert.equal(tried.becomes.stage_rule, 'workspace_map');
    assert.deepEqual(tried.becomes.custom, { region: 'EMEA' });
    assert.equal((await byName(client, 'Mapped')).value, 7, 'trying keeps nothing');
    for (const [wrong, field] of [[{ fields: [{ property: 'x', to: 'Stage!' }] }, 'fields/0/to'], [{ fields: [{ property: 'x', to: 'stage' }] }, 'fields/0/to'],
        [{ fields: [{ property: 'x', to: 'value', transform: 'magic' }] }, 'fields/0/transform'], [{ stages: [{ stage: 'x', to: 'won' }] }, 'stages/0/to'], [{ fields: 1 }, 'fields']]) {
        const { json } = await client.request('PUT', path, { json: { map: wrong }, expect: 400 });
        assert.deepEqual([json.code, json.details[0].field], ['invalid_map', field]);
    }
    assert.equal((await client.request('PUT', path, { json: { map }, expect: 200 })).json.version, 1);
    fake.portal.change('deals', deal.id, { region: 'APAC' });
    await fake.deliver();
    const after = await until('the mapped deal', async () => (await byName(client, 'Mapped')).value === 12345 && byName(client, 'Mapped'));
    assert.equal(after.stage, 'negotiation');
    assert.equal(after.source_metadata.custom.region, 'APAC');
    const { json: second } = await client.request('PUT', path, { json: { map: { fields: [], stages: [] } }, expect: 200 });
    assert.deepEqual(second.versions.map(({ version }) => version), [2, 1]);
});
