-- Who asked for a job, and which line it waits in: `interactive` or `bulk`,
-- and `/region` if it is pinned to one. Neither ever changes.
ALTER TABLE recap_jobs ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
ALTER TABLE recap_jobs ADD COLUMN lane  TEXT NOT NULL DEFAULT 'interactive';

-- It is queued and has no entry in the queue yet. Its `waiting_since` is never:
-- 9223372036854775807.
ALTER TABLE recap_jobs ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;

-- Whom it waits for, until it is taken. Whom it follows stays in `doc`.
ALTER TABLE recap_jobs ADD COLUMN leader TEXT;

UPDATE recap_jobs SET lane = 'bulk' WHERE doc ->> '$.input.priority' = 'bulk';

CREATE INDEX recap_jobs_by_owner ON recap_jobs (owner, id);
CREATE INDEX recap_jobs_lanes ON recap_jobs (parked, lane, owner, id)
    WHERE status = 'queued';
CREATE INDEX recap_jobs_followers ON recap_jobs (leader)
    WHERE leader IS NOT NULL;

-- Which job does a piece of work. It counts only while that job runs.
CREATE TABLE recap_leaders (
    work TEXT NOT NULL PRIMARY KEY,
    job  TEXT NOT NULL REFERENCES recap_jobs (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX recap_leaders_by_job ON recap_leaders (job);

-- What one process does for all, and until when it does.
CREATE TABLE recap_roles (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) WITHOUT ROWID;

-- What the operator wants: one row.
CREATE TABLE recap_control (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc TEXT    NOT NULL
);
