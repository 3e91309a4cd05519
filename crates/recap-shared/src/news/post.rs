//! The way out: in order, and nobody waits for it.

use std::sync::Arc;

use recap_core::ports::JobEvent;
use recap_redis::redis::pipe;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{News, letter};
use crate::numbers::Counts;
use crate::server::Server;

/// News that may wait to go out; what comes on top of it is dropped.
const WAITING: usize = 1024;

/// Places that text leaves to all else: it is large, there is much of it, and who
/// misses it misses least.
const NOT_FOR_TEXT: usize = WAITING / 2;

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
        let text = matches!(news, News::Job(JobEvent::Text { .. }));
        let room = !text || self.waiting.capacity() > NOT_FOR_TEXT;
        if !room || self.waiting.try_send(news).is_err() {
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

#[cfg(test)]
mod tests {
    use recap_core::{JobId, Status};

    use super::*;

    #[test]
    fn text_leaves_room_for_what_matters() {
        let (waiting, _posted) = mpsc::channel(WAITING);
        let counts = Arc::new(Counts::default());
        let outbox = Outbox { waiting, counts: Arc::clone(&counts) };
        let dropped = || counts.numbers(crate::numbers::Size::default(), false).events_dropped;
        let job = JobId::generate();
        for _ in 0..WAITING {
            let text = "x".to_owned();
            outbox.post(News::Job(JobEvent::Text { job, segment: None, text }));
        }
        assert_eq!(dropped(), 512);
        for _ in 0..NOT_FOR_TEXT {
            outbox.post(News::Job(JobEvent::Changed { job, status: Status::Running }));
        }
        assert_eq!(dropped(), 512, "all of these wait");
        outbox.post(News::Job(JobEvent::ControlChanged));
        assert_eq!(dropped(), 513);
    }
}
