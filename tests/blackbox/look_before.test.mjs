// A look before saving: a dry run of one deal says what the real one says afterwards, and leaves nothing behind.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
let tenants = 0;
const tenant = () => `look${tenants++}`;
const fresh = async (role) => connect(server, await server.key({ tenant: tenant(), role }));
const look = async (client, door, body, more) => (await client.post(door, body, { query: { dry_run: true }, expect: 200, ...more })).json;

/** All that a workspace shows of what was written to it. */
async function everything(client) {
    const [deals, leads, imports, activity] = [
        await client.all('/api/sales/deals', 'deals'),
        await client.all('/api/sales/leads', 'leads'),
        await client.all('/api/sales/imports', 'imports'),
        (await client.get('/api/sales/activity', { limit: 500 }, { expect: 200 })).json,
    ];
    return JSON.stringify({ deals, leads, imports, activity, metrics: await client.metrics() });
}

/** An answer without what only saving gives, and without the times of its making. */
function comparable(answer) {
    const copy = structuredClone(answer);
    for (const name of ['dry_run', 'near', 'near_complete', 'ingestion_id']) delete copy[name];
    const times = ['id', 'lead_id', 'version', 'created_at', 'updated_at', 'stage_entered_at', 'closed_at', 'last_engaged_at'];
    for (const name of times) {
        delete copy.deal[name];
        if (copy.lead !== null) delete copy.lead[name];
    }
    delete copy.lead?.metadata_json?.first_touch?.at;
    delete copy.lead?.metadata_json?.last_touch?.at;
    return copy;
}

const arrivals = [
    ['/manual', { name: 'Enterprise License', company: 'Acme Corporation', value: 120000, stage: 'proposal', probability: 60, contact_email: 'ceo@acme.com', contact_name: 'John Smith' }],
    ['/api', { name: 'Custom', company: 'Company Name', value: 75000, stage: 'discovery', contact_email: 'contact@company.com', external_id: 'ext-1', metadata: { a: 1 } }],
    ['/web-form', { first_name: 'Jane', last_name: 'Doe', email: 'jane@company.com', company: 'Form Inc', message: 'Interested in the enterprise plan', company_size: '51-200' }],
    ['/email', { sender: 'prospect@prospect-corp.com', sender_name: 'John Smith', subject: 'Enterprise inquiry', content: 'We are looking for a plan. Our budget is $42,000.' }],
];

describe('a look at one deal', () => {
    for (const [door, body] of arrivals) {
        test(`${door}: nothing is written, and the real one then says the same`, async () => {
            const client = await fresh();
            const another = (await client.post('/manual', { name: 'Another', value: 10 }, { expect: 201 })).json.deal;
            const before = await everything(client);
            const seen = await look(client, door, body, { headers: { 'idempotency-key': 'one' } });
            assert.equal(seen.dry_run, true);
            assert.equal(seen.action, 'created');
            assert.deepEqual([seen.deal.id, seen.lead.id, seen.deal.lead_id, seen.ingestion_id], [null, null, null, null]);
            assert.equal(await everything(client), before);

            const made = (await client.post(door, body, { expect: 201, headers: { 'idempotency-key': 'one' } })).json;
            assert.deepEqual(comparable(seen), comparable(made));
            assert.equal(made.deal.version, another.version + 1, 'the journal has no row between the two');
            assert.deepEqual(Object.keys(seen.deal), Object.keys(made.deal));
            assert.deepEqual(Object.keys(seen.lead), Object.keys(made.lead));
        });
        test(`${door}: it tells which deal it would be, and as what`, async () => {
            const client = await fresh();
            const first = (await client.post(door, body, { expect: 201 })).json;
            const changed = door === '/email' ? { ...body, content: 'We are looking for a plan. Our budget is $43,000.' } : { ...body, value: 99 };
            const before = await everything(client);
            const seen = await look(client, door, changed);
            assert.equal(await everything(client), before);
            assert.equal(seen.match.deal_id, first.deal.id);
            assert.equal(seen.deal.id, first.deal.id);
            assert.equal(seen.deal.version, first.deal.version);
            assert.deepEqual(seen.near, [], 'the deal itself is none that might be meant instead');
            const made = (await client.post(door, changed, { expect: 200 })).json;
            assert.equal(made.action, seen.action);
            assert.deepEqual(comparable(seen), comparable(made));
        });
    }
    test('what is known already is unchanged', async () => {
        const client = await fresh();
        const body = { name: 'Known', company: 'Acme', value: 5, external_id: 'k1' };
        await client.post('/api', body, { expect: 201 });
        assert.equal((await look(client, '/api', body)).action, 'unchanged');
    });
    test('what is wrong is refused as it would be', async () => {
        const client = await fresh();
        const wrong = { name: 'Wrong', stage: 'maybe', value: '1,200' };
        const real = (await client.post('/manual', wrong, { expect: 400 })).json;
        const seen = (await client.post('/manual', wrong, { query: { dry_run: true }, expect: 400 })).json;
        for (const answer of [real, seen]) delete answer.request_id;
        assert.deepEqual(seen, real);
        assert.equal((await client.post('/manual', { name: 'X' }, { query: { dry_run: 'perhaps' }, expect: 400 })).json.details[0].field, 'dry_run');
        assert.equal((await client.metrics()).total_active_deals, 0);
    });
    test('a publishable key may not look, and a CRM\'s door keeps what it is sent', async () => {
        const name = tenant();
        const form = connect(server, await server.key({ tenant: name, role: 'form' }));
        await form.post('/web-form', arrivals[2][1], { query: { dry_run: true }, expect: 403 });
        const client = connect(server, await server.key({ tenant: name }));
        await client.post('/hubspot/sync', { id: '1', properties: { dealname: 'Sync' } }, { query: { dry_run: true }, expect: 400 });
        assert.deepEqual(await client.all('/api/sales/deals', 'deals'), []);
    });
    test('a viewer may not look at what it may not send', async () => {
        const client = await fresh('viewer');
        await client.post('/manual', { name: 'X' }, { query: { dry_run: true }, expect: 403 });
    });
});

describe('deals that might be meant', () => {
    test('nearly the same name or the same company, nearest first, at most five', async () => {
        const client = await fresh();
        const ids = {};
        const there = [
            ['Enterprise Licence', 'Acme Corp'], ['Enterprise license', null], ['Support 1', 'ACME Corporation'], ['Support 2', 'Acme, Inc.'], ['Support 3', 'acme'],
            ['Enterprise License', 'Globex'], ['Enterprise Agreement', 'Globex'], ['Something else', 'Initech'],
        ];
        for (const [name, company] of there) ids[name] = (await client.post('/manual', { name, ...(company === null ? {} : { company }), value: 7, currency: 'EUR' }, { expect: 201 })).json.deal.id;
        const gone = (await client.post('/manual', { name: 'Enterprise Licens', company: 'Acme' }, { expect: 201 })).json.deal;
        await client.delete(`/${gone.id}`, { expect: [200, 204] });

        const seen = await look(client, '/manual', { name: 'Enterprise License', company: 'Acme GmbH' });
        assert.equal(seen.match, null);
        assert.equal(seen.near_complete, true);
        assert.deepEqual(seen.near.map(({ name, why }) => [name, why]), [
            ['Enterprise Licence', 'similar_name_and_company'], ['Enterprise license', 'similar_name'], ['Support 3', 'same_company'], ['Support 2', 'same_company'], ['Support 1', 'same_company'],
        ]);
        assert.deepEqual(seen.near[0], { deal_id: ids['Enterprise Licence'], name: 'Enterprise Licence', company: 'Acme Corp', value: 7, currency: 'EUR', stage: 'discovery', why: 'similar_name_and_company' });
    });
    test('in other scripts too', async () => {
        const client = await fresh();
        await client.post('/manual', { name: 'Лицензия для предприятия', company: 'ООО Ромашка' }, { expect: 201 });
        const seen = await look(client, '/manual', { name: 'ЛИЦЕНЗИЯ для предприятий', company: 'ооо ромашка' });
        assert.deepEqual(seen.near.map(({ why }) => why), ['similar_name_and_company']);
    });
    test('another workspace\'s deals are none of them', async () => {
        const other = await fresh();
        await other.post('/manual', { name: 'Secret Project', company: 'Acme' }, { expect: 201 });
        const client = await fresh();
        assert.deepEqual((await look(client, '/manual', { name: 'Secret Projekt', company: 'Acme' })).near, []);
    });
});

describe('what was found in a mail', () => {
    const byField = (answer) => Object.fromEntries(answer.extracted.map(({ field, ...rest }) => [field, rest]));
    test('each value says where it came from, looked at or saved', async () => {
        const client = await fresh();
        const mail = {
            sender: 'Jane Roe <jane@bright-tools.com>',
            subject: 'Re: Licences for 40 people',
            content: 'Hello,\nour budget is EUR 12,500 for this year.\n\nBest regards\nJane Roe\nBright Tools GmbH\nPhone: +49 30 1234567\n',
        };
        const seen = await look(client, '/email', mail);
        const found = byField(seen);
        assert.deepEqual(found.name, { value: 'Licences for 40 people', from: 'subject', excerpt: 'Re: Licences for 40 people' });
        assert.equal(found.company.from, 'signature');
        assert.equal(found.company.value, 'Bright Tools GmbH');
        assert.deepEqual(found.value, { value: '12500', from: 'text', excerpt: 'our budget is EUR 12,500 for this year.' });
        assert.equal(found.currency.value, 'EUR');
        assert.deepEqual(found.contact_email, { value: 'jane@bright-tools.com', from: 'sender', excerpt: null });
        assert.equal(found.contact_name.from, 'sender');
        assert.equal(found.contact_phone.from, 'signature');
        assert.match(found.contact_phone.excerpt, /\+49 30 1234567/);
        const made = (await client.post('/email', mail, { expect: 201 })).json;
        assert.deepEqual(made.extracted, seen.extracted);
    });
    test('what the mail does not say is the default, what the request says is given', async () => {
        const client = await fresh();
        const found = byField(await look(client, '/email', { sender: 'someone@gmail.com', sender_name: 'Some One', company_name: 'Given Ltd', subject: '', content: 'Hello there' }));
        assert.deepEqual(found.name, { value: 'E-mail from Some One', from: 'default', excerpt: null });
        assert.deepEqual(found.company, { value: 'Given Ltd', from: 'given', excerpt: null });
        assert.deepEqual(found.value, { value: '15000', from: 'default', excerpt: null });
        assert.equal(found.contact_name.from, 'given');
        const domain = byField(await look(client, '/email', { sender: 'a@initech.com', subject: 'Price: $900', content: 'Hi' }));
        assert.deepEqual(domain.company, { value: 'Initech', from: 'domain', excerpt: 'a@initech.com' });
        assert.equal(domain.value.from, 'subject');
    });
    test('other doors have nothing of the kind', async () => {
        assert.equal((await look(await fresh(), '/manual', { name: 'Plain' })).extracted, undefined);
    });
});
