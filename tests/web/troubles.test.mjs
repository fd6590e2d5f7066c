// What goes wrong: a wrong password, a session that ends, a server that dies in the middle of an import, a network that is cut, a link
// of another tenant, hostile text in every cell. The app says what happened, loses nothing, and goes on where one was.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { sharedFile, startServer } from '../blackbox/server.mjs';
import { ask, dropFile, fillJoin, kAda, kPassword, makeFile, openApp, signIn, signInAs, tile } from './app.mjs';
import { assertAccessible, assertClean, openBrowser, takePicture } from './browser.mjs';

let first;
before(async () => {
    first = await openApp();
});
after(() => first?.context.close());

const rowsOf = (many, name = (at) => `Deal ${at}`) => ['Deal Name,Company,Value,Contact Email', ...Array.from({ length: many }, (_, at) => `${name(at)},Company ${at},${1000 + at},c${at}@company${at}.example`), ''].join('\n');

test('a wrong password is refused in words, at once usable again', { timeout: 60_000 }, async () => {
    const browser = await openBrowser();
    const { page } = browser;
    await page.goto(`${first.server.url}/sign-in`);
    await signIn(page, { email: kAda.email, password: 'not the password' });
    await page.getByRole('alert').getByText('The e-mail address or the password is wrong.').waitFor();
    assert.equal(await page.getByLabel('Password', { exact: true }).evaluate((field) => field === document.activeElement), true, 'the password has the focus');
    await assertAccessible(page, 'a refused sign-in');
    await takePicture(page, 'sign-in-refused');
    await signIn(page, kAda);
    await page.getByRole('heading', { level: 1, name: 'Command center' }).waitFor();
    await assertClean(browser);
});

test('a session that ends leads to the sign-in page and back to where one was', { timeout: 60_000 }, async () => {
    const browser = await signInAs(first.server, kAda);
    const { page, context } = browser;
    await page.goto(`${first.server.url}/deals?stage=proposal`);
    await page.getByRole('heading', { level: 1, name: 'Deals' }).waitFor();
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite], ['__Host-tributary', true, true, 'Lax']);
    // Signed out elsewhere: the session itself is over.
    await page.evaluate(() => fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }));
    await page.getByRole('link', { name: 'Leads' }).first().click();
    await page.getByText('You were signed out').waitFor();
    await takePicture(page, 'signed-out');
    await signIn(page, kAda);
    await page.waitForURL(/\/(leads|deals)/);
    await assertClean(browser);
});

test('a deal is only its own tenant’s: a link from another one says that there is no such deal', { timeout: 60_000 }, async () => {
    const { server, page } = first;
    await ask(page, 'POST', '/api/sales/deals/manual', { name: 'Secret of the first tenant', value: 5 });
    const { json } = await ask(page, 'GET', '/api/sales/deals?q=secret');
    const id = json.deals[0].id;
    await server.key({ tenant: 'other' });
    const other = await openBrowser();
    await other.page.goto(`${server.url}/join#${await server.invitation({ tenant: 'other' })}`);
    await fillJoin(other.page, { name: 'Bob Noyce', email: 'bob@example.com', password: kPassword });
    await other.page.goto(`${server.url}/deals/${id}`);
    await other.page.getByText('There is no such deal').waitFor();
    assert.equal(await other.page.getByText('Secret of the first tenant').count(), 0);
    assert.equal((await ask(other.page, 'GET', '/api/sales/deals')).json.deals.length, 0);
    await takePicture(other.page, 'another-tenant');
    await assertClean(other);
});

test('a viewer is shown no button that would be refused', { timeout: 60_000 }, async () => {
    const { server } = first;
    const viewer = await openBrowser();
    await viewer.page.goto(`${server.url}/join#${await server.invitation({ tenant: 'main', role: 'viewer' })}`);
    await fillJoin(viewer.page, { name: 'Vera Rubin', email: 'vera@example.com', password: kPassword });
    for (const place of ['', 'deals', 'board', 'imports', 'leads']) {
        await viewer.page.goto(`${server.url}/${place}`);
        await viewer.page.getByRole('heading', { level: 1 }).waitFor();
        assert.equal(await viewer.page.getByRole('button', { name: /add deal|import a file|move .* to|load sample/i }).count(), 0, `nothing to write with at /${place}`);
    }
    assert.equal((await ask(viewer.page, 'POST', '/api/sales/deals/manual', { name: 'No' })).status, 403);
    await viewer.page.goto(`${server.url}/add/csv`);
    await viewer.page.getByText('You can look, but not add').waitFor();
    await assertClean(viewer);
});

test('the network is cut and comes back: the page says so, and misses nothing', { timeout: 60_000 }, async () => {
    const { server } = first;
    const browser = await signInAs(server, kAda);
    const { page, context } = browser;
    const state = (words) => page.getByRole('status').getByText(words, { exact: true });
    await state('Live').waitFor();
    await context.setOffline(true);
    await page.getByText('Offline', { exact: true }).waitFor();
    await takePicture(page, 'offline');
    const key = await server.key({ tenant: (await ask(first.page, 'GET', '/api/auth/me')).json.tenant_id, workspace: (await ask(first.page, 'GET', '/api/auth/me')).json.workspace_id });
    const sent = await fetch(`${server.url}/api/sales/deals/api`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Came while the line was down', value: 77000 }) });
    assert.equal(sent.status, 201);
    assert.equal(await page.getByText('Came while the line was down').count(), 0);
    await context.setOffline(false);
    await state('Live').waitFor();
    await page.getByRole('link', { name: 'Came while the line was down' }).first().waitFor();
    const open = (await ask(page, 'GET', '/api/sales/deals/metrics')).json.metrics.total_active_deals;
    await page.getByRole('article', { name: 'Open deals' }).getByText(String(open), { exact: true }).waitFor();
    const { errors } = browser.seen; // the browser's own line about the socket that was cut is not ours
    browser.seen.errors = errors.filter((one) => !/WebSocket|ERR_INTERNET_DISCONNECTED/.test(one));
    await assertClean(browser);
});

test('the server is killed in the middle of an import: it goes on by itself, and the page finds back to it', { timeout: 120_000 }, async () => {
    const app = await openApp();
    const { page } = app;
    const kRows = 60_000;
    await page.goto(`${app.server.url}/add/csv`);
    await dropFile(page, makeFile(app.server, 'large.csv', rowsOf(kRows)));
    await page.getByRole('button', { name: 'Check the rows' }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Import 60,000 deals/ }).click();
    const address = page.url();
    const done = async () => (await ask(page, 'GET', '/api/sales/deals/metrics')).json.metrics.total_active_deals;
    while ((await done()) < 1_000);
    await app.server.kill();
    await page.getByText(/Reconnecting|Offline/).first().waitFor();
    await takePicture(page, 'server-gone');
    const again = await startServer({ data: app.server.data, listen: new URL(app.server.url).host });
    await page.getByRole('heading', { name: /^Done: / }).waitFor({ timeout: 60_000 });
    assert.equal(await done(), kRows, 'every row is there once');
    assert.equal(new URL(page.url()).pathname, new URL(address).pathname);
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    app.seen.errors = app.seen.errors.filter((one) => !/WebSocket|ERR_CONNECTION/.test(one));
    await assertClean(app);
    await again.stop();
});

test('hostile text in every cell is shown as the text it is', { timeout: 120_000, skip: sharedFile('data/blns/blns.json') ? false : 'the list of naughty strings is absent' }, async () => {
    const strings = JSON.parse(readFileSync(sharedFile('data/blns/blns.json'), 'utf8')).filter((text) => text.trim() !== '' && !text.includes('\0'));
    const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
    const lines = strings.map((text, at) => [`${at} ${text}`, text, String(at), text, `n${at}@naughty.example`, text].map(quoted).join(','));
    const { page, server, ...browser } = await openApp();
    await page.goto(`${server.url}/add/csv`);
    await dropFile(page, makeFile(server, 'naughty <b>bold<b>.csv', ['Deal Name,Company,Value,Description,Contact Email,<img src=x onerror=alert(1)>', ...lines, ''].join('\n')));
    await page.getByRole('button', { name: 'Check the rows' }).click();
    await tile(page, /New deals/).waitFor();
    await takePicture(page, 'naughty-check');
    await page.getByRole('button', { name: /^Import \d+ deals/ }).click();
    await page.getByRole('heading', { name: /^Done: / }).waitFor();
    const { json } = await ask(page, 'GET', '/api/sales/deals?limit=500');
    assert.ok(json.deals.length >= strings.length * 0.9, `${json.deals.length} of ${strings.length}`);
    await page.goto(`${server.url}/deals`);
    await page.getByRole('grid').waitFor();
    await takePicture(page, 'naughty-deals');
    await assertAccessible(page, 'a table of hostile text');
    await page.goto(`${server.url}/board`);
    await page.getByRole('region', { name: 'Discovery' }).getByRole('link').first().waitFor();
    for (const deal of json.deals.filter((one) => one.name.includes('<')).slice(0, 5)) {
        await page.goto(`${server.url}/deals/${deal.id}`);
        const title = await page.getByRole('heading', { level: 1 }).textContent();
        assert.ok(title.includes(deal.name.replaceAll(/\s+/g, ' ').trim().slice(0, 20)) || title.includes(deal.name.slice(0, 20)), `${title} is ${deal.name}`);
    }
    await assertClean({ page, ...browser });
});
