// What each source's door takes and makes of it (specification, "Supported Sources"; SPEC-NOTES 8-19).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, multipart } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
after(() => server.stop());
let tenants = 0;
/** A client of a new tenant: nothing another test did is in its way. */
const fresh = async (role) => connect(server, await server.key({ tenant: `t${tenants++}`, role }));
const created = async (client, door, body, more) => (await client.post(door, body, { expect: 201, ...more })).json;

describe('manual entry', () => {
    test('what is left out gets the specification\'s default', async () => {
        const { deal } = await created(await fresh(), '/manual', { name: 'Bare' });
        const expected = { company: null, value: 0, currency: 'USD', stage: 'discovery', probability: 50, source: 'manual', expected_close_date: null, contact_name: null, lead_id: null, value_estimated: false, is_spam: false, closed_at: null };
        for (const [field, value] of Object.entries(expected)) assert.equal(deal[field], value, field);
    });
    test('a stage is taken by key or label in any case', async () => {
        const client = await fresh();
        for (const [word, stage] of [['proposal', 'proposal'], ['Proposal', 'proposal'], ['CLOSED_WON', 'closed_won'], ['Closed Won', 'closed_won'], ['closed-lost', 'closed_lost'], ['Negotiation', 'negotiation']]) {
            assert.equal((await created(client, '/manual', { name: `Stage ${word}`, stage: word })).deal.stage, stage, word);
        }
    });
    test('a won deal is certain and a lost one is not', async () => {
        const client = await fresh();
        const won = (await created(client, '/manual', { name: 'Won', stage: 'closed_won' })).deal;
        const lost = (await created(client, '/manual', { name: 'Lost', stage: 'closed_lost', lost_reason: 'price' })).deal;
        assert.equal(won.probability, 100);
        assert.equal(lost.probability, 0);
        assert.equal(lost.lost_reason, 'price');
        assert.notEqual(won.closed_at, null);
    });
    test('a datetime is cut to the day it was written in', async () => {
        const client = await fresh();
        for (const [written, day] of [['2026-06-01', '2026-06-01'], ['2026-06-01T23:30:00-08:00', '2026-06-01'], ['2026-06-01T00:10:00+09:00', '2026-06-01'], ['2026-06-01T12:00:00Z', '2026-06-01']]) {
            assert.equal((await created(client, '/manual', { name: `Day ${written}`, expected_close_date: written })).deal.expected_close_date, day, written);
        }
    });
    test('words and numbers are taken strictly, and every wrong field is named', async () => {
        const client = await fresh();
        const wrong = { stage: 'maybe', value: '1,200', probability: 101, expected_close_date: '2026-02-30', contact_email: 'nobody', currency: 'XQZ' };
        for (const [field, value] of Object.entries(wrong)) {
            const { json } = await client.post('/manual', { name: 'Strict', [field]: value }, { expect: 400 });
            assert.equal(json.source, 'manual');
            assert.deepEqual(json.details.map((problem) => problem.field), [field]);
            assert.equal(json.details[0].value, String(value));
            assert.equal(json.code, json.details[0].code);
        }
        const { json } = await client.post('/manual', { name: '  ', ...wrong }, { expect: 400 });
        assert.deepEqual(new Set(json.details.map((problem) => problem.field)), new Set(['name', ...Object.keys(wrong)]));
        assert.equal((await client.metrics()).total_active_deals, 0);
    });
    test('money is exact and knows its currency', async () => {
        const client = await fresh();
        for (const [value, currency, shown] of [[0.1, 'EUR', 0.1], ['1234.56', 'eur', 1234.56], [999999999999.99, 'USD', 999999999999.99], [1000, 'JPY', 1000], ['1.234', 'KWD', 1.234], [1e3, 'USD', 1000]]) {
            const { deal } = await created(client, '/manual', { name: `Money ${value} ${currency}`, value, currency });
            assert.equal(deal.value, shown);
            assert.equal(deal.currency, currency.toUpperCase());
        }
        for (const value of [-1, 1e13, '1e400', 'NaN', true, [1], { amount: 'x' }]) await client.post('/manual', { name: 'Money wrong', value }, { expect: 400 });
    });
});

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

describe('web form', () => {
    const form = { first_name: 'Jane', last_name: 'Doe', email: 'Jane@Company.com', company: 'Company Inc', message: 'Grüße & more', product_interest: 'Enterprise', company_size: '51-200' };
    test('JSON, urlencoded and multipart make the same deal', async () => {
        const shown = [];
        for (const way of ['json', 'urlencoded', 'multipart']) {
            const client = await fresh();
            const answer = await {
                json: () => client.post('/web-form', form, { expect: 201 }),
                urlencoded: () => client.request('POST', '/web-form', { body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' }, expect: 201 }),
                multipart: () => client.request('POST', '/web-form', { ...multipart(Object.entries(form)), expect: 201 }),
            }[way]();
            const { deal, lead } = answer.json;
            const { name, company, value, value_estimated: estimated, contact_name: contact, contact_email: email, description, source_metadata: metadata } = deal;
            shown.push({ name, company, value, estimated, contact, email, description, metadata, lead: [lead.email, lead.first_name, lead.last_name, lead.company] });
        }
        assert.deepEqual(shown[1], shown[0]);
        assert.deepEqual(shown[2], shown[0]);
        assert.equal(shown[0].email, 'jane@company.com');
        assert.equal(shown[0].description, 'Grüße & more');
    });
    test('the value is estimated from the size of the company', async () => {
        const client = await fresh();
        const values = { '1-10': 5000, '11-50': 15000, '51-200': 50000, '201-500': 100000, '501-1000': 150000, '1001-5000': 300000, '5001+': 500000, '': 10000, huge: 10000 };
        for (const [size, value] of Object.entries(values)) {
            const { deal } = await created(client, '/web-form', { ...form, company: `Size ${size}`, company_size: size });
            assert.equal(deal.value, value, size);
            assert.equal(deal.value_estimated, true);
        }
    });
    test('a workspace sets its own estimates', async () => {
        const client = await fresh();
        await client.patch('/api/sales/settings', { company_size_values: { '51-200': 77000 } }, { expect: 200 });
        assert.equal((await created(client, '/web-form', form)).deal.value, 77000);
    });
    test('a real value replaces an estimate, never the reverse', async () => {
        const client = await fresh();
        const first = await created(client, '/web-form', form);
        const real = await client.post('/manual', { name: first.deal.name, company: form.company, value: 61000 }, { expect: 200 });
        assert.equal(real.json.deal.value, 61000);
        assert.equal(real.json.deal.value_estimated, false);
        const { json } = await client.post('/web-form', { ...form, company_size: '5001+' }, { expect: 200 });
        assert.equal(json.deal.value, 61000);
        assert.equal(json.deal.value_estimated, false);
    });
    test('campaigns and click ids are kept, first and last touch', async () => {
        const client = await fresh();
        await created(client, '/web-form', { ...form, utm_source: 'news', utm_campaign: 'spring', gclid: 'g-1' });
        await client.post('/web-form', { ...form, utm_source: 'ads', fbclid: 'f-2' }, { query: { utm_medium: 'cpc' }, expect: 200 });
        const { json } = await client.get('/api/sales/leads', { email: 'jane@company.com' }, { expect: 200 });
        const metadata = json.leads[0].metadata_json;
        assert.equal(metadata.first_touch.utm_source, 'news');
        assert.equal(metadata.first_touch.utm_campaign, 'spring');
        assert.equal(metadata.first_touch.gclid, 'g-1');
        assert.equal(metadata.last_touch.utm_source, 'ads');
        assert.equal(metadata.last_touch.utm_medium, 'cpc');
        assert.equal(metadata.last_touch.fbclid, 'f-2');
    });
    test('campaigns are read from the address the form stood on', async () => {
        const client = await fresh();
        const { lead } = await created(client, '/web-form', form, { headers: { referer: 'https://www.example.com/demo?utm_source=search&utm_term=crm%20tool&gclid=abc' } });
        assert.match(JSON.stringify(lead.metadata_json), /"utm_source":"search"/);
        assert.match(JSON.stringify(lead.metadata_json), /crm tool/);
    });
    test('fields nobody foresaw are kept', async () => {
        const { deal } = await created(await fresh(), '/web-form', { ...form, favourite_colour: 'teal' });
        assert.equal(deal.source_metadata.favourite_colour, 'teal');
    });
    test('a filled honeypot is kept as spam, counted nowhere and told to nobody', async () => {
        const client = await fresh();
        const { deal, lead } = await created(client, '/web-form', { ...form, website_url_confirm: 'http://spam.example' });
        assert.equal(deal.is_spam, true);
        assert.ok(lead === null || lead.is_spam);
        assert.equal((await client.metrics()).total_active_deals, 0);
        assert.equal((await client.all('', 'deals')).length, 0);
        assert.equal((await client.all('', 'deals', { include: 'spam' })).length, 1);
    });
    test('a publishable key is taken from header, query and body, and learns nothing', async () => {
        const tenant = `t${tenants++}`;
        const admin = connect(server, await server.key({ tenant }));
        const key = await server.key({ tenant, role: 'form', origins: ['https://www.example.com'] });
        const headers = { origin: 'https://www.example.com' };
        const open = connect(server);
        await connect(server, key).post('/web-form', { ...form, company: 'By header' }, { headers, expect: 202 });
        await open.post('/web-form', { ...form, company: 'By query' }, { query: { form_key: key }, headers, expect: 202 });
        await open.post('/web-form', { ...form, company: 'By body', form_key: key }, { headers, expect: 202 });
        const encoded = { body: new URLSearchParams({ ...form, company: 'By plain form', form_key: key }).toString(), headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, expect: 202 };
        await open.request('POST', '/web-form', encoded);
        const parts = multipart(Object.entries({ ...form, company: 'By multipart', form_key: key }));
        await open.request('POST', '/web-form', { body: parts.body, headers: { ...headers, ...parts.headers }, expect: 202 });
        const stored = await admin.all('', 'deals');
        for (const way of ['By header', 'By query', 'By body', 'By plain form', 'By multipart']) assert.ok(stored.some(({ company }) => company === way), way);
        assert.ok(!JSON.stringify(stored).includes(key), 'the key is not kept with the data');
    });
    test('a publishable key keeps to its origins and to its rate', async () => {
        const tenant = `t${tenants++}`;
        const key = await server.key({ tenant, role: 'form', origins: ['https://www.example.com'] });
        const client = connect(server, key);
        for (const origin of ['https://evil.example', 'https://www.example.com.evil.example', 'http://www.example.com', 'null']) {
            const { json } = await client.post('/web-form', form, { headers: { origin }, expect: 403 });
            assert.equal(json.code, 'origin_not_allowed', origin);
        }
        const { headers } = await client.request('OPTIONS', '/web-form', { headers: { origin: 'https://www.example.com', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type' }, expect: 204 });
        assert.match(headers['access-control-allow-methods'], /POST/);
        let limited;
        for (let index = 0; index < 300 && !limited; index += 1) {
            const answer = await client.post('/web-form', { ...form, email: `p${index}@company.com` }, { headers: { origin: 'https://www.example.com' }, expect: [202, 429] });
            if (answer.status === 429) limited = answer;
        }
        assert.ok(limited, 'a publishable key is limited');
        assert.equal(limited.json.code, 'rate_limited');
    });
});

describe('CSV upload', () => {
    const rows = [['Alpha', 'Alpha AG', '1000'], ['Beta', 'Beta, Inc', '2000']];
    const quote = (cell, delimiter) => (cell.includes(delimiter) ? `"${cell}"` : cell);
    test('comma, semicolon, tab and bar are found out, with and without BOM, with LF and CRLF', async () => {
        for (const delimiter of [',', ';', '\t', '|']) {
            for (const [mark, end] of [['', '\n'], ['\ufeff', '\r\n']]) {
                const client = await fresh();
                const csv = mark + [['name', 'company', 'value'], ...rows].map((cells) => cells.map((cell) => quote(cell, delimiter)).join(delimiter)).join(end) + end;
                const { json } = await client.upload(csv);
                assert.equal(json.counts.created, 2, JSON.stringify([delimiter, json]));
                const deals = await client.all('', 'deals', { sort: 'name' });
                assert.deepEqual(deals.map(({ name, company, value }) => [name, company, String(value)]), rows);
            }
        }
    });
    test('every column name of the specification is known', async () => {
        for (const header of ['Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description', 'name,company,value,stage,probability,close_date,email,contact,description', 'Deal Name,Account,Amount,Stage Name,Probability,close_date,email,contact,Description']) {
            const client = await fresh();
            const { json } = await client.upload(`${header}\nD,C,5,Proposal,70,2026-05-04,p@c.example,Pat,words\n`);
            assert.equal(json.counts.created, 1);
            const [deal] = await client.all('', 'deals');
            const expected = { name: 'D', company: 'C', value: 5, stage: 'proposal', probability: 70, expected_close_date: '2026-05-04', contact_email: 'p@c.example', contact_name: 'Pat', description: 'words' };
            for (const [field, value] of Object.entries(expected)) assert.equal(deal[field], value, `${field} of ${header}`);
            assert.deepEqual(deal.source_metadata, {});
        }
    });
    test('a mapping renames, translates, fills in and leaves out', async () => {
        const client = await fresh();
        const mapping = { fields: { Titel: 'name', Geheim: null, Nr: 'external_id', Status: 'stage' }, values: { stage: { Angebot: 'proposal', Gewonnen: 'closed_won' } }, defaults: { currency: 'EUR', owner: 'Ada' } };
        const csv = 'Titel,Geheim,Nr,Status,Rest\nEins,hush,7,Angebot,r1\nZwei,hush,8,gewonnen,r2\nDrei,hush,9,Unbekannt,r3\n';
        const { json } = await client.upload(csv, { mapping });
        assert.deepEqual([json.counts.created, json.counts.rejected], [2, 1]);
        assert.equal(json.results[2].code, 'unknown_stage');
        const deals = await client.all('', 'deals', { sort: 'name' });
        assert.deepEqual(deals.map(({ name, stage, currency, owner }) => [name, stage, currency, owner]), [['Eins', 'proposal', 'EUR', 'Ada'], ['Zwei', 'closed_won', 'EUR', 'Ada']]);
        assert.equal(deals[0].external_ids[0].id, '7');
        assert.deepEqual(deals[0].source_metadata, { Rest: 'r1' });
        assert.ok(!JSON.stringify(deals).includes('hush'));
        const wrong = await client.upload(csv, { mapping: { fields: { Titel: 'no_such_field' } } }, { expect: 400 });
        assert.equal(wrong.json.code, 'unknown_field');
        await client.upload(csv, { mapping: '{broken' }, { expect: 400 });
    });
    test('the options are taken as form fields and as query parameters', async () => {
        const csv = 'name;value;expected_close_date\nOne;1.234;3/4/2026\n';
        const asField = await fresh();
        await asField.upload(csv, { decimal_mark: ',', date_order: 'dmy', delimiter: ';' });
        const asQuery = await fresh();
        await asQuery.upload(csv, {}, { query: { decimal_mark: ',', date_order: 'dmy' } });
        for (const client of [asField, asQuery]) {
            const [deal] = await client.all('', 'deals');
            assert.equal(deal.value, 1234);
            assert.equal(deal.expected_close_date, '2026-04-03');
        }
        const { json } = await (await fresh()).upload(csv, {}, { query: { date_order: 'sideways' }, expect: 400 });
        assert.equal(json.code, 'invalid_option');
    });
    test('money and dates are read as people write them, by the whole column', async () => {
        const client = await fresh();
        const csv = 'name,value,expected_close_date\nA,"$1,234.50",13/4/2026\nB,€2k,3/4/2026\nC,1.5M,1 June 2026\n';
        await client.upload(csv);
        const deals = await client.all('', 'deals', { sort: 'name' });
        assert.deepEqual(deals.map(({ value, currency, expected_close_date: day }) => [value, currency, day]), [[1234.5, 'USD', '2026-04-13'], [2000, 'EUR', '2026-04-03'], [1500000, 'USD', '2026-06-01']]);
    });
    test('other encodings are read', async () => {
        const latin = Buffer.from('name,company\nMüller,Größe & Söhne\n', 'latin1');
        const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('name,company\nMüller,Größe & Söhne\n', 'utf16le')]);
        for (const [bytes, fields] of [[latin, { encoding: 'windows-1252' }], [latin, {}], [wide, {}]]) {
            const client = await fresh();
            const { json } = await client.upload(bytes, fields);
            assert.equal(json.counts.created, 1, JSON.stringify(json));
            const [deal] = await client.all('', 'deals');
            assert.deepEqual([deal.name, deal.company], ['Müller', 'Größe & Söhne']);
        }
    });
    test('quoted newlines, quotes and delimiters are text', async () => {
        const client = await fresh();
        const { json } = await client.upload('name,description\r\n"A ""quoted"" name","line 1\nline 2, still\r\nline 3"\r\nNext,\r\n');
        assert.deepEqual(json.results.map(({ line }) => line), [2, 5]);
        const deals = await client.all('', 'deals', { sort: 'name' });
        assert.deepEqual(deals.map(({ name, description }) => [name, description]), [['A "quoted" name', 'line 1\nline 2, still\r\nline 3'], ['Next', null]]);
    });
    test('a file without a name column, without rows, or without a file is refused as a whole', async () => {
        const client = await fresh();
        assert.equal((await client.upload('company,value\nA,1\n', {}, { expect: 400 })).json.code, 'missing_name_column');
        assert.equal((await client.upload('', {}, { expect: 400 })).json.code, 'empty_file');
        const { json } = await client.request('POST', '/csv/upload', { ...multipart([['other', 'x']]), expect: 400 });
        assert.equal(json.code, 'missing_file');
        assert.equal(json.source, 'csv');
    });
    test('a file with a header only is an import of nothing', async () => {
        const { json } = await (await fresh()).upload('name,value\n');
        assert.equal(json.counts.read, 0);
    });
});

describe('e-mail', () => {
    const mail = { sender: 'jo@bigcorp.example', sender_name: 'Jo March', subject: 'Licences', content: 'Hello,\nwe need licences.\n\nJo' };
    test('the company is the one named, else the domain, but no free mail host', async () => {
        const client = await fresh();
        assert.equal((await created(client, '/email', { ...mail, company_name: 'Named Ltd' })).deal.company, 'Named Ltd');
        assert.match((await created(client, '/email', { ...mail, subject: 'Second' })).deal.company, /bigcorp/i);
        const free = await created(client, '/email', { ...mail, sender: 'jo@gmail.com', subject: 'Third' });
        assert.doesNotMatch(String(free.deal.company), /gmail/i);
    });
    test('a signature names the company', async () => {
        const content = 'Hello,\n\nwe would like a quote.\n\nBest regards\nJo March\nHead of Purchasing\nMarch & Sisters GmbH\nTel. +49 30 1234567\n';
        const { deal } = await created(await fresh(), '/email', { ...mail, sender: 'jo@gmail.com', content });
        assert.equal(deal.company, 'March & Sisters GmbH');
    });
    test('an amount in the text is the value, else 15,000 marked estimated', async () => {
        const client = await fresh();
        const told = await created(client, '/email', { ...mail, subject: 'Told', content: 'Our budget is $45,000 for this year.' });
        assert.equal(told.deal.value, 45000);
        assert.equal(told.deal.value_estimated, false);
        const silent = await created(client, '/email', { ...mail, subject: 'Silent' });
        assert.equal(silent.deal.value, 15000);
        assert.equal(silent.deal.value_estimated, true);
    });
    test('a sender written as name and address is understood', async () => {
        const { deal, lead } = await created(await fresh(), '/email', { ...mail, sender: '"March, Jo" <Jo@BigCorp.example>', sender_name: undefined });
        assert.equal(deal.contact_email, 'jo@bigcorp.example');
        assert.match(deal.contact_name, /March/);
        assert.equal(lead.email, 'jo@bigcorp.example');
    });
});

describe('API', () => {
    test('aliases, nesting and numbers as text are understood, unknown keys are kept', async () => {
        const client = await fresh();
        const { deal } = await created(client, '/api', { deal: { title: 'Nested', account: 'Firm', amount: '2500.50', stage_name: 'Negotiation', close_date: '2026-09-09', contact: { name: 'Kim', email: 'kim@firm.example' }, shoe_size: 43, tags: ['a', 'b'] } });
        const expected = { name: 'Nested', company: 'Firm', value: 2500.5, stage: 'negotiation', expected_close_date: '2026-09-09', contact_name: 'Kim', contact_email: 'kim@firm.example' };
        for (const [field, value] of Object.entries(expected)) assert.equal(deal[field], value, field);
        assert.equal(deal.source_metadata.shoe_size, 43);
        assert.deepEqual(deal.source_metadata.tags, ['a', 'b']);
    });
    test('metadata is kept and grows', async () => {
        const client = await fresh();
        await created(client, '/api', { name: 'Meta', external_id: 'm', metadata: { a: 1, deep: { list: [1, { x: null }] } } });
        const { json } = await client.post('/api', { name: 'Meta', external_id: 'm', metadata: { b: 2 } }, { expect: 200 });
        assert.deepEqual(json.deal.source_metadata, { a: 1, deep: { list: [1, { x: null }] }, b: 2 });
    });
    test('a lead is made from the contact, once, and never goes backwards', async () => {
        const client = await fresh();
        const one = await created(client, '/api', { name: 'L1', contact_email: 'LEE@x.example', contact_name: 'Lee Min' });
        const two = await created(client, '/api', { name: 'L2', contact_email: 'lee@x.example' });
        assert.equal(two.lead.id, one.lead.id);
        assert.equal(two.lead.first_name, 'Lee');
        assert.equal((await client.all('/api/sales/leads', 'leads')).length, 1);
        const { json } = await client.get(`/api/sales/leads/${one.lead.id}`, {}, { expect: 200 });
        assert.equal(json.lead.email, 'lee@x.example');
        assert.equal((await created(client, '/api', { name: 'L3' })).lead, null);
    });
    test('an older event changes nothing', async () => {
        const client = await fresh();
        await created(client, '/api', { name: 'Timed', external_id: 't', value: 5, event_time: '2026-03-01T00:00:00Z' });
        const { json } = await client.post('/api', { name: 'Timed', external_id: 't', value: 4, event_time: '2026-02-01T00:00:00Z' }, { expect: 200 });
        assert.equal(json.deal.value, 5);
        assert.equal(json.action, 'unchanged');
    });
});

describe('bulk', () => {
    const deals = [{ name: 'B1', value: 1 }, { name: '', value: 2 }, { name: 'B3', value: '3.50' }, 'no object', { name: 'B1', value: 9 }];
    const check = (json) => {
        assert.equal(json.status, 'partial');
        assert.equal(json.source, 'api');
        assert.deepEqual(json.counts, { read: 5, created: 2, updated: 1, unchanged: 0, skipped: 0, rejected: 2 });
        assert.deepEqual(json.results.map(({ index, action }) => [index, action]), [[0, 'created'], [1, 'rejected'], [2, 'created'], [3, 'rejected'], [4, 'updated']]);
        assert.equal(json.results[4].deal_id, json.results[0].deal_id, 'a later row sees what an earlier one did');
    };
    test('an array, {deals}, {records} and NDJSON are the same', async () => {
        for (const body of [deals, { deals }, { records: deals }]) check((await (await fresh()).post('/bulk', body, { expect: 200 })).json);
        const lines = `${deals.map((deal) => JSON.stringify(deal)).join('\n')}\n`;
        for (const type of ['application/x-ndjson', 'application/x-ndjson; charset=utf-8']) {
            const { json } = await (await fresh()).request('POST', '/bulk', { body: lines, headers: { 'content-type': type }, expect: 200 });
            check(json);
        }
    });
    test('a broken line of NDJSON spoils only itself', async () => {
        const { json } = await (await fresh()).request('POST', '/bulk', { body: '{"name":"A"}\n{"name":"B"\n\n{"name":"C"}', headers: { 'content-type': 'application/x-ndjson' }, expect: 200 });
        assert.deepEqual([json.counts.created, json.counts.rejected], [2, 1]);
        assert.equal(json.results.find(({ action }) => action === 'rejected').code, 'invalid_json');
    });
});

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
        for (const { evidence } of json.insights) assert.ok(evidence.length > 0);
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
