-- Schema, version 1. Applied in one transaction; never edited after a release: the next change is 0002.sql.
--
-- Tables named x_ hold rows of tenants. They are read through the views at the end, which show one tenant's rows, and
-- written under a hook that compares the tenant of every touched row with the open scope (sqlite_wall.cpp).
-- Tables named r_ stand above tenants.
--
-- A row number of x_deals, x_leads and x_units is workspace * 2^40 + n, where n is the number in the row's id (deal/id.hpp): a row is
-- found by its id without an index, the rows of a workspace lie together in the order of their arrival, new ones append, and the wall
-- reads from the number whose row it is. In x_journal it is tenant * 2^40 + the journal's own number.
--
-- A lone deal costs what it costs to write the pages it touches: four with this schema, eleven with an index for ids, a table of
-- external ids and a table of raw bytes (docs/decisions/0007-one-row-a-thing.md). So there is no index on ids, match keys, e-mail
-- addresses and external ids; the latter three are looked up in memory (sqlite_keys.hpp).

CREATE TABLE r_tenants (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE r_workspaces (
    no INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL REFERENCES r_tenants (no),
    id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant, id)
) STRICT;

CREATE TABLE r_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    tenant INTEGER NOT NULL REFERENCES r_tenants (no),
    role INTEGER NOT NULL,
    workspaces TEXT NOT NULL,      -- JSON array of ids
    label TEXT NOT NULL,
    origins TEXT NOT NULL,         -- JSON array
    rate_per_minute INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX r_keys_tenant ON r_keys (tenant, created_at);

-- One row, written to see whether the disk takes writes.
CREATE TABLE r_probe (
    no INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

-- What scans and sorts read stands first: a scan then decodes the start of a row only.
CREATE TABLE x_deals (
    no INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id BLOB NOT NULL,
    match_key BLOB,                -- NULL: never matched by name
    twin INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    is_spam INTEGER NOT NULL,
    value_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    stage INTEGER NOT NULL,
    probability INTEGER NOT NULL,
    source INTEGER NOT NULL,
    health_score INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expected_close_date INTEGER,   -- days since 1970
    external_ids BLOB NOT NULL,    -- counted texts: system, id, system, id (sqlite_pack.hpp)
    name TEXT NOT NULL,
    company TEXT NOT NULL,
    owner TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    description TEXT NOT NULL,
    lost_reason TEXT NOT NULL,
    lead_id BLOB,
    value_estimated INTEGER NOT NULL,
    stage_entered_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    last_engaged_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    base_time_ms INTEGER NOT NULL,
    field_times BLOB NOT NULL,     -- which source set a field last: 2 bytes each, 0x80 + field, source; then
                                   -- when: 9 bytes each, field, milliseconds (little endian)
    version INTEGER NOT NULL,
    created_seq INTEGER NOT NULL,  -- number of the journal row that made it
    source_metadata TEXT NOT NULL
) STRICT;

CREATE TABLE x_leads (
    no INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    status INTEGER NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    company TEXT NOT NULL,
    phone TEXT NOT NULL,
    source INTEGER NOT NULL,
    ai_score INTEGER NOT NULL,
    ai_qualification_summary TEXT NOT NULL,
    is_spam INTEGER NOT NULL,
    metadata_json TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL
) STRICT;

CREATE TABLE x_journal (
    no INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    happening INTEGER NOT NULL,
    due INTEGER NOT NULL,
    deal BLOB,
    unit BLOB,
    unit_row INTEGER NOT NULL,
    source INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    CHECK (no >> 40 = tenant)
) STRICT;
-- The row that made a deal (happening 0) is found by the deal's created_seq, so that a new deal touches no index.
CREATE INDEX x_journal_deal ON x_journal (tenant, deal) WHERE deal IS NOT NULL AND happening <> 0;
-- Few rows are due, and few are activities (happening 4 and 5): these cost nothing for the rest.
CREATE INDEX x_journal_due ON x_journal (tenant) WHERE due <> 0;
CREATE INDEX x_journal_activity ON x_journal (tenant, workspace) WHERE happening IN (4, 5);

-- first_seq and last_seq bound the journal rows that name the unit, so that no index of the journal by unit is needed.
CREATE TABLE x_units (
    no INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    id BLOB NOT NULL,
    source INTEGER NOT NULL,
    state INTEGER NOT NULL,
    many INTEGER NOT NULL,
    count_read INTEGER NOT NULL,
    count_created INTEGER NOT NULL,
    count_updated INTEGER NOT NULL,
    count_unchanged INTEGER NOT NULL,
    count_skipped INTEGER NOT NULL,
    count_rejected INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    door TEXT NOT NULL,
    file_name TEXT NOT NULL,
    actor TEXT NOT NULL,
    content_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    options TEXT NOT NULL,
    asked TEXT NOT NULL,
    plan TEXT NOT NULL,
    failure TEXT NOT NULL,
    first_seq INTEGER NOT NULL,    -- 0: no row names it
    last_seq INTEGER NOT NULL,
    automations INTEGER NOT NULL,
    automations_held INTEGER NOT NULL,
    same_as BLOB,
    replay_of BLOB,                -- NULL: it has bytes of its own
    raw_size INTEGER NOT NULL,     -- of what came in one piece, before compression; 0: stored as it is
    raw BLOB                       -- NULL: the pieces are in x_raw
) STRICT;
CREATE INDEX x_units_many ON x_units (tenant) WHERE many = 1;
CREATE INDEX x_units_bytes ON x_units (tenant, sha256) WHERE many = 1 AND sha256 <> '';

-- Pieces of what did not come in one.
CREATE TABLE x_raw (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    unit BLOB NOT NULL,
    ordinal INTEGER NOT NULL,
    size INTEGER NOT NULL,         -- before compression; 0: stored as it is
    bytes BLOB NOT NULL,
    PRIMARY KEY (tenant, workspace, unit, ordinal)
) STRICT, WITHOUT ROWID;

-- One row per call of add_outcomes: rows first_row..last_row packed and compressed (sqlite_outcomes.cpp has the form).
CREATE TABLE x_outcomes (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    unit BLOB NOT NULL,
    planned INTEGER NOT NULL,      -- 1: what a plan says of the rows; 0: what became of them
    first_row INTEGER NOT NULL,
    last_row INTEGER NOT NULL,
    actions INTEGER NOT NULL,      -- bit 2^action for every action that occurs
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (tenant, workspace, unit, planned, first_row)
) STRICT, WITHOUT ROWID;

CREATE TABLE x_answers (
    tenant INTEGER NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE x_settings (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, workspace)
) STRICT, WITHOUT ROWID;

CREATE TABLE x_mappings (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,     -- of a header; empty: chosen by name only
    header TEXT NOT NULL,          -- JSON array
    mapping TEXT NOT NULL,         -- JSON
    actor TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, workspace, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX x_mappings_header ON x_mappings (tenant, workspace, fingerprint, updated_at);

CREATE TABLE x_cursors (
    tenant INTEGER NOT NULL,
    follower TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant, follower)
) STRICT, WITHOUT ROWID;

CREATE VIEW deals AS SELECT * FROM x_deals WHERE tenant = current_tenant();
CREATE VIEW leads AS SELECT * FROM x_leads WHERE tenant = current_tenant();
CREATE VIEW journal AS SELECT * FROM x_journal WHERE tenant = current_tenant();
CREATE VIEW units AS SELECT * FROM x_units WHERE tenant = current_tenant();
-- Few units are imports: the planner must be told that they have an index of their own.
CREATE VIEW imports AS SELECT * FROM x_units INDEXED BY x_units_many WHERE tenant = current_tenant() AND many = 1;
CREATE VIEW whole_imports AS SELECT * FROM x_units INDEXED BY x_units_bytes
    WHERE tenant = current_tenant() AND many = 1 AND sha256 <> '';
CREATE VIEW raw AS SELECT * FROM x_raw WHERE tenant = current_tenant();
CREATE VIEW outcomes AS SELECT * FROM x_outcomes WHERE tenant = current_tenant();
CREATE VIEW answers AS SELECT * FROM x_answers WHERE tenant = current_tenant();
CREATE VIEW settings AS SELECT * FROM x_settings WHERE tenant = current_tenant();
CREATE VIEW mappings AS SELECT * FROM x_mappings WHERE tenant = current_tenant();
CREATE VIEW cursors AS SELECT * FROM x_cursors WHERE tenant = current_tenant();
