//! What a summariser writes is told while it writes.

use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

use crate::job::JobId;
use crate::jobs::context::JobContext;
use crate::jobs::run::Run;
use crate::ports::JobEvent;
use crate::summary::Usage;

/// Text waits so long for more of it,
const PAUSE: Duration = Duration::from_millis(250);
/// or until there is so much, in bytes.
const ENOUGH: usize = 1024;

/// Text on its way from a summariser to those who listen.
pub(super) struct Telling<'a> {
    cx: &'a JobContext,
    job: JobId,
    segment: Option<u32>,
    text: Mutex<String>,
    wasted: Mutex<Usage>,
    enough: Notify,
}

impl<'a> Telling<'a> {
    /// Of a segment, or of the whole.
    pub(super) fn new(run: &Run<'a>, segment: Option<u32>) -> Self {
        let (cx, job) = (run.cx, run.job.id);
        let (text, wasted) = (Mutex::default(), Mutex::default());
        Self { cx, job, segment, text, wasted, enough: Notify::new() }
    }

    /// Takes more text, without waiting.
    pub(super) fn add(&self, text: &str) {
        let mut waiting = self.text.lock().expect("not poisoned");
        waiting.push_str(text);
        if waiting.len() >= ENOUGH {
            self.enough.notify_one();
        }
    }

    /// Takes what was paid for nothing.
    pub(super) fn waste(&self, usage: Usage) {
        *self.wasted.lock().expect("not poisoned") += usage;
    }

    /// Counts what was paid for nothing.
    pub(super) fn count(&self, run: &mut Run<'_>) {
        run.job.usage += std::mem::take(&mut *self.wasted.lock().expect("not poisoned"));
    }

    /// Does `work` and tells what it adds meanwhile, not too often.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => {
                    self.tell().await;
                    return done;
                }
                () = self.enough.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
            self.tell().await;
        }
    }

    async fn tell(&self) {
        let text = std::mem::take(&mut *self.text.lock().expect("not poisoned"));
        let (job, segment) = (self.job, self.segment);
        let mut rest = &*text;
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.floor_char_boundary(JobEvent::MAX_TEXT));
            rest = more;
            let text = piece.to_owned();
            self.cx.events.publish(JobEvent::Text { job, segment, text }).await;
        }
    }
}
