-- What lists and screens compare with: the figures of a workspace as they were when a day began, and how its sources do.

-- One row for each UTC day on which something was written, made before the first write of that day.
CREATE TABLE x_days (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    day INTEGER NOT NULL,          -- days since 1970
    figures TEXT NOT NULL,
    PRIMARY KEY (tenant, workspace, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE x_sources (
    tenant INTEGER NOT NULL,
    workspace INTEGER NOT NULL,
    source INTEGER NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (tenant, workspace, source)
) STRICT, WITHOUT ROWID;

CREATE VIEW days AS SELECT * FROM x_days WHERE tenant = current_tenant();
CREATE VIEW source_figures AS SELECT * FROM x_sources WHERE tenant = current_tenant();
