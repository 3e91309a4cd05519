//! The lanes of one worker: rows of apalis' table, by their type.

use apalis_core::backend::WorkerFilter;
use apalis_sqlite::queries;
use async_trait::async_trait;
use recap_core::job::Lane;
use recap_core::ports::BoxError;
use recap_sqlite::Pool;
use serde_json::json;

use super::{QUEUE, job_type};
use crate::carrier::{Carrier, Taken};
use crate::worker::DEAD_AFTER;

/// Makes the worker known, or known again: apalis' own refuses a name that it
/// knows, and one that it does not.
const BEAT: &str = "
    INSERT INTO Workers (id, worker_type, storage_name, layers, last_seen, started_at)
    VALUES (?1, ?2, 'SqliteStorage', 'recap', unixepoch(), unixepoch())
    ON CONFLICT (id) DO UPDATE SET last_seen = unixepoch()";

const GIVE_BACK: &str = "
    UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL
    WHERE lock_by = ?1 AND status IN ('Queued', 'Running')
      AND id NOT IN (SELECT value FROM json_each(?2))";

/// Only reads, so an idle worker keeps nobody from writing. `CROSS`: lanes first.
const LOOK: &str = "
    SELECT 1 FROM json_each(?1) AS lane
    CROSS JOIN Jobs INDEXED BY idx_jobs_job_type_status_run_at ON job_type = lane.value
    WHERE status = 'Pending' AND run_at <= unixepoch() AND lock_by IS NULL
    LIMIT 1";

/// Within a lane the oldest first, whatever its priority: an older recap had both
/// in one lane. Not apalis' own: an id that is not a ULID would be an error, and so
/// would be every attempt to take another entry. What is returned is seen after the
/// change, so the entry itself is not one more.
const TAKE: &str = "
    UPDATE Jobs SET status = 'Queued', lock_by = ?2, lock_at = unixepoch()
    WHERE id = (
        SELECT found FROM (
            SELECT lane.key AS place, (
                SELECT id FROM Jobs INDEXED BY idx_jobs_job_type_status_run_at
                WHERE job_type = lane.value AND status = 'Pending' AND run_at <= unixepoch()
                  AND lock_by IS NULL
                ORDER BY run_at, id LIMIT 1
            ) AS found
            FROM json_each(?1) AS lane
        )
        WHERE found IS NOT NULL ORDER BY place LIMIT 1
    )
    RETURNING id, job_type, job, EXISTS (
        SELECT 1 FROM json_each(?1) AS lane
        CROSS JOIN Jobs AS other INDEXED BY idx_jobs_job_type_status_run_at
          ON other.job_type = lane.value
        WHERE other.status = 'Pending' AND other.run_at <= unixepoch() AND other.lock_by IS NULL
    )";

const FINISH: &str = "
    DELETE FROM Jobs WHERE lock_by = ?1 AND id IN (SELECT value FROM json_each(?2))";

const FORGET: &str = "
    DELETE FROM Workers
    WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";

pub(crate) struct SqliteLanes {
    file: Pool,
    /// By index.
    job_types: Vec<String>,
}

impl SqliteLanes {
    pub(crate) fn new(file: Pool, lanes: &[Lane]) -> Self {
        Self { file, job_types: lanes.iter().map(job_type).collect() }
    }

    async fn give_back(&self, worker: &str, but: &[String]) -> Result<(), BoxError> {
        let query = sqlx::query(GIVE_BACK).bind(worker).bind(json!(but).to_string());
        query.execute(&self.file).await?;
        Ok(())
    }
}

#[async_trait]
impl Carrier for SqliteLanes {
    async fn beat(&self, worker: &str, held: &[String]) -> Result<(), BoxError> {
        sqlx::query(BEAT).bind(worker).bind(QUEUE).execute(&self.file).await?;
        self.give_back(worker, held).await?;
        let dead_after = DEAD_AFTER.as_secs().cast_signed();
        let others = WorkerFilter::AllExcept(worker.to_owned());
        queries::reenqueue_orphaned(&self.file, dead_after, QUEUE, &others).await?;
        Ok(())
    }

    async fn take(
        &self,
        worker: &str,
        order: &[usize],
        likely: bool,
    ) -> Result<Option<Taken>, BoxError> {
        let names: Vec<&str> = order.iter().map(|it| self.job_types[*it].as_str()).collect();
        let names = json!(names).to_string();
        if !likely && sqlx::query(LOOK).bind(&names).fetch_all(&self.file).await?.is_empty() {
            return Ok(None);
        }
        let mut taken: Vec<(String, String, Vec<u8>, bool)> =
            sqlx::query_as(TAKE).bind(&names).bind(worker).fetch_all(&self.file).await?;
        let Some((id, job_type, stored, more)) = taken.pop() else { return Ok(None) };
        let lane = self.job_types.iter().position(|it| *it == job_type);
        let lane = lane.ok_or("an entry of another lane was taken")?;
        Ok(Some(Taken { lane, id, stored, more }))
    }

    async fn finish(&self, worker: &str, ids: &[String]) -> Result<(), BoxError> {
        let query = sqlx::query(FINISH).bind(worker).bind(json!(ids).to_string());
        query.execute(&self.file).await?;
        Ok(())
    }

    async fn leave(&self, worker: &str) -> Result<(), BoxError> {
        self.give_back(worker, &[]).await?;
        sqlx::query(FORGET).bind(worker).execute(&self.file).await?;
        Ok(())
    }
}
