// Which column becomes which field: how sure, why, and what a mapping, sent or saved, says about it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name, role) => connect(server, await server.key({ tenant: name, ...(role === undefined ? {} : { role }) }));
const importOf = async (client, json) => (await client.get(`/api/sales/imports/${json.import_id}`, {}, { expect: 200 })).json.import;
const column = (options, header) => options.columns.find((each) => each.header === header);
const dealsOf = async (client) => Object.fromEntries((await client.all('', 'deals')).map((deal) => [deal.name, deal]));

const german = 'Angebot;Firma;Wert;Phase;Vertreter\nAlpha;Ähre AG;1200;Gewonnen;kim\nBeta;Bolt;99;Proposal;jo\n';
const shuffled = 'Vertreter;Phase;WERT;firma;Angebot\nkim;Gewonnen;1200;Ähre AG;Alpha\njo;Proposal;99;Bolt;Beta\n';
const mapping = {
    fields: { Angebot: 'name', Firma: 'company', Wert: 'value', Phase: 'stage', Vertreter: 'owner' },
    values: { stage: { Gewonnen: 'closed_won' }, owner: { kim: 'Kim Lee' } },
    defaults: { currency: 'EUR' },
};

test('every column says which field it is, how sure that is and why, in the import and in a dry run', async () => {
    const client = await tenant('confidence');
    const file = 'Deal Name,Account Name,Ammount,Post,Wann,Region\nA,Acme,10,a@acme.example,2026-06-01,North\nB,Bolt,20,b@bolt.example,2026-06-02,South\nC,Cog,30,c@cog.example,2026-06-03,West\n';
    const { json: plan } = await client.upload(file, { dry_run: 'true' });
    const told = Object.fromEntries(plan.options.columns.map(({ header, field, match }) => [header, `${field} ${match}`]));
    assert.deepEqual(told, { 'Deal Name': 'name exact', 'Account Name': 'company alias', Ammount: 'value similar', Post: 'contact_email content', Wann: 'metadata none', Region: 'metadata none' });
    assert.equal(column(plan.options, 'Ammount').reason, 'One typing error away from "amount".');
    assert.equal(column(plan.options, 'Wann').suggestion.field, 'expected_close_date');
    assert.ok(column(plan.options, 'Post').confidence < column(plan.options, 'Ammount').confidence);
    assert.deepEqual(plan.options.mapping, { from: 'headers' });

    const { json: done } = await client.upload(file, { mapping: { fields: { Ammount: 'metadata', Wann: 'expected_close_date' } } });
    const { options } = await importOf(client, done);
    assert.equal(column(options, 'Wann').match, 'told');
    assert.equal(column(options, 'Ammount').field, 'metadata');
    assert.deepEqual(options.mapping, { from: 'request' });
    const { A: deal } = await dealsOf(client);
    assert.equal(deal.expected_close_date, '2026-06-01');
    assert.equal(deal.value, 0);
    assert.equal(deal.contact_email, 'a@acme.example');
    assert.deepEqual(deal.source_metadata, { Ammount: '10', Region: 'North' });
});

test('what may not overwrite fills blanks only, and a default never replaces', async () => {
    const client = await tenant('keep');
    await client.upload('Deal Name,Company,Owner,Value,Stage,Region\nA,Acme,Kim,10,proposal,North\n');
    const { json } = await client.upload('Deal Name,Company,Owner,Value,Contact Name,Region,Stage\nA,Acme,Ada,99,Ann Lee,South,\nB,Bolt,Ada,5,Bob,West,\n', {
        mapping: { do_not_overwrite: ['owner', 'Value', 'Contact Name', 'Region'], defaults: { stage: 'qualification' } },
    });
    assert.deepEqual([json.counts.created, json.counts.updated], [1, 1]);
    const { A, B } = await dealsOf(client);
    assert.deepEqual([A.owner, A.value, A.contact_name, A.stage, A.source_metadata.Region], ['Kim', 10, 'Ann Lee', 'proposal', 'North']);
    assert.deepEqual([B.owner, B.value, B.contact_name, B.stage, B.source_metadata.Region], ['Ada', 5, 'Bob', 'qualification', 'West']);
    assert.equal(column((await importOf(client, json)).options, 'Owner').do_not_overwrite, true);
    const { json: again } = await client.upload('Deal Name,Company,Owner\nA,Acme,Someone\n', { mapping: { do_not_overwrite: ['owner'] } });
    assert.equal(again.counts.unchanged, 1);
});

test('a mapping saved with an upload is used by itself for the same columns in any order', async () => {
    const client = await tenant('saved');
    const { json: first } = await client.upload(german, { mapping, save_mapping: 'Angebote (alt)' });
    assert.equal(first.counts.created, 2);
    assert.deepEqual((await importOf(client, first)).options.mapping, { from: 'request', saved_as: 'Angebote (alt)' });

    const { json: list } = await client.get('/api/sales/mappings', {}, { expect: 200 });
    assert.deepEqual(list.mappings.map(({ name, header }) => [name, header]), [['Angebote (alt)', ['Angebot', 'Firma', 'Wert', 'Phase', 'Vertreter']]]);
    const { json: one } = await client.get('/api/sales/mappings/Angebote%20(alt)', {}, { expect: 200 });
    assert.deepEqual(one.mapping.mapping, mapping);

    const { json: second } = await client.upload(shuffled);
    assert.equal(second.counts.unchanged, 2);
    const { options } = await importOf(client, second);
    assert.deepEqual(options.mapping, { from: 'saved', name: 'Angebote (alt)', by: 'header' });
    assert.equal(options.header_fingerprint, one.mapping.header_fingerprint);
    const { Alpha } = await dealsOf(client);
    assert.deepEqual([Alpha.stage, Alpha.owner, Alpha.currency, Alpha.value], ['closed_won', 'Kim Lee', 'EUR', 1200]);
});

test('an upload can choose, refuse or overrule a saved mapping', async () => {
    const client = await tenant('choose');
    await client.request('PUT', '/api/sales/mappings/german', { json: { mapping, header: german.split('\n')[0].split(';') }, expect: 201 });
    await client.request('PUT', '/api/sales/mappings/short', { json: { mapping: { fields: { Titel: 'name' } } }, expect: 201 });

    const none = await client.upload(german, { saved_mapping: 'none' }, { expect: 400 });
    assert.equal(none.json.code, 'missing_name_column');
    const { json: own } = await client.upload(german, { mapping: { fields: { Firma: 'name' } }, dry_run: 'true' });
    assert.deepEqual(own.options.mapping, { from: 'request' });
    assert.equal(column(own.options, 'Firma').field, 'name');
    const { json: named } = await client.upload('Titel\nX\n', { saved_mapping: 'short', dry_run: 'true' });
    assert.deepEqual(named.options.mapping, { from: 'saved', name: 'short', by: 'name' });
    const unfit = await client.upload('Deal Name\nX\n', { saved_mapping: 'short' }, { expect: 400 });
    assert.equal(unfit.json.code, 'unknown_header');
    assert.match(unfit.json.error, /saved mapping "short"/);
    const unknown = await client.upload('Deal Name\nX\n', { saved_mapping: 'nobody' }, { expect: 400 });
    assert.equal(unknown.json.code, 'unknown_mapping');
    const without = await client.upload('Deal Name\nX\n', { save_mapping: 'empty' }, { expect: 400 });
    assert.equal(without.json.code, 'invalid_option');
    assert.equal((await client.upload('Deal Name\nX\n', { saved_mapping: 'a/b' }, { expect: 400 })).json.code, 'invalid_option');
    assert.deepEqual((await client.all('', 'deals')).length, 0);
});

test('a plan is applied with the mapping it was made with, whatever became of that since', async () => {
    const client = await tenant('plan');
    const header = german.split('\n')[0].split(';');
    await client.request('PUT', '/api/sales/mappings/german', { json: { mapping, header }, expect: 201 });
    const { json: plan } = await client.upload(german, { dry_run: 'true' });
    const { json: bare } = await client.upload('Deal Name;Phase\nGamma;Proposal\nDelta;Discovery\nEps;Discovery\n', { dry_run: 'true' });
    await client.request('PUT', '/api/sales/mappings/german', { json: { mapping: { fields: { Firma: 'name' } }, header }, expect: 200 });
    await client.request('PUT', '/api/sales/mappings/bare', { json: { mapping: { fields: { Phase: null } }, header: ['Deal Name', 'Phase'] }, expect: 201 });
    const { json: done } = await client.post(`/api/sales/imports/${plan.import_id}/apply`, undefined, { expect: 200 });
    assert.deepEqual(done.counts, plan.counts);
    await client.delete('/api/sales/mappings/german', { expect: 200 });
    const { json: other } = await client.post(`/api/sales/imports/${bare.import_id}/apply`, undefined, { expect: 200 });
    assert.deepEqual(other.counts, bare.counts);
    const deals = await dealsOf(client);
    assert.deepEqual(Object.keys(deals).sort(), ['Alpha', 'Beta', 'Delta', 'Eps', 'Gamma']);
    assert.equal(deals.Gamma.stage, 'proposal');
    assert.deepEqual((await importOf(client, plan)).options.mapping, { from: 'saved', name: 'german', by: 'header' });
});

test('an upload sent again under its key saves nothing over what was saved since', async () => {
    const client = await tenant('again');
    const headers = { 'idempotency-key': 'k-1' };
    const { json: first } = await client.upload(german, { mapping, save_mapping: 'mine' }, { headers });
    const changed = { fields: { Firma: 'name' } };
    await client.request('PUT', '/api/sales/mappings/mine', { json: { mapping: changed, header: german.split('\n')[0].split(';') }, expect: 200 });
    const again = await client.upload(german, { mapping, save_mapping: 'mine' }, { headers });
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.equal(again.json.import_id, first.import_id);
    assert.deepEqual((await client.get('/api/sales/mappings/mine')).json.mapping.mapping, changed);
});

test('a large file is stored first, and run with the mapping that was saved when it came', async () => {
    const client = await tenant('large');
    const rows = Array.from({ length: 30_000 }, (_, at) => `Angebot ${at};Firma ${at} mit einem langen Namen;${at};Gewonnen;kim`);
    const file = ['Angebot;Firma;Wert;Phase;Vertreter', ...rows].join('\n');
    const { json: first } = await client.upload(file, { mapping, save_mapping: 'large' });
    assert.equal(first.counts.created, rows.length);
    assert.deepEqual((await importOf(client, first)).options.mapping, { from: 'request', saved_as: 'large' });
    const { json: second } = await client.upload(file);
    assert.equal(second.counts.unchanged, rows.length);
    assert.deepEqual((await importOf(client, second)).options.mapping, { from: 'saved', name: 'large', by: 'header' });
});

test('a replay keeps the mapping of the first time unless another is said', async () => {
    const client = await tenant('replay');
    const header = german.split('\n')[0].split(';');
    await client.request('PUT', '/api/sales/mappings/german', { json: { mapping, header }, expect: 201 });
    const { json: first } = await client.upload(german);
    await client.request('PUT', '/api/sales/mappings/german', { json: { mapping: { fields: { Firma: 'name' } }, header }, expect: 200 });
    await client.request('PUT', '/api/sales/mappings/other', { json: { mapping: { fields: { Vertreter: 'name' } } }, expect: 201 });
    const replay = async (json, expect = 200) => (await client.post(`/api/sales/imports/${first.import_id}/replay`, json, { expect })).json;
    const same = await replay({});
    assert.equal(same.counts.unchanged, 2);
    assert.deepEqual(same.options.mapping, { from: 'saved', name: 'german', by: 'header' });
    const newest = await replay({ saved_mapping: 'auto' });
    assert.equal(column(newest.options, 'Firma').field, 'name');
    const named = await replay({ saved_mapping: 'other' });
    assert.deepEqual(named.options.mapping, { from: 'saved', name: 'other', by: 'name' });
    const sent = await replay({ mapping: { fields: { Wert: 'name' } } });
    assert.deepEqual(sent.options.mapping, { from: 'request' });
    assert.equal((await replay({ saved_mapping: 'nobody' }, 400)).code, 'unknown_mapping');
    assert.equal((await replay({ save_mapping: 'mine' }, 400)).code, 'invalid_option');
});

test('a mended errors file is read with the mapping of the file it came from', async () => {
    const client = await tenant('mended');
    const file = german.replace('99', 'viel');
    const { json: first } = await client.upload(file, { mapping, save_mapping: 'german' });
    assert.equal(first.counts.rejected, 1);
    const { text } = await client.get(`/api/sales/imports/${first.import_id}/errors.csv`, {}, { expect: 200 });
    const { json: second } = await client.upload(text.replace('viel', '99'));
    assert.deepEqual([second.counts.read, second.counts.created], [1, 1]);
    const { Beta } = await dealsOf(client);
    assert.deepEqual([Beta.value, Beta.currency, Beta.owner], [99, 'EUR', 'jo']);
});

test('mappings are replaced, deleted, and refused when they do not fit; the newest for a header counts', async () => {
    const client = await tenant('routes');
    const header = ['Angebot', 'Wert'];
    const put = (name, json, expect) => client.request('PUT', `/api/sales/mappings/${encodeURIComponent(name)}`, { json, expect });
    const { json: made } = await put('a', { mapping: { fields: { Angebot: 'name' } }, header }, 201);
    const { json: replaced } = await put('a', { mapping: { fields: { Angebot: 'name', Wert: 'value' } }, header: ['WERT', ' angebot '] }, 200);
    assert.equal(replaced.mapping.header_fingerprint, made.mapping.header_fingerprint);
    assert.equal(replaced.mapping.created_at, made.mapping.created_at);
    await put('b', { mapping: { fields: { Angebot: 'name', Wert: null } }, header }, 201);
    const { json: plan } = await client.upload('Angebot,Wert\nX,5\n', { dry_run: 'true' });
    assert.equal(plan.options.mapping.name, 'b');

    assert.equal((await put('c', { mapping: { fields: { Nirgends: 'name' } }, header }, 400)).json.code, 'unknown_header');
    assert.equal((await put('c', { mapping: { fields: { Angebot: 'titel' } }, header }, 400)).json.code, 'unknown_field');
    assert.equal((await put('c', { mapping: [] }, 400)).json.code, 'invalid_mapping');
    assert.equal((await put('c', {}, 400)).json.code, 'missing_field');
    assert.equal((await put('c', { mapping: {}, header: 'Angebot' }, 400)).json.code, 'wrong_type');
    assert.equal((await put('none', { mapping: {} }, 400)).json.code, 'invalid_parameter');
    await put('a/b', { mapping: {} }, 404);
    await client.get('/api/sales/mappings/c', {}, { expect: 404 });
    await client.delete('/api/sales/mappings/c', { expect: 404 });
    await client.delete('/api/sales/mappings/b', { expect: 200 });
    assert.deepEqual((await client.get('/api/sales/mappings')).json.mappings.map(({ name }) => name), ['a']);
});

test('whoever reads sees mappings, whoever writes saves them, and nobody sees a stranger\'s', async () => {
    const [member, viewer, intake] = await Promise.all(['member', 'viewer', 'intake'].map((role) => tenant('roles', role)));
    const stranger = await tenant('roles-rival', 'member');
    const body = { mapping, header: german.split('\n')[0].split(';') };
    await member.request('PUT', '/api/sales/mappings/m', { json: body, expect: 201 });
    await viewer.get('/api/sales/mappings/m', {}, { expect: 200 });
    await viewer.request('PUT', '/api/sales/mappings/m', { json: body, expect: 403 });
    await viewer.delete('/api/sales/mappings/m', { expect: 403 });
    await intake.get('/api/sales/mappings', {}, { expect: 403 });
    const { json: refused } = await intake.upload(german, { mapping, save_mapping: 'mine' }, { expect: 403 });
    assert.equal(refused.code, 'forbidden');
    assert.deepEqual((await member.all('', 'deals')).length, 0);
    assert.equal((await intake.upload(german)).json.counts.created, 2); // it uses what others saved

    await stranger.get('/api/sales/mappings/m', {}, { expect: 404 });
    assert.deepEqual((await stranger.get('/api/sales/mappings')).json.mappings, []);
    await stranger.delete('/api/sales/mappings/m', { expect: 404 });
    assert.equal((await stranger.upload(german, {}, { expect: 400 })).json.code, 'missing_name_column');
    assert.equal((await stranger.upload(german, { saved_mapping: 'm' }, { expect: 400 })).json.code, 'unknown_mapping');
});
