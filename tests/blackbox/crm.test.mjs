// What the doors of HubSpot and Salesforce take and make of it, in every shape their senders use.
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

describe('HubSpot', () => {
    const properties = { dealname: 'Hub Deal', amount: '1500.00', deal_currency_code: 'EUR', dealstage: 'contractsent', pipeline: 'default', closedate: '2026-12-07T16:50:06.678Z', hs_lastmodifieddate: '2026-09-01T10:00:00.001Z', hs_deal_stage_probability: '0.90000000000000002220446049250313080847263336181640625' };
    const legacy = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { value, timestamp: 1789999999000, source: 'CRM_UI' }]));
    const shapes = {
        'a CRM v3 object': { id: '144703760059', properties, createdAt: '2026-08-22T07:33:08.716Z', updatedAt: '2026-09-01T10:00:00.001Z', archived: false },
        'a workflow object': { objectId: 144703760059, objectTypeId: '0-3', portalId: 1234567, properties },
        'a legacy v1 deal': { portalId: 1234567, dealId: 144703760059, isDeleted: false, properties: legacy },
        'a Python client\'s dictionary': { id: '144703760059', properties, created_at: '2026-08-22 07:33:08.716000+00:00', updated_at: '2026-09-01 10:00:00.001000+00:00', archived: false, archived_at: null, properties_with_history: null, associations: null },
    };
    for (const [what, body] of Object.entries(shapes)) {
        test(`${what} becomes a deal, and the same again changes nothing`, async () => {
            const client = await fresh();
            const { deal } = await created(client, '/hubspot/sync', body);
            const expected = { name: 'Hub Deal', value: 1500, currency: 'EUR', stage: 'negotiation', probability: 90, expected_close_date: '2026-12-07', source: 'hubspot' };
            for (const [field, value] of Object.entries(expected)) assert.equal(deal[field], value, field);
            assert.equal(deal.external_ids[0].id, '144703760059');
            const { json } = await client.post('/hubspot/sync', body, { expect: 200 });
            assert.equal(json.action, 'unchanged');
            assert.equal(json.deal.id, deal.id);
        });
    }
    test('thin events are stored and accepted', async () => {
        const client = await fresh();
        const event = { eventId: 700001, subscriptionId: 9001, portalId: 1234567, appId: 777, occurredAt: 1789999999000, attemptNumber: 0, subscriptionType: 'deal.propertyChange', objectId: 144703760059, propertyName: 'amount', propertyValue: '120000' };
        const { json } = await client.post('/hubspot/sync', [event, { ...event, eventId: 700002, propertyName: 'dealstage', propertyValue: 'contractsent' }], { expect: 202 });
        assert.equal(json.accepted, 2);
        assert.equal(json.source, 'hubspot');
        const { json: single } = await client.post('/hubspot/sync', event, { expect: 202 });
        assert.equal(single.accepted, 1);
        assert.equal((await client.metrics()).total_active_deals, 0);
    });
    test('an older version that comes late changes nothing', async () => {
        const client = await fresh();
        await created(client, '/hubspot/sync', shapes['a CRM v3 object']);
        const late = { ...shapes['a CRM v3 object'], updatedAt: '2026-08-30T10:00:00.001Z', properties: { ...properties, amount: '1.00', hs_lastmodifieddate: '2026-08-30T10:00:00.001Z' } };
        const { json } = await client.post('/hubspot/sync', late, { expect: 200 });
        assert.equal(json.deal.value, 1500);
    });
    test('an empty amount keeps the old value', async () => {
        const client = await fresh();
        await created(client, '/hubspot/sync', shapes['a CRM v3 object']);
        for (const amount of ['', null]) {
            const { json } = await client.post('/hubspot/sync', { ...shapes['a CRM v3 object'], updatedAt: '2026-10-01T10:00:00.001Z', properties: { ...properties, amount, hs_lastmodifieddate: '2026-10-01T10:00:00.001Z' } }, { expect: 200 });
            assert.equal(json.deal.value, 1500);
        }
    });
    test('an archived deal is deleted here too', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/hubspot/sync', shapes['a CRM v3 object']);
        await client.post('/hubspot/sync', { ...shapes['a CRM v3 object'], updatedAt: '2026-10-01T10:00:00.001Z', archived: true, archivedAt: '2026-10-01T00:00:00.000Z', properties: { ...properties, hs_lastmodifieddate: '2026-10-01T10:00:00.001Z' } }, { expect: 200 });
        await client.get(`/${deal.id}`, {}, { expect: 404 });
    });
    test('a page of the search answer is taken as a batch', async () => {
        const results = ['511', '512', '513'].map((id) => ({ id, properties: { dealname: `Deal ${id}`, amount: '1', dealstage: 'closedwon' }, archived: false }));
        const { json } = await (await fresh()).post('/hubspot/batch-sync', { results, paging: { next: { after: 'x' } } }, { expect: 200 });
        assert.equal(json.counts.created, 3);
    });
    test('an id beyond 32 bits stays whole', async () => {
        const client = await fresh();
        await created(client, '/hubspot/sync', { objectId: 9007199254740991, objectTypeId: '0-3', portalId: 1, properties: { dealname: 'Big id' } });
        assert.equal((await client.all('', 'deals', { external_id: '9007199254740991' })).length, 1);
    });
});

describe('Salesforce', () => {
    const record = { attributes: { type: 'Opportunity', url: '/services/data/v60.0/sobjects/Opportunity/006xx0000000001AAA' }, Id: '006xx0000000001AAA', Name: 'Opp', Amount: 1000.5, StageName: 'Negotiation/Review', Probability: 90, CloseDate: '2026-12-31', CurrencyIsoCode: 'EUR', IsClosed: false, IsWon: false, Account: { attributes: { type: 'Account' }, Name: 'Acme GmbH' } };
    const soap = (notifications, organization = '00Dxx0000001gEREAY') => `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${organization}</OrganizationId><ActionId>04kxx00000000ZeAAI</ActionId><SessionId xsi:nil="true"/>
${notifications.map(({ id, name, amount }) => `<Notification><Id>04lxx000000000${id}AAA</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>006xx000000000${id}AAA</sf:Id><sf:Amount>${amount}</sf:Amount><sf:CloseDate>2026-12-31</sf:CloseDate><sf:Name>${name}</sf:Name><sf:Probability>90.0</sf:Probability><sf:StageName>Negotiation/Review</sf:StageName></sObject></Notification>`).join('\n')}
</notifications></soapenv:Body></soapenv:Envelope>`;
    const send = (client, body, more) => client.request('POST', '/salesforce/sync', { body, headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' }, ...more });

    test('a JSON opportunity becomes a deal, and the same again changes nothing', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/salesforce/sync', record);
        const expected = { name: 'Opp', company: 'Acme GmbH', value: 1000.5, currency: 'EUR', stage: 'negotiation', probability: 90, expected_close_date: '2026-12-31', source: 'salesforce' };
        for (const [field, value] of Object.entries(expected)) assert.equal(deal[field], value, field);
        assert.equal(deal.external_ids[0].id, '006xx0000000001AAA');
        assert.equal((await client.post('/salesforce/sync', record, { expect: 200 })).json.action, 'unchanged');
    });
    test('an id of 15 characters is the same as its 18', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/salesforce/sync', { ...record, Id: '006xx0000000001' });
        const { json } = await client.post('/salesforce/sync', record, { expect: 200 });
        assert.equal(json.deal.id, deal.id);
    });
    test('an outbound message is acknowledged, stored whole and stored once', async () => {
        const client = await fresh();
        const message = soap([{ id: 11, name: 'R&amp;D &lt;pilot&gt;', amount: '120000.0' }, { id: 12, name: 'Müller', amount: '5.5' }]);
        for (const time of ['first', 'second']) {
            const answer = await send(client, message, { expect: 200 });
            assert.match(answer.headers['content-type'], /^text\/xml/);
            assert.match(answer.text, /<Ack>true<\/Ack>/, time);
        }
        const deals = await client.all('', 'deals', { sort: 'value' });
        assert.deepEqual(deals.map(({ name, value }) => [name, value]), [['Müller', 5.5], ['R&D <pilot>', 120000]]);
    });
    test('a message that cannot be taken is answered with a fault, and nothing is stored', async () => {
        const client = await fresh();
        const doctype = soap([{ id: 11, name: 'X', amount: '1' }]).replace('?>', '?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>');
        for (const body of [doctype, '<a>', soap([]).slice(0, 200), '<?xml version="1.0"?><other/>']) {
            const answer = await send(client, body, { expect: 500 });
            assert.match(answer.headers['content-type'], /^text\/xml/);
            assert.match(answer.text, /<faultstring>/);
            assert.doesNotMatch(answer.text, /root:|<Ack>true/);
        }
        assert.equal((await client.metrics()).total_active_deals, 0);
    });
    test('a whole query answer is taken as a batch', async () => {
        const client = await fresh();
        const { json } = await client.post('/salesforce/batch-sync', { totalSize: 2, done: true, records: [record, { ...record, Id: '006xx0000000002AAA', Name: 'Opp 2', IsClosed: true, IsWon: true, StageName: 'Signed at last' }] }, { expect: 200 });
        assert.equal(json.counts.created, 2, JSON.stringify(json.results));
        const won = (await client.all('', 'deals')).find(({ name }) => name === 'Opp 2');
        assert.equal(won.stage, 'closed_won', 'closed and won are told by the CRM, not by the name of the stage');
    });
    test('an opportunity that Salesforce deleted is deleted here too', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/salesforce/sync', record);
        await client.post('/salesforce/sync', { ...record, IsDeleted: true }, { expect: 200 });
        await client.get(`/${deal.id}`, {}, { expect: 404 });
    });
});
