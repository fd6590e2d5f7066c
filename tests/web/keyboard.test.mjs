// Everything a sales person does in a day, without a mouse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../blackbox/server.mjs';
import { ask, firstRunLink, kAda } from './app.mjs';
import { assertClean, openBrowser } from './browser.mjs';

test('by keyboard alone: joins, adds a deal, finds it, moves it on the board, reads it, takes it back', { timeout: 90_000 }, async () => {
    const server = await startServer();
    const browser = await openBrowser();
    const { page } = browser;
    const press = async (...keys) => {
        for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute('name'));
    /** Tab until what has the focus is called so; within a bound, as a person would lose patience. */
    const tabTo = async (name) => {
        for (let presses = 0; presses < 60; ++presses) {
            if (name.test((await focused()) ?? '')) return;
            await press('Tab');
        }
        assert.fail(`${name} is reached by Tab`);
    };
    await page.goto(firstRunLink(server));
    await page.getByLabel('Your name').waitFor();
    await page.keyboard.type(kAda.name);
    await press('Tab');
    await page.keyboard.type(kAda.email);
    await press('Tab');
    await page.keyboard.type(kAda.password);
    await press('Enter');
    await page.getByRole('heading', { name: 'Bring in your first deals' }).waitFor();

    await tabTo(/^Add a deal/);
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Deal name').waitFor();
    await tabTo(/^By hand$/);
    await press('Tab');
    await page.keyboard.type('Harbour cranes');
    await press('Tab');
    await page.keyboard.type('Northwind Haulage');
    await press('Enter');
    await dialog.getByRole('heading', { name: 'Deal added' }).waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // The button that opened it went with the first deal; the way on is not from the top of the page.
    await page.waitForFunction(() => document.activeElement.id === 'content');

    // A key in a field is a letter; outside it is a way.
    await press('g', 'b');
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor();
    await page.getByRole('link', { name: 'Harbour cranes' }).waitFor();
    await tabTo(/^Move Harbour cranes to/);
    await press('Enter');
    await page.waitForFunction(() => document.activeElement.closest('[role=menu]') !== null);
    await press('ArrowDown', 'Enter');
    const stage = async () => (await ask(page, 'GET', '/api/sales/deals')).json.deals[0].stage;
    await page.getByText(/moved to/).waitFor();
    assert.notEqual(await stage(), 'discovery');
    await tabTo(/^Undo$/);
    await press('Enter');
    await page.getByText('Undone.').waitFor();
    assert.equal(await stage(), 'discovery');

    await press('Control+k');
    await page.getByPlaceholder('Find deals, pages and actions').waitFor();
    await page.keyboard.type('harb');
    await dialog.getByRole('button', { name: /Harbour cranes/ }).waitFor();
    await press('ArrowDown', 'Enter');
    await page.getByRole('heading', { level: 1, name: 'Harbour cranes' }).waitFor();

    await dialog.waitFor({ state: 'detached' });
    await press('g', 'd');
    await page.getByRole('grid').waitFor();
    await tabTo(/^Deals$/);
    await page.getByRole('grid').focus();
    await press('ArrowDown', 'Enter');
    await page.getByRole('heading', { level: 1, name: 'Harbour cranes' }).waitFor();

    await press('n');
    await dialog.getByLabel('Deal name').waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await press('?');
    await dialog.getByText('Keyboard shortcuts').waitFor();
    await press('Escape');
    await assertClean(browser);
});
