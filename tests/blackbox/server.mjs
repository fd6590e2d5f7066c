// The real server, started and stopped. Everything it needs is made in a new directory under the system's temporary one.
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

// A test that fails half-way leaves no server and no directory behind.
const running = new Set();
const directories = new Set();
after(() => {
    for (const child of running) child.kill('SIGKILL');
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
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
 * `data` is an existing data directory to go on with; without it a new one is made, and removed by stop().
 */
export async function startServer({ data, parameters = [] } = {}) {
    const directory = data ?? makeDataDirectory();
    const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--data', directory, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    directories.add(directory);
    const lines = [];
    const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    exited.then(() => running.delete(child));
    const spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const url = new Promise((resolve) => {
        const take = (line) => {
            lines.push(line);
            const found = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line);
            if (found) resolve(found[1]);
        };
        createInterface({ input: child.stdout }).on('line', take);
        createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
    });
    await spawned;
    const failed = exited.then(({ code, signal }) => {
        throw new Error(`the server ended (${signal ?? code}) before it listened:\n${lines.slice(-20).join('\n')}`);
    });
    failed.catch(() => {});
    const server = { data: directory, process: child, lines, exited, url: await within(readyTimeoutMs, 'the server to listen', Promise.race([url, failed])) };

    /** A new credential, e.g. key({ tenant: 'acme', workspace: 'main', role: 'admin' }). */
    server.key = ({ tenant = 'acme', workspace = 'main', role = 'admin', origins = [] } = {}) =>
        command('key', 'create', '--data', directory, '--tenant', tenant, '--workspace', workspace, '--role', role, ...origins.flatMap((origin) => ['--origin', origin]));
    /** Ends it as an operator would. Returns the exit code. */
    server.stop = async ({ keep = data !== undefined } = {}) => {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
        const { code } = await within(stopTimeoutMs, 'the server to stop', exited);
        if (!keep) rmSync(directory, { recursive: true, force: true });
        return code;
    };
    /** Ends it as a power failure would. */
    server.kill = async () => {
        child.kill('SIGKILL');
        await exited;
    };
    return server;
}

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
