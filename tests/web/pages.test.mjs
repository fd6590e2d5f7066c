// What the server gives a browser: the app and its files, the API reference, and the rules that hold on every page.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startServer } from '../blackbox/server.mjs';
import { assertClean, openBrowser, takePicture } from './browser.mjs';

let server;
before(async () => {
    server = await startServer();
});

const policyOf = (answer) => answer.headers.get('content-security-policy');

test('every page has a nonce of its own and allows no inline code and no other host', async () => {
    const [one, two] = [await fetch(`${server.url}/`), await fetch(`${server.url}/deals/any`)];
    for (const answer of [one, two]) {
        assert.equal(answer.status, 200);
        const policy = policyOf(answer);
        assert.doesNotMatch(policy, /unsafe-|https?:|\*/);
        assert.match(policy, /default-src 'none'/);
        assert.match(policy, /frame-ancestors 'none'/);
        const nonce = /'nonce-([^']+)'/.exec(policy)[1];
        const html = await answer.text();
        assert.ok(html.includes(`nonce="${nonce}"`));
        assert.doesNotMatch(html, /\{\{nonce\}\}/);
        for (const tag of html.match(/<(script|style|link rel="(stylesheet|modulepreload)")[^>]*>/g)) assert.ok(tag.includes(`nonce="${nonce}"`), tag);
    }
    assert.notEqual(policyOf(one), policyOf(two));
});

test('files with a hash in their name are kept for good, compressed ahead, and asked for once', async () => {
    const html = await (await fetch(`${server.url}/`)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)[1];
    const sizes = {};
    for (const encoding of ['br', 'gzip', 'identity']) {
        const answer = await fetch(server.url + script, { headers: { 'accept-encoding': encoding } });
        assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
        assert.equal(answer.headers.get('content-encoding'), encoding === 'identity' ? null : encoding);
        assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
        sizes[encoding] = Number(answer.headers.get('content-length'));
        const text = await answer.text();
        sizes.text ??= text.length;
        assert.equal(text.length, sizes.text);
    }
    assert.ok(sizes.br < sizes.gzip && sizes.gzip < sizes.identity, JSON.stringify(sizes));
    const etag = (await fetch(server.url + script)).headers.get('etag');
    assert.equal((await fetch(server.url + script, { headers: { 'if-none-match': etag } })).status, 304);
    const refused = await fetch(server.url + script, { headers: { 'accept-encoding': 'br;q=0, gzip;q=0' } });
    assert.equal(refused.headers.get('content-encoding'), null);
});

test('an address that is not there is the app for a person and JSON for a program', async () => {
    const person = await fetch(`${server.url}/no/such/page`, { headers: { accept: 'text/html,*/*' } });
    assert.equal(person.status, 404);
    assert.match(person.headers.get('content-type'), /text\/html/);
    for (const path of ['/no/such/page', '/assets/none.js']) {
        const program = await fetch(server.url + path, { headers: { accept: '*/*' } });
        assert.equal(program.status, 404);
        assert.equal((await program.json()).code, 'not_found');
    }
    const api = await fetch(`${server.url}/api/sales/nothing`, { headers: { accept: 'text/html' } });
    assert.equal((await api.json()).code, 'not_found');
    assert.equal((await fetch(`${server.url}/`, { method: 'POST' })).status, 405);
    assert.equal((await fetch(`${server.url}/index.html`)).status, 404, 'a page without its nonce is given to nobody');
});

test('the API reference shows the contract, asks no other host and keeps the policy', async () => {
    const browser = await openBrowser();
    await browser.page.goto(`${server.url}/docs`);
    await browser.page.getByText('Create manual deal').first().waitFor();
    await takePicture(browser.page, 'docs');
    await assertClean(browser);
});
