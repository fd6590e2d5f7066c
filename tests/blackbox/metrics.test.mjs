// The figures of a workspace against an independent computation in exact integers.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, inParallel } from './client.mjs';
import { startServer } from './server.mjs';

const stages = ['discovery', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost'];
let server;
before(async () => {
    server = await startServer();
});

/** A repeatable source of numbers (xorshift32), so that a failure can be run again. */
function numbers(seed) {
    let state = seed;
    return (below) => {
        state ^= state << 13;
        state >>>= 0;
        state ^= state >>> 17;
        state ^= state << 5;
        state >>>= 0;
        return state % below;
    };
}

const cents = (value) => BigInt(Math.round(value * 100));
const isOpen = (deal) => !deal.stage.startsWith('closed') && deal.deleted_at === null && !deal.is_spam;
/** Value in cents of the base currency, USD; undefined without a rate. Rates are given in thousandths; half rounds away from zero. */
function baseCents(deal, rates) {
    if (deal.currency === 'USD') return cents(deal.value);
    const rate = rates[deal.currency];
    return rate === undefined ? undefined : (cents(deal.value) * BigInt(rate) + 500n) / 1000n;
}

const share = (won, lost) => (won + lost === 0 ? null : won / (won + lost));

/** Everything /metrics tells, from the deals alone. */
function figures(deals, rates = {}) {
    const stored = deals.filter((deal) => deal.deleted_at === null && !deal.is_spam);
    const active = stored.filter(isOpen);
    const rated = active.filter((deal) => baseCents(deal, rates) !== undefined);
    const sum = (list, of) => list.reduce((total, deal) => total + of(deal), 0n);
    const closed = (stage) => {
        const list = stored.filter((deal) => deal.stage === stage);
        return { deals: list.length, value: Number(sum(list, (deal) => baseCents(deal, rates) ?? 0n)) / 100 };
    };
    const without = {};
    for (const deal of active.filter((each) => !rated.includes(each))) without[deal.currency] = (without[deal.currency] ?? 0n) + cents(deal.value);
    const count = (list, key) => list.reduce((counts, deal) => ({ ...counts, [deal[key]]: (counts[deal[key]] ?? 0) + 1 }), {});
    return {
        total_active_deals: active.length,
        stage_distribution: { ...Object.fromEntries(stages.map((stage) => [stage, 0])), ...count(stored, 'stage') },
        pipeline_value: Number(sum(rated, (deal) => baseCents(deal, rates))) / 100,
        weighted_pipeline_value: Number(sum(rated, (deal) => baseCents(deal, rates) * BigInt(Math.round(deal.probability * 100)))) / 1e6,
        currency: 'USD',
        without_rate: { deals: active.length - rated.length, by_currency: Object.fromEntries(Object.entries(without).map(([code, total]) => [code, Number(total) / 100])) },
        won: closed('closed_won'),
        lost: closed('closed_lost'),
        win_rate: share(stored.filter((deal) => deal.stage === 'closed_won').length, stored.filter((deal) => deal.stage === 'closed_lost').length),
        stage_values: Object.fromEntries(stages.map((stage) => {
            const list = stored.filter((deal) => deal.stage === stage && baseCents(deal, rates) !== undefined);
            return [stage, { value: Number(sum(list, (deal) => baseCents(deal, rates))) / 100, weighted: Number(sum(list, (deal) => baseCents(deal, rates) * BigInt(Math.round(deal.probability * 100)))) / 1e6 }];
        })),
        health_histogram: Array.from({ length: 20 }, (_, bin) => active.filter((deal) => Math.min(19, Math.floor(deal.health_score / 5)) === bin).length),
        average_health: active.length === 0 ? null : active.reduce((total, deal) => total + deal.health_score, 0) / active.length,
        risk_distribution: { low: 0, medium: 0, high: 0, ...count(active, 'risk_level') },
        by_source: count(active, 'source'),
    };
}

/** specification 15: percentile = 100 x (smaller + half of the equal) / active; rank = 1 + larger. */
function place(deal, deals, rates = {}) {
    const mine = baseCents(deal, rates);
    if (!isOpen(deal) || mine === undefined) return { percentile: null, value_rank: null };
    const others = deals.filter(isOpen).map((each) => baseCents(each, rates)).filter((each) => each !== undefined);
    const smaller = others.filter((each) => each < mine).length;
    const equal = others.filter((each) => each === mine).length;
    return { percentile: (100 * (smaller + equal / 2)) / others.length, value_rank: 1 + others.filter((each) => each > mine).length };
}

const near = (left, right) => left === right || (typeof left === 'number' && typeof right === 'number' && Math.abs(left - right) <= 0.0051);
function assertFigures(actual, expected, what) {
    for (const [name, value] of Object.entries(expected)) {
        if (value !== null && typeof value === 'object') {
            const present = (object) => Object.fromEntries(Object.entries(object).filter(([, member]) => member !== 0));
            if (Object.values(value).some((member) => member !== null && typeof member === 'object')) assertFigures(actual[name], value, `${what} ${name}`);
            else {
                const names = new Set([...Object.keys(present(value)), ...Object.keys(present(actual[name]))]);
                for (const member of names) assert.ok(near(actual[name][member] ?? 0, value[member] ?? 0), `${what}: ${name}.${member} is ${actual[name][member]}, computed ${value[member]}`);
            }
        } else assert.ok(near(actual[name], value), `${what}: ${name} is ${actual[name]}, computed ${value}`);
    }
}

const readAll = (client) => client.all('', 'deals', { include: 'deleted,spam', sort: 'created_at' });

test('an empty workspace has figures too', async () => {
    const client = connect(server, await server.key({ tenant: 'empty' }));
    assertFigures(await client.metrics(), figures([]), 'empty');
});

test('the figures are exact after every single deal', async () => {
    const client = connect(server, await server.key({ tenant: 'steps' }));
    const pick = numbers(20260301);
    const deals = new Map();
    for (let step = 0; step < 150; step += 1) {
        const value = [100, 100.01, 250, 99999.99, 0, pick(1_000_000) / 100][pick(6)];
        const stage = stages[pick(6)];
        const input = { name: `Deal ${step < 100 ? step : pick(100)}`, company: `Company ${pick(3)}`, value, stage, probability: pick(10_001) / 100 };
        if (stage.startsWith('closed')) delete input.probability;
        const { json } = await client.post('/api', input, { expect: [200, 201] });
        deals.set(json.deal.id, json.deal);
        const all = [...deals.values()];
        const expected = figures(all);
        for (const name of ['total_active_deals', 'pipeline_value', 'weighted_pipeline_value', 'stage_distribution']) assertFigures(json.metrics, { [name]: expected[name] }, `step ${step}`);
        assertFigures(json.metrics, place(json.deal, all), `step ${step}`);
    }
    assertFigures(await client.metrics(), figures([...deals.values()]), 'at the end');
});

test('rank and percentile of any deal can be asked for', async () => {
    const client = connect(server, await server.key({ tenant: 'ranks' }));
    const values = [5, 10, 10, 10, 20, 30, 30, 1_000_000_000_000];
    const made = await inParallel(values, 4, (value, index) => client.post('/api', { name: `R${index}`, value }, { expect: 201 }));
    const deals = await readAll(client);
    for (const { json } of made) assertFigures(await client.metrics({ deal_id: json.deal.id }), place(json.deal, deals), json.deal.name);
    const ten = made[1].json.deal;
    const { percentile, value_rank: rank } = await client.metrics({ deal_id: ten.id });
    assert.equal(percentile, (100 * (1 + 1.5)) / 8);
    assert.equal(rank, 5);
});

test('deleting, restoring, closing and reopening a deal moves the figures', async () => {
    const client = connect(server, await server.key({ tenant: 'moves' }));
    const made = await inParallel([100, 200, 300, 400], 1, (value, index) => client.post('/manual', { name: `M${index}`, value, probability: 25 }, { expect: 201 }));
    const [first, second, third] = made.map(({ json }) => json.deal.id);
    const agree = async (what) => assertFigures(await client.metrics(), figures(await readAll(client)), what);
    await agree('before');
    await client.delete(`/${first}`, { expect: 200 });
    await agree('after the deletion');
    assert.equal((await client.metrics()).total_active_deals, 3);
    await client.post(`/${first}/restore`, undefined, { expect: 200 });
    await agree('after the restoring');
    await client.patch(`/${second}`, { stage: 'closed_won' }, { expect: 200 });
    await agree('after the winning');
    const won = await client.metrics({ deal_id: second });
    assert.deepEqual(won.won, { deals: 1, value: 200 });
    assert.equal(won.percentile, null);
    assert.equal(won.value_rank, null);
    await client.patch(`/${second}`, { stage: 'proposal' }, { expect: 200 });
    await client.patch(`/${third}`, { value: 1234.56, probability: 33.33 }, { expect: 200 });
    await agree('after the reopening');
});

test('a currency without a rate is counted apart and never added', async () => {
    const client = connect(server, await server.key({ tenant: 'rates' }));
    await client.patch('/api/sales/settings', { fx_rates: { EUR: 1.085 } }, { expect: 200 });
    const rates = { EUR: 1085 };
    const inputs = [['USD', 100], ['EUR', 33.33], ['EUR', 0.01], ['CHF', 50.5], ['CHF', 1], ['GBP', 7]];
    await inParallel(inputs, 1, ([currency, value], index) => client.post('/api', { name: `F${index}`, currency, value, probability: 50 }, { expect: 201 }));
    const deals = await readAll(client);
    assertFigures(await client.metrics(), figures(deals, rates), 'two rates missing');
    assert.deepEqual((await client.metrics()).without_rate, { deals: 3, by_currency: { CHF: 51.5, GBP: 7 } });
    const franc = deals.find((deal) => deal.currency === 'CHF');
    assert.equal((await client.metrics({ deal_id: franc.id })).percentile, null);
    await client.patch('/api/sales/settings', { fx_rates: { EUR: 1.085, CHF: 1.1, GBP: 1.25 } }, { expect: 200 });
    assertFigures(await client.metrics(), figures(deals, { EUR: 1085, CHF: 1100, GBP: 1250 }), 'all rates there');
});

test('the figures are the same after a restart', async () => {
    const other = await startServer({ data: server.data.replace(/$/, '-restart') });
    const key = await other.key();
    const before = connect(other, key);
    await inParallel([...Array(60).keys()], 8, (index) => before.post('/api', { name: `S${index}`, value: (index * 37) % 50, stage: stages[index % 6] }, { expect: 201 }));
    const figuresBefore = await before.metrics();
    assert.equal(await other.stop(), 0);
    const again = await startServer({ data: other.data });
    assert.deepEqual(await connect(again, key).metrics(), figuresBefore);
});

test('without history nothing is compared; on the first day the change is all there is', async () => {
    const client = connect(server, await server.key({ tenant: 'first-day' }));
    const none = { since: null, pipeline_value: 0, weighted_pipeline_value: 0, total_active_deals: 0, win_rate: null, average_health: null };
    for (const change_days of [undefined, 1, 7, 30]) assert.deepEqual((await client.metrics({ change_days })).change, none, `${change_days} days, nothing was ever written`);
    const midnight = () => new Date(new Date().setUTCHours(0, 0, 0, 0)).toISOString();
    const began = midnight();
    await inParallel([100, 200.5, 300], 1, (value, index) => client.post('/api', { name: `F${index}`, value, probability: 40, stage: index === 2 ? 'closed_won' : 'proposal' }, { expect: 201 }));
    for (const change_days of [1, 7, 30]) {
        const metrics = await client.metrics({ change_days });
        const { since, ...change } = metrics.change;
        assert.ok([began, midnight()].includes(since), `since ${since}`);
        assert.deepEqual(change, { pipeline_value: metrics.pipeline_value, weighted_pipeline_value: metrics.weighted_pipeline_value, total_active_deals: 2, win_rate: null, average_health: null }, 'the day began with nothing, and nothing has no average');
    }
    for (const wrong of ['0', '2', '07', 'seven', '-7']) {
        const { json } = await client.get('/api/sales/deals/metrics', { change_days: wrong }, { expect: 400 });
        assert.equal(json.details[0].field, 'change_days');
    }
    await client.patch('/api/sales/settings', { base_currency: 'EUR' }, { expect: 200 });
    assert.deepEqual((await client.metrics()).change, none, 'another currency is not compared');
});
