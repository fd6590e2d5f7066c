// Consent and tokens: the page that sends people back at once, the token endpoint with proof keys and rotation, introspection, revocation.
import { createHash, randomUUID } from 'node:crypto';

const refusal = (error, status = 400) => ({ status, body: { error, error_description: error, status: error.toUpperCase(), message: error } });

export class Consents {
    constructor({ clientId = 'client', clientSecret = 'client-secret', lifeS = 1800, rotates = true } = {}) {
        Object.assign(this, { clientId, clientSecret, lifeS, rotates });
        this.codes = new Map();
        this.refresh = new Set();
        this.access = new Map(); // token -> when it ends
        this.asked = 0;
    }

    /** The redirect of the consent page. */
    authorize(query) {
        const code = randomUUID();
        this.codes.set(code, { challenge: query.get('code_challenge'), redirect: query.get('redirect_uri'), scopes: query.get('scope')?.split(' ') ?? [] });
        const back = new URL(query.get('redirect_uri'));
        back.searchParams.set('code', code);
        if (query.get('state')) back.searchParams.set('state', query.get('state'));
        return back.href;
    }

    token(form, portal) {
        ++this.asked;
        if (form.get('client_id') !== this.clientId || form.get('client_secret') !== this.clientSecret) return refusal('invalid_client', 401);
        if (form.get('grant_type') === 'authorization_code') {
            const given = this.codes.get(form.get('code'));
            this.codes.delete(form.get('code'));
            const proof = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
            if (!given || given.redirect !== form.get('redirect_uri') || (given.challenge && given.challenge !== proof)) return refusal('invalid_grant');
            return this.grant(portal, given.scopes, undefined);
        }
        const old = form.get('refresh_token');
        if (!this.refresh.has(old)) return refusal('invalid_grant');
        if (this.rotates) this.refresh.delete(old);
        return this.grant(portal, [], this.rotates ? undefined : old);
    }

    grant(portal, scopes, refresh = `refresh-${randomUUID()}`) {
        const access = `access-${randomUUID()}`;
        this.refresh.add(refresh);
        this.access.set(access, Date.now() + this.lifeS * 1000);
        return { status: 200, body: { token_type: 'bearer', access_token: access, refresh_token: refresh, expires_in: this.lifeS, hub_id: portal.portalId, user_id: 42, scopes } };
    }

    takes(token) {
        return (this.access.get(token) ?? 0) > Date.now();
    }
    knew(token) {
        return this.access.has(token);
    }
    revoke(token) {
        this.refresh.delete(token);
    }
}
