//! Connections to the file, lent to one caller at a time.
//!
//! Not sqlx's own pool: that greets the thread of a connection each time it gets it
//! back, in a task of its own, which costs as much as the statement before it.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Error, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tracing::debug;

/// A connection that was not used for so long is given up with its thread when
/// another one is given back.
const IDLE: Duration = Duration::from_mins(1);

/// A number of connections, opened when they are needed.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    options: SqliteConnectOptions,
    most: u32,
    /// Longest wait for a connection.
    patience: Duration,
    /// One for each connection there may be; who comes first is served first.
    turns: Arc<Semaphore>,
    /// The one that was used last comes last, and is taken first.
    idle: Mutex<Vec<(SqliteConnection, Instant)>>,
    open: AtomicU32,
}

impl Pool {
    /// At most `most` connections, each with `options`.
    pub fn new(options: SqliteConnectOptions, most: u32, patience: Duration) -> Self {
        let turns = Arc::new(Semaphore::new(most as usize));
        let (idle, open) = (Mutex::default(), AtomicU32::new(0));
        Self(Arc::new(Connections { options, most, patience, turns, idle, open }))
    }

    /// Takes in a connection that is open.
    pub(crate) fn add(&self, connection: SqliteConnection) {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        self.0.idle().push((connection, Instant::now()));
    }

    /// A connection, until it is dropped.
    ///
    /// # Errors
    ///
    /// When none is given back in time, or none can be opened.
    pub async fn acquire(&self) -> Result<Lent, Error> {
        let turn = timeout(self.0.patience, Arc::clone(&self.0.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let connection = if let Some((connection, _)) = idle {
            connection
        } else {
            let connection = self.0.options.connect().await?;
            self.0.open.fetch_add(1, Ordering::Relaxed);
            connection
        };
        Ok(Lent {
            connection: Some(connection),
            asked: false,
            pool: Arc::clone(&self.0),
            turn: Some(turn),
        })
    }

    /// How many are open, how many of them are lent, and how many there may be.
    pub fn numbers(&self) -> (u32, u32, u32) {
        let idle = u32::try_from(self.0.idle().len()).unwrap_or(u32::MAX);
        let open = self.0.open.load(Ordering::Relaxed).max(idle);
        (open, open - idle, self.0.most)
    }
}

impl Connections {
    fn idle(&self) -> MutexGuard<'_, Vec<(SqliteConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that nobody else uses.
pub struct Lent {
    /// `None` at the end.
    connection: Option<SqliteConnection>,
    /// Something was asked of it, and nobody has heard what came of that.
    asked: bool,
    pool: Arc<Connections>,
    /// `None` at the end, too.
    turn: Option<OwnedSemaphorePermit>,
}

impl Lent {
    /// Passes on what a statement came to. A connection is not given back before, as it
    /// may still be busy, nor when its thread has ended.
    pub fn noted<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.asked = matches!(result, Err(Error::WorkerCrashed | Error::Io(_)));
        result
    }
}

const HERE: &str = "it is taken out at the end only";

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect(HERE)
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.asked = true;
        self.connection.as_mut().expect(HERE)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(connection), Some(turn)) = (self.connection.take(), self.turn.take()) else {
            return;
        };
        if self.asked {
            self.pool.open.fetch_sub(1, Ordering::Relaxed);
            close(connection, turn);
            return;
        }
        let mut idle = self.pool.idle();
        let before = idle.len();
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        let gone = u32::try_from(before - idle.len()).unwrap_or(u32::MAX);
        self.pool.open.fetch_sub(gone, Ordering::Relaxed);
        idle.push((connection, Instant::now()));
        drop(idle);
        drop(turn);
    }
}

/// Closes a connection that may be busy, and only then gives its turn to the next: else
/// what it is about could be done after what comes next.
fn close(connection: SqliteConnection, turn: OwnedSemaphorePermit) {
    // Without a runtime the process ends.
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = connection.close().await {
                debug!(%error, "a connection did not end well");
            }
            drop(turn);
        });
    }
}
