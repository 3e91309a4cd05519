//! Changes that share a commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use sqlx::{Error, SqliteConnection};
use tokio::sync::oneshot;

use crate::{Lent, Pool};

/// Changes of one commit, and bytes of them, about.
const MOST: usize = 128;
const MOST_BYTES: usize = 1 << 20;

/// Makes several changes, or none of them.
pub type Write<T> =
    for<'a> fn(&'a [Arc<T>], &'a mut SqliteConnection) -> BoxFuture<'a, Result<(), Error>>;

/// Changes that wait for the writer. Those that come together share one commit, which
/// waits for the disk, and a change of threads: whoever gets the writer first writes
/// those of all.
pub struct Together<T> {
    write: Write<T>,
    waiting: Mutex<Vec<Waiting<T>>>,
}

struct Waiting<T> {
    change: Arc<T>,
    bytes: usize,
    done: oneshot::Sender<Done>,
}

/// An error may be that of many.
type Done = Result<(), Arc<Error>>;

/// Takes out what nobody waits for any more when somebody leaves.
struct Leaving<'a, T>(&'a Together<T>);

impl<T> Drop for Leaving<'_, T> {
    fn drop(&mut self) {
        self.0.lock().retain(|it| !it.done.is_closed());
    }
}

impl<T> Together<T> {
    /// What fails one change must be what fails the others, too.
    pub fn new(write: Write<T>) -> Self {
        Self { write, waiting: Mutex::default() }
    }

    /// Makes a change of about so many bytes, by the caller's hand or another's. It may
    /// be made twice when the other goes away.
    ///
    /// # Errors
    ///
    /// Whatever `write` returned, to all whose change was among those.
    pub async fn make(&self, writer: &Pool, change: T, bytes: usize) -> Done {
        let change = Arc::new(change);
        let _leaving = Leaving(self);
        loop {
            let (done, mut told) = oneshot::channel();
            self.lock().push(Waiting { change: Arc::clone(&change), bytes, done });
            loop {
                tokio::select! {
                    biased;
                    answer = &mut told => match answer {
                        Ok(done) => return done,
                        Err(_given_up) => break,
                    },
                    connection = writer.acquire() => match connection {
                        Ok(connection) => self.make_all(connection).await,
                        Err(error) if self.take_back(&change) => return Err(Arc::new(error)),
                        Err(_somebody_is_at_it_slowly) => {}
                    }
                }
            }
        }
    }

    /// Changes that nobody has begun to write.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    /// Whether nobody had begun to write it.
    fn take_back(&self, change: &Arc<T>) -> bool {
        let mut waiting = self.lock();
        let before = waiting.len();
        waiting.retain(|it| !Arc::ptr_eq(&it.change, change));
        waiting.len() < before
    }

    async fn make_all(&self, mut connection: Lent) {
        let (changes, waiting): (Vec<_>, Vec<_>) =
            self.take().into_iter().map(|it| (it.change, it.done)).unzip();
        if waiting.is_empty() {
            return;
        }
        let mut done = (self.write)(&changes, &mut connection).await;
        // A commit that failed, as on a full disk, leaves sqlx with a transaction that
        // the database has ended: such a connection is not used again.
        if done.is_ok() {
            done = connection.noted(done);
        }
        let done = done.map_err(Arc::new);
        for it in waiting {
            // Who does not listen any more is told nothing.
            let _ = it.send(done.clone());
        }
    }

    /// As many as fit into one commit, but not those of callers that have gone.
    fn take(&self) -> Vec<Waiting<T>> {
        let mut waiting = self.lock();
        waiting.retain(|it| !it.done.is_closed());
        let mut bytes = 0;
        let small = waiting.iter().take(MOST).take_while(|it| {
            bytes += it.bytes;
            bytes <= MOST_BYTES
        });
        let most = small.count().max(1).min(waiting.len());
        waiting.drain(..most).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting<T>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
