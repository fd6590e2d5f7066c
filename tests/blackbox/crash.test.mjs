// The server is killed at random while clients write, thirty times. What was acknowledged is there once, whole, with its
// journal row; what was not is there whole or not at all. Bounded in time: about a minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, inParallel } from './client.mjs';
import { makeDataDirectory, startServer } from './server.mjs';

const kills = Number(process.env.TRIBUTARY_KILLS ?? 30);
const clients = 8;
const writing_ms_max = 900;
const data = makeDataDirectory();
let server;

const acknowledged = new Map(); // external id → deal id
const unanswered = []; // [idempotency key, body] of single posts cut off by the kill
let number = 0;

/** One client: writes until the server is gone. One write in six is a bulk of five. */
async function write(client, stopped) {
    while (!stopped()) {
        const at = number++;
        const one = (part) => ({ name: `Deal ${at}-${part}`, company: `Firm ${at % 50}`, value: at, external_id: `x-${at}-${part}`, contact_email: `p${at % 20}@crash.example` });
        const key = `crash-${at}`;
        const bulk = at % 6 === 5;
        const body = bulk ? [0, 1, 2, 3, 4].map(one) : one(0);
        try {
            const { json } = await client.post(bulk ? '/bulk' : '/api', body, { headers: { 'idempotency-key': key }, expect: [200, 201] });
            if (bulk) json.results.forEach((result, index) => acknowledged.set(body[index].external_id, result.deal_id));
            else acknowledged.set(body.external_id, json.deal.id);
        } catch (error) {
            if (error.code === 'ERR_ASSERTION') throw error;
            if (!bulk) unanswered.push([key, body]);
            return;
        }
    }
}

test(`killed ${kills} times while ${clients} clients write, the server loses nothing and halves nothing`, async (t) => {
    server = await startServer({ data });
    const key = await server.key();
    for (let round = 0; round < kills; round += 1) {
        if (round > 0) server = await startServer({ data });
        const client = connect(server, key);
        let dead = false;
        const writers = Array.from({ length: clients }, () => write(client, () => dead));
        await pause(Math.random() * writing_ms_max);
        await server.kill();
        dead = true;
        await Promise.all(writers);
    }
    server = await startServer({ data });
    const client = connect(server, key);
    t.diagnostic(`${acknowledged.size} deals were acknowledged, ${unanswered.length} posts were cut off`);
    assert.ok(acknowledged.size > kills, 'the test wrote something worth killing');

    const deals = await client.all('', 'deals', { sort: 'created_at' });
    const journal = await client.all('/api/sales/activity', 'activities');
    const byExternal = Map.groupBy(deals, (deal) => deal.external_ids[0]?.id);
    for (const [external, id] of acknowledged) {
        assert.deepEqual(byExternal.get(external)?.map((deal) => deal.id), [id], `${external} was acknowledged`);
    }
    for (const [external, found] of byExternal) assert.equal(found.length, 1, `${external} is there once`);
    const created = Map.groupBy(journal.filter(({ kind }) => kind === 'created'), (row) => row.deal_id);
    for (const deal of deals) {
        assert.equal(created.get(deal.id)?.length, 1, `${deal.id} has one created row`);
        assert.equal(deal.company, `Firm ${Number(deal.value) % 50}`, 'nothing half is there');
        assert.notEqual(deal.lead_id, null);
    }
    assert.equal(created.size, deals.length, 'no created row without its deal');
    assert.deepEqual(journal.map(({ seq }) => seq).reverse(), Array.from(journal, (_, index) => index + 1), 'the journal has no gap');
    const metrics = await client.metrics();
    assert.equal(metrics.total_active_deals, deals.length);
    assert.equal(metrics.pipeline_value, deals.reduce((sum, deal) => sum + deal.value, 0));
    // Whoever got no answer asks again with the same key, as a careful client does: still one deal each.
    await inParallel(unanswered, 8, ([again, body]) => client.post('/api', body, { headers: { 'idempotency-key': again }, expect: [200, 201] }));
    const afterwards = await client.all('', 'deals');
    const ids = afterwards.map((deal) => deal.external_ids[0].id);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, body] of unanswered) assert.ok(ids.includes(body.external_id));

    let running = 0;
    for (const record of await client.all('/api/sales/imports', 'imports')) {
        const { counts, state } = record;
        assert.equal(counts.read, counts.created + counts.updated + counts.unchanged + counts.skipped + counts.rejected);
        if (state === 'running') running += 1;
    }
    assert.equal(running, 0, 'imports cut off are still said to be running');
});
