// An account is connected by consent: the state is good once and for who was sent, the proof key fits, tokens are renewed and revoked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHubspot } from '../fakes/hubspot/server.mjs';
import { connect } from './client.mjs';
import { startServer } from './server.mjs';

let fake;
let server;
let directory;

before(async () => {
    fake = await startHubspot();
    directory = mkdtempSync(path.join(tmpdir(), 'tributary-consent-'));
    const secret = path.join(directory, 'client_secret');
    writeFileSync(secret, 'client-secret\n', { mode: 0o600 });
    server = await startServer({ parameters: ['--hubspot-url', fake.url, '--hubspot-consent-url', fake.url, '--hubspot-client-id', 'client', '--hubspot-client-secret-file', secret, '--public-url', 'http://127.0.0.1:9'] });
});
after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await fake.close();
});

const tenant = async (name) => connect(server, await server.key({ tenant: name }));

/** Goes to the consent page; what HubSpot sends back. */
async function consent(client, wish = {}) {
    const { json } = await client.post('/api/sales/connections/authorize', wish);
    const asked = new URL(json.authorize_url);
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(asked.searchParams.get('redirect_uri'), 'http://127.0.0.1:9/add/hubspot');
    const answer = await fetch(asked, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location'));
    return { code: back.searchParams.get('code'), state: back.searchParams.get('state'), asked };
}

async function until(what, look, ms = 20_000) {
    for (const end = Date.now() + ms; ; ) {
        const found = await look();
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

test('an account is connected by consent, once, and only by who was sent there', async () => {
    fake.portal.portalId = 3000;
    const client = await tenant('consents');
    assert.deepEqual((await client.get('/api/sales/connections')).json.systems[0].connectable, ['oauth', 'private_app']);
    const { code, state } = await consent(client, { name: 'By consent' });
    const other = await tenant('consents-other');
    const { json: foreign } = await other.post('/api/sales/connections/complete', { code, state }, { expect: 400 });
    assert.equal(foreign.code, 'consent_unknown');
    const { json: used } = await client.post('/api/sales/connections/complete', { code, state }, { expect: 400 });
    assert.equal(used.code, 'consent_unknown', 'a state that was tried by another is good no more');
    const again = await consent(client, { name: 'By consent' });
    const { json } = await client.post('/api/sales/connections/complete', { code: again.code, state: again.state }, { expect: 201 });
    assert.deepEqual([json.connection.name, json.connection.auth, json.connection.account_id], ['By consent', 'oauth', '3000']);
    await client.post('/api/sales/connections/complete', { code: again.code, state: again.state }, { expect: 400 });
    const forged = await consent(client);
    await client.post('/api/sales/connections/complete', { code: 'forged', state: forged.state }, { expect: [400, 503] });
});

test('a token is renewed before it ends, the rotated one is used, and a dead one asks for a person', async () => {
    fake.portal.portalId = 3100;
    fake.consents.lifeS = 4; // renewed at half its life
    const client = await tenant('renewals');
    const { code, state } = await consent(client);
    const { json } = await client.post('/api/sales/connections/complete', { code, state }, { expect: 201 });
    const { connection_id: id } = json.connection;
    const asked = fake.consents.asked;
    await until('two renewals', async () => {
        await client.post(`/api/sales/connections/${id}/sync`, undefined, { expect: 202 });
        return fake.consents.asked >= asked + 2;
    });
    assert.equal((await client.get(`/api/sales/connections/${id}`)).json.connection.state, 'connected');
    fake.consents.refresh.clear(); // taken back there
    await until('the state', async () => (await client.get(`/api/sales/connections/${id}`)).json.connection.state === 'needs_reauth' || (await client.post(`/api/sales/connections/${id}/sync`, undefined, { expect: [202, 409] }), false));
    fake.consents.lifeS = 1800;
    const back = await consent(client, { connection_id: id });
    assert.match(back.asked.pathname, /3100/, 'HubSpot asks for that account and no other');
    const { json: mended } = await client.post('/api/sales/connections/complete', { code: back.code, state: back.state }, { expect: 200 });
    assert.equal(mended.connection.connection_id, id);
    assert.equal(mended.connection.state, 'connected');
    assert.equal(mended.webhook_url, null);
    const held = [...fake.consents.refresh];
    assert.ok(held.length > 0);
    await client.delete(`/api/sales/connections/${id}`);
    assert.equal(fake.consents.refresh.size, held.length - 1, 'HubSpot is told');
    const said = server.log.join('\n') + server.lines.join('\n');
    for (const token of [...fake.consents.access.keys(), ...held]) assert.ok(!said.includes(token));
});
