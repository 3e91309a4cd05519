//! News about jobs, heard once for all who watch one in this process.
//!
//! Invariant: a job is forgotten by [`crate::copies`] before those who watch it
//! are told that it changed. So whoever is told and then looks finds it changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use recap_core::JobId;
use recap_core::ports::JobEvent;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::context::Context;
use crate::stream::{Tail, text_event};

/// How far one who watches may lag behind before it is told that it missed
/// something, and looks for itself.
const LAG: usize = 32;

/// Something happened to a job that is watched.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// It changed, and is open.
    Changed,
    Ended,
    /// More of its text, as event streams send it.
    Text(Bytes),
    /// Who may watch it may have changed.
    Keys,
    /// Anything may have happened.
    Missed,
}

/// Who watches which job.
#[derive(Default)]
pub(crate) struct News(Arc<Mutex<Watched>>);

/// As many as requests wait and streams are open.
type Watched = HashMap<JobId, Arc<Job>>;

/// A job that is watched.
struct Job {
    news: broadcast::Sender<Heard>,
    /// What its streams have been sent last.
    tail: Tail,
}

/// Watches one job until it is dropped.
pub(crate) struct Watch {
    all: Arc<Mutex<Watched>>,
    id: JobId,
    /// Given up when this is dropped.
    job: Option<Arc<Job>>,
    news: broadcast::Receiver<Heard>,
}

impl News {
    /// Watches the job with this id from now on.
    pub(crate) fn watch(&self, id: JobId) -> Watch {
        let mut all = lock(&self.0);
        let new = || Arc::new(Job { news: broadcast::Sender::new(LAG), tail: Tail::default() });
        let job = Arc::clone(all.entry(id).or_insert_with(new));
        Watch { all: Arc::clone(&self.0), id, news: job.news.subscribe(), job: Some(job) }
    }

    fn tell(&self, id: JobId, heard: impl FnOnce() -> Heard) {
        if let Some(job) = lock(&self.0).get(&id) {
            // Fails only when nobody listens.
            let _ = job.news.send(heard());
        }
    }

    fn tell_all(&self, heard: &Heard) {
        for job in lock(&self.0).values() {
            let _ = job.news.send(heard.clone());
        }
    }
}

impl Watch {
    /// What happens next.
    pub(crate) async fn heard(&mut self) -> Heard {
        match self.news.recv().await {
            Ok(heard) => heard,
            Err(RecvError::Lagged(_)) => Heard::Missed,
            Err(RecvError::Closed) => unreachable!("this holds the sender"),
        }
    }

    /// What its streams have been sent last.
    pub(crate) fn tail(&self) -> &Tail {
        &self.job.as_ref().expect("held until this is dropped").tail
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        // Given up while nobody else looks: of those who leave at once, the last one
        // finds the map's alone. Nobody gets another one while the map is locked.
        drop(self.job.take());
        if let Entry::Occupied(entry) = all.entry(self.id)
            && Arc::strong_count(entry.get()) == 1
        {
            entry.remove();
        }
    }
}

fn lock(all: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens for all who watch a job, and for the memory of jobs. Never returns,
/// unless nothing more will ever be heard.
pub(crate) async fn listen(cx: &Context, mut events: broadcast::Receiver<JobEvent>) {
    loop {
        match events.recv().await {
            Ok(event) => pass_on(cx, event),
            Err(RecvError::Lagged(_)) => pass_on(cx, JobEvent::Missed),
            Err(RecvError::Closed) => return,
        }
    }
}

fn pass_on(cx: &Context, event: JobEvent) {
    match event {
        JobEvent::Changed { job, status } => {
            if status.is_terminal() {
                cx.capacity.job_ended(cx.now());
            }
            cx.copies.has_changed(Some(job));
            let heard = if status.is_terminal() { Heard::Ended } else { Heard::Changed };
            cx.news.tell(job, || heard);
        }
        JobEvent::Text { job, segment, text } => {
            cx.news.tell(job, || Heard::Text(text_event(segment, &text)));
        }
        JobEvent::KeysChanged => {
            cx.callers.keys_changed();
            cx.news.tell_all(&Heard::Keys);
        }
        JobEvent::Missed => {
            cx.callers.keys_changed();
            cx.copies.has_changed(None);
            cx.control_changed.notify_one();
            cx.news.tell_all(&Heard::Missed);
        }
        JobEvent::ControlChanged => cx.control_changed.notify_one(),
        JobEvent::CancelRequested { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn those_who_leave_at_once_leave_nothing() {
        let (news, id) = (News::default(), JobId::generate());
        for _ in 0..1000 {
            let watches = [news.watch(id), news.watch(id)];
            let start = Barrier::new(2);
            thread::scope(|scope| {
                for watch in watches {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        drop(watch);
                    });
                }
            });
            assert!(lock(&news.0).is_empty());
        }
    }
}
