-- Not `jobs`: apalis keeps its queue entries in `Jobs` in the same file, and
-- the names of tables do not differ by case in SQLite.
--
-- Times are milliseconds since 1970. `doc` holds what no query looks at;
-- every other column is the truth, whatever `doc` says about it.
CREATE TABLE recap_jobs (
    id               TEXT    NOT NULL PRIMARY KEY,
    kind             TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    video_id         TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    started_at       INTEGER,
    completed_at     INTEGER,
    expires_at       INTEGER NOT NULL,
    retry_at         INTEGER,
    waiting_reason   TEXT,
    attempts         INTEGER NOT NULL,
    -- Since when it could have been claimed, or was last named as stale.
    waiting_since    INTEGER NOT NULL,
    lease_until      INTEGER NOT NULL DEFAULT 0,
    fence            INTEGER NOT NULL DEFAULT 0,
    crashes          INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    revision         INTEGER NOT NULL,
    error            TEXT,
    doc              TEXT    NOT NULL,
    -- Last, so that reading the others does not walk through its pages.
    result           TEXT
);

-- Lists: one index for each filter, in the order of the list.
CREATE INDEX recap_jobs_by_status  ON recap_jobs (status, id);
CREATE INDEX recap_jobs_by_kind    ON recap_jobs (kind, id);
CREATE INDEX recap_jobs_by_video   ON recap_jobs (video_id, id);
CREATE INDEX recap_jobs_by_created ON recap_jobs (created_at);

-- Sweeps: small, because they hold only what they are about.
CREATE INDEX recap_jobs_queued ON recap_jobs (waiting_since)
    WHERE status = 'queued';
CREATE INDEX recap_jobs_queued_expiry ON recap_jobs (expires_at)
    WHERE status = 'queued';
CREATE INDEX recap_jobs_running ON recap_jobs (lease_until)
    WHERE status = 'running';
CREATE INDEX recap_jobs_ended ON recap_jobs (expires_at)
    WHERE status NOT IN ('queued', 'running');

CREATE TABLE recap_transcripts (
    job TEXT NOT NULL PRIMARY KEY REFERENCES recap_jobs (id) ON DELETE CASCADE,
    doc TEXT NOT NULL
);

CREATE TABLE recap_notes (
    job     TEXT    NOT NULL REFERENCES recap_jobs (id) ON DELETE CASCADE,
    segment INTEGER NOT NULL,
    doc     TEXT    NOT NULL,
    PRIMARY KEY (job, segment)
) WITHOUT ROWID;

-- What is kept beside a job belongs to it: writing it raises the revision too,
-- in the same statement. A checkpoint is an orderly sign of life, so it clears
-- the crash counter: poison is what ends its worker without getting further.
CREATE TRIGGER recap_transcripts_inserted AFTER INSERT ON recap_transcripts BEGIN
    UPDATE recap_jobs SET revision = revision + 1, crashes = 0 WHERE id = new.job;
END;
CREATE TRIGGER recap_transcripts_updated AFTER UPDATE ON recap_transcripts BEGIN
    UPDATE recap_jobs SET revision = revision + 1 WHERE id = new.job;
END;
CREATE TRIGGER recap_notes_inserted AFTER INSERT ON recap_notes BEGIN
    UPDATE recap_jobs SET revision = revision + 1, crashes = 0 WHERE id = new.job;
END;
CREATE TRIGGER recap_notes_updated AFTER UPDATE ON recap_notes BEGIN
    UPDATE recap_jobs SET revision = revision + 1 WHERE id = new.job;
END;
