//! Keys that a Redis throws out, by name.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use crate::lab::resp::Resp;

/// What all keys of the queue begin with.
const QUEUE: &str = "recap:queue:";

/// Hears what is evicted until it is dropped.
pub(super) struct Evictions {
    of_queue: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Evictions {
    /// `resp` is used up. The server must notify of evictions (`Ee`).
    pub(super) async fn watch(mut resp: Resp) -> anyhow::Result<Self> {
        resp.ask("SUBSCRIBE __keyevent@0__:evicted").await?;
        let of_queue: Arc<Mutex<Vec<String>>> = Arc::default();
        let (heard, mut tasks) = (Arc::clone(&of_queue), JoinSet::new());
        tasks.spawn(async move {
            // Every part of a message is a line of its own, and no key holds one.
            while let Ok(line) = resp.line().await {
                if line.starts_with(QUEUE) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            }
        });
        Ok(Self { of_queue, _tasks: tasks })
    }

    /// The keys of the queue that were evicted, each as often as it was.
    pub(super) fn of_queue(&self) -> Vec<String> {
        self.of_queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
