// The fake is what HubSpot's own client takes for HubSpot; and each of its faults is what it says.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Client, Signature } from '@hubspot/api-client';
import { startHubspot } from './hubspot/server.mjs';

let fake;
let client;
before(async () => {
    fake = await startHubspot();
    fake.portal.seed(230);
    client = new Client({ accessToken: fake.settings.token, basePath: fake.url, numberOfApiCallRetries: 0 });
});
after(() => fake.close());
beforeEach(() => fake.faults.clear());

const wanted = ['dealname', 'amount', 'dealstage', 'hs_lastmodifieddate'];

test('pages of the list, to the last', async () => {
    const seen = [];
    let following;
    do {
        const page = await client.crm.deals.basicApi.getPage(100, following, wanted);
        seen.push(...page.results);
        following = page.paging?.next?.after;
    } while (following);
    assert.equal(seen.length, 230);
    assert.equal(new Set(seen.map(({ id }) => id)).size, 230);
    assert.equal(typeof seen[0].properties.amount, 'string');
    assert.ok(seen[0].createdAt instanceof Date);
    await assert.rejects(client.crm.deals.basicApi.getPage(101), { code: 400 });
});

test('one, made, changed, archived, and gone', async () => {
    const made = await client.crm.deals.basicApi.create({ properties: { dealname: 'By the client', amount: '12' }, associations: [] });
    assert.equal(made.properties.dealname, 'By the client');
    const changed = await client.crm.deals.basicApi.update(made.id, { properties: { amount: '13' } });
    assert.equal(changed.properties.amount, '13');
    await client.crm.deals.basicApi.archive(made.id);
    await assert.rejects(client.crm.deals.basicApi.getById(made.id), { code: 404 });
    assert.equal((await client.crm.deals.basicApi.getById(made.id, wanted, undefined, undefined, true)).archived, true);
});

test('a batch with ids that are not there is 207 and names them', async () => {
    const [first] = fake.portal.objects.deals.keys();
    const answer = await client.crm.deals.batchApi.read({ inputs: [{ id: first }, { id: '1' }], properties: wanted, propertiesWithHistory: [] });
    assert.equal(answer.results.length, 1);
    assert.equal(answer.numErrors, 1);
    assert.deepEqual(answer.errors[0].context.ids, ['1']);
});

test('a search filters, sorts and pages, and ends at ten thousand', async () => {
    const ask = { filterGroups: [{ filters: [{ propertyName: 'amount', operator: 'GTE', value: '1200' }] }], sorts: ['amount'], properties: wanted, limit: 20, after: '0', query: '' };
    const { query: _, ...plain } = ask;
    const page = await client.crm.deals.searchApi.doSearch(plain);
    assert.equal(page.total, 30);
    assert.deepEqual([page.results.length, page.results[0].properties.amount, page.paging.next.after], [20, '1200', '20']);
    await assert.rejects(client.crm.deals.searchApi.doSearch({ ...plain, after: '9990' }), { code: 400 });
});

test('a merge makes a third deal, to which the dead ones lead', async () => {
    const [one, two] = await Promise.all(['One', 'Two'].map((dealname) => client.crm.deals.basicApi.create({ properties: { dealname }, associations: [] })));
    const merged = await client.apiRequest({ method: 'POST', path: '/crm/v3/objects/deals/merge', body: { primaryObjectId: one.id, objectIdToMerge: two.id } });
    const { id } = await merged.json();
    assert.ok(id !== one.id && id !== two.id);
    assert.equal((await client.crm.deals.basicApi.getById(two.id, ['hs_merged_object_ids'])).id, id);
});

test('links, pipelines, owners and the account', async () => {
    const [first] = fake.portal.objects.deals.keys();
    const links = await client.crm.associations.v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: first }] });
    assert.equal(links.results[0].to[0].associationTypes[0].label, 'Primary');
    const pipelines = await client.crm.pipelines.pipelinesApi.getAll('deals');
    assert.equal(pipelines.results[0].stages.find(({ id }) => id === 'closedwon').metadata.isClosed, 'true');
    assert.equal((await client.crm.owners.ownersApi.getPage()).results[0].firstName, 'Dana');
    assert.equal((await (await client.apiRequest({ path: '/account-info/v3/details' })).json()).timeZone, 'Europe/Berlin');
});

test('tokens are given for a code, renewed with rotation, and refused when dead', async () => {
    const redirect = 'http://127.0.0.1:9/back';
    const code = () => new URL(fake.consents.authorize(new URLSearchParams({ redirect_uri: redirect, state: 's', scope: 'oauth' }))).searchParams.get('code');
    const grant = await client.oauth.tokensApi.create('authorization_code', code(), redirect, 'client', 'client-secret');
    assert.equal(grant.expiresIn, 1800);
    const next = await client.oauth.tokensApi.create('refresh_token', undefined, undefined, 'client', 'client-secret', grant.refreshToken);
    assert.notEqual(next.refreshToken, grant.refreshToken);
    await assert.rejects(client.oauth.tokensApi.create('refresh_token', undefined, undefined, 'client', 'client-secret', grant.refreshToken), { code: 400 });
    const own = new Client({ accessToken: next.accessToken, basePath: fake.url });
    assert.equal((await own.crm.deals.basicApi.getPage(1)).results.length, 1);
    await assert.rejects(new Client({ accessToken: 'none', basePath: fake.url }).crm.deals.basicApi.getPage(1), { code: 401 });
});

test('the limit of calls is HubSpot’s, and its client waits for it', async () => {
    fake.set({ limit: 3 });
    try {
        const statuses = await Promise.all(Array.from({ length: 5 }, () => client.crm.deals.basicApi.getPage(1).then(() => 200, ({ code }) => code)));
        assert.deepEqual(statuses.sort(), [200, 200, 200, 429, 429]);
    } finally {
        fake.set({ limit: 0 });
    }
});

test('each fault is what it says, as often as it says', { timeout: 30_000 }, async () => {
    const page = () => client.crm.deals.basicApi.getPage(1);
    fake.faults.add({ match: '/deals', times: 2, status: 503 });
    for (const code of [503, 503]) await assert.rejects(page(), { code });
    await page();
    fake.faults.add({ times: 1, html: true });
    assert.match(await (await fetch(`${fake.url}/crm/v3/objects/deals`)).text(), /^<html>/);
    const plain = async () => (await fetch(`${fake.url}/crm/v3/objects/deals`, { headers: { authorization: `Bearer ${fake.settings.token}` }, signal: AbortSignal.timeout(10_000) })).text();
    fake.faults.add({ times: 1, cut: true });
    await assert.rejects(plain(), TypeError);
    fake.faults.add({ times: 1, slowMs: 80 });
    const started = performance.now();
    await page();
    assert.ok(performance.now() - started >= 80);
    fake.faults.add({ times: 1, hang: true });
    const hanging = plain();
    const ended = hanging.then(() => 'answered', () => 'ended');
    assert.equal(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100, 'hangs'))]), 'hangs');
    fake.faults.clear();
    assert.equal(await ended, 'ended');
});

test('webhooks are signed as the official client checks them, and carry every change', async () => {
    const taken = [];
    const receiver = createServer(async (request, response) => {
        const pieces = [];
        for await (const piece of request) pieces.push(piece);
        taken.push({ headers: request.headers, url: `http://127.0.0.1:${receiver.address().port}${request.url}`, body: Buffer.concat(pieces).toString() });
        response.end();
    });
    await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${receiver.address().port}/hook?tenant_id=acme`;
    fake.settings.webhook = { url, secret: 'the secret' };
    const deal = fake.portal.create('deals', { dealname: 'Heard' });
    fake.portal.change('deals', deal.id, { amount: '5' });
    fake.portal.archive('deals', deal.id);
    fake.portal.restore(deal.id);
    await fake.deliver();
    for (const version of ['v1', 'v2']) await fake.post('[]', { version });
    receiver.close();
    fake.settings.webhook = null;
    const [v3, v1, v2] = taken;
    assert.deepEqual(JSON.parse(v3.body).map(({ subscriptionType }) => subscriptionType), ['deal.creation', 'deal.propertyChange', 'deal.deletion', 'deal.restore']);
    const check = (of, version, more = {}) => Signature.isValid({ signatureVersion: version, signature: of.headers[version === 'v3' ? 'x-hubspot-signature-v3' : 'x-hubspot-signature'], method: 'POST', clientSecret: 'the secret', requestBody: of.body, url: of.url, ...more });
    assert.ok(check(v3, 'v3', { timestamp: Number(v3.headers['x-hubspot-request-timestamp']) }));
    assert.ok(check(v1, 'v1') && check(v2, 'v2'));
});

test('answers have the keys of the samples', { skip: !existsSync(path.join(import.meta.dirname, '../../../shared/wire/hubspot/deals_page1.json')) && 'shared/wire is absent' }, async () => {
    const sample = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../shared/wire/hubspot/deals_page1.json'), 'utf8'));
    const ours = await (await fetch(`${fake.url}/crm/v3/objects/deals?limit=2&properties=dealname`, { headers: { authorization: `Bearer ${fake.settings.token}` } })).json();
    for (const key of Object.keys(ours.results[0])) assert.ok(key in sample.results[0], key);
    assert.deepEqual(Object.keys(ours.paging.next).sort(), Object.keys(sample.paging.next).sort());
});
