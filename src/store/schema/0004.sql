-- Accounts of HubSpot and Salesforce that workspaces are connected to. Above tenants, for an arrival of theirs names the account before
-- anybody knows whose it is: here, and only here, an account is bound to a tenant. Secrets are sealed (store/vault.hpp).

CREATE TABLE r_connections (
    id BLOB NOT NULL PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES r_tenants (no),
    workspace INTEGER NOT NULL REFERENCES r_workspaces (no),
    system INTEGER NOT NULL,       -- a source
    account TEXT NOT NULL,         -- portal id, or 18 characters of an organisation
    name TEXT NOT NULL,
    state INTEGER NOT NULL,        -- 0 connected, 1 needs_reauth, 2 disconnected
    auth TEXT NOT NULL,
    login_url TEXT NOT NULL,
    instance_url TEXT NOT NULL,
    client TEXT NOT NULL,          -- client id, and for JWT the user
    scopes TEXT NOT NULL,          -- JSON array
    access_token BLOB NOT NULL,    -- sealed, as the next three; empty: none
    refresh_token BLOB NOT NULL,
    credential BLOB NOT NULL,      -- a private app's token, a client's secret or a private key
    signing_secret BLOB NOT NULL,  -- what the CRM signs its webhooks with
    expires_at INTEGER NOT NULL,   -- of the access token, ms; 0: not known
    token_version INTEGER NOT NULL,
    lease_holder TEXT NOT NULL,    -- who refreshes it
    lease_until INTEGER NOT NULL,
    hook BLOB NOT NULL,            -- BLAKE2b-256 of the secret in the address of its webhooks
    settings TEXT NOT NULL,        -- the rest is JSON of others
    reading TEXT NOT NULL,
    sync TEXT NOT NULL,
    health TEXT NOT NULL,
    reason TEXT NOT NULL,          -- why it needs to be connected again
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL    -- of the state
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX r_connections_account ON r_connections (system, account) WHERE state <> 2;
CREATE UNIQUE INDEX r_connections_hook ON r_connections (hook);
CREATE INDEX r_connections_workspace ON r_connections (workspace, created_at);

CREATE TABLE r_connection_maps (
    connection BLOB NOT NULL REFERENCES r_connections (id),
    version INTEGER NOT NULL,
    map TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (connection, version)
) STRICT, WITHOUT ROWID;

-- Somebody has been sent to the CRM to allow the access, and is expected back, once.
CREATE TABLE r_oauth_states (
    hash BLOB NOT NULL PRIMARY KEY, -- BLAKE2b-256 of the state
    about BLOB NOT NULL,            -- sealed
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
