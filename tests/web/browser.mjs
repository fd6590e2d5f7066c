// A real Chromium that watches what the page does: requests to other hosts, broken policy, errors nobody caught.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

const here = import.meta.dirname;
export const pictures = path.join(here, '../../build/reports/pictures');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const kChromium = process.env.TRIBUTARY_CHROMIUM ?? '/usr/bin/chromium';
export const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps'];

const kWaitMs = 10_000; // for anything on the page to come
export const kWide = { width: 1440, height: 900 };
export const kNarrow = { width: 390, height: 844 };

let browser;
after(() => browser?.close());

/** A page of a browser that has never been here. `seen` says what it did that it should not have. */
export async function openBrowser({ viewport = kWide, colorScheme = 'light', locale = 'en-US', ...rest } = {}) {
    browser ??= await chromium.launch({ executablePath: kChromium, args: kFlags });
    const context = await browser.newContext({ viewport, colorScheme, locale, reducedMotion: 'reduce', ...rest });
    await context.addInitScript(() => {
        window.brokenPolicy = [];
        document.addEventListener('securitypolicyviolation', (event) => window.brokenPolicy.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
    });
    context.setDefaultTimeout(kWaitMs);
    const page = await context.newPage();
    const seen = { outside: [], errors: [] };
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (!['127.0.0.1', 'localhost'].includes(url.hostname) && !['data:', 'blob:'].includes(url.protocol)) seen.outside.push(request.url());
    });
    page.on('pageerror', (error) => seen.errors.push(String(error.stack ?? error)));
    page.on('console', (message) => {
        // A refused request is told to the person by the page; that the browser also logs it is no fault.
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) seen.errors.push(message.text());
    });
    return { context, page, seen };
}

/** Nothing was asked of another host, the policy held, and no error was left over. */
export async function assertClean({ page, seen }) {
    assert.deepEqual(await page.evaluate(() => window.brokenPolicy), [], 'the Content-Security-Policy was kept');
    assert.deepEqual(seen.outside, [], 'no request went to another host');
    assert.deepEqual(seen.errors, [], 'the page left no error behind');
}

/** axe-core finds nothing on the page as it stands. */
export async function assertAccessible(page, what) {
    await page.evaluate(axeSource); // by the debugger, which the policy does not bind
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const told = found.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')})`);
    assert.deepEqual(told, [], `${what} is accessible`);
}

/** A picture of the page for people to look at: build/reports/pictures/<name>.png */
export async function takePicture(page, name, options = {}) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: 'disabled', ...options });
}
