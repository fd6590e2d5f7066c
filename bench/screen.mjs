// The app's figures in a real browser; called by bench/screen. Each row: what, the figure, what it must hold.
import { execFile } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ask, dropFile, openApp } from '../tests/web/app.mjs';
import { kChromium, kFlags } from '../tests/web/browser.mjs';
import { connect } from '../tests/blackbox/client.mjs';

const kShownMsMax = 250;
const kFramesPerSecondMin = 30;
const kHeapMbMax = 80;
const kStallMsMax = 200; // one notices more than that
const kDealsMany = 1_000_000;
const kUploadMb = 100;
const fromTests = createRequire(new URL('../tests/web/package.json', import.meta.url));
const rows = [];
const told = (what, figure, must, holds) => {
    rows.push({ what, figure, must, holds });
    console.log(`${holds ? 'holds' : 'MISSED'}  ${what}: ${figure} (must ${must})`);
};
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** A file of deals of about `bytes`, or of `many` rows, written without holding it. */
async function writeDeals(file, { many = Infinity, bytes = Infinity }) {
    const out = createWriteStream(file);
    let text = 'Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Description\n';
    let written = 0;
    const stages = ['Discovery', 'Qualification', 'Proposal', 'Negotiation'];
    for (let n = 0; n < many && written < bytes; ++n) {
        text += `Deal number ${n} of the long list,Company ${n % 50_021} Ltd,${1_000 + (n % 900_000)},${stages[n % 4]},${20 + (n % 60)},2027-0${1 + (n % 9)}-1${n % 10},buyer${n}@company${n % 50_021}.example,Written for a measurement and of no other use\n`;
        if (text.length < 1 << 20) continue;
        written += text.length;
        if (!out.write(text)) await new Promise((resolve) => out.once('drain', resolve));
        text = '';
    }
    await new Promise((resolve) => out.end(text, resolve));
}

async function keyOf(app) {
    const { json } = await ask(app.page, 'GET', '/api/auth/me');
    return app.server.key({ tenant: json.tenant_id, workspace: json.workspace_id });
}

/** From the answer to a change (it is durable then) until the page shows it. Both clocks are this machine's. */
async function live() {
    const app = await openApp();
    const { page, server } = app;
    const client = connect(server, await keyOf(app));
    await ask(page, 'POST', '/api/sales/deals/manual', { name: 'Watched', company: 'Torque Motors', value: 1 });
    const id = (await ask(page, 'GET', '/api/sales/deals')).json.deals[0].id;
    for (const [what, where, seen] of [
        ['a changed row of the table', 'deals', (value) => `$${value.toLocaleString('en-US')}`],
        ['a counted figure at home', '', (value) => `$${value.toLocaleString('en-US')}`],
    ]) {
        await page.goto(`${server.url}/${where}`);
        await page.getByText('Live', { exact: true }).waitFor();
        await page.getByText('Watched').first().waitFor();
        const took = [];
        for (let n = 0; n < 100; ++n) {
            const value = 1_000 + n + (where === '' ? 500 : 0);
            const shown = page.evaluate(
                (text) => new Promise((resolve) => {
                    const look = () => document.body.innerText.includes(text) && resolve(Date.now());
                    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
                    setTimeout(() => resolve(Infinity), 5_000);
                }),
                seen(value),
            );
            await client.patch(`/${id}`, { value }, { expect: 200 });
            const committed = Date.now();
            took.push((await shown) - committed);
        }
        took.sort((a, b) => a - b);
        told(`from commit to ${what}, p95 of ${took.length}`, `${at(took, 0.95)} ms (p50 ${at(took, 0.5)} ms)`, `≤ ${kShownMsMax} ms`, at(took, 0.95) <= kShownMsMax);
    }
    await app.context.close();
    await server.stop();
}

/** How even the frames come while `act` runs: frames a second, the longest wait for one in ms, and the most heap in MB. */
async function framesWhile(page, act) {
    const session = await page.context().newCDPSession(page);
    await page.evaluate(() => {
        window.frames_ = [];
        const note = (now) => {
            window.frames_.push(now);
            window.noting_ = requestAnimationFrame(note);
        };
        requestAnimationFrame(note);
    });
    let most = 0;
    let done = false;
    const sampling = (async () => {
        while (!done) {
            const { usedSize } = await session.send('Runtime.getHeapUsage');
            most = Math.max(most, usedSize);
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    })();
    await act();
    done = true;
    await sampling;
    const frames = await page.evaluate(() => {
        cancelAnimationFrame(window.noting_);
        return window.frames_;
    });
    const gaps = frames.slice(1).map((now, n) => now - frames[n]);
    return { perSecond: (gaps.length * 1_000) / (frames.at(-1) - frames[0]), longest: Math.max(...gaps), heapMb: most / 1e6 };
}

async function table() {
    const app = await openApp();
    const { page, server } = app;
    const file = path.join(server.data, 'million.csv');
    await writeDeals(file, { many: kDealsMany });
    const key = await keyOf(app);
    await promisify(execFile)('curl', ['-sS', '-f', '-H', `Authorization: Bearer ${key}`, '-H', 'Prefer: wait', '-F', `file=@${file}`, '-o', '/dev/null', `${server.url}/api/sales/deals/csv/upload?automations=off`], { timeout: 300_000 });
    rmSync(file);
    const opened = Date.now();
    await page.goto(`${server.url}/deals?sort=-value`);
    await page.getByText('1,000,000 deals').waitFor({ timeout: 60_000 });
    await page.getByRole('row').nth(5).getByRole('link').waitFor();
    console.log(`opened, sorted by value, in ${Date.now() - opened} ms`);
    const seen = await framesWhile(page, () =>
        page.evaluate(async () => {
            const area = document.querySelector('[role=grid]');
            const kMs = 10_000;
            const began = performance.now();
            // Slowly by rows for half the time, then in leaps over the whole list.
            for (let now = began; now - began < kMs; now = await new Promise((resolve) => requestAnimationFrame(resolve))) {
                const share = (now - began) / kMs;
                area.scrollTop = share < 0.5 ? area.scrollTop + 120 : (share - 0.5) * 2 * (area.scrollHeight - area.clientHeight);
            }
        }),
    );
    await page.getByRole('row').nth(5).getByRole('link').waitFor();
    told('1,000,000 deals scrolled for 10 s', `${seen.perSecond.toFixed(0)} frames/s, the longest wait ${seen.longest.toFixed(0)} ms`, `≥ ${kFramesPerSecondMin} frames/s`, seen.perSecond >= kFramesPerSecondMin);
    told('the page’s heap meanwhile, at most', `${seen.heapMb.toFixed(0)} MB`, `≤ ${kHeapMbMax} MB`, seen.heapMb <= kHeapMbMax);
    await app.context.close();
    await server.stop();
}

async function upload() {
    const app = await openApp();
    const { page, server } = app;
    const file = path.join(server.data, 'large.csv');
    await writeDeals(file, { bytes: kUploadMb * 1e6 });
    await page.goto(`${server.url}/add/csv`);
    await page.getByRole('tab', { name: 'CSV file' }).waitFor();
    const began = Date.now();
    const seen = await framesWhile(page, () => dropFile(page, file));
    told(`a file of ${kUploadMb} MB chosen and sent in ${((Date.now() - began) / 1000).toFixed(1)} s: the longest the page stands still`, `${seen.longest.toFixed(0)} ms`, `≤ ${kStallMsMax} ms`, seen.longest <= kStallMsMax);
    told('the page’s heap meanwhile, at most', `${seen.heapMb.toFixed(0)} MB`, `≤ ${kHeapMbMax} MB`, seen.heapMb <= kHeapMbMax);
    await app.context.close();
    await server.stop();
}

async function lighthouse() {
    const { default: measure, desktopConfig } = await import(fromTests.resolve('lighthouse'));
    const { chromium } = fromTests('playwright-core');
    const app = await openApp();
    const { page, context, server } = app;
    await page.getByRole('button', { name: /Load sample data/ }).click();
    await page.getByText('40 sample deals are in.').waitFor();
    const [cookie] = await context.cookies();
    await context.close();
    const port = 20_000 + (process.pid % 10_000);
    const browser = await chromium.launch({ executablePath: kChromium, args: [...kFlags, `--remote-debugging-port=${port}`] });
    for (const where of ['/sign-in', '/', '/deals', '/board']) {
        const headers = where === '/sign-in' ? {} : { extraHeaders: { Cookie: `${cookie.name}=${cookie.value}` } };
        const { lhr } = await measure(server.url + where, { port, onlyCategories: ['performance', 'accessibility', 'best-practices'], logLevel: 'error', ...headers }, desktopConfig);
        const scores = Object.values(lhr.categories).map(({ score }) => Math.round(score * 100));
        told(`Lighthouse (desktop) of ${where}: performance / accessibility / best practices`, scores.join(' / '), '≥ 95 / 100 / 95', scores[0] >= 95 && scores[1] >= 100 && scores[2] >= 95);
    }
    await browser.close();
    await server.stop();
}

const parts = { live, table, upload, lighthouse };
const asked = process.argv.slice(2).filter((one) => one in parts);
for (const name of asked.length > 0 ? asked : Object.keys(parts)) await parts[name]();
if (process.argv.includes('--publish')) {
    const page = path.join(import.meta.dirname, '../docs/performance.md');
    const table_ = ['| what | measured | must | |', '|---|---|---|---|', ...rows.map((row) => `| ${row.what} | ${row.figure} | ${row.must} | ${row.holds ? 'holds' : 'missed'} |`)].join('\n');
    const [begin, end] = ['<!-- screen -->', '<!-- /screen -->'];
    const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
    if (!text.includes(begin)) throw new Error(`docs/performance.md has no place ${begin}`);
    writeFileSync(page, text.slice(0, text.indexOf(begin) + begin.length) + '\n' + table_ + '\n' + text.slice(text.indexOf(end)));
}
process.exit(rows.every((row) => row.holds) ? 0 : 1); // with the browser
