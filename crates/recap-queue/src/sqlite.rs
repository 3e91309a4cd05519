//! The queue in the SQLite file of the store.

mod open;

use std::sync::Arc;
use std::time::Duration;

use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_sqlite::{Config, SqliteStorage, queries};
use async_trait::async_trait;
use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use recap_core::ports::{BoxError, Handler, Queue, QueueError};
use sqlx::SqlitePool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use ulid::Ulid;

use crate::hands::Hands;
use crate::poll::SteadyPoll;
use crate::source::Source;
use crate::{entry, worker};

/// Both priorities in one: apalis-sqlite orders by it.
const QUEUE: &str = "recap";

/// A worker that misses so many is taken for dead and its entries are handed
/// out again. It does not beat while it drains, so together they must be longer
/// than one beat and any stop (25 seconds). They may not be much longer: when
/// its lease ends a job is brought back, but at the end of the queue, and only
/// the old entry still has its place.
const HEARTBEAT: Duration = Duration::from_secs(10);
const MISSED_HEARTBEATS: usize = 4;

const CLEAN: &str = "
    DELETE FROM Jobs
    WHERE job_type = ?1
      AND (status IN ('Done', 'Killed') OR status = 'Failed' AND attempts >= max_attempts)";

/// A job that waits behind others for long is pushed again once per patience,
/// and every time its entry is still there. The oldest one keeps its place.
const CLEAN_DOUBLES: &str = "
    DELETE FROM Jobs WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY job ORDER BY run_at, id) AS place
            FROM Jobs
            WHERE job_type = ?1 AND status = 'Pending' AND lock_by IS NULL
              AND run_at <= unixepoch()
        )
        WHERE place > 1
    )";

/// Workers of the past, an hour after their last sign of life; apalis keeps
/// one for every start and restart. Not those whose entries are still to be
/// handed out again: the orphans are found through them.
const CLEAN_WORKERS: &str = "
    DELETE FROM Workers
    WHERE worker_type = ?1 AND last_seen < strftime('%s', 'now') - 3600
      AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";

/// Entries that a run took and did not acknowledge: fetched in the moment of
/// the stop, or handled after their worker had died.
const GIVE_BACK: &str = "
    UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL
    WHERE lock_by BETWEEN ?1 AND ?1 || '~' AND status IN ('Queued', 'Running')";

pub(crate) struct SqliteQueue {
    pool: SqlitePool,
    poll: Duration,
    news: Arc<Notify>,
}

impl SqliteQueue {
    /// What one apalis worker fetches from.
    fn source(&self, hands: &Hands, stop: &CancellationToken) -> Source {
        let config = Config::default()
            .queue(QUEUE)
            // While fetched entries wait, apalis neither beats nor acknowledges,
            // and they are handed out a second time. So it may not fetch ahead.
            .batch_size(1)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(MISSED_HEARTBEATS)
            // Fetching locks an entry already; this would be a second write for
            // the sake of a status that nobody reads.
            .lock_tasks(false)
            // Also switches off the acknowledgement, if false.
            .persist_results(true);
        let storage = SqliteStorage::new(&self.pool).with_config(config);
        let poll = SteadyPoll::new(self.poll, Arc::clone(&self.news));
        Source::new(storage, poll, hands.slots(), stop.clone())
    }

    async fn give_back(&self, worker: &str) {
        if let Err(error) = sqlx::query(GIVE_BACK).bind(worker).execute(&self.pool).await {
            warn!(%error, "entries could not be given back; they will be found again");
        }
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn push(
        &self,
        payload: JobPayload,
        priority: Priority,
        delay: Duration,
    ) -> Result<(), QueueError> {
        let mut task = TaskBuilder::new(entry::encode(payload))
            // Any other kind of id is accepted here, and ends every worker
            // that fetches it.
            .task_id(TaskId::from_ulid(Ulid::generate()))
            .priority(entry::rank(priority))
            .max_attempts(1);
        if !delay.is_zero() {
            // Cut to whole seconds, two seconds would be over after one and a
            // bit; so one is added.
            task = task.run_after(delay.saturating_add(Duration::from_secs(1)));
        }
        let mut connection = self.pool.acquire().await.map_err(queue_error)?;
        queries::push_tasks(&mut *connection, QUEUE, &[task.build()]).await.map_err(queue_error)?;
        self.news.notify_waiters();
        Ok(())
    }

    async fn run(
        &self,
        concurrency: usize,
        handler: Arc<dyn Handler>,
        shutdown: CancellationToken,
    ) -> Result<(), QueueError> {
        let name = worker::name();
        let hands = Arc::new(Hands::new(concurrency, handler));
        worker::supervise(&name, &hands, &shutdown, || self.source(&hands, &shutdown)).await;
        hands.drain().await;
        self.give_back(&name).await;
        Ok(())
    }

    async fn clean(&self) -> Result<(), QueueError> {
        // Not apalis' own vacuum: it rewrites the whole file, and its age limit
        // does nothing.
        for statement in [CLEAN, CLEAN_DOUBLES, CLEAN_WORKERS] {
            sqlx::query(statement).bind(QUEUE).execute(&self.pool).await.map_err(queue_error)?;
        }
        Ok(())
    }
}

fn queue_error(error: impl Into<BoxError>) -> QueueError {
    QueueError(error.into())
}
