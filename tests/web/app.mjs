// A person at the app of a new server: joined by the link the server printed, with a page open.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startServer } from '../blackbox/server.mjs';
import { openBrowser } from './browser.mjs';

export const kPassword = 'wandering-otter-42';
export const kAda = { name: 'Ada Lovelace', email: 'ada@example.com', password: kPassword };

/** The link with which the first account of a new server is made. */
export function firstRunLink(server) {
    const line = server.lines.find((one) => one.startsWith('open this link'));
    assert.ok(line, 'a new server prints a link to join with');
    return /https?:\/\/\S+$/.exec(line)[0];
}

export async function fillJoin(page, { name, email, password }) {
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Command center' }).waitFor();
}

/** A new server and its first administrator's page, at home. `parameters` are the server's. */
export async function openApp({ parameters, listen, ...options } = {}) {
    const server = await startServer({ parameters, listen });
    const browser = await openBrowser(options);
    await browser.page.goto(firstRunLink(server));
    await fillJoin(browser.page, kAda);
    return { server, ...browser };
}

/** Another page of a person who has an account; in a browser of its own. */
export async function signInAs(server, { email, password }, options = {}) {
    const browser = await openBrowser(options);
    await browser.page.goto(`${server.url}/sign-in`);
    await signIn(browser.page, { email, password });
    await browser.page.getByRole('heading', { level: 1, name: 'Command center' }).waitFor();
    return browser;
}

export async function signIn(page, { email, password }) {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Asks the API as the person of the page would. */
export function ask(page, method, address, json) {
    return page.evaluate(
        async ([how, where, body]) => {
            const answer = await fetch(where, { method: how, headers: body === undefined ? {} : { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
            return { status: answer.status, json: await answer.json().catch(() => null) };
        },
        [method, address, json],
    );
}

/** A file in the server's own directory, which goes when the test ends. */
export function makeFile(server, name, text) {
    const file = path.join(server.data, name);
    writeFileSync(file, text);
    return file;
}

/** Chooses a file in the CSV tab and has it looked at; answers on the page of the import. */
export async function dropFile(page, file) {
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Look at what it does' }).click();
    await page.waitForURL(/\/imports\/[0-9a-f-]+/);
}

export const tile = (page, words) => page.getByRole('group', { name: 'Show only' }).getByRole('button', { name: words });
