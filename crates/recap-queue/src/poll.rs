//! When the queue is looked at: after every push of this process, and at a
//! steady interval for delayed entries and the pushes of others.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::{Instant, Sleep};

/// apalis' own `poll_with_interval` loses its wake-up: when a fetch takes
/// longer than the interval, no timer is armed any more, and the worker sleeps
/// until its next heartbeat. This one never says no without an armed timer.
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

    /// Whether there was a push since this was last asked. A look that begins
    /// afterwards finds what was pushed; one that is under way may not.
    pub(crate) fn is_pushed(&mut self, cx: &mut Context<'_>) -> bool {
        let mut pushed = false;
        while self.pushed.as_mut().poll(cx).is_ready() {
            self.pushed.set(Arc::clone(&self.news).notified_owned());
            pushed = true;
        }
        pushed
    }

    /// Whether nobody has looked for the whole interval.
    pub(crate) fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let mut due = false;
        while self.timer.as_mut().poll(cx).is_ready() {
            self.looks();
            due = true;
        }
        due
    }

    /// A look begins, and the interval with it.
    pub(crate) fn looks(&mut self) {
        self.timer.as_mut().reset(Instant::now() + self.every);
    }
}
