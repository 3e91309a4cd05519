-- Callers without a key are one owner, wherever they call from.
UPDATE recap_jobs SET owner = 'local' WHERE owner LIKE 'address:%';

-- How much of the job its webhooks have been told: 0 is nothing, 1 its start and
-- 2 its end. It never goes back. What ended before there were webhooks has
-- nobody to be told to.
ALTER TABLE recap_jobs ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE recap_jobs SET told = 2 WHERE status NOT IN ('queued', 'running');

-- The batch that made it. Never changes.
ALTER TABLE recap_jobs ADD COLUMN batch TEXT;

-- What it ended in.
ALTER TABLE recap_jobs ADD COLUMN code TEXT GENERATED ALWAYS AS (error ->> '$.code') VIRTUAL;

-- Lists and counts.
CREATE INDEX recap_jobs_by_owner_status ON recap_jobs (owner, status, id);
CREATE INDEX recap_jobs_by_owner_video  ON recap_jobs (owner, video_id, id);
CREATE INDEX recap_jobs_by_batch ON recap_jobs (batch, id, status)
    WHERE batch IS NOT NULL;
CREATE INDEX recap_jobs_by_code ON recap_jobs (code, id)
    WHERE code IS NOT NULL;

-- The outbox: ended jobs whose webhooks do not know it yet.
CREATE INDEX recap_jobs_untold ON recap_jobs (completed_at)
    WHERE told < 2 AND status NOT IN ('queued', 'running');

-- In each of these, too, columns are the truth, whatever `doc` says about them.
CREATE TABLE recap_endpoints (
    id         TEXT    NOT NULL PRIMARY KEY,
    owner      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    doc        TEXT    NOT NULL
);
CREATE INDEX recap_endpoints_by_owner ON recap_endpoints (owner, created_at, id);

-- Messages to webhooks. They outlive their jobs, so `job` refers to none.
CREATE TABLE recap_deliveries (
    id              TEXT    NOT NULL PRIMARY KEY,
    owner           TEXT    NOT NULL,
    -- NULL for the address that a job named.
    endpoint        TEXT,
    job             TEXT,
    event           TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    next_attempt_at INTEGER,
    expires_at      INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    doc             TEXT    NOT NULL
);
CREATE INDEX recap_deliveries_by_owner  ON recap_deliveries (owner, created_at, id);
CREATE INDEX recap_deliveries_by_status ON recap_deliveries (owner, status, created_at, id);
CREATE INDEX recap_deliveries_by_endpoint ON recap_deliveries (endpoint, created_at, id)
    WHERE endpoint IS NOT NULL;
CREATE INDEX recap_deliveries_by_job ON recap_deliveries (job, created_at, id)
    WHERE job IS NOT NULL;
CREATE INDEX recap_deliveries_due ON recap_deliveries (next_attempt_at)
    WHERE status = 'pending';
CREATE INDEX recap_deliveries_expired ON recap_deliveries (expires_at);

CREATE TABLE recap_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    prefix       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER,
    doc          TEXT    NOT NULL
);
CREATE INDEX recap_keys_by_prefix  ON recap_keys (prefix);
CREATE INDEX recap_keys_by_created ON recap_keys (created_at, id);

-- What was answered under an `Idempotency-Key`; NULL while it is worked on.
CREATE TABLE recap_replies (
    key          TEXT    NOT NULL PRIMARY KEY,
    fingerprint  TEXT    NOT NULL,
    job          TEXT    NOT NULL,
    locked_until INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    reply        TEXT
);
CREATE INDEX recap_replies_expired ON recap_replies (expires_at);
