// The command line as its user meets it: what it says, where it says it, and with which exit code (0 done, 1 it failed, 2 wrong words).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync, closeSync, statSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { connect } from './client.mjs';
import { binary, makeDataDirectory, startServer } from './server.mjs';

const timeoutMs = 60_000;

/** Runs a subcommand to its end: { code, out, err }. */
function tributary(...words) {
    const environment = { PATH: process.env.PATH };
    return new Promise((resolve, reject) => {
        execFile(binary, words, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, env: environment }, (error, out, err) => {
            if (error && typeof error.code !== 'number') reject(error);
            else resolve({ code: error ? error.code : 0, out, err });
        });
    });
}

/** Fails unless it ended with `code` and, when it failed, said so in a sentence on standard error and nowhere else. */
async function expect(code, words, said) {
    const result = await tributary(...words);
    assert.equal(result.code, code, `${words.join(' ')}\n${result.out.slice(0, 500)}\n${result.err}`);
    if (said !== undefined) assert.match(result.err, said, words.join(' '));
    if (said !== undefined) assert.equal(result.out, '', words.join(' '));
    return result;
}

let folder; // of this file's inputs
let files = 0;
before(() => {
    folder = makeDataDirectory();
});
function file(text, name = `file${files++}.csv`) {
    const place = path.join(folder, name);
    writeFileSync(place, text);
    return place;
}
const freshData = () => path.join(makeDataDirectory(), 'data');
/** An import without a server; `more` are further words. */
const importInto = (data, name, ...more) => ['import', name, '--data', data, '--tenant', 'acme', '--workspace', 'sales', ...more];
const exportFrom = (data, ...more) => ['export', '--data', data, '--tenant', 'acme', '--workspace', 'sales', ...more];
async function dealsOf(data) {
    const { out } = await expect(0, exportFrom(data, '--format', 'ndjson'));
    return out.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** RFC 4180, all of it: rows of cells. */
function csvRows(text) {
    const rows = [];
    let row = [];
    for (let at = 0; at < text.length; ) {
        let cell = '';
        if (text[at] === '"') {
            for (at += 1; ; at += 1) {
                if (text[at] !== '"') cell += text[at];
                else if (text[at + 1] === '"') cell += text[(at += 1)];
                else break;
                assert.ok(at < text.length, 'a quoted cell ends');
            }
            at += 1;
        } else {
            while (!',\r\n'.includes(text[at])) cell += text[at++];
        }
        row.push(cell);
        assert.ok(text[at] === ',' || text.startsWith('\r\n', at), `after a cell comes a comma or CRLF, not ${JSON.stringify(text.slice(at, at + 5))}`);
        if (text[at] === ',') at += 1;
        else {
            rows.push(row);
            row = [];
            at += 2;
        }
    }
    return rows;
}
const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe('words', () => {
    test('every command explains itself, with an example', async () => {
        const { out } = await expect(0, ['--help']);
        const commands = ['serve', 'tenant', 'key', 'import', 'export', 'doctor', 'connection', 'secret', 'version'];
        for (const command of commands) assert.match(out, new RegExp(`^ +${command} `, 'm'));
        for (const words of [['serve'], ['tenant', 'create'], ['tenant', 'list'], ['key', 'create'], ['key', 'list'], ['key', 'revoke'], ['import'], ['export'], ['doctor'], ['connection', 'list'], ['secret', 'rotate'], ['version']]) {
            const help = await expect(0, [...words, '--help']);
            assert.match(help.out, new RegExp(`Examples?:\\n +tributary ${words.join(' ')}`), words.join(' '));
            assert.equal(help.err, '');
        }
    });
    test('the version is a name and a number', async () => {
        assert.match((await expect(0, ['version'])).out, /^tributary \d+\.\d+\.\d+\n$/);
    });
    test('wrong words end with 2, say which, and make nothing', async () => {
        const data = freshData();
        const csv = file('name\nA\n');
        await expect(2, [], /subcommand/);
        await expect(2, ['nonsense'], /subcommand/);
        for (const words of [['serve'], importInto(data, csv), exportFrom(data), ['doctor'], ['version']]) await expect(2, [...words, '--nonsense'], /--nonsense/);
        await expect(2, ['import'], /file/);
        await expect(2, importInto(data, path.join(folder, 'absent.csv')), /absent\.csv/);
        await expect(2, importInto(data, folder), /directory/);
        await expect(2, ['export', '--data', data], /--tenant/);
        await expect(2, exportFrom(data, '--format', 'xml'), /xml/);
        await expect(1, ['import', csv, '--data', data], /--tenant/);
        await expect(1, importInto(data, csv, '--option', 'date_order'), /name=value/);
        await expect(1, importInto(data, csv, '--option', 'date_oder=dmy'), /date_oder/);
        await expect(1, importInto(data, csv, '--mapping', `@${path.join(folder, 'absent.json')}`), /absent\.json/);
        await expect(1, ['import', csv, '--server', 'http://127.0.0.1:9'], /--key/);
        assert.ok(!existsSync(data), 'no data directory was made');
    });
    test('what only reads makes no data directory', async () => {
        const data = freshData();
        for (const words of [exportFrom(data), ['doctor', '--data', data], ['tenant', 'list', '--data', data], ['key', 'list', '--data', data, '--tenant', 'acme'], ['key', 'revoke', '--data', data, '--tenant', 'acme', 'abc'], ['connection', 'list', '--data', data], ['secret', 'rotate', '--data', data]]) {
            await expect(1, words, /there is no database in /);
        }
        assert.ok(!existsSync(data));
    });
});

describe('import', () => {
    const csv = ['Deal Name,Company,Value,Stage,Deal No', 'One,Acme,1000,Proposal,n-1', '"Two, with a comma","Beta ""B"" Ltd",2000.50,Discovery,n-2', 'Three,Gamma,30,Closed Won,n-3', ''].join('\r\n');

    test('a file goes into a data directory, and again it changes nothing', async () => {
        const data = freshData();
        const name = file(csv);
        const first = JSON.parse((await expect(0, importInto(data, name))).out);
        assert.equal(first.status, 'success');
        assert.deepEqual(first.counts, { read: 3, created: 3, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
        assert.deepEqual(first.results.map(({ index, line, action }) => [index, line, action]), [[0, 2, 'created'], [1, 3, 'created'], [2, 4, 'created']]);
        const deals = await dealsOf(data);
        assert.deepEqual(deals.map(({ name: of, company, value, stage, source }) => [of, company, value, stage, source]), [
            ['One', 'Acme', 1000, 'proposal', 'csv'],
            ['Two, with a comma', 'Beta "B" Ltd', 2000.5, 'discovery', 'csv'],
            ['Three', 'Gamma', 30, 'closed_won', 'csv'],
        ]);
        assert.deepEqual(JSON.parse((await expect(0, importInto(data, name))).out).counts, { read: 3, created: 0, updated: 0, unchanged: 3, skipped: 0, rejected: 0 });
    });
    test('a mapping is given as JSON or in a file, and options by name', async () => {
        const mapping = { fields: { Titel: 'name', Nr: 'external_id', Intern: null }, values: { stage: { Angebot: 'proposal' } } };
        const german = file('Titel;Nr;Betrag;Phase;Intern;Abschlussdatum\nEins;7;1.234,56;Angebot;x;03.04.2027\n');
        const given = JSON.stringify({ ...mapping, fields: { ...mapping.fields, Betrag: 'value', Phase: 'stage', Abschlussdatum: 'expected_close_date' } });
        for (const words of [['--mapping', given], ['--mapping', `@${file(given, 'mapping.json')}`]]) {
            const data = freshData();
            await expect(0, importInto(data, german, ...words, '--option', 'date_order=dmy', '--option', 'decimal_mark=,', '--option', 'delimiter=;'));
            const [deal] = await dealsOf(data);
            assert.equal(deal.name, 'Eins');
            assert.equal(deal.value, 1234.56);
            assert.equal(deal.stage, 'proposal');
            assert.equal(deal.expected_close_date, '2027-04-03');
            assert.deepEqual(deal.external_ids, [{ system: 'csv', id: '7' }]);
            assert.ok(!('Intern' in deal.source_metadata));
        }
    });
    test('a bad row is told and spoils only itself; nothing but bad rows is a failure', async () => {
        const data = freshData();
        const some = JSON.parse((await expect(0, importInto(data, file('name,value\nGood,1\nBad,a lot\n')))).out);
        assert.equal(some.status, 'partial');
        assert.equal(some.counts.rejected, 1);
        assert.deepEqual([some.results[1].code, some.results[1].line], ['not_a_number', 3]);
        const none = JSON.parse((await expect(1, importInto(data, file('name,value\nBad,a lot\n')))).out);
        assert.equal(none.code, 'all_rows_rejected');
        assert.deepEqual((await dealsOf(data)).map(({ name }) => name), ['Good']);
    });
    test('a file that is no table of deals is refused as a whole and says why', async () => {
        const data = freshData();
        const cases = [['', 'empty_file'], [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 9, 8, 7, 0, 0]), 'invalid_workbook'], ['%PDF-1.7', 'not_text'], ['a,b\n1,2\n', 'missing_name_column']];
        for (const [text, code] of cases) {
            const { out } = await expect(1, importInto(data, file(text)));
            const answer = JSON.parse(out);
            assert.equal(answer.status, 'error');
            assert.equal(answer.code, code);
        }
        const wrong = JSON.parse((await expect(1, importInto(data, file('name\nA\n'), '--mapping', '{"fields":'))).out);
        assert.equal(wrong.code, 'invalid_mapping');
        const order = JSON.parse((await expect(1, importInto(data, file('name\nA\n'), '--option', 'date_order=backwards'))).out);
        assert.equal(order.code, 'invalid_option');
        assert.deepEqual(await dealsOf(data), []);
    });
    test('a file that cannot be read to its end is a failure', { skip: existsSync('/proc/self/mem') ? false : 'there is no /proc' }, async () => {
        await expect(1, importInto(freshData(), '/proc/self/mem'), /cannot be read to its end/);
    });
    test('a long file is taken whole, and its name is kept', async () => {
        const data = freshData();
        const rows = 20_000;
        const name = file(['name,company,id', ...Array.from({ length: rows }, (_, index) => `Deal ${index},Firm ${index % 99},x-${index}`), ''].join('\n'), 'a long one.csv');
        const answer = JSON.parse((await expect(0, importInto(data, name))).out);
        assert.equal(answer.counts.created, rows);
        const deals = await dealsOf(data); // forty pages
        assert.equal(new Set(deals.map(({ id }) => id)).size, rows);
        const server = await startServer({ data });
        const client = connect(server, await server.key({ tenant: 'acme', workspace: 'sales' }));
        const { json } = await client.get(`/api/sales/imports/${answer.import_id}`, { workspace_id: 'sales' }, { expect: 200 });
        assert.equal(json.import.file_name, 'a long one.csv');
        assert.equal(json.import.state, 'done');
        assert.equal(json.import.raw_bytes, statSync(name).size);
    });
    test('beside a running server it goes through the server, and nowhere else', async () => {
        const server = await startServer();
        const key = await server.key({ tenant: 'acme', workspace: 'main' });
        await server.key({ tenant: 'acme', workspace: 'sales' });
        const name = file(csv);
        await expect(1, importInto(server.data, name), /another tributary is using the data directory/);
        const words = (...more) => ['import', name, '--server', server.url, '--key', key, ...more];
        const own = JSON.parse((await expect(0, words())).out);
        assert.equal(own.counts.created, 3);
        const there = JSON.parse((await expect(0, words('--tenant', 'acme', '--workspace', 'sales', '--mapping', '{"fields":{"Deal No":"external_id"}}'))).out);
        assert.equal(there.counts.created, 3);
        const client = connect(server, key);
        assert.deepEqual(new Set((await client.all('', 'deals', { workspace_id: 'sales' })).map(({ external_ids: [id] }) => id.id)), new Set(['n-1', 'n-2', 'n-3']));
        assert.equal((await client.all('', 'deals', { workspace_id: 'main' })).length, 3);
        const foreign = JSON.parse((await expect(1, words('--tenant', 'somebody'))).out);
        assert.equal(foreign.code, 'tenant_mismatch');
        const refused = JSON.parse((await expect(1, ['import', name, '--server', server.url, '--key', 'trb_none_none'])).out);
        assert.equal(refused.status, 'error');
        await expect(1, ['import', name, '--server', 'http://127.0.0.1:9', '--key', key], /the server cannot be reached/);
    });
});

describe('export', () => {
    const nasty = ['plain', 'comma, and "quotes"', 'two\nlines', 'Zoë 株式会社 🚀', "it's", 'semi;colon\ttab', '=1+1', '+cmd|x', '@SUM(A1)', '-2+3', '＝1'];
    const isFormula = (text) => /^[=+@-]/.test(text) || text.startsWith('＝');
    let data;
    before(async () => {
        data = freshData();
        const lines = [['name', 'company', 'value', 'currency', 'stage', 'probability', 'close_date', 'contact', 'email', 'description', 'external_id']];
        nasty.forEach((text, index) => lines.push([`${text} ${index}`, text, `${index}.5`, 'EUR', 'Proposal', '40', '2027-01-31', text, `a${index}@nasty.example`, text, `id-${index}`]));
        const { out } = await expect(0, importInto(data, file(`${lines.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`)));
        assert.equal(JSON.parse(out).counts.created, nasty.length);
    });

    test('NDJSON gives back exactly what was imported', async () => {
        const deals = await dealsOf(data);
        assert.deepEqual(deals.map(({ name }) => name), nasty.map((text, index) => `${text} ${index}`));
        for (const [index, text] of nasty.entries()) {
            const { company, contact_name: contact, description, value, currency, probability, expected_close_date: date, contact_email: email } = deals[index];
            assert.deepEqual([company, contact, description], [text, text, text]);
            assert.deepEqual([value, currency, probability, date, email], [index + 0.5, 'EUR', 40, '2027-01-31', `a${index}@nasty.example`]);
        }
    });
    test('CSV gives back every text, and what a spreadsheet would run has an apostrophe', async () => {
        const { out } = await expect(0, exportFrom(data));
        const [header, ...rows] = csvRows(out);
        assert.equal(rows.length, nasty.length);
        for (const [index, text] of nasty.entries()) {
            assert.equal(rows[index].length, header.length);
            const cell = (name) => rows[index][header.indexOf(name)];
            for (const name of ['Company', 'Contact Name', 'Description']) assert.equal(cell(name), isFormula(text) ? `'${text}` : text);
            assert.deepEqual(['External ID', 'Value', 'Currency', 'Stage', 'Probability', 'Expected Close Date', 'Contact Email'].map(cell), [`id-${index}`, `${index}.5`, 'EUR', 'proposal', '40', '2027-01-31', `a${index}@nasty.example`]);
        }
        for (const cell of rows.flat()) assert.ok(!/^[=@\t\r]/.test(cell), cell);
    });
    test('an exported file imported again meets the same deals', async () => {
        const name = path.join(folder, 'exported.csv');
        await expect(0, exportFrom(data, '--out', name));
        const copy = freshData();
        cpSync(data, copy, { recursive: true });
        const { counts } = JSON.parse((await expect(0, importInto(copy, name))).out);
        assert.equal(counts.created, 0);
        assert.equal(counts.rejected, 0);
        assert.equal((await dealsOf(copy)).length, nasty.length);
    });
    test('it works beside a running server', async () => {
        const server = await startServer();
        const client = connect(server, await server.key({ tenant: 'acme', workspace: 'sales' }));
        const { json } = await client.post('/api', { name: 'Beside' }, { expect: 201 });
        assert.deepEqual((await dealsOf(server.data)).map(({ id }) => id), [json.deal.id]);
    });
    test('an empty workspace is a header, an unknown one a failure', async () => {
        await expect(0, ['tenant', 'create', '--data', data, '--tenant', 'acme', '--workspace', 'empty']);
        const empty = await expect(0, ['export', '--data', data, '--tenant', 'acme', '--workspace', 'empty']);
        assert.equal(csvRows(empty.out).length, 1);
        await expect(1, ['export', '--data', data, '--tenant', 'acme', '--workspace', 'nowhere'], /there is no workspace acme\/nowhere/);
        await expect(1, ['export', '--data', data, '--tenant', 'globex', '--workspace', 'sales'], /there is no workspace globex\/sales/);
    });
    test('what could not be written is no success', async () => {
        await expect(1, exportFrom(data, '--out', path.join(folder, 'absent', 'x.csv')), /cannot write/);
        if (existsSync('/dev/full')) await expect(1, exportFrom(data, '--out', '/dev/full'), /cannot write/);
    });
});

describe('doctor', () => {
    let sound; // a data directory with enough deals to fill some hundred pages
    before(async () => {
        sound = freshData();
        const rows = Array.from({ length: 2_000 }, (_, index) => `Deal ${index},Firm ${index % 50},x-${index},a${index}@doctor.example`);
        await expect(0, importInto(sound, file(['name,company,id,email', ...rows, ''].join('\n'))));
    });
    /** A copy whose database file was changed by `harm(file, bytes)`. */
    function damaged(harm) {
        const data = freshData();
        cpSync(sound, data, { recursive: true });
        const database = path.join(data, 'tributary.db');
        assert.deepEqual(readdirSync(data).filter((name) => name.endsWith('-wal') && statSync(path.join(data, name)).size > 0), [], 'all of it is in the database file');
        harm(database, readFileSync(database));
        return data;
    }
    const overwrite = (name, at, bytes) => {
        const handle = openSync(name, 'r+');
        writeSync(handle, bytes, 0, bytes.length, at);
        closeSync(handle);
    };

    test('a healthy store is well, looked at quickly and thoroughly, stopped and running', async () => {
        for (const words of [[], ['--thorough']]) {
            const { out } = await expect(0, ['doctor', '--data', sound, ...words]);
            assert.match(out, /database: sound/);
            assert.match(out, /acme\/sales: 2000 deals/);
            assert.match(out, /all is well\n$/);
        }
        const server = await startServer({ data: sound });
        assert.match((await expect(0, ['doctor', '--data', sound, '--thorough'])).out, /all is well\n$/);
        await server.stop();
    });
    test('a database that cannot be opened is named', async () => {
        const page = 8_192;
        const cases = {
            'is no database': damaged((name) => writeFileSync(name, 'Dear database, '.repeat(1_000))),
            'is cut off': damaged((name) => truncateSync(name, page * 2)),
            'has lost its schema': damaged((name) => overwrite(name, 100, Buffer.alloc(page - 100, 0x5a))),
        };
        for (const [what, data] of Object.entries(cases)) {
            const { err, out } = await expect(1, ['doctor', '--data', data]);
            assert.match(err, /^tributary: the database in .* cannot be opened: .*(not a database|malformed)/, what);
            assert.doesNotMatch(out, /sound|well/, what);
        }
        const empty = damaged((name) => truncateSync(name, 0));
        await expect(1, ['doctor', '--data', empty], /there is no database in /);
        mkdirSync(path.join(folder, 'nothing-in-it'));
        await expect(1, ['doctor', '--data', path.join(folder, 'nothing-in-it')], /there is no database in /);
    });
    test('a thorough look finds a damaged page wherever it lies', async () => {
        const bytes = readFileSync(path.join(sound, 'tributary.db'));
        const size = bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16);
        const pages = bytes.length / size;
        // The inside of one page is overwritten, as a bad block would: of a table's leaves (13), and of an index's (10) where there are entries.
        for (const [kind, least] of [[13, 5], [10, 2]]) {
            const victims = Array.from({ length: pages - 1 }, (_, at) => at + 1).filter((at) => bytes[at * size] === kind && bytes.readUInt16BE(at * size + 3) >= least);
            assert.ok(victims.length > 0, `there are pages of kind ${kind}`);
            const victim = victims[Math.floor(victims.length / 2)];
            const data = damaged((name) => overwrite(name, victim * size + 8, Buffer.alloc(200, 0x5a)));
            const { err, out } = await expect(1, ['doctor', '--data', data, '--thorough']);
            assert.match(err, /damaged|malformed/);
            assert.doesNotMatch(out, /all is well/);
        }
    });
    test('a promise of the store that is broken is named', async (context) => {
        const data = damaged(() => {});
        const sql = "DELETE FROM x_journal WHERE no = (SELECT min(no) + 5 FROM x_journal)";
        const ran = await new Promise((resolve) => { execFile('sqlite3', [path.join(data, 'tributary.db'), sql], (error) => resolve(error)); });
        if (ran?.code === 'ENOENT') return context.skip('there is no sqlite3');
        assert.equal(ran, null);
        await expect(0, ['doctor', '--data', data]);
        const { err } = await expect(1, ['doctor', '--data', data, '--thorough']);
        assert.match(err, /a tenant's journal has a gap/);
    });
});
