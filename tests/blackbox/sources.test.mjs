// How each source does: what came, what was refused, how long it took; per workspace, and over a restart.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, inParallel, send } from './client.mjs';
import { startServer } from './server.mjs';

const names = ['manual', 'web_form', 'csv', 'email', 'api', 'hubspot', 'salesforce'];
let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name, role = 'admin') => connect(server, await server.key({ tenant: name, role }));
async function sourcesOf(client, query = {}) {
    const { sources } = (await client.get('/api/sales/sources', query, { expect: 200 })).json;
    assert.deepEqual(sources.map(({ source }) => source), names);
    for (const { received, succeeded, rejected } of sources) assert.equal(received, succeeded + rejected);
    return Object.fromEntries(sources.map((each) => [each.source, each]));
}
const counts = ({ received, succeeded, rejected }) => [received, succeeded, rejected];
const quiet = { last_event_at: null, window_hours: 24, received: 0, succeeded: 0, rejected: 0, success_rate: null, latency_ms: null, last_error: null };

/** Something through every source, good and bad. */
async function arrivals(client) {
    await client.post('/manual', { name: 'By hand', value: 1 }, { expect: 201 });
    await client.post('/manual', { name: 'By hand', value: 1 }, { expect: [200, 201] });
    await client.post('/manual', { name: 'Bad', value: 'a lot' }, { expect: [400, 422] });
    await client.upload('name,company,value\nOne,A,1\nTwo,B,2\nThree,C,a lot\nFour,D,4\n');
    await client.post('/bulk', [{ name: 'B1', value: 1 }, { name: 'B2', value: 2 }], { expect: 200 });
    await client.post('/api', { name: 'A1', value: 3 }, { expect: 201 });
    await client.request('POST', '/api', { body: '{"name":', headers: { 'content-type': 'application/json' }, expect: 400 });
    await client.post('/web-form', { email: 'form@form.example', first_name: 'F', company: 'Form' }, { expect: [200, 201, 202] });
}

test('a workspace to which nothing came has seven quiet sources', async () => {
    const sources = await sourcesOf(await tenant('quiet'));
    for (const [source, figures] of Object.entries(sources)) assert.deepEqual(figures, { source, ...quiet });
});

test('what came is counted in rows, for its source and its workspace only', async () => {
    const client = await tenant('busy');
    const began = Date.now();
    await arrivals(client);
    const sources = await sourcesOf(client);
    assert.deepEqual(counts(sources.manual), [3, 2, 1]);
    assert.deepEqual(counts(sources.csv), [4, 3, 1]);
    assert.deepEqual(counts(sources.api), [4, 3, 1]);
    assert.deepEqual(counts(sources.web_form), [1, 1, 0]);
    assert.equal(sources.csv.success_rate, 0.75);
    assert.equal(sources.web_form.success_rate, 1);
    assert.equal(sources.web_form.last_error, null);
    assert.equal(sources.csv.last_error.code, 'not_a_number');
    assert.doesNotMatch(JSON.stringify(sources), /a lot/, 'what was refused is not told');
    for (const source of ['manual', 'csv', 'api', 'web_form']) {
        const { last_event_at: at, latency_ms: latency } = sources[source];
        assert.ok(Date.parse(at) >= began - 1 && Date.parse(at) <= Date.now() + 1, `${source} ${at}`);
        assert.ok(latency.p50 > 0 && latency.p95 >= latency.p50, `${source} ${JSON.stringify(latency)}`);
    }
    for (const source of ['email', 'hubspot', 'salesforce']) assert.deepEqual(sources[source], { source, ...quiet });

    await server.key({ tenant: 'busy', workspace: 'second' });
    for (const figures of Object.values(await sourcesOf(client, { workspace_id: 'second' }))) assert.equal(figures.received, 0);
    for (const figures of Object.values(await sourcesOf(await tenant('neighbour')))) assert.equal(figures.received, 0);
});

test('only a source that is refused everything has no times', async () => {
    const client = await tenant('refused');
    await client.post('/email', { nonsense: true }, { expect: [400, 422] });
    const { email } = await sourcesOf(client);
    assert.deepEqual(counts(email), [1, 0, 1]);
    assert.equal(email.success_rate, 0);
    assert.equal(email.latency_ms, null);
    assert.notEqual(email.last_error, null);
});

test('a dry run, a stranger and a request that is sent again count for nothing', async () => {
    const client = await tenant('uncounted');
    await client.post('/manual', { name: 'Only looked at', value: 1 }, { query: { dry_run: true }, expect: 200 });
    await client.upload('name,company,value\nOne,A,1\n', {}, { query: { dry_run: true } });
    await connect(server).post('/manual', { name: 'X', value: 1 }, { expect: 401 });
    await (await tenant('uncounted', 'viewer')).post('/manual', { name: 'X', value: 1 }, { expect: 403 });
    for (const figures of Object.values(await sourcesOf(client))) assert.equal(figures.received, 0, figures.source);
});

test('many at once are all counted', async () => {
    const client = await tenant('crowd');
    await inParallel([...Array(200).keys()], 16, (index) => client.post('/api', { name: `C${index}`, value: index % 4 === 0 ? 'no' : index }, { expect: index % 4 === 0 ? [400, 422] : 201 }));
    assert.deepEqual(counts((await sourcesOf(client)).api), [200, 150, 50]);
});

test('a member and a viewer may see it, an intake key may not', async () => {
    for (const role of ['member', 'viewer']) await sourcesOf(await tenant('busy', role));
    await (await tenant('busy', 'intake')).get('/api/sales/sources', {}, { expect: 403 });
    await connect(server).get('/api/sales/sources', {}, { expect: 401 });
    assert.equal((await send(server.url, { method: 'POST', path: '/api/sales/sources', headers: { authorization: `Bearer ${(await tenant('busy')).key}` } })).status, 405);
});

test('the figures are the same after a restart, and go on', async () => {
    const first = await startServer();
    const key = await first.key();
    await arrivals(connect(first, key));
    const before = await sourcesOf(connect(first, key));
    assert.equal(await first.stop(), 0);
    const again = await startServer({ data: first.data });
    const client = connect(again, key);
    assert.deepEqual(await sourcesOf(client), before);
    await client.post('/manual', { name: 'Next', value: 1 }, { expect: 201 });
    assert.deepEqual(counts((await sourcesOf(client)).manual), [4, 3, 1]);
});
