// Somebody connects HubSpot: a wrong token is refused in words, the right one connects, everything comes in, a change shows up, and when
// the token dies the page says what to do. Against the fake of tests/fakes/hubspot.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHubspot } from '../fakes/hubspot/server.mjs';
import { kAda, openApp, signInAs } from './app.mjs';
import { assertAccessible, assertClean, kNarrow, takePicture } from './browser.mjs';

let fake;
let first;
before(async () => {
    fake = await startHubspot();
    fake.portal.seed(60);
    first = await openApp({ parameters: ['--hubspot-url', fake.url] });
});
after(async () => {
    await first?.context.close();
    await fake?.close();
});

test('HubSpot is connected, imported and followed from its tab', { timeout: 120_000 }, async (story) => {
    const { page, server } = first;
    const account = page.getByRole('region', { name: 'Sales EU' });

    await story.test('a token that HubSpot does not take is refused in words', async () => {
        await page.goto(`${server.url}/add/hubspot`);
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await page.getByText('Paste the token here.').waitFor();
        await page.getByLabel('Token of the private app').fill('pat-wrong');
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await page.getByRole('alert').getByText('HubSpot does not take this token.').waitFor();
        await assertAccessible(page, 'a refused token');
    });

    await story.test('the right one connects, and the address for the webhooks is shown once', async () => {
        await page.getByLabel('Name').fill('Sales EU');
        await page.getByLabel('Token of the private app').fill(fake.settings.token);
        await page.getByLabel('Client secret of the app').fill('the client secret');
        await page.getByRole('button', { name: 'Connect', exact: true }).click();
        await page.getByText('Sales EU is connected').waitFor();
        const address = await page.getByText(/hook=/).textContent();
        assert.ok(address.startsWith(`${server.url}/api/sales/deals/hubspot/sync?tenant_id=main`));
        fake.settings.webhook = { url: address, secret: 'the client secret' };
        await account.getByText('Connected').waitFor();
        await takePicture(page, 'hubspot-connected');
        await assertAccessible(page, 'a connected account');
        await page.reload();
        await account.waitFor();
        assert.equal(await page.getByText(/hook=/).count(), 0);
    });

    await story.test('everything comes in as an import', async () => {
        await account.getByRole('button', { name: 'Import everything' }).click();
        await page.waitForURL(/\/imports\/[0-9a-f-]+/);
        await page.getByText('60', { exact: true }).first().waitFor();
        await takePicture(page, 'hubspot-import');
        await page.goto(`${server.url}/deals?q=deal%2042`);
        await page.getByText('Deal 42').first().waitFor();
    });

    await story.test('a change there shows up here by itself', async () => {
        await page.goto(`${server.url}/deals?q=fresh`);
        fake.portal.create('deals', { dealname: 'Fresh from HubSpot', amount: '4200', dealstage: 'contractsent', pipeline: 'default' });
        assert.deepEqual(await fake.deliver(), [200]);
        await page.getByText('Fresh from HubSpot').first().waitFor();
    });

    await story.test('both sides are compared', async () => {
        await page.goto(`${server.url}/add/hubspot`);
        await account.getByRole('button', { name: 'Compare both sides' }).click();
        await account.getByText('61 deals there, 61 here; nothing differs.').waitFor();
        await takePicture(page, 'hubspot-compared');
    });

    await story.test('a dead token is said, and another one mends it', async () => {
        fake.settings.token = 'pat-na1-another';
        await account.getByRole('button', { name: 'Compare both sides' }).click();
        await account.getByText('Needs to be connected again').waitFor();
        await takePicture(page, 'hubspot-needs-token');
        await assertAccessible(page, 'an account without a good token');
        await account.getByRole('button', { name: 'Connect again' }).click();
        await account.getByLabel('Token of the private app').fill(fake.settings.token);
        await account.getByRole('button', { name: 'Use this token' }).click();
        await account.getByText('Connected').waitFor();
    });

    await story.test('a phone shows it too', async () => {
        const narrow = await signInAs(server, kAda, { viewport: kNarrow, colorScheme: 'dark' });
        await narrow.page.goto(`${server.url}/add/hubspot`);
        await narrow.page.getByRole('region', { name: 'Sales EU' }).waitFor();
        await takePicture(narrow.page, 'hubspot-connected-narrow-dark');
        await assertAccessible(narrow.page, 'a connected account, narrow and dark');
        await assertClean(narrow);
        await narrow.context.close();
    });

    await story.test('it is disconnected, and its deals stay', async () => {
        await account.getByRole('button', { name: 'Disconnect' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
        await page.getByText('Sales EU is disconnected. Its deals stay.').waitFor();
        assert.equal(await account.count(), 0);
        await assertClean(first);
    });
});

test('an account is connected by signing in to HubSpot', { timeout: 60_000 }, async () => {
    const { page, server } = await (async () => {
        const port = 20_000 + Math.floor(Math.random() * 20_000);
        process.env.TRIBUTARY_HUBSPOT_CLIENT_SECRET = fake.consents.clientSecret;
        const app = await openApp({ listen: `127.0.0.1:${port}`, parameters: ['--hubspot-url', fake.url, '--hubspot-consent-url', fake.url, '--hubspot-client-id', fake.consents.clientId, '--public-url', `http://127.0.0.1:${port}`] });
        delete process.env.TRIBUTARY_HUBSPOT_CLIENT_SECRET;
        return app;
    })();
    await page.goto(`${server.url}/add/hubspot`);
    await page.getByLabel('Name').fill('By consent');
    await takePicture(page, 'hubspot-consent');
    await page.getByRole('button', { name: 'Sign in to HubSpot' }).click();
    await page.getByText('By consent is connected').waitFor();
    assert.equal(new URL(page.url()).search, '', 'the code does not stay in the address');
    await assertAccessible(page, 'connected by consent');
    await page.context().close();
});
