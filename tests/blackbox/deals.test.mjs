// Which arrivals are the same deal (SPEC-NOTES 17-19), and what can be done with a deal once it is there.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
let tenants = 0;
/** A client of a new tenant: nothing another test did is in its way. */
const fresh = async (role) => connect(server, await server.key({ tenant: `t${tenants++}`, role }));
const created = async (client, door, body, more) => (await client.post(door, body, { expect: 201, ...more })).json;

describe('the same deal or another', () => {
    test('equal normalised name and company are the same deal', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Fleet Renewal', company: 'Nordwind GmbH', value: 5 });
        for (const [name, company] of [['fleet  renewal', 'NORDWIND GmbH'], ['Fleet-Renewal', 'Nordwind'], ['Ｆｌｅｅｔ Renewal', 'nordwind gmbh.']]) {
            const { json } = await client.post('/manual', { name, company, value: 5 }, { expect: 200 });
            assert.equal(json.deal.id, deal.id, `${name} at ${company}`);
            assert.equal(json.match.rule, 'name_and_company');
        }
        const other = await created(client, '/manual', { name: 'Fleet Renewal', company: 'Südwind GmbH' });
        assert.notEqual(other.deal.id, deal.id);
    });
    test('different external ids of one system are different deals, whatever they are called', async () => {
        const client = await fresh();
        const one = await created(client, '/api', { name: 'Same', company: 'Same', external_id: 'x-1' });
        const two = await created(client, '/api', { name: 'Same', company: 'Same', external_id: 'x-2' });
        assert.notEqual(one.deal.id, two.deal.id);
    });
    test('the same external id is the same deal, whatever it is called', async () => {
        const client = await fresh();
        const one = await created(client, '/api', { name: 'Before', company: 'Old', external_id: 'x-1', value: 1 });
        const { json } = await client.post('/api', { name: 'After', company: 'New', external_id: 'x-1' }, { expect: 200 });
        assert.equal(json.deal.id, one.deal.id);
        assert.equal(json.action, 'updated');
        assert.equal(json.deal.name, 'After');
        assert.equal(json.deal.value, 1, 'what is missing stays');
        assert.equal(json.match.rule, 'external_id');
    });
    test('a deal can have ids of several systems', async () => {
        const client = await fresh();
        const one = await created(client, '/manual', { name: 'Known twice', company: 'Firm' });
        await client.post('/api', { name: 'Known twice', company: 'Firm', external_id: 'x-1' }, { expect: 200 });
        const { json } = await client.post('/hubspot/sync', { id: '900', properties: { dealname: 'Known twice' }, associated_company_name: 'Firm' }, { expect: [200, 201] });
        const { json: read } = await client.get(`/${one.deal.id}`);
        assert.ok(read.deal.external_ids.some(({ id }) => id === 'x-1'));
        assert.ok(json.deal.external_ids.some(({ id }) => id === '900'));
    });
    test('a closed deal and a new chance with the same customer are two deals', async () => {
        const client = await fresh();
        const old = await created(client, '/manual', { name: 'Licences', company: 'Firm', stage: 'closed_won' });
        const next = await created(client, '/manual', { name: 'Licences', company: 'Firm', stage: 'discovery' });
        assert.notEqual(next.deal.id, old.deal.id);
    });
    test('a name without a company meets only its like from the same source', async () => {
        const client = await fresh();
        const manual = await created(client, '/manual', { name: 'Nameless' });
        const api = await created(client, '/api', { name: 'Nameless' });
        assert.notEqual(api.deal.id, manual.deal.id);
        await client.post('/manual', { name: 'nameless' }, { expect: 200 });
    });
    test('blank and missing fields never erase, an explicit null in a PATCH does', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Kept', company: 'Firm', description: 'text', value: 5, contact_name: 'Ann' });
        const { json } = await client.post('/manual', { name: 'Kept', company: 'Firm', description: ' ', contact_name: null, value: '' }, { expect: 200 });
        assert.equal(json.action, 'unchanged');
        assert.equal(json.deal.description, 'text');
        const patched = await client.patch(`/${deal.id}`, { description: null, contact_name: null }, { expect: 200 });
        assert.equal(patched.json.deal.description, null);
        assert.equal(patched.json.deal.contact_name, null);
        assert.equal(patched.json.deal.value, 5);
    });
});

describe('a deal afterwards', () => {
    test('it is listed, filtered and sorted', async () => {
        const client = await fresh();
        const make = (name, more) => created(client, '/api', { name, ...more });
        await make('Apple', { company: 'Red Ltd', value: 10, stage: 'proposal', owner: 'Ada', contact_email: 'a@red.example', external_id: 'f-1' });
        await make('Banana', { company: 'Yellow Ltd', value: 30, stage: 'closed_won', owner: 'Bob' });
        await make('Cherry', { company: 'Red Ltd', value: 20, stage: 'discovery', owner: 'Ada' });
        await client.post('/manual', { name: 'Date', value: 5 }, { expect: 201 });
        const names = async (query) => (await client.all('', 'deals', query)).map(({ name }) => name);
        assert.deepEqual(await names({ sort: 'name' }), ['Apple', 'Banana', 'Cherry', 'Date']);
        assert.deepEqual(await names({ sort: '-value' }), ['Banana', 'Cherry', 'Apple', 'Date']);
        assert.deepEqual(await names({ sort: 'name', stage: 'proposal,discovery' }), ['Apple', 'Cherry', 'Date']);
        assert.deepEqual(await names({ source: 'manual' }), ['Date']);
        assert.deepEqual(await names({ sort: 'name', owner: 'Ada' }), ['Apple', 'Cherry']);
        assert.deepEqual(await names({ sort: 'name', company: 'Red Ltd' }), ['Apple', 'Cherry']);
        assert.deepEqual(await names({ contact_email: 'A@RED.example' }), ['Apple']);
        assert.deepEqual(await names({ q: 'nana' }), ['Banana']);
        assert.deepEqual(await names({ q: 'red che' }), ['Cherry']);
        assert.deepEqual(await names({ external_id: 'f-1' }), ['Apple']);
        assert.deepEqual(await names({ external_id: 'f-1', external_system: 'hubspot:1' }), []);
        assert.deepEqual(await names({ sort: 'value', value_min: 10, value_max: 20 }), ['Apple', 'Cherry']);
        assert.deepEqual(await names({ active: 'false' }), ['Banana']);
        assert.deepEqual(await names({ sort: 'name', limit: 1 }), ['Apple', 'Banana', 'Cherry', 'Date'], 'in pages of one');
        const risky = await client.all('', 'deals', { risk_level: 'high,medium,low' });
        assert.equal(risky.length, 4);
        for (const wrong of [{ limit: 0 }, { limit: 501 }, { limit: 'ten' }, { sort: 'colour' }, { stage: 'maybe' }, { cursor: 'nonsense' }, { value_min: 'x' }, { active: 'perhaps' }]) {
            await client.get('', wrong, { expect: 400 });
        }
    });
    test('it is changed only by who has seen its newest version', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Versioned', value: 1 });
        const { headers } = await client.get(`/${deal.id}`, {}, { expect: 200 });
        assert.equal(headers.etag, `"${deal.version}"`);
        const first = await client.patch(`/${deal.id}`, { value: 2 }, { headers: { 'if-match': headers.etag }, expect: 200 });
        assert.notEqual(first.headers.etag, headers.etag);
        const late = await client.patch(`/${deal.id}`, { value: 3 }, { headers: { 'if-match': headers.etag }, expect: 412 });
        assert.equal(late.json.code, 'precondition_failed');
        await client.delete(`/${deal.id}`, { headers: { 'if-match': headers.etag }, expect: 412 });
        const same = await client.patch(`/${deal.id}`, { value: 2 }, { expect: 200 });
        assert.equal(same.headers.etag, first.headers.etag, 'nothing different changes nothing');
        const { json } = await client.patch(`/${deal.id}`, { stage: 'nowhere', probability: 500 }, { expect: 400 });
        assert.deepEqual(new Set(json.details.map(({ field }) => field)), new Set(['stage', 'probability']));
        await client.patch(`/${deal.id}`, { health_score: 1 }, { expect: 400 });
        await client.patch(`/${deal.id}`, { name: null }, { expect: 400 });
    });
    test('it is deleted softly and comes back', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Lazarus', value: 1 });
        const { json } = await client.delete(`/${deal.id}`, { expect: 200 });
        assert.notEqual(json.deal.deleted_at, null);
        await client.delete(`/${deal.id}`, { expect: 404 });
        await client.get(`/${deal.id}`, {}, { expect: 404 });
        await client.patch(`/${deal.id}`, { value: 2 }, { expect: 404 });
        await client.get(`/${deal.id}`, { include: 'deleted' }, { expect: 200 });
        assert.equal((await client.all('', 'deals')).length, 0);
        assert.equal((await client.all('', 'deals', { include: 'deleted' })).length, 1);
        const back = await client.post(`/${deal.id}/restore`, undefined, { expect: 200 });
        assert.equal(back.json.deal.deleted_at, null);
        assert.equal((await client.all('', 'deals')).length, 1);
    });
    test('its history says what every field was, and why', async () => {
        const client = await fresh();
        const { deal, ingestion_id: unit } = await created(client, '/email', { sender: 'h@history.example', subject: 'History', content: 'Hello.' });
        await client.patch(`/${deal.id}`, { value: 20000, stage: 'proposal' }, { expect: 200 });
        const history = await client.all(`/${deal.id}/history`, 'history', { limit: 3 });
        const value = history.filter(({ field }) => field === 'value');
        assert.deepEqual(value.map(({ before, after }) => [before, after]), [[15000, 20000], [null, 15000]], 'newest first');
        assert.equal(value[1].rule, 'estimate.email_default');
        assert.equal(value[1].ingestion_id, unit);
        assert.equal(value[1].source, 'email');
        assert.match(value[0].actor, /^key:/);
        assert.deepEqual(history.filter(({ field }) => field === 'stage').map(({ after }) => after), ['proposal', 'discovery']);
    });
    test('calls, mails, meetings and notes are logged and lift its health', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Engaged', value: 1 });
        for (const type of ['call', 'mail', 'meeting', 'note']) {
            const { json } = await client.post(`/${deal.id}/activities`, { type, note: `A ${type}.` }, { expect: 201 });
            assert.equal(json.activity.kind, 'activity');
            assert.equal(json.activity.data.type, type);
            assert.equal(json.activity.data.note, `A ${type}.`);
            assert.equal(json.activity.deal_id, deal.id);
            assert.notEqual(json.deal.last_engaged_at, null);
            assert.ok(json.deal.health_score >= deal.health_score);
        }
        const logged = await client.all(`/${deal.id}/activities`, 'activities', { limit: 2 });
        assert.deepEqual(logged.filter(({ kind }) => kind === 'activity').map(({ data }) => data.type), ['note', 'meeting', 'mail', 'call']);
        await client.post(`/${deal.id}/activities`, { type: 'fax', note: 'x' }, { expect: 400 });
        await client.post(`/${deal.id}/activities`, { type: 'call' }, { expect: 400 });
    });
    test('its insights speak of this deal and name their facts', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Insightful', company: 'Firm', value: 250000, probability: 10, stage: 'negotiation', expected_close_date: '2020-01-01' });
        const { json } = await client.get(`/${deal.id}/insights`, {}, { expect: 200 });
        assert.equal(json.engine, 'rules');
        assert.ok(json.insights.some(({ kind }) => kind === 'risk' || kind === 'opportunity'));
        assert.ok(json.insights.some(({ kind }) => kind === 'next_action'));
        for (const { kind, evidence } of json.insights.filter((each) => each.kind !== 'market')) assert.ok(evidence.length > 0, kind);
    });
    test('crossing into high risk fires the automation once', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/manual', { name: 'Sinking', company: 'Firm', value: 100, probability: 60, stage: 'proposal' });
        // A stalled deal: long in its stage, overdue, with little chance.
        const { json } = await client.post('/api', { name: 'Sinking', company: 'Firm', probability: 1, value: 900000, expected_close_date: '2020-01-01', stage_entered_at: '2020-01-01T00:00:00Z', created_at: '2019-01-01T00:00:00Z' }, { expect: 200 });
        assert.equal(json.deal.id, deal.id);
        assert.equal(json.deal.risk_level, 'high', JSON.stringify(json.analysis));
        const automations = async () => (await client.all(`/${deal.id}/activities`, 'activities')).filter(({ kind }) => kind === 'automation');
        for (const end = Date.now() + 10_000; (await automations()).length === 0 && Date.now() < end; ) await client.get('/api/sales/activity', { limit: 1 });
        await client.patch(`/${deal.id}`, { description: 'still sinking' }, { expect: 200 });
        await client.get('/api/sales/activity', { limit: 1 });
        assert.equal((await automations()).length, 1);
    });
});
