-- Records of connected CRMs that are to be read again: an event has named them, or a comparison has found them to differ. Durable, so that
-- an event that was answered is never lost; one row a record, so that many events become one reading.
CREATE TABLE x_wanted (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    connection BLOB NOT NULL,
    record TEXT NOT NULL,          -- its id in the CRM
    slow INTEGER NOT NULL,         -- 1: part of a storm, goes after the others
    due_at INTEGER NOT NULL,       -- ms
    first_at INTEGER NOT NULL,     -- ms, when it was first wanted since it was last read
    attempts INTEGER NOT NULL,     -- readings that failed since
    stamp INTEGER NOT NULL,        -- grows with every event: what came during a reading is not lost with its end
    PRIMARY KEY (tenant, connection, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX x_wanted_due ON x_wanted (tenant, connection, slow, due_at);

CREATE VIEW wanted AS SELECT * FROM x_wanted WHERE tenant = current_tenant();
