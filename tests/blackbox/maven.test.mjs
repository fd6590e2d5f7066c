// The main job on real input: 8,800 opportunities of a hardware seller, imported twice. The figures are computed here from the file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { connect, inParallel } from './client.mjs';
import { sharedFile, startServer } from './server.mjs';

const file = sharedFile('data/crm-maven/sales_pipeline.csv');
const skip = file === undefined ? 'the data set ../shared/data/crm-maven is absent' : false;
const stages = { Prospecting: 'discovery', Engaging: 'qualification', Won: 'closed_won', Lost: 'closed_lost' };
const mapping = {
    fields: {
        opportunity_id: 'external_id',
        sales_agent: 'owner',
        product: 'name',
        account: 'company',
        deal_stage: 'stage',
        engage_date: 'created_at',
        close_date: 'closed_at',
        close_value: 'value',
    },
    values: { stage: stages },
};

let server;
let client;
let text;
let rows;
let expected;
before(async () => {
    if (skip) return;
    text = readFileSync(file, 'utf8');
    const [header, ...lines] = text.trimEnd().split(/\r?\n/);
    const names = header.split(',');
    assert.ok(!text.includes('"'), 'the file has no quotes, so splitting at commas reads it');
    rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index], cell])));
    const of = (...theirs) => rows.filter((row) => theirs.includes(row.deal_stage));
    const value = (list) => list.reduce((sum, row) => sum + Number(row.close_value || 0), 0);
    expected = {
        rows: rows.length,
        active: of('Prospecting', 'Engaging').length,
        distribution: { discovery: of('Prospecting').length, qualification: of('Engaging').length, proposal: 0, negotiation: 0, closed_won: of('Won').length, closed_lost: of('Lost').length },
        won: { deals: of('Won').length, value: value(of('Won')) },
        lost: { deals: of('Lost').length, value: value(of('Lost')) },
        pipeline: value(of('Prospecting', 'Engaging')),
    };
    server = await startServer();
    client = connect(server, await server.key());
});

async function assertFigures() {
    const metrics = await client.metrics();
    assert.equal(metrics.total_active_deals, expected.active);
    assert.deepEqual(metrics.stage_distribution, expected.distribution);
    assert.deepEqual(metrics.won, expected.won);
    assert.deepEqual(metrics.lost, expected.lost);
    assert.equal(metrics.pipeline_value, expected.pipeline);
    assert.deepEqual(Object.entries(metrics.by_source).filter(([, count]) => count > 0), [['csv', expected.active]]);
    const { low, medium, high } = metrics.risk_distribution;
    assert.equal(low + medium + high, expected.active);
    return metrics;
}

let firstFigures;
let firstSeq;
test('the file is imported: every row a deal, the totals as computed from the file', { skip }, async (t) => {
    assert.equal(expected.rows, 8800);
    const started = performance.now();
    const { json } = await client.upload(text, { mapping }, { fileName: 'sales_pipeline.csv' });
    t.diagnostic(`${expected.rows} rows in ${Math.round(performance.now() - started)} ms`);
    assert.deepEqual(json.counts, { read: 8800, created: 8800, updated: 0, unchanged: 0, skipped: 0, rejected: 0 }, JSON.stringify(json.results.slice(0, 5)));
    assert.equal(json.status, 'success');
    firstFigures = await assertFigures();
    for (const name of ['total_active_deals', 'won', 'pipeline_value']) assert.deepEqual(json.metrics[name], firstFigures[name]);
    const { json: record } = await client.get(`/api/sales/imports/${json.import_id}`, {}, { expect: 200 });
    assert.equal(record.import.state, 'done');
    assert.equal(record.import.file_name, 'sales_pipeline.csv');
    assert.equal(record.import.raw_bytes, Buffer.byteLength(text));
    firstSeq = (await client.get('/api/sales/activity', { limit: 1 })).json.activities[0].seq;
});

test('single rows are what they were in the file', { skip }, async () => {
    const picked = rows.filter((row, index) => index % 97 === 0);
    const american = (day) => day.replace(/^(\d+)\/(\d+)\/(\d+)$/, (all, month, date, year) => `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`);
    await inParallel(picked, 8, async (row) => {
        const { json } = await client.get('', { external_id: row.opportunity_id }, { expect: 200 });
        assert.equal(json.deals.length, 1, row.opportunity_id);
        const [deal] = json.deals;
        assert.equal(deal.name, row.product);
        assert.equal(deal.company, row.account === '' ? null : row.account);
        assert.equal(deal.owner, row.sales_agent);
        assert.equal(deal.stage, stages[row.deal_stage]);
        assert.equal(deal.value, Number(row.close_value || 0));
        assert.equal(deal.probability, { Won: 100, Lost: 0 }[row.deal_stage] ?? 50);
        if (row.engage_date !== '') assert.equal(deal.created_at.slice(0, 10), american(row.engage_date));
        if (row.close_date !== '') assert.equal(deal.closed_at.slice(0, 10), american(row.close_date));
        else assert.equal(deal.closed_at, null);
    });
});

test('paging through all of them shows each once', { skip }, async () => {
    for (const sort of ['-created_at', 'name', '-value']) {
        const deals = await client.all('', 'deals', { sort });
        assert.equal(deals.length, 8800, sort);
        assert.equal(new Set(deals.map(({ id }) => id)).size, 8800, sort);
        if (sort === '-value') assert.ok(deals.every((deal, index) => index === 0 || deals[index - 1].value >= deal.value));
    }
});

test('the second time every row is unchanged, and nothing is told twice', { skip }, async (t) => {
    const started = performance.now();
    const { json } = await client.upload(text, { mapping }, { fileName: 'sales_pipeline.csv' });
    t.diagnostic(`${expected.rows} rows again in ${Math.round(performance.now() - started)} ms`);
    assert.deepEqual(json.counts, { read: 8800, created: 0, updated: 0, unchanged: 8800, skipped: 0, rejected: 0 });
    assert.deepEqual(await assertFigures(), firstFigures);
    const { json: feed } = await client.get('/api/sales/activity', { limit: 50 }, { expect: 200 });
    // Alerts of the first upload may still be on their way: they name a cause that it made.
    const since = feed.activities.filter(({ seq, kind, data }) => seq > firstSeq && !(kind === 'automation' && data.cause <= firstSeq));
    assert.deepEqual([...new Set(since.map(({ kind }) => kind))].filter((kind) => !['import_started', 'import_finished', 'received'].includes(kind)), []);
});

test('after a restart the figures are the same', { skip }, async () => {
    assert.equal(await server.stop(), 0);
    const data = server.data;
    server = await startServer({ data });
    client = connect(server, client.key);
    assert.deepEqual(await assertFigures(), firstFigures);
});
