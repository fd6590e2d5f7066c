// People join by a link, sign in and out, and do what their role says; a session is a credential that other pages cannot use.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, send } from './client.mjs';
import { watch } from './live.mjs';
import { cookieOf, join, password, signedIn, signIn } from './people.mjs';
import { command, startServer, tokenOf } from './server.mjs';

let server;
let visitor; // no credential
let ada; // the first administrator, of tenant main
before(async () => {
    server = await startServer();
    visitor = connect(server);
    ada = await join(server, firstLink(server));
});

/** The token of the link that a server without people prints. */
function firstLink({ lines, url }) {
    const line = lines.find((each) => each.includes('/join#'));
    assert.ok(line?.includes(`${url}/join#`), 'the link leads to the server');
    return tokenOf(line);
}

const uuid = '019ab000-0000-7000-8000-00000000dead';

/** What differs between no two answers but by what was asked. */
function bare({ status, text, headers }) {
    const { date, 'x-request-id': requestId, 'content-length': length, ...others } = headers;
    return { status, text: text.replaceAll(requestId, 'REQUEST'), headers: others };
}

test('a server without people prints a link, and the person who joins with it is an administrator', async () => {
    const { json } = await ada.get('/api/auth/me', {}, { expect: 200 });
    assert.deepEqual(json.person, ada.person);
    assert.equal(json.person.role, 'admin');
    assert.equal(json.tenant_id, 'main');
    assert.deepEqual([json.workspaces, json.workspace_id], [['default'], 'default']);
});

test('while nobody has joined each start prints a new link and ends the one before; afterwards none', async () => {
    const first = await startServer();
    const old = firstLink(first);
    assert.equal(await first.stop(), 0);
    const second = await startServer({ data: first.data });
    await connect(second).post('/api/auth/invitation', { token: old }, { expect: 404 });
    const { json } = await connect(second).post('/api/auth/invitation', { token: firstLink(second) }, { expect: 200 });
    assert.deepEqual([json.tenant_id, json.role, json.email], ['main', 'admin', null]);
    await join(second, firstLink(second));
    assert.equal(await second.stop(), 0);
    const third = await startServer({ data: first.data });
    assert.ok(third.lines.every((line) => !line.includes('/join#')));
});

test('the cookie is out of reach of scripts, other sites and other hosts, and no cache keeps the answer', async () => {
    const answer = await visitor.post('/api/auth/sign-in', { email: 'ADA@Example.com ', password }, { expect: 200 });
    const [line, ...more] = answer.headers['set-cookie'];
    assert.deepEqual(more, []);
    const [pair, ...attributes] = line.split('; ');
    assert.match(pair, /^__Host-tributary=[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=7776000', 'Path=/', 'SameSite=Lax', 'Secure']);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.ok(!answer.text.includes(cookieOf(answer)), 'the token is in the cookie only');
});

test('a wrong password, an unknown address and a disabled person get the same answer', async () => {
    const { person } = await join(server, await server.invitation({ role: 'viewer' }), { email: 'gone@example.com' });
    await ada.patch(`/api/sales/people/${person.id}`, { disabled: true }, { expect: 200 });
    const tries = [
        { email: 'ada@example.com', password: 'wandering-otter-43' },
        { email: 'nobody@example.com', password },
        { email: 'gone@example.com', password },
    ];
    const answers = [];
    for (const body of tries) answers.push(bare(await visitor.post('/api/auth/sign-in', body, { expect: 401 })));
    assert.equal(JSON.parse(answers[0].text).code, 'invalid_sign_in');
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.ok(answers.every(({ headers }) => headers['set-cookie'] === undefined));
});

test('an invitation works once, and a wrong token is answered like a used one', async () => {
    const token = await server.invitation({ role: 'member' });
    await join(server, token, { email: 'once@example.com' });
    const again = await visitor.post('/api/auth/join', { token, name: 'Eve', email: 'eve@example.com', password }, { expect: 404 });
    const unknown = await visitor.post('/api/auth/join', { token: 'x'.repeat(43), name: 'Eve', email: 'eve@example.com', password }, { expect: 404 });
    const nonsense = await visitor.post('/api/auth/join', { token: 'x', name: 'Eve', email: 'eve@example.com', password }, { expect: 404 });
    assert.deepEqual(bare(again), bare(unknown));
    assert.deepEqual(bare(nonsense), bare(unknown));
    assert.equal(again.json.code, 'invalid_invitation');
});

test('an invitation for an address is for nobody else, and an address belongs to one person', async () => {
    const token = await server.invitation({ role: 'member', email: 'Grace@Example.com' });
    const { json } = await visitor.post('/api/auth/invitation', { token }, { expect: 200 });
    assert.equal(json.email, 'grace@example.com');
    const other = await visitor.post('/api/auth/join', { token, name: 'Eve', email: 'eve@example.com', password }, { expect: 400 });
    assert.equal(other.json.code, 'email_of_another');
    await join(server, token, { email: 'grace@EXAMPLE.com' });
    const taken = await visitor.post('/api/auth/join', { token: await server.invitation(), name: 'Eve', email: 'ADA@example.com', password }, { expect: 409 });
    assert.equal(taken.json.code, 'email_taken');
});

test('weak passwords and wrong fields are refused by name', async () => {
    const token = await server.invitation();
    const fine = { token, name: 'Eve', email: 'eve@example.com', password };
    const wrongs = [
        [{ password: 'short-one' }, 'password', 'weak_password'],
        [{ password: 'eve@example.com' }, 'password', 'weak_password'],
        [{ password: 'Password123' }, 'password', 'weak_password'],
        [{ password: '1234567890' }, 'password', 'weak_password'],
        [{ password: 'a'.repeat(201) }, 'password', 'weak_password'],
        [{ password: 5 }, 'password', 'wrong_type'],
        [{ email: 'eve' }, 'email', 'invalid_email'],
        [{ name: ' ' }, 'name', 'missing_field'],
        [{ role: 'admin' }, 'role', 'unknown_field'],
    ];
    for (const [wrong, field, code] of wrongs) {
        const { json } = await visitor.post('/api/auth/join', { ...fine, ...wrong }, { expect: 400 });
        assert.deepEqual([json.code, json.details[0].field], [code, field], JSON.stringify(wrong));
    }
    await visitor.request('POST', '/api/auth/join', { body: JSON.stringify(fine), headers: { 'content-type': 'text/plain' }, expect: 415 });
});

test('a session is a credential with the role of its person, who is the actor of what they do', async () => {
    const member = await join(server, await server.invitation({ role: 'member' }), { email: 'member@example.com' });
    const viewer = await join(server, await server.invitation({ role: 'viewer' }), { email: 'viewer@example.com' });
    const { json } = await member.post('/manual', { name: 'By a person', value: 5 }, { expect: 201 });
    const { json: feed } = await viewer.get(`/${json.deal.id}/history`, {}, { expect: 200 });
    assert.ok(feed.history.every((change) => change.actor === `person:${member.person.id}`));
    await viewer.get('', {}, { expect: 200 });
    for (const attempt of [
        viewer.post('/manual', { name: 'X' }, { expect: 403 }),
        viewer.patch(`/${json.deal.id}`, { value: 6 }, { expect: 403 }),
        member.post('/api/sales/people/invitations', { role: 'viewer' }, { expect: 403 }),
        member.patch(`/api/sales/people/${member.person.id}`, { role: 'admin' }, { expect: 403 }),
        member.get('/api/sales/keys', {}, { expect: 403 }),
    ]) assert.equal((await attempt).json.code, 'forbidden');
    await ada.get('/api/sales/keys', {}, { expect: 200 });
    const { json: list } = await viewer.get('/api/sales/people', {}, { expect: 200 });
    assert.deepEqual(list.people.find(({ id }) => id === member.person.id).name, member.person.name);
});

test('an administrator invites; the link leads to the server and makes a person of that role', async () => {
    const { json } = await ada.post('/api/sales/people/invitations', { role: 'viewer', email: 'invited@example.com' }, { expect: 201 });
    assert.ok(json.link.startsWith(`${server.url}/join#`));
    const { person } = await join(server, tokenOf(json.link), { email: 'invited@example.com' });
    assert.equal(person.role, 'viewer');
    const wrong = await ada.post('/api/sales/people/invitations', { role: 'intake' }, { expect: 400 });
    assert.equal(wrong.json.details[0].field, 'role');
    await ada.post('/api/sales/people/invitations', { role: 'viewer', workspaces: ['nowhere'] }, { expect: 400 });
});

test('a request that another site\'s page makes with the cookie changes nothing and is refused', async () => {
    const { host } = new URL(server.url);
    const foreign = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: `${server.url}.evil.example` },
        { origin: `https://${host}` },
        { origin: `http://evil.${host}` },
        { origin: '' },
        { origin: server.url.replace(/\d$/, '') },
        { origin: '', 'sec-fetch-site': 'cross-site' },
        { origin: '', 'sec-fetch-site': 'same-site' },
        { origin: `https://${host}`, 'x-forwarded-proto': 'https' },
    ];
    for (const headers of foreign) {
        for (const attempt of [
            ada.post('/manual', { name: 'Forged' }, { headers, expect: 403 }),
            ada.request('POST', '/web-form', { json: { email: 'x@x.example', first_name: 'X' }, headers, expect: 403 }),
            ada.patch('/api/sales/settings', { fx_rates: {} }, { headers, expect: 403 }),
            ada.delete(`/${uuid}`, { headers, expect: 403 }),
            ada.post('/api/auth/sign-out', undefined, { headers, expect: 403 }),
            ada.post('/api/auth/password', { current: password, new: 'another-otter-43' }, { headers, expect: 403 }),
        ]) assert.equal((await attempt).json.code, 'cross_site', JSON.stringify(headers));
    }
    const { json } = await ada.get('', { q: 'Forged' }, { expect: 200 });
    assert.deepEqual(json.deals, []);
    await ada.post('/manual', { name: 'Not forged' }, { headers: { origin: '', 'sec-fetch-site': 'same-origin' }, expect: 201 });
    const forced = await visitor.post('/api/auth/sign-in', { email: 'ada@example.com', password }, { headers: { origin: 'https://evil.example' }, expect: 403 });
    assert.equal(forced.json.code, 'cross_site', 'nobody is signed in by another page');
});

test('no page of another site reads with the cookie, for nothing allows it to', async () => {
    const answer = await ada.get('/api/auth/me', {}, { headers: { origin: 'https://evil.example' }, expect: 200 });
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.equal(answer.headers['access-control-allow-credentials'], undefined);
});

test('a live socket opens with the cookie from a page of the server only, and closes when the person signs out', async () => {
    const someone = await signIn(server, 'ada@example.com');
    const cookie = `__Host-tributary=${someone.token}`;
    for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }, { cookie, origin: 'null' }]) {
        await assert.rejects(watch(server, { headers }), (error) => error.status === 403 && JSON.parse(error.text).code === 'cross_site');
    }
    const watcher = await watch(server, { headers: { cookie, origin: server.url } });
    await watcher.frame('the hello', ({ type }) => type === 'hello');
    await someone.post('/api/auth/sign-out', undefined, { expect: 200 });
    assert.equal((await watcher.end()).code, 1008);
});

test('signing out ends the session and takes the cookie away; others go on', async () => {
    const [here, there] = [await signIn(server, 'ada@example.com'), await signIn(server, 'ada@example.com')];
    const answer = await here.post('/api/auth/sign-out', undefined, { expect: 200 });
    assert.match(answer.headers['set-cookie'][0], /^__Host-tributary=; Max-Age=0; /);
    assert.equal((await here.get('', {}, { expect: 401 })).json.code, 'not_signed_in');
    assert.equal((await here.get('/api/auth/me', {}, { expect: 401 })).json.code, 'not_signed_in');
    await here.post('/api/auth/sign-out', undefined, { expect: 200 });
    await there.get('', {}, { expect: 200 });
    await visitor.post('/api/auth/sign-out', undefined, { expect: 200 });
});

test('signing in anew ends the session that the browser had before', async () => {
    const before = await signIn(server, 'ada@example.com');
    const answer = await before.post('/api/auth/sign-in', { email: 'ada@example.com', password }, { expect: 200 });
    assert.notEqual(cookieOf(answer), before.token);
    await before.get('', {}, { expect: 401 });
});

test('changing the password ends the other sessions, and only the new one signs in', async () => {
    const { person } = await join(server, await server.invitation({ role: 'member' }), { email: 'change@example.com' });
    const [here, there] = [await signIn(server, 'change@example.com'), await signIn(server, 'change@example.com')];
    const wrong = await here.post('/api/auth/password', { current: 'not-that-one-1', new: 'another-otter-43' }, { expect: 400 });
    assert.deepEqual([wrong.json.code, wrong.json.details[0].field], ['wrong_password', 'current']);
    await here.post('/api/auth/password', { current: password, new: 'change@example.com' }, { expect: 400 });
    await here.post('/api/auth/password', { current: password, new: 'another-otter-43' }, { expect: 200 });
    await here.get('', {}, { expect: 200 });
    await there.get('', {}, { expect: 401 });
    await visitor.post('/api/auth/sign-in', { email: 'change@example.com', password }, { expect: 401 });
    assert.ok(await signIn(server, 'change@example.com', 'another-otter-43'));
    const key = connect(server, await server.key({ tenant: 'main', workspace: 'default' }));
    await key.post('/api/auth/password', { current: password, new: 'another-otter-44' }, { expect: 403 });
    assert.ok(person.id);
});

test('a role takes effect at once, disabling ends sessions, and the last administrator stays', async () => {
    const shop = await startServer();
    const boss = await join(shop, firstLink(shop), { email: 'boss@example.com' });
    const of = (client) => `/api/sales/people/${client.person.id}`;
    for (const change of [{ role: 'member' }, { disabled: true }]) {
        const { json } = await boss.patch(of(boss), change, { expect: 409 });
        assert.equal(json.code, 'last_admin');
    }
    const second = await join(shop, await shop.invitation({ role: 'viewer' }), { email: 'second@example.com' });
    await boss.patch(of(second), { role: 'admin', name: 'Second Admin' }, { expect: 200 });
    const { json } = await second.patch(of(boss), { role: 'viewer' }, { expect: 200 });
    assert.equal(json.person.role, 'viewer');
    await boss.get('/api/sales/keys', {}, { expect: 403 });
    await second.patch(of(boss), { disabled: true }, { expect: 200 });
    await boss.get('', {}, { expect: 401 });
    await second.patch(of(boss), { disabled: false }, { expect: 200 });
    await boss.get('', {}, { expect: 401 });
    await signIn(shop, 'boss@example.com');
    await second.patch(of(boss), { disable: true }, { expect: 400 });
    const { json: me } = await second.get('/api/auth/me', {}, { expect: 200 });
    assert.equal(me.person.name, 'Second Admin');
});

test('people of another tenant are not there', async () => {
    await server.key({ tenant: 'other', workspace: 'main' });
    const stranger = await join(server, await server.invitation({ tenant: 'other' }), { name: 'Zanzibar', email: 'zanzibar@example.com' });
    const list = await stranger.get('/api/sales/people', {}, { expect: 200 });
    assert.deepEqual(list.json.people.map(({ email }) => email), ['zanzibar@example.com']);
    assert.doesNotMatch((await ada.get('/api/sales/people', {}, { expect: 200 })).text, /zanzibar/i);
    const foreign = await ada.patch(`/api/sales/people/${stranger.person.id}`, { disabled: true }, { expect: 404 });
    const absent = await ada.patch(`/api/sales/people/${uuid}`, { disabled: true }, { expect: 404 });
    assert.deepEqual(bare(foreign), bare(absent));
    await stranger.get('', {}, { expect: 200 });
    await stranger.get('', { tenant_id: 'main' }, { expect: 403 });
});

test('a session survives a restart of the server, also a hard one, and ended ones stay ended', async () => {
    const shop = await startServer();
    const boss = await join(shop, firstLink(shop), { email: 'boss@example.com' });
    const ended = await signIn(shop, 'boss@example.com');
    await ended.post('/api/auth/sign-out', undefined, { expect: 200 });
    await shop.kill();
    const again = await startServer({ data: shop.data });
    const { json } = await signedIn(again, boss.token).get('/api/auth/me', {}, { expect: 200 });
    assert.deepEqual(json.person, boss.person);
    await signedIn(again, ended.token).get('/api/auth/me', {}, { expect: 401 });
});

test('trying passwords is slowed down for an address of e-mail, and answered with when to come back', async () => {
    const shop = await startServer();
    await join(shop, firstLink(shop), { email: 'boss@example.com' });
    const guess = () => connect(shop).post('/api/auth/sign-in', { email: 'boss@example.com', password: 'guess-guess-guess' }, { expect: [401, 429] });
    const answers = [];
    for (let at = 0; at < 12; ++at) answers.push(await guess());
    assert.ok(answers.slice(0, 10).every(({ status }) => status === 401));
    const last = answers.at(-1);
    assert.deepEqual([last.status, last.json.code], [429, 'too_many_attempts']);
    assert.ok(Number(last.headers['retry-after']) >= 1);
});

test('an API key is nobody, and without a credential nobody is signed in', async () => {
    const key = connect(server, await server.key({ tenant: 'main', workspace: 'default', role: 'intake' }));
    const { json } = await key.get('/api/auth/me', {}, { expect: 200 });
    assert.deepEqual([json.person, json.tenant_id], [null, 'main']);
    assert.equal((await visitor.get('/api/auth/me', {}, { expect: 401 })).json.code, 'not_signed_in');
    await visitor.get('/api/auth/sign-in', {}, { expect: 405 });
    await visitor.get('/api/auth/nothing', {}, { expect: 404 });
});

test('two different session cookies in one request are none', async () => {
    const cookie = `__Host-tributary=${ada.token}; __Host-tributary=${'x'.repeat(43)}`;
    await visitor.get('', {}, { headers: { cookie }, expect: 401 });
    await visitor.get('', {}, { headers: { cookie: `a=b; __Host-tributary=${ada.token}; c=d` }, expect: 200 });
    await visitor.get('', {}, { headers: { cookie: `tributary=${ada.token}` }, expect: 401 });
});

test('behind a proxy that is trusted the page\'s scheme is what the proxy says', async () => {
    const shop = await startServer({ parameters: ['--trust-proxy'] });
    const boss = await join(shop, firstLink(shop), { email: 'boss@example.com' });
    const origin = 'https://sales.example.com';
    const headers = { host: 'Sales.Example.com', origin, 'x-forwarded-proto': 'https' };
    const { json } = await boss.post('/api/sales/people/invitations', { role: 'viewer' }, { headers, expect: 201 });
    assert.ok(json.link.startsWith(`${origin}/join#`));
    await boss.post('/api/sales/people/invitations', { role: 'viewer' }, { headers: { ...headers, 'x-forwarded-proto': 'http' }, expect: 403 });
});

test('nothing of a person and no secret is in the log', async () => {
    const shop = await startServer();
    const token = firstLink(shop);
    const boss = await join(shop, token, { name: 'Quetzalcoatl', email: 'quetzal@example.com' });
    await connect(shop).post('/api/auth/sign-in', { email: 'quetzal@example.com', password: 'wrong-wrong-wrong' }, { expect: 401 });
    await send(shop.url, { method: 'POST', path: `/api/auth/join?token=${token}`, headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.equal(await shop.stop(), 0);
    const log = shop.log.join('\n');
    for (const event of ['joined', 'sign_in_failed']) assert.match(log, new RegExp(`"event":"${event}","detail":"person ${boss.person.id}`));
    for (const secret of [token, boss.token, password, 'wrong-wrong-wrong']) assert.ok(!log.includes(secret));
    assert.doesNotMatch(log, /quetzal/i);
});

test('the command line lists the people of a tenant', async () => {
    const list = await command('person', 'list', '--data', server.data, '--tenant', 'main');
    assert.match(list, new RegExp(`^${ada.person.id}  admin .*ada@example\\.com`, 'm'));
    await assert.rejects(command('person', 'invite', '--data', server.data, '--tenant', 'nowhere'));
});
