// A stateful fake of HubSpot on 127.0.0.1: its API over a portal (state.mjs, objects.mjs), tokens, limits of calls for real, faults on
// demand, and the webhooks of every change, signed. startHubspot() runs it inside a test; main.mjs as a program.
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { Consents } from './oauth.mjs';
import { answer, error } from './objects.mjs';
import { Portal } from './state.mjs';

const bodyOf = async (request) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    return Buffer.concat(pieces).toString();
};

/** Faults by path: { match, times, chance, status, body, headers, slowMs, hang, cut, html }. The first that fits is used. */
export class Faults {
    constructor() {
        this.all = [];
        this.hanging = [];
        this.dice = Math.random;
    }
    add(fault) {
        this.all.push({ match: '', times: Infinity, chance: 1, ...fault });
    }
    clear() {
        this.all = [];
        for (const response of this.hanging.splice(0)) response.destroy();
    }
    next(path) {
        const found = this.all.find((fault) => fault.times > 0 && path.includes(fault.match) && this.dice() < fault.chance);
        if (found) --found.times;
        return found;
    }
}

class Limit {
    constructor(max, windowMs) {
        Object.assign(this, { max, windowMs, calls: [] });
    }
    take(now) {
        while (this.calls.length && this.calls[0] <= now - this.windowMs) this.calls.shift();
        if (this.calls.length >= this.max) return false;
        this.calls.push(now);
        return true;
    }
}

export async function startHubspot({ port = 0, limit = 0, searches = 0, token = 'pat-na1-token', portal: about, lagMs = 0 } = {}) {
    const portal = new Portal(about);
    const faults = new Faults();
    const consents = new Consents();
    const counts = { total: 0, throttled: 0, byPath: {} };
    const settings = { token, lagMs, limit, searches, webhook: null };
    let calls = new Limit(limit, 10_000);
    let searched = new Limit(searches, 1_000);
    const queue = [];
    portal.listeners.push((event) => settings.webhook && queue.push(event));

    function throttled(path) {
        const now = Date.now();
        if (settings.limit && !calls.take(now)) return 'TEN_SECONDLY_ROLLING';
        if (settings.searches && path.endsWith('/search') && !searched.take(now)) return 'SECONDLY';
        return undefined;
    }

    function limitHeaders() {
        if (!settings.limit) return {};
        return { 'x-hubspot-ratelimit-max': String(settings.limit), 'x-hubspot-ratelimit-remaining': String(settings.limit - calls.calls.length), 'x-hubspot-ratelimit-interval-milliseconds': '10000' };
    }

    async function api(request, path, query) {
        const body = await bodyOf(request);
        const given = request.headers.authorization?.replace(/^Bearer /, '');
        if (given !== settings.token && !consents.takes(given)) {
            return consents.knew(given) ? error(401, 'EXPIRED_AUTHENTICATION', 'The token has expired.') : error(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
        }
        const policyName = throttled(path);
        if (policyName) {
            ++counts.throttled;
            return { status: 429, body: { status: 'error', message: 'You have reached your limit.', errorType: 'RATE_LIMIT', correlationId: 'c', policyName, requestId: 'r' } };
        }
        ++counts.total;
        const kind = path.replace(/\/\d+/g, '/*');
        counts.byPath[kind] = (counts.byPath[kind] ?? 0) + 1;
        return answer(portal, { method: request.method, path, query, body: body ? JSON.parse(body) : undefined, lagMs: settings.lagMs }) ?? error(404, 'OBJECT_NOT_FOUND', 'no such path');
    }

    function spoil(response, fault) {
        if (fault.hang) {
            faults.hanging.push(response);
            return true;
        }
        if (fault.cut) {
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
            response.write('{"results":[');
            setTimeout(() => response.destroy(), 5);
            return true;
        }
        if (fault.html) {
            response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>One moment</body></html>');
            return true;
        }
        if (!fault.status) return false;
        response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(JSON.stringify(fault.body ?? { status: 'error', message: 'a fault', category: 'FAULT' }));
        return true;
    }

    const control = {
        seed: ({ count }) => portal.seed(count), create: ({ kind = 'deals', properties }) => portal.create(kind, properties),
        change: ({ kind = 'deals', id, properties }) => portal.change(kind, id, properties), archive: ({ id }) => portal.archive('deals', id), restore: ({ id }) => portal.restore(id),
        merge: ({ primary, other }) => portal.merge(primary, other), link: ({ kind, deal, id, primary }) => portal.link(kind, deal, id, { primary }),
        fault: (fault) => faults.add(fault), calm: () => faults.clear(), dump: () => portal.dump(), counts: () => counts,
        set: (more) => {
            Object.assign(settings, more);
            calls = new Limit(settings.limit, 10_000);
            searched = new Limit(settings.searches, 1_000);
        },
    };

    const server = createServer(async (request, response) => {
        try {
            const { pathname: path, searchParams: query } = new URL(request.url, 'http://fake');
            if (path.startsWith('/_fake/')) {
                const text = await bodyOf(request);
                const done = control[path.slice(7)]?.(text ? JSON.parse(text) : {});
                return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(done ?? null));
            }
            const fault = faults.next(path);
            if (fault?.slowMs) await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
            if (fault && spoil(response, fault)) return undefined;
            if (path.endsWith('/authorize')) return response.writeHead(302, { location: consents.authorize(query) }).end();
            if (path.startsWith('/oauth/')) {
                const form = new URLSearchParams(await bodyOf(request));
                const told = path.endsWith('/token') ? consents.token(form, portal) : path.endsWith('/revoke') ? (consents.revoke(form.get('token')), { status: 200, body: {} }) : { status: 200, body: { active: true, hub_id: portal.portalId } };
                return response.writeHead(told.status, { 'content-type': 'application/json' }).end(JSON.stringify(told.body));
            }
            const { status, body } = await api(request, path, query);
            return response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...limitHeaders() }).end(body === undefined ? undefined : JSON.stringify(body));
        } catch (failure) {
            return response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'error', message: String(failure) }));
        }
    });
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));

    /** Sends what has happened since, as HubSpot does; returns the statuses. `shuffle`, `twice` and `drop` are faults of the way. */
    async function deliver({ shuffle = false, twice = false, drop = 0 } = {}) {
        let events = queue.splice(0).filter(() => Math.random() >= drop);
        if (twice) events = [...events, ...events];
        if (shuffle) events.sort(() => Math.random() - 0.5);
        const statuses = [];
        while (events.length) statuses.push((await post(events.splice(0, 100))).status);
        return statuses;
    }

    async function post(body, { version = 'v3', secret = settings.webhook.secret, at = Date.now(), signature } = {}) {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const { url } = settings.webhook;
        const headers = { 'content-type': 'application/json' };
        if (version === 'v3') {
            headers['x-hubspot-request-timestamp'] = String(at);
            headers['x-hubspot-signature-v3'] = signature ?? createHmac('sha256', secret).update(`POST${decodeURIComponent(url)}${text}${at}`).digest('base64');
        } else {
            headers['x-hubspot-signature-version'] = version;
            headers['x-hubspot-signature'] = signature ?? createHash('sha256').update(version === 'v2' ? `${secret}POST${url}${text}` : `${secret}${text}`).digest('hex');
        }
        return fetch(url, { method: 'POST', headers, body: text });
    }

    return {
        url: `http://127.0.0.1:${server.address().port}`, portal, consents, faults, counts, settings, set: control.set, deliver, post,
        close: () => new Promise((resolve) => {
            server.closeAllConnections();
            server.close(resolve);
        }),
    };
}
