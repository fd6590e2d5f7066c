// The whole way of someone who has never seen the product: joins, adds a deal, drops a messy file, sees what it would do, mends two
// cells, runs it, watches the board move, understands why a deal is at risk, and takes the import back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../blackbox/server.mjs';
import { ask, dropFile, fillJoin, firstRunLink, kAda, makeFile, tile } from './app.mjs';
import { assertAccessible, assertClean, openBrowser, takePicture } from './browser.mjs';

const kMessy = [
    'Opportunity ;ACCOUNT; Amount;Stage ;Probability;Close Date;Contact e-mail;Owner',
    'Harbour cranes;Northwind Haulage;"$ 185,000.00";Negotiation;80 %;2027-02-12;mara@northwind.example;Kim Lee',
    ' Cold store ;Bluefin Foods;42500;proposal;60;2027-03-25;INES@bluefin.example;Kim Lee',
    'Clinic scheduling;Harbour Health;a lot;Discovery;20;2027-05-01;tom@harbour.example;Sam Okoro',
    '"Data ""centre"" move";Granite Insurance;640000;Proposal;55%;2027-04-01;oskar@granite.example;Sam Okoro',
    'Archive scanning;Town of Alderton;51000;Proposal;5;2026-01-08;hugo@alderton.example;Ada Brandt',
    'Print on demand;Fable Books;call me;Discovery;5;2026-02-02;nora@fable.example;Ada Brandt',
    ';;;;;;;',
    'Total;;"935,300";;;;;',
    '',
].join('\r\n');

test('a stranger joins, adds a deal, imports a messy file, sees the board move, learns why a deal is at risk, and takes it all back', { timeout: 120_000 }, async (t) => {
    const server = await startServer();
    const browser = await openBrowser();
    const { page, context } = browser;
    const deals = async () => (await ask(page, 'GET', '/api/sales/deals?limit=100')).json.deals;

    await t.test('joins with the link that the server printed', async () => {
        await page.goto(firstRunLink(server));
        await page.getByText('You join').waitFor();
        assert.ok(!page.url().includes('#'), 'the token leaves the address bar at once');
        await fillJoin(page, kAda);
        await page.getByRole('heading', { name: 'Bring in your first deals' }).waitFor();
    });

    await t.test('adds a deal by hand, with the errors at their fields', async () => {
        await page.getByRole('button', { name: 'Add deal' }).first().click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: 'Add deal' }).click();
        await dialog.getByText('Give the deal a name').or(dialog.locator('[aria-invalid=true]')).first().waitFor();
        assert.equal(await dialog.getByLabel('Deal name').getAttribute('aria-invalid'), 'true');
        await dialog.getByLabel('Deal name').fill('Spare parts shop');
        await dialog.getByLabel('Company').fill('Torque Motors');
        await dialog.getByLabel('Value').fill('112000');
        await dialog.getByLabel('Contact e-mail').fill('nils@torque.example');
        await dialog.getByRole('button', { name: 'Add deal' }).click();
        await dialog.getByRole('heading', { name: 'Deal added' }).waitFor();
        await takePicture(page, 'deal-added');
        const [deal] = await deals();
        assert.deepEqual([deal.name, deal.value, deal.source, deal.stage], ['Spare parts shop', 112000, 'manual', 'discovery']);
        // The same once more: a hint before anything is saved.
        await dialog.getByRole('button', { name: 'Add another' }).click();
        await dialog.getByLabel('Deal name').fill('Spare parts shop');
        await dialog.getByLabel('Company').fill('Torque Motors');
        await dialog.getByText(/already|looks like|same/i).first().waitFor();
        await assertAccessible(page, 'the hint about a duplicate');
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
    });

    const board = await context.newPage();
    await board.goto(`${server.url}/board`);
    await board.getByRole('link', { name: 'Spare parts shop' }).waitFor();
    const card = (name) => board.getByRole('link', { name });
    await page.bringToFront();

    await t.test('drops a messy file and sees what it would do', async () => {
        await page.getByRole('button', { name: 'Add deal' }).first().click();
        await page.getByRole('tab', { name: 'CSV file' }).click();
        await dropFile(page, makeFile(server, 'pipeline (final).csv', kMessy));
        await page.getByRole('button', { name: 'Check the rows' }).waitFor();
        await takePicture(page, 'import-columns');
        await assertAccessible(page, 'the columns of a file');
        await page.getByRole('button', { name: 'Check the rows' }).click();
        await tile(page, 'Create').or(tile(page, 'New')).first().waitFor();
        await takePicture(page, 'import-check');
        await assertAccessible(page, 'the check of a file');
        assert.equal((await deals()).length, 1, 'nothing is saved by looking');
    });

    await t.test('mends two cells in place and looks again', async () => {
        await page.getByLabel('Amount').nth(0).fill('96000');
        await page.getByLabel('Amount').nth(1).fill('16,800');
        await page.getByText('2 cells changed').waitFor();
        await takePicture(page, 'import-mended');
        await page.getByRole('button', { name: 'Check again' }).click();
        await page.getByRole('button', { name: 'Import 6 deals' }).waitFor();
    });

    await t.test('runs it, and the board moves without being reloaded', async () => {
        await board.getByRole('button', { name: 'By close date' }).or(board.getByText('By close date')).first().waitFor();
        assert.equal(await card('Harbour cranes').count(), 0);
        await page.getByRole('button', { name: 'Import 6 deals' }).click();
        await page.getByRole('heading', { name: /^Done: 6 new/ }).waitFor();
        for (const name of ['Harbour cranes', 'Cold store', 'Clinic scheduling', 'Data "centre" move', 'Archive scanning', 'Print on demand']) await card(name).waitFor();
        await takePicture(board, 'board-live');
        const clinic = (await deals()).find((deal) => deal.name === 'Clinic scheduling');
        assert.equal(clinic.value, 96000);
        assert.equal((await deals()).find((deal) => deal.name === 'Print on demand').value, 16800);
        await takePicture(page, 'import-result');
        await assertAccessible(page, 'the result of an import');
    });

    await t.test('understands why a deal is at risk', async () => {
        await page.goto(`${server.url}/`);
        const atRisk = page.getByRole('list', { name: 'Why Archive scanning is at risk' });
        await atRisk.getByText(/close date passed/).waitFor();
        await takePicture(page, 'home');
        await page.getByRole('link', { name: 'Archive scanning' }).first().click();
        await page.getByRole('heading', { level: 1, name: 'Archive scanning' }).waitFor();
        await page.getByText(/The expected close date passed \d+ days ago/).first().waitFor();
        const { json } = await ask(page, 'GET', `${new URL(page.url()).pathname.replace('/deals/', '/api/sales/deals/')}?include=analysis`);
        for (const factor of json.analysis.factors) await page.getByText(factor.why, { exact: true }).first().waitFor();
        await takePicture(page, 'deal');
        await assertAccessible(page, 'the page of a deal');
    });

    await t.test('takes the import back, and the board follows', async () => {
        await page.getByRole('link', { name: 'Imports' }).first().click();
        await page.getByRole('link', { name: 'pipeline (final).csv' }).first().click();
        await page.getByRole('button', { name: 'Undo this import' }).click();
        await page.getByRole('heading', { name: 'Undo this import?' }).waitFor();
        await takePicture(page, 'import-undo');
        await page.getByRole('button', { name: 'Undo', exact: true }).click();
        await page.getByText('This import was taken back').waitFor();
        await card('Harbour cranes').waitFor({ state: 'detached' });
        assert.deepEqual((await deals()).map((deal) => deal.name), ['Spare parts shop']);
        await card('Spare parts shop').waitFor();
    });

    await assertClean(browser);
    await assertClean({ page: board, seen: browser.seen });
});
