// Tokens of connected accounts: in no file, no log and no answer, and not lost when the key that seals them is changed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { send } from './client.mjs';
import { binary, makeDataDirectory, startServer, within } from './server.mjs';

const timeoutMs = 60_000;
const signing = 'signing-secret-5d0f2a7b';

/** A HubSpot account without deals. It knows the tokens it has given out and nothing else. */
const portal = {
    tokens: new Map(), // token -> portal id
    asked: () => {}, // called with the token of each request
};
before(async () => {
    const server = http.createServer((request, response) => {
        const token = (request.headers.authorization ?? '').replace('Bearer ', '');
        portal.asked(token);
        const account = portal.tokens.get(token);
        const say = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        request.resume();
        if (account === undefined) say(401, { status: 'error', category: 'INVALID_AUTHENTICATION', message: `no such token: ${token}` });
        else if (request.url.startsWith('/account-info/')) say(200, { portalId: account, timeZone: 'UTC', companyCurrency: 'USD' });
        else say(200, { results: [], total: 0 });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    portal.url = `http://127.0.0.1:${server.address().port}`;
    portal.server = server;
});
after(() => {
    portal.server.close();
    portal.server.closeAllConnections();
});

/** Runs a subcommand to its end: { code, out, err }. */
function tributary(words, environment = {}) {
    return new Promise((resolve, reject) => {
        execFile(binary, words, { timeout: timeoutMs, env: { PATH: process.env.PATH, ...environment } }, (error, out, err) => {
            if (error && typeof error.code !== 'number') reject(error);
            else resolve({ code: error ? error.code : 0, out, err });
        });
    });
}
async function fine(words, environment) {
    const result = await tributary(words, environment);
    assert.equal(result.code, 0, `${words.join(' ')}\n${result.out}\n${result.err}`);
    return result.out;
}
async function refused(words, said, environment) {
    const result = await tributary(words, environment);
    assert.equal(result.code, 1, `${words.join(' ')}\n${result.out}\n${result.err}`);
    assert.match(result.err + result.out, said);
    return result.out;
}

const serve = (data, ...more) => startServer({ data, parameters: ['--hubspot-url', portal.url, ...more] });
const keyFile = (data) => path.join(data, 'secret.key');
const keysIn = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** Connects a private app of a new account to tenant acme. */
async function connect(server, token, account) {
    portal.tokens.set(token, account);
    const key = await server.key();
    const body = JSON.stringify({ system: 'hubspot', auth: 'private_app', token, signing_secret: signing });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await send(server.url, { method: 'POST', path: '/api/sales/connections', headers, body });
    assert.equal(answer.status, 201, answer.text);
    return { answer, headers };
}

/** What must not be found: as it is, in base64 and in hexadecimal. */
const faces = (secret) => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex')];
function assertAbsent(secrets, bytes, where) {
    for (const face of secrets.flatMap(faces)) assert.equal(bytes.includes(face), false, `${where} holds a secret`);
}
function assertInNoFile(secrets, directory) {
    let files = 0;
    let named = false;
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        files += 1;
        const file = path.join(entry.parentPath, entry.name);
        const bytes = readFileSync(file);
        assertAbsent(secrets, bytes, file);
        named ||= bytes.includes('HubSpot 1001');
    }
    assert.ok(named, 'what is not sealed is found in this way');
    assert.ok(files >= 3, 'database, log and key are there');
}

test('tokens are in no file of a server that runs, is killed and starts again, in no log and in no answer', { timeout: timeoutMs }, async () => {
    const data = makeDataDirectory();
    const tokens = ['pat-na1-11111111-aaaa', 'pat-na1-22222222-bbbb', 'pat-na1-33333333-cccc', 'pat-na1-44444444-refused'];
    const secrets = [...tokens, signing];
    const server = await serve(data);
    const texts = [];
    for (const [at, token] of tokens.slice(0, 3).entries()) {
        const { answer, headers } = await connect(server, token, 1001 + at);
        const { connection } = answer.json;
        texts.push(answer.text);
        const again = JSON.stringify({ token, signing_secret: signing });
        for (const [method, way, body] of [['GET', ''], ['POST', '/sync', '{}'], ['POST', '/compare', '{}'], ['POST', '/reconnect', again]]) {
            const told = await send(server.url, { method, path: `/api/sales/connections/${connection.connection_id}${way}`, headers, body });
            assert.ok(told.status < 300, told.text);
            texts.push(told.text);
        }
        const wrong = JSON.stringify({ token: tokens[3], signing_secret: signing });
        const no = await send(server.url, { method: 'POST', path: '/api/sales/connections', headers, body: wrong });
        assert.ok(no.status >= 400, no.text);
        texts.push(no.text, (await send(server.url, { path: '/api/sales/connections', headers })).text);
        assertInNoFile(secrets, data); // while it runs: the log of the database too
    }
    for (const text of texts) assertAbsent(secrets, text, 'an answer');
    assertAbsent(secrets, await fine(['connection', 'list', '--data', data]), 'the list');
    await server.kill();
    assertInNoFile(secrets, data);
    const next = await serve(data);
    assert.equal(await next.stop(), 0);
    assertInNoFile(secrets, data);
    for (const each of [server, next]) assertAbsent([...secrets, ...keysIn(keyFile(data))], each.lines.join('\n'), 'what the server said');
});

test('connection list shows the accounts of one tenant or all', { timeout: timeoutMs }, async () => {
    const server = await serve(makeDataDirectory());
    const { answer, headers } = await connect(server, 'pat-na1-list', 2001);
    const { connection_id: id } = answer.json.connection;
    const all = await fine(['connection', 'list', '--data', server.data]);
    assert.match(all, new RegExp(`^${id}  hubspot +2001 +connected +private_app .* acme/main  HubSpot 2001\\n$`));
    assert.equal(await fine(['connection', 'list', '--data', server.data, '--tenant', 'acme']), all);
    assert.equal(await fine(['connection', 'list', '--data', server.data, '--tenant', 'main']), '');
    await refused(['connection', 'list', '--data', server.data, '--tenant', 'nobody'], /no such tenant/);
    const gone = await send(server.url, { method: 'DELETE', path: `/api/sales/connections/${id}`, headers });
    assert.equal(gone.status, 200, gone.text);
    assert.match(await fine(['connection', 'list', '--data', server.data]), / disconnected /);
    assert.doesNotMatch(await fine(['doctor', '--data', server.data]), /secrets/, 'a disconnected account has none');
});

test('a changed key seals every token, and the account goes on', { timeout: timeoutMs }, async () => {
    const data = makeDataDirectory();
    const server = await serve(data);
    const token = 'pat-na1-rotated';
    const { answer, headers } = await connect(server, token, 3001);
    await refused(['secret', 'rotate', '--data', data], /another tributary is using/);
    assert.equal(keysIn(keyFile(data)).length, 1, 'nothing was done');
    assert.match(await fine(['doctor', '--data', data]), /secrets: 2 open, 0 of them with an older key\nall is well\n$/);
    assert.equal(await server.stop(), 0);

    const [first] = keysIn(keyFile(data));
    assert.match(await fine(['secret', 'rotate', '--data', data]), /2 secrets are sealed with the new key/);
    assert.equal(keysIn(keyFile(data)).length, 2);
    assert.equal(keysIn(keyFile(data))[1], first);
    assert.equal(statSync(keyFile(data)).mode & 0o777, 0o600);

    // Killed after the key was put into the file and before anything was sealed with it: the next one ends it.
    writeFileSync(keyFile(data), `${Buffer.alloc(32, 7).toString('base64')}\n${keysIn(keyFile(data)).join('\n')}\n`);
    assert.match(await fine(['doctor', '--data', data]), /secrets: 2 open, 2 of them with an older key/);
    const out = await fine(['secret', 'rotate', '--data', data, '--forget-old']);
    assert.match(out, /2 secrets are sealed with the new key/);
    const left = keysIn(keyFile(data));
    assert.equal(left.length, 1);
    assertAbsent(left, out, 'what it said');
    assert.match(await fine(['doctor', '--data', data]), /secrets: 2 open, 0 of them with an older key/);

    const seen = new Promise((resolve) => (portal.asked = resolve));
    const next = await serve(data);
    const asked = await send(next.url, { method: 'POST', path: `/api/sales/connections/${answer.json.connection.connection_id}/sync`, headers });
    assert.equal(asked.status, 202, asked.text);
    assert.equal(await within(20_000, 'the account to be asked', seen), token, 'with the token that was sealed anew');
    assert.equal(await next.stop(), 0);
});

test('keys in the environment are followed, and changed where they are', { timeout: timeoutMs }, async () => {
    const data = makeDataDirectory();
    const server = await serve(data);
    await connect(server, 'pat-na1-moved', 4001);
    assert.equal(await server.stop(), 0);
    const [old] = keysIn(keyFile(data));
    const fresh = '5c'.repeat(32);
    const both = { TRIBUTARY_SECRET_KEY: `${fresh},${old}` };
    assert.match(await fine(['secret', 'rotate', '--data', data], both), /2 secrets are sealed with the first key of TRIBUTARY_SECRET_KEY/);
    await refused(['secret', 'rotate', '--data', data, '--forget-old'], /take the old ones out/, both);
    rmSync(keyFile(data));
    await fine(['doctor', '--data', data], { TRIBUTARY_SECRET_KEY: fresh });
    await refused(['doctor', '--data', data], /is missing/);
    const file = path.join(makeDataDirectory(), 'elsewhere.key');
    writeFileSync(file, `${fresh}\n`, { mode: 0o600 });
    await fine(['secret', 'rotate', '--data', data, '--secret-key-file', file, '--forget-old']);
    await fine(['doctor', '--data', data], { TRIBUTARY_SECRET_KEY_FILE: file });
    const csv = path.join(path.dirname(file), 'deals.csv');
    writeFileSync(csv, 'name,company\nA deal,Acme\n');
    await fine(['import', csv, '--data', data, '--tenant', 'acme', '--workspace', 'main']); // has no need of a key
    const next = await serve(data, '--secret-key-file', file);
    assert.equal(await next.stop(), 0);
    assert.equal(readdirSync(data).includes('secret.key'), false);
});

test('a server does not start with a key that others may read, that is none, or that is lost', { timeout: timeoutMs }, async () => {
    const data = makeDataDirectory();
    const server = await serve(data);
    await connect(server, 'pat-na1-lost', 5001);
    assert.equal(await server.stop(), 0);
    const starts = ['serve', '--data', data, '--listen', '127.0.0.1:0'];
    chmodSync(keyFile(data), 0o644);
    await refused(starts, /others may read the secret key file/);
    chmodSync(keyFile(data), 0o600);
    const copy = path.join(makeDataDirectory(), 'copy.key');
    copyFileSync(keyFile(data), copy);
    rmSync(keyFile(data));
    await refused(starts, /the key of the secrets in the database is missing/);
    await refused(['secret', 'rotate', '--data', data], /is missing/);
    assert.equal(readdirSync(data).includes('secret.key'), false, 'and none is made in its place');
    await refused(starts, /A secret key has 32 bytes/, { TRIBUTARY_SECRET_KEY: 'hunter2' });
    const wrong = { TRIBUTARY_SECRET_KEY: 'ab'.repeat(32) };
    await refused(['doctor', '--data', data], /credential of connection .* does not open/, wrong);
    await refused(['secret', 'rotate', '--data', data], /opens with no key and was left as it is/, wrong);
    await fine(['doctor', '--data', data, '--secret-key-file', copy]);
    const other = makeDataDirectory();
    mkdirSync(other, { recursive: true });
    await refused(['secret', 'rotate', '--data', other], /there is no database/);
});
