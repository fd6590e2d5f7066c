// What the app weighs: what comes over the wire until the first screen stands, and all of it. And what Lighthouse says of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, kAda, openApp, signIn } from './app.mjs';
import { openBrowser } from './browser.mjs';

const kFirstScreenBytesMax = 220 * 1024; // gzip
const kWholeBytesMax = 450 * 1024;       // gzip, without the API reference

async function gzipBytes(url) {
    const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip', accept: '*/*' } });
    assert.equal(answer.status, 200, url);
    const bytes = Number(answer.headers.get('content-length'));
    await answer.arrayBuffer();
    return bytes;
}
async function sumOf(urls) {
    let sum = 0;
    for (const url of urls) sum += await gzipBytes(url);
    return sum;
}

/** The files that a page's scripts and styles lead to, by the names of files that stand in them. */
async function filesFrom(server, page) {
    const found = new Set();
    const queue = [];
    const note = (text) => {
        for (const [, name] of text.matchAll(/([\w.-]+-[\w-]{8}\.(?:js|css))(?=["'`])/g)) {
            if (!found.has(name)) {
                found.add(name);
                queue.push(name);
            }
        }
    };
    note(await (await fetch(`${server.url}${page}`)).text());
    while (queue.length > 0) note(await (await fetch(`${server.url}/assets/${queue.pop()}`)).text());
    return [...found].map((name) => `${server.url}/assets/${name}`);
}

test('the first screen and the whole app are light', { timeout: 60_000 }, async (t) => {
    const { server, page } = await openApp();
    await ask(page, 'POST', '/api/sales/deals/manual', { name: 'One', value: 5 });
    const fresh = await openBrowser();
    const seen = { first: new Set(), entry: new Set() };
    let into = seen.entry;
    fresh.page.on('response', (response) => {
        const { pathname } = new URL(response.url());
        if (/\.(js|css)$/.test(pathname)) into.add(response.url());
    });
    await fresh.page.goto(`${server.url}/sign-in`);
    await fresh.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    into = seen.first;
    await fresh.context.addCookies(await page.context().cookies());
    await fresh.page.goto(`${server.url}/`);
    await fresh.page.getByRole('article', { name: 'Open deals' }).waitFor();
    await fresh.page.waitForLoadState('networkidle');
    const first = await sumOf([`${server.url}/`, ...seen.first]);
    const entry = await sumOf([`${server.url}/`, ...seen.entry]);
    const files = await filesFrom(server, '/');
    const whole = await sumOf([`${server.url}/`, ...files]);
    t.diagnostic(`first screen ${(first / 1024).toFixed(1)} KB in ${seen.first.size + 1} files, sign-in ${(entry / 1024).toFixed(1)} KB, whole app ${(whole / 1024).toFixed(1)} KB in ${files.length + 1} files (gzip)`);
    for (const url of seen.first) assert.ok(files.includes(url), `${url} is found by following the files`);
    assert.ok(first <= kFirstScreenBytesMax, `the first screen is ${first} bytes`);
    assert.ok(whole <= kWholeBytesMax, `the whole app is ${whole} bytes`);
});
