import { test } from 'node:test';
import { startServer } from '/work/wt-web/tests/blackbox/server.mjs';
import { openBrowser, takePicture, assertAccessible, kNarrow } from '/work/wt-web/tests/web/browser.mjs';
test('look', { timeout: 240000 }, async () => {
  const server = await startServer();
  const token = await server.invitation();
  const b = await openBrowser();
  const { page, seen } = b;
  const note = async (name) => { await takePicture(page, 'look-' + name); try { await assertAccessible(page, name); } catch (e) { console.log('AXE', name, e.message.slice(0, 600)); } };
  await page.goto(`${server.url}/join#${token}`);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await note('join');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill('wandering-otter-42');
  await page.keyboard.press('Enter');
  await page.waitForURL(server.url + '/');
  await page.waitForTimeout(800);
  await note('home-empty');
  for (const t of ['deals', 'board', 'leads', 'imports', 'settings']) { await page.goto(server.url + '/' + t); await page.waitForTimeout(700); await note(t + '-empty'); }
  await page.goto(server.url + '/'); await page.waitForTimeout(500);
  await page.getByText('sample', { exact: false }).first().click();
  await page.waitForTimeout(2500);
  await note('home-sample');
  for (const t of ['deals', 'board', 'leads', 'imports', 'settings', 'add', 'add/web-form', 'add/csv', 'add/email', 'add/api', 'add/hubspot', 'add/salesforce', 'nowhere']) { await page.goto(server.url + '/' + t); await page.waitForTimeout(900); await note(t.replace('/', '-')); }
  await page.goto(server.url + '/deals'); await page.waitForTimeout(700);
  await page.locator('a[href^="/deals/"]').first().click(); await page.waitForTimeout(1200); await note('deal');
  await page.setViewportSize(kNarrow);
  for (const t of ['', 'deals', 'board', 'leads', 'imports', 'settings', 'add', 'add/csv']) { await page.goto(server.url + '/' + t); await page.waitForTimeout(700); await note('n-' + t.replace('/', '-')); }
  console.log(seen);
});
