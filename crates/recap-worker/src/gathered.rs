//! Videos that wait for the same slot share one run of yt-dlp.
//!
//! Only where that is cheaper, on the first way to YouTube, and only while another
//! video is being fetched or waits: one alone goes at once. Who stops waiting drops an answer, no more;
//! only when nobody of a batch waits any longer is its run ended.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use recap_config::MediaConfig;
use recap_core::ports::{
    CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest, Recording,
    RecordingRequest,
};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use crate::guarded::Guarded;

type Answer = Result<Captions, MediaError>;

/// YouTube behind its guards, with videos gathered before them.
pub(crate) struct Gathered {
    shared: Arc<Shared>,
    /// Gatherers, one for each batch that waits or is fetched; they end with this.
    tasks: Mutex<JoinSet<()>>,
}

struct Shared {
    guarded: Guarded<dyn MediaSource>,
    waiting: Mutex<Vec<Waiting>>,
    full: Notify,
    /// Videos that wait or are being fetched.
    in_hand: AtomicUsize,
    most: usize,
    window: Duration,
}

struct Waiting {
    request: CaptionRequest,
    reply: oneshot::Sender<Answer>,
}

/// One more video in hand, until it is dropped.
struct InHand<'a>(&'a AtomicUsize);

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gathered {
    pub(crate) fn new(guarded: Guarded<dyn MediaSource>, media: &MediaConfig) -> Self {
        let shared = Shared {
            guarded,
            waiting: Mutex::default(),
            full: Notify::new(),
            in_hand: AtomicUsize::new(0),
            most: media.batch_max,
            window: media.batch_window(),
        };
        Self { shared: Arc::new(shared), tasks: Mutex::default() }
    }
}

#[async_trait]
impl MediaSource for Gathered {
    fn routes(&self) -> Vec<String> {
        self.shared.guarded.routes()
    }

    async fn captions(&self, request: &CaptionRequest) -> Answer {
        let shared = &self.shared;
        if shared.most < 2 || request.route > 0 || !shared.guarded.batches() {
            return shared.guarded.captions(request).await;
        }
        let others = shared.in_hand.fetch_add(1, Ordering::Relaxed);
        let _one_more = InHand(&shared.in_hand);
        let (reply, answer) = oneshot::channel();
        if shared.join(Waiting { request: *request, reply }) {
            let window = if others == 0 { Duration::ZERO } else { shared.window };
            let mut tasks = lock(&self.tasks);
            while tasks.try_join_next().is_some() {}
            tasks.spawn(Arc::clone(shared).gather(window));
        }
        match answer.await {
            Ok(answer) => answer,
            // The gatherer is gone: the process is ending.
            Err(_) => shared.guarded.captions(request).await,
        }
    }

    fn records(&self) -> bool {
        self.shared.guarded.records()
    }

    async fn recording(&self, request: &RecordingRequest) -> Result<Recording, MediaError> {
        self.shared.guarded.recording(request).await
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        self.shared.guarded.playlist(request).await
    }
}

impl Shared {
    /// Whether this one is the first of a batch, which wants a gatherer: there is
    /// one for each batch that waits, so that none keeps the others from a slot.
    fn join(&self, one: Waiting) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.push(one);
        if waiting.len().is_multiple_of(self.most) {
            self.full.notify_waiters();
        }
        waiting.len() % self.most == 1
    }

    /// Serves one batch: of those who wait, and those who come before there is a
    /// slot for them.
    async fn gather(self: Arc<Self>, window: Duration) {
        // Before the look, so that nothing between the two is missed.
        let full = self.full.notified();
        if lock(&self.waiting).len() < self.most {
            let _ = tokio::time::timeout(window, full).await;
        }
        let replies = Replies::default();
        let tell = |index, answer| replies.send(index, answer);
        tokio::select! {
            biased;
            () = self.guarded.together(|| replies.expect(self.take()), &tell) => {}
            () = poll_fn(|cx| replies.poll_unwanted(cx)) => {}
        }
    }

    /// A batch; an empty one if everybody has gone.
    fn take(&self) -> Vec<Waiting> {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|it| !it.reply.is_closed());
        let count = waiting.len().min(self.most);
        waiting.drain(..count).collect()
    }
}

/// Those of a batch who have no answer yet.
#[derive(Default)]
struct Replies(Mutex<Vec<Option<oneshot::Sender<Answer>>>>);

impl Replies {
    fn expect(&self, batch: Vec<Waiting>) -> Vec<CaptionRequest> {
        let requests = batch.iter().map(|it| it.request).collect();
        *lock(&self.0) = batch.into_iter().map(|it| Some(it.reply)).collect();
        requests
    }

    fn send(&self, index: usize, answer: Answer) {
        if let Some(reply) = lock(&self.0).get_mut(index).and_then(Option::take) {
            // Nobody takes it if it was canceled.
            let _ = reply.send(answer);
        }
    }

    /// Ready when answers are missing and nobody waits for any of them.
    fn poll_unwanted(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut replies = lock(&self.0);
        let (mut missing, mut wanted) = (false, false);
        for reply in replies.iter_mut().flatten() {
            missing = true;
            // Each one is asked, so that each one wakes us.
            wanted |= reply.poll_closed(cx).is_pending();
        }
        if missing && !wanted { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
