//! The queue in the SQLite file of the store, over one connection: whatever it does is
//! a write.

mod lanes;
mod open;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use recap_core::job::{Lane, Priority};
use recap_core::ports::{BoxError, Entry, Handler, Pull, Queue, QueueError};
use recap_sqlite::{Pool, Together};
use serde_json::json;
use sqlx::SqliteConnection;
use ulid::Ulid;

use self::lanes::SqliteLanes;
use crate::worker::Habits;
use crate::{entry, turns, worker};

/// Workers are registered for this one, whichever lanes they serve, and it is
/// the lane of what is interactive and for any worker. There was no other lane
/// once, so it may also hold what an older recap pushed.
const QUEUE: &str = "recap";

/// Entries written in one statement; the store waits for its end.
const BATCH: usize = 500;

/// As apalis pushes, but all in one statement. Pushing what is there does nothing,
/// except that what was begun, and waits for its delay already, is due at once now.
/// When it is finished the row is deleted, and so the key may be used again.
const PUSH: &str = "
    INSERT INTO Jobs (
        job, id, job_type, status, attempts, max_attempts, run_at, priority, metadata,
        idempotency_key
    )
    SELECT CAST(value ->> 'job' AS BLOB), value ->> 'id', value ->> 'job_type', 'Pending', 0, 1,
        coalesce(value ->> 'run_at', unixepoch()), 0, '{}', value ->> 'key'
    FROM json_each(?1) WHERE true
    ON CONFLICT (job_type, idempotency_key) DO UPDATE SET run_at = 1
        WHERE excluded.run_at = 1 AND run_at > 1 AND status = 'Pending' AND lock_by IS NULL";

/// Entries that an older recap finished; ours are deleted at once.
const CLEAN: &str = "
    DELETE FROM Jobs
    WHERE (job_type = ?1 OR job_type GLOB ?1 || ':*')
      AND (status IN ('Done', 'Killed') OR status = 'Failed' AND attempts >= max_attempts)";

/// A job may have been pushed with several turns. The oldest entry keeps its
/// place.
const CLEAN_DOUBLES: &str = "
    DELETE FROM Jobs WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY job ORDER BY run_at, id) AS place
            FROM Jobs
            WHERE (job_type = ?1 OR job_type GLOB ?1 || ':*')
              AND status = 'Pending' AND lock_by IS NULL AND run_at <= unixepoch()
        )
        WHERE place > 1
    )";

/// Workers of the past, an hour after their last sign of life. Not those whose
/// entries are still to be handed out again: the orphans are found through them.
const CLEAN_WORKERS: &str = "
    DELETE FROM Workers
    WHERE worker_type = ?1 AND last_seen < unixepoch() - 3600
      AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";

pub(crate) struct SqliteQueue {
    file: Pool,
    pushes: Together<String>,
    habits: Habits,
}

/// apalis' word for it is the type of a job.
fn job_type(lane: &Lane) -> String {
    match (lane.priority, &lane.region) {
        (Priority::Interactive, None) => QUEUE.to_owned(),
        (priority, None) => format!("{QUEUE}:{priority}"),
        (priority, Some(region)) => format!("{QUEUE}:{priority}:{region}"),
    }
}

impl SqliteQueue {
    async fn push_batch(&self, entries: &[Entry], delay: Duration) -> Result<(), BoxError> {
        let rows: Vec<_> = entries.iter().map(|it| row(it, delay)).collect::<Result<_, _>>()?;
        let rows = rows.join(",");
        let bytes = rows.len();
        Ok(self.pushes.make(&self.file, rows, bytes).await?)
    }
}

fn push<'a>(
    rows: &[Arc<String>],
    connection: &'a mut SqliteConnection,
) -> BoxFuture<'a, Result<(), sqlx::Error>> {
    let rows: Vec<_> = rows.iter().map(|it| it.as_str()).collect();
    let push = sqlx::query(PUSH).bind(format!("[{}]", rows.join(",")));
    Box::pin(async move { push.execute(connection).await.map(drop) })
}

/// One of those that [`PUSH`] reads.
fn row(entry: &Entry, delay: Duration) -> Result<String, BoxError> {
    let task = entry::task(entry, delay).build();
    Ok(json!({
        "job": std::str::from_utf8(&task.args)?,
        // Any other kind of id is accepted here, and ends the workers of an older
        // recap that fetch it.
        "id": Ulid::generate().to_string(),
        "job_type": job_type(&entry.lane),
        "run_at": task.run_at(),
        "key": entry::id(entry),
    })
    .to_string())
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn push(&self, entries: &[Entry], delay: Duration) -> Result<(), QueueError> {
        for batch in entries.chunks(BATCH) {
            self.push_batch(batch, delay).await.map_err(QueueError)?;
        }
        self.habits.tell(delay);
        Ok(())
    }

    async fn run(&self, pull: Pull, handler: Arc<dyn Handler>) -> Result<(), QueueError> {
        let lanes = turns::lanes(&pull.regions);
        let carrier = Arc::new(SqliteLanes::new(self.file.clone(), &lanes));
        worker::run(&self.habits, carrier, lanes.len(), pull, handler).await;
        Ok(())
    }

    async fn clean(&self) -> Result<(), QueueError> {
        // Not apalis' own vacuum: it rewrites the whole file, and its age limit
        // does nothing.
        for statement in [CLEAN, CLEAN_DOUBLES, CLEAN_WORKERS] {
            let cleaned = sqlx::query(statement).bind(QUEUE).execute(&self.file).await;
            cleaned.map_err(queue_error)?;
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), QueueError> {
        let any = sqlx::query("SELECT 1 FROM Jobs LIMIT 1").execute(&self.file).await;
        any.map(drop).map_err(queue_error)
    }
}

fn queue_error(error: impl Into<BoxError>) -> QueueError {
    QueueError(error.into())
}
