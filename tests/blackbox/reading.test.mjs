// Files as they really come: other writings, packed, workbooks, reports; what is asked, what is skipped, what is refused.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { gzipSync, crc32, deflateRawSync } from 'node:zlib';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name) => connect(server, await server.key({ tenant: name }));
const optionsOf = async (client, json) => (await client.get(`/api/sales/imports/${json.import_id}`, {}, { expect: 200 })).json.import.options;
const shown = (deals) => deals.map(({ name, company, value, currency, probability, expected_close_date }) => ({ name, company, value, currency, probability, expected_close_date })).sort((a, b) => a.name.localeCompare(b.name));

/** A zip file of text parts. */
function zip(parts) {
    const locals = [];
    const central = [];
    let offset = 0;
    for (const [name, text] of Object.entries(parts)) {
        const bytes = Buffer.from(text);
        const packed = deflateRawSync(bytes);
        const head = Buffer.alloc(26);
        head.writeUInt16LE(20, 0);
        head.writeUInt16LE(8, 4);
        head.writeUInt32LE(crc32(bytes), 10);
        head.writeUInt32LE(packed.length, 14);
        head.writeUInt32LE(bytes.length, 18);
        head.writeUInt16LE(name.length, 22);
        const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
        const entry = Buffer.alloc(14);
        entry.writeUInt32LE(offset, 10);
        central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, entry, Buffer.from(name)]));
        locals.push(local);
        offset += local.length;
    }
    const directory = Buffer.concat(central);
    const end = Buffer.alloc(18);
    end.writeUInt16LE(central.length, 4);
    end.writeUInt16LE(central.length, 6);
    end.writeUInt32LE(directory.length, 8);
    end.writeUInt32LE(offset, 12);
    return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

function workbook(rows) {
    const cell = (value) => (typeof value === 'number' ? `<c><v>${value}</v></c>` : value instanceof Date ? `<c s="1"><v>${value.getTime() / 86_400_000 + 25_569}</v></c>` : `<c t="inlineStr"><is><t>${value}</t></is></c>`);
    const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    return zip({
        '_rels/.rels': `<Relationships><Relationship Id="a" Type="${rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
        'xl/workbook.xml': `<workbook xmlns:r="${rel}"><sheets><sheet name="Deals" sheetId="1" r:id="b"/></sheets></workbook>`,
        'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="b" Type="${rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="c" Type="${rel}/styles" Target="styles.xml"/></Relationships>`,
        'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows.map((row) => `<row>${row.map(cell).join('')}</row>`).join('')}</sheetData></worksheet>`,
    });
}

const plain = 'Deal Name,Company,Amount,Currency,Probability,Close Date\nAlpha,Ähre AG,1234.5,EUR,25%,2026-03-04\nBeta,Bolt,99999.99,EUR,60%,2026-12-31\n';
const writings = {
    german: Buffer.from('Deal Name;Company;Amount;Currency;Probability;Close Date\r\nAlpha;\xC4hre AG;1.234,50;EUR;0,25;04.03.2026\r\nBeta;Bolt;99.999,99;EUR;0,6;31.12.2026\r\n', 'latin1'),
    american: Buffer.from('\uFEFFDeal Name\tCompany\tAmount\tCurrency\tProbability\tClose Date\nAlpha\tÄhre AG\t1,234.50\tEUR\t25\t3/4/2026\nBeta\tBolt\t99,999.99\tEUR\t60\t12/31/2026\n', 'utf16le'),
    report: "Pipeline\n\n'Deal Name'|'Company'|'Amount'|'Currency'|'Probability'|'Close Date'\n'Alpha'|'Ähre AG'|'€1 234,50'|'EUR'|'25%'|'4 mars 2026'\n'Beta'|'Bolt'|'99 999,99 €'|'EUR'|'60%'|'31/12/2026'\nTotal||101234,49|||\n",
    packed: gzipSync(plain),
    workbook: workbook([['Deal Name', 'Company', 'Amount', 'Currency', 'Probability', 'Close Date'], ['Alpha', 'Ähre AG', 1234.5, 'EUR', '25%', new Date('2026-03-04')], ['Beta', 'Bolt', 99999.99, 'EUR', '60%', new Date('2026-12-31')]]),
};

test('the same deals come out of every writing of them', async () => {
    const first = await tenant('writing-plain');
    await first.upload(plain);
    const expected = shown(await first.all('', 'deals'));
    assert.deepEqual(expected.map(({ value, expected_close_date }) => [value, expected_close_date]), [[1234.5, '2026-03-04'], [99999.99, '2026-12-31']]);
    for (const [name, file] of Object.entries(writings)) {
        const client = await tenant(`writing-${name}`);
        const { json } = await client.upload(file);
        const skipped = name === 'report' ? 1 : 0; // its totals
        assert.deepEqual(json.counts, { read: 2 + skipped, created: 2, updated: 0, unchanged: 0, skipped, rejected: 0 }, name + JSON.stringify(json.results));
        assert.deepEqual(shown(await client.all('', 'deals')), expected, name);
        const options = await optionsOf(client, json);
        assert.equal(options.format, name === 'workbook' ? 'xlsx' : 'csv');
        assert.equal(options.skipped_rows, skipped);
    }
});

test('a column that cannot be decided is asked about, and told it is read', async () => {
    const client = await tenant('asked');
    const csv = 'name,close date\nOpen,3/4/2026\nClear,2026-06-01\n';
    const { json } = await client.upload(csv);
    assert.deepEqual([json.counts.created, json.counts.rejected], [1, 1]);
    const refused = json.results.find(({ action }) => action === 'rejected');
    assert.equal(refused.details[0].code, 'needs_decision');
    assert.equal(refused.details[0].field, 'expected_close_date');
    assert.equal(refused.raw, 'Open,3/4/2026');
    const { needs_decision: asked } = await optionsOf(client, json);
    assert.deepEqual(asked.map(({ column, option, candidates, examples }) => ({ column, option, candidates, examples })), [{ column: 'close date', option: 'date_order', candidates: ['dmy', 'mdy'], examples: [{ line: 2, cell: '3/4/2026' }] }]);
    const { json: told } = await client.upload(csv, { date_order: 'dmy' });
    assert.deepEqual([told.counts.created, told.counts.unchanged], [1, 1]);
    assert.deepEqual(shown(await client.all('', 'deals')).map((deal) => deal.expected_close_date), ['2026-06-01', '2026-04-03']);
    const { json: mapped } = await client.upload('name,close date,created at\nThird,3/4/2026,5/6/2026\n', { mapping: JSON.stringify({ readings: { 'close date': 'mdy', created_at: 'dmy' } }) });
    assert.equal(mapped.counts.created, 1);
});

test('the errors of a workbook and of oddly quoted files come back as rows that can be mended', async () => {
    const client = await tenant('mended');
    for (const file of [workbook([['name', 'value', 'note'], ['A, B', 'a lot', 'x "y"']]), "'name';'value';'note'\n'A, B';'a lot';'x \"y\"'\n'C';'5';'z'\n"]) {
        const { json } = await client.upload(file, {}, { expect: [200, 422] });
        const { text } = await client.get(`/api/sales/imports/${json.import_id}/errors.csv`, {}, { expect: 200 });
        assert.match(text, /^name,value,note,_line,_code,_error\r?\n"A, B",a lot,"x ""y""",2,not_a_number,/);
    }
});

test('bombs, broken files and wrong options are refused as a whole, and nothing is kept', async () => {
    const client = await tenant('broken');
    const refusals = [
        [gzipSync(Buffer.concat([Buffer.from('name\n'), Buffer.alloc(64 << 20, 10)])), {}, 413, 'unpacks_too_large'],
        [gzipSync(plain).subarray(0, 60), {}, 400, 'invalid_gzip'],
        [zip({ 'deals.csv': plain }), {}, 400, 'invalid_workbook'],
        [workbook([['name'], ['A']]), { sheet: 'Leads' }, 400, 'unknown_sheet'],
        ['%PDF-1.7 and so on', {}, 400, 'not_text'],
        [plain, { header_line: '7' }, 400, 'invalid_option'],
        [plain, { quote: '*' }, 400, 'invalid_option'],
        [plain, { probability_scale: 'maybe' }, 400, 'invalid_option'],
        [plain, { date_system: '1905' }, 400, 'invalid_option'],
        [plain, { totals_rows: 'maybe' }, 400, 'invalid_option'],
        [plain, { mapping: '{"readings":{"Company":"dmy"}}' }, 400, 'invalid_mapping'],
    ];
    for (const [file, fields, status, code] of refusals) {
        const { json } = await client.upload(file, fields, { expect: status });
        assert.equal(json.code, code);
        assert.equal(json.source, 'csv');
    }
    assert.equal((await client.metrics()).total_active_deals, 0);
});

test('a file may be the body itself, packed or a workbook', async () => {
    const client = await tenant('bodies');
    const types = { 'application/gzip': gzipSync(plain), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': writings.workbook, 'text/csv': plain };
    for (const [type, body] of Object.entries(types)) {
        const { json } = await client.request('POST', '/csv/upload', { body, headers: { 'content-type': type }, expect: 200 });
        assert.equal(json.counts.read, 2, type);
    }
});
