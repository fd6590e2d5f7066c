// People as their browsers would act: a client with a session's cookie, sent from a page of the server.
import assert from 'node:assert/strict';
import { connect } from './client.mjs';

export const password = 'wandering-otter-42';

/** The session's token in an answer that sets it. */
export function cookieOf(answer) {
    const [line] = answer.headers['set-cookie'];
    return /^__Host-tributary=([^;]*)/.exec(line)[1];
}

/** A client with that session. Its requests name the server's own page as their origin; `headers` of a request go before. */
export function signedIn(server, token) {
    const client = connect(server);
    const own = { cookie: `__Host-tributary=${token}`, origin: server.url };
    const request = (method, path, more = {}) => client.request(method, path, { ...more, headers: { ...own, ...more.headers } });
    return {
        token,
        request,
        get: (path, query, more = {}) => request('GET', path, { query, ...more }),
        post: (path, json, more = {}) => request('POST', path, { json, ...more }),
        patch: (path, json, more = {}) => request('PATCH', path, { json, ...more }),
        delete: (path, more = {}) => request('DELETE', path, more),
    };
}

/** Joins with an invitation's token; gives the client of the new session, with `person`. */
export async function join(server, token, { name = 'Ada Lovelace', email = 'ada@example.com' } = {}) {
    const answer = await connect(server).post('/api/auth/join', { token, name, email, password }, { expect: 200 });
    return Object.assign(signedIn(server, cookieOf(answer)), { person: answer.json.person });
}

/** Signs in; gives the client of the new session. */
export async function signIn(server, email, secret = password) {
    const answer = await connect(server).post('/api/auth/sign-in', { email, password: secret }, { expect: 200 });
    assert.equal(answer.json.person.email, email.toLowerCase());
    return signedIn(server, cookieOf(answer));
}
