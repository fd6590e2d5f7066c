-- People of a tenant, their sessions and the invitations that make them. Above tenants, for a person signs in before anybody knows
-- whose they are. Secrets are not here: tokens as BLAKE2b-256, passwords as libsodium's Argon2id text.

CREATE TABLE r_people (
    id BLOB NOT NULL PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES r_tenants (no),
    email TEXT NOT NULL UNIQUE,    -- in lower case, once in the whole server
    name TEXT NOT NULL,
    role INTEGER NOT NULL,
    workspaces TEXT NOT NULL,      -- JSON array of ids
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX r_people_tenant ON r_people (tenant, created_at);

CREATE TABLE r_sessions (
    hash BLOB NOT NULL PRIMARY KEY,
    person BLOB NOT NULL REFERENCES r_people (id),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL       -- at most an hour old
) STRICT, WITHOUT ROWID;
CREATE INDEX r_sessions_person ON r_sessions (person);

CREATE TABLE r_invitations (
    hash BLOB NOT NULL PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES r_tenants (no),
    role INTEGER NOT NULL,
    workspaces TEXT NOT NULL,      -- JSON array of ids
    email TEXT NOT NULL,           -- empty: for whoever has the link
    invited_by TEXT NOT NULL,      -- an account; "first_run": the link that a server without people prints
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX r_invitations_tenant ON r_invitations (tenant);
