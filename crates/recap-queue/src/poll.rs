//! When the queue is looked at: after every push of this process, and at a
//! steady interval for delayed entries and the pushes of others.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::{Instant, Sleep};

/// A push may come while a fetch is under way that began before it. So the
/// queue is looked at once more, this long after a push.
const SECOND_LOOK: Duration = Duration::from_millis(20);

/// apalis' own `poll_with_interval` loses its wake-up: when a fetch takes
/// longer than the interval, no timer is armed any more, and the worker sleeps
/// until its next heartbeat. This one never returns without an armed timer.
pub(crate) struct SteadyPoll {
    every: Duration,
    timer: Pin<Box<Sleep>>,
    news: Arc<Notify>,
    pushed: Pin<Box<OwnedNotified>>,
}

impl SteadyPoll {
    /// `news` is given after each push of this process.
    pub(crate) fn new(every: Duration, news: Arc<Notify>) -> Self {
        let timer = Box::pin(tokio::time::sleep(every));
        let pushed = Box::pin(Arc::clone(&news).notified_owned());
        Self { every, timer, news, pushed }
    }

    fn wake_in(&mut self, wait: Duration) {
        self.timer.as_mut().reset(Instant::now() + wait);
    }
}

impl PollStrategy for SteadyPoll {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut look = Poll::Pending;
        while self.pushed.as_mut().poll(cx).is_ready() {
            self.pushed.set(Arc::clone(&self.news).notified_owned());
            self.wake_in(self.every.min(SECOND_LOOK));
            look = Poll::Ready(Some(()));
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            self.wake_in(self.every);
            look = Poll::Ready(Some(()));
        }
        look
    }
}
