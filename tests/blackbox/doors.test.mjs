// What the doors of manual entry, web forms, files, mails and programs take and make of it (SPEC-NOTES 8-19).
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { connect, multipart } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
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
        const words = [['proposal', 'proposal'], ['Proposal', 'proposal'], ['CLOSED_WON', 'closed_won'], ['Closed Won', 'closed_won'], ['closed-lost', 'closed_lost'], ['Negotiation', 'negotiation']];
        for (const [index, [word, stage]] of words.entries()) {
            assert.equal((await created(client, '/manual', { name: `Stage ${index}`, stage: word })).deal.stage, stage, word);
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
