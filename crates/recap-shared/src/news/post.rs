//! The way out: in order, and nobody waits for it.

use std::sync::Arc;

use recap_redis::redis::pipe;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{News, letter};
use crate::numbers::Counts;
use crate::server::Server;

/// News that may wait to go out; what comes on top of it is dropped.
const WAITING: usize = 1024;

/// News that goes out in one round trip.
const BATCH: usize = 64;

/// Where news is posted.
#[derive(Clone)]
pub(crate) struct Outbox {
    waiting: mpsc::Sender<News>,
    counts: Arc<Counts>,
}

impl Outbox {
    /// Does not wait: what finds no place is dropped, and counted.
    pub(crate) fn post(&self, news: News) {
        if self.waiting.try_send(news).is_err() {
            self.counts.dropped(1);
        }
    }
}

pub(super) fn spawn(
    server: Server,
    channel: String,
    process: String,
    counts: Arc<Counts>,
) -> (Outbox, AbortOnDropHandle<()>) {
    let (waiting, posted) = mpsc::channel(WAITING);
    let outbox = Outbox { waiting, counts: Arc::clone(&counts) };
    #[expect(clippy::disallowed_methods, reason = "aborted when the wire is dropped")]
    let task = tokio::spawn(post_all(server, channel, process, posted, counts));
    (outbox, AbortOnDropHandle::new(task))
}

async fn post_all(
    server: Server,
    channel: String,
    process: String,
    mut posted: mpsc::Receiver<News>,
    counts: Arc<Counts>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while posted.recv_many(&mut batch, BATCH).await > 0 {
        let count = batch.len();
        let mut commands = pipe();
        for news in batch.drain(..) {
            commands.publish(&channel, letter(&process, news)).ignore();
        }
        if server.send(&commands).await.is_none() {
            counts.dropped(count);
        }
    }
}
