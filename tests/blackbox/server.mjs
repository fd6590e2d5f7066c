// The real server, started and stopped. Everything it needs is made in a new directory under the system's temporary one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
export const binary = process.env.TRIBUTARY_BIN ?? path.join(here, '../../build/release/tributary');
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

// At the end of a test file every server that still runs is asked to end, and has to end well. A test that failed
// half-way leaves neither a server nor a directory behind.
const running = new Set();
const directories = new Set();
after(async () => {
    try {
        for (const server of [...running]) assert.equal(await server.stop(), 0, 'the server ends well when asked to');
    } finally {
        for (const server of running) server.process.kill('SIGKILL');
        for (const directory of directories) rmSync(directory, { recursive: true, force: true });
    }
});

/** Data that is no part of the project; undefined when it is absent. */
export function sharedFile(name) {
    const file = path.join(here, '../../../shared', name);
    return existsSync(file) ? file : undefined;
}

export function makeDataDirectory() {
    const directory = mkdtempSync(path.join(tmpdir(), 'tributary-blackbox-'));
    directories.add(directory);
    return directory;
}

/** Runs a subcommand of the binary and gives its standard output without the last newline. */
export async function command(...parameters) {
    const { stdout } = await run(binary, parameters, { timeout: readyTimeoutMs });
    return stdout.trimEnd();
}

/**
 * Starts `tributary serve` on a free port and waits until it says where it listens.
 * `data` is a data directory to go on with; without it a new one is made. All are removed at the end of the test file.
 * `listen` is an address to come back to.
 */
export async function startServer({ data, listen = '127.0.0.1:0', parameters = [] } = {}) {
    const directory = data ?? makeDataDirectory();
    const child = spawn(binary, ['serve', '--listen', listen, '--data', directory, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    directories.add(directory);
    const lines = []; // of both streams, for the message when it fails to start
    const log = []; // of standard error: JSON lines
    const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const url = new Promise((resolve) => {
        const take = (line) => {
            lines.push(line);
            const found = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line);
            if (found) resolve(found[1]);
        };
        createInterface({ input: child.stdout }).on('line', take);
        createInterface({ input: child.stderr }).on('line', (line) => {
            lines.push(line);
            log.push(line);
        });
    });
    await spawned;
    const failed = exited.then(({ code, signal }) => {
        throw new Error(`the server ended (${signal ?? code}) before it listened:\n${lines.slice(-20).join('\n')}`);
    });
    failed.catch(() => {});
    const server = { data: directory, process: child, log, lines, exited };
    running.add(server);
    exited.then(() => running.delete(server));
    server.url = await within(readyTimeoutMs, 'the server to listen', Promise.race([url, failed]));

    /** A new credential, e.g. key({ tenant: 'acme', workspace: 'main', role: 'admin' }). */
    server.key = ({ tenant = 'acme', workspace = 'main', role = 'admin', origins = [] } = {}) =>
        command('key', 'create', '--data', directory, '--tenant', tenant, '--workspace', workspace, '--role', role, ...origins.flatMap((origin) => ['--origin', origin]));
    /** The token of a new link to join with, e.g. invitation({ tenant: 'acme', role: 'viewer' }). */
    server.invitation = async ({ tenant, role = 'admin', email } = {}) => {
        const named = [...(tenant === undefined ? [] : ['--tenant', tenant]), ...(email === undefined ? [] : ['--email', email])];
        return tokenOf(await command('person', 'invite', '--data', directory, '--role', role, ...named));
    };
    /** Ends it as an operator would. Returns the exit code, or the name of the signal that ended it. */
    server.stop = async () => {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
        const { code, signal } = await within(stopTimeoutMs, 'the server to stop', exited);
        return code ?? signal;
    };
    /** Ends it as a power failure would. */
    server.kill = async () => {
        child.kill('SIGKILL');
        await exited;
    };
    return server;
}

/** What stands behind the # of a link to join with. */
export const tokenOf = (link) => link.slice(link.indexOf('#') + 1);

/** The promise's value, or an error naming what was waited for. */
export async function within(milliseconds, what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
