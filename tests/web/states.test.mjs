// Every screen in every dress: wide and narrow, light and dark, empty and full. Nothing that axe-core finds, nothing that breaks the
// policy, nothing asked of another host; a picture of each.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, kAda, openApp, signInAs } from './app.mjs';
import { assertAccessible, assertClean, kNarrow, kWide, takePicture } from './browser.mjs';

const kPlaces = ['', 'deals', 'board', 'leads', 'imports', 'settings', 'settings?tab=keys', 'settings?tab=workspace', 'settings?tab=password', 'add', 'add/web-form', 'add/csv', 'add/email', 'add/api', 'add/hubspot', 'add/salesforce', 'no-such-page'];
const nameOf = (place) => (place === '' ? 'home' : place.replaceAll(/[/?=]/g, '-'));

let first;
before(async () => {
    first = await openApp();
});
after(() => first?.context.close());

/** What is still coming has come: no skeleton, no spinner. */
const settled = (page) => page.waitForFunction(() => document.querySelector('main') !== null && document.querySelector('[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root') === null);

async function look(browser, place, name) {
    await browser.page.goto(`${first.server.url}/${place}`);
    await settled(browser.page);
    await takePicture(browser.page, name);
    await assertAccessible(browser.page, name);
    const wide = await browser.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name} is not wider than the screen`);
}

test('every screen of a workspace without a deal says what to do next', { timeout: 120_000 }, async () => {
    for (const place of kPlaces.slice(0, 5)) await look(first, place, `${nameOf(place)}-empty`);
    await assertClean(first);
});

test('sample data comes in by one press, and is taken away by one', { timeout: 60_000 }, async () => {
    const { page, server } = first;
    await page.goto(server.url);
    await page.getByRole('button', { name: /Load sample data/ }).click();
    await page.getByText('40 sample deals are in.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Bring in your first deals' }).waitFor();
    assert.equal((await ask(page, 'GET', '/api/sales/deals')).json.deals.length, 0);
    await page.getByRole('button', { name: /Load sample data/ }).click();
    await page.getByText('40 sample deals are in.').waitFor();
    await assertAccessible(page, 'a toast');
});

for (const [width, viewport] of [['wide', kWide], ['narrow', kNarrow]]) {
    for (const colorScheme of ['light', 'dark']) {
        test(`every screen, ${width} and ${colorScheme}`, { timeout: 240_000 }, async () => {
            const browser = await signInAs(first.server, kAda, { viewport, colorScheme });
            const { page } = browser;
            for (const place of kPlaces) await look(browser, place, `${nameOf(place)}-${width}-${colorScheme}`);
            const { json } = await ask(page, 'GET', '/api/sales/deals?sort=health_score&active=true&limit=1');
            await look(browser, `deals/${json.deals[0].id}`, `deal-${width}-${colorScheme}`);
            const imported = await ask(page, 'GET', '/api/sales/imports?limit=1');
            await look(browser, `imports/${imported.json.imports[0].import_id}`, `import-${width}-${colorScheme}`);
            await look(browser, 'deals?stage=proposal&sort=-value&q=data', `deals-filtered-${width}-${colorScheme}`);
            await look(browser, 'deals?q=nothing-is-called-so', `deals-none-${width}-${colorScheme}`);
            await assertClean(browser);
            await browser.context.close();
        });
        test(`what opens over a screen, ${width} and ${colorScheme}`, { timeout: 120_000 }, async () => {
            const browser = await signInAs(first.server, kAda, { viewport, colorScheme });
            const { page } = browser;
            const over = async (name, open, seen) => {
                await open();
                await seen().waitFor();
                await page.waitForTimeout(350); // what moves in has to have come to rest, or colours are half mixed
                await takePicture(page, `${name}-${width}-${colorScheme}`);
                await assertAccessible(page, `${name}, ${width} and ${colorScheme}`);
                await page.keyboard.press('Escape');
                await seen().waitFor({ state: 'hidden' });
            };
            const dialog = () => page.getByRole('dialog');
            await over('add-deal', () => page.keyboard.press('n'), dialog);
            await over('finder', () => page.keyboard.press('Control+k'), () => page.getByRole('textbox', { name: /find|search/i }).or(page.getByPlaceholder(/find|search/i)).last());
            await over('keys', () => page.keyboard.press('?'), dialog);
            await over('person-menu', () => page.getByRole('button', { name: 'Your account' }).click(), () => page.getByRole('menu'));
            await page.goto(`${first.server.url}/deals`);
            await settled(page);
            await over('filters', () => page.getByRole('button', { name: 'Filters' }).click(), dialog);
            await page.goto(`${first.server.url}/board`);
            await settled(page);
            await over('move-to', () => page.getByRole('button', { name: /^Move .* to/ }).first().click(), () => page.getByRole('menu'));
            await page.goto(`${first.server.url}/settings`);
            await settled(page);
            await over('invite', () => page.getByRole('button', { name: 'Invite' }).click(), dialog);
            await assertClean(browser);
            await browser.context.close();
        });
    }
}

test('the pages before one is signed in', { timeout: 60_000 }, async () => {
    const browser = await signInAs(first.server, kAda);
    const { page, context } = browser;
    await context.clearCookies();
    for (const place of ['sign-in', 'join#not-a-token', 'deals']) {
        await page.goto(`${first.server.url}/${place}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await takePicture(page, `${place.replaceAll(/[^a-z]/g, '-')}-signed-out`);
        await assertAccessible(page, place);
    }
    await assertClean(browser);
});
