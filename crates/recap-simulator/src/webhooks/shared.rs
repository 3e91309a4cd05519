//! What all connections of one receiver share.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use super::answer::Answer;
use super::record::ReceivedRequest;
use crate::journal::{Journal, LIMIT, locked};

/// Paths that can be scripted; further ones are not, so that memory is bounded.
const PATHS: usize = 1_000;

/// What the requests for one path meet.
#[derive(Default)]
struct Script {
    next: VecDeque<Answer>,
    /// `None` is 200.
    then: Option<Answer>,
}

pub(super) struct Shared {
    pub(super) requests: Journal<ReceivedRequest>,
    /// How many have arrived.
    arrived: watch::Sender<usize>,
    scripts: Mutex<BTreeMap<String, Script>>,
    sent: AtomicU64,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            requests: Journal::new(),
            arrived: watch::Sender::new(0),
            scripts: Mutex::default(),
            sent: AtomicU64::new(0),
        }
    }

    pub(super) fn script(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.change(path, |it| {
            it.next.extend(answers);
            it.next.truncate(LIMIT);
        });
    }

    pub(super) fn always(&self, path: &str, answer: Answer) {
        self.change(path, |it| it.then = Some(answer));
    }

    fn change(&self, path: &str, change: impl FnOnce(&mut Script)) {
        let mut scripts = locked(&self.scripts);
        if scripts.len() < PATHS || scripts.contains_key(path) {
            change(scripts.entry(path.to_owned()).or_default());
        }
    }

    /// What the next request for `path` meets.
    pub(super) fn next(&self, path: &str) -> Answer {
        let mut scripts = locked(&self.scripts);
        let script = scripts.get_mut(path);
        let answer = script.and_then(|it| it.next.pop_front().or_else(|| it.then.clone()));
        answer.unwrap_or(Answer::Status(200))
    }

    pub(super) fn arrived(&self, request: ReceivedRequest) {
        self.requests.push(request);
        self.arrived.send_modify(|it| *it += 1);
    }

    pub(super) async fn wait_for(&self, count: usize) {
        let mut arrived = self.arrived.subscribe();
        arrived.wait_for(|it| *it >= count).await.expect("the sender is ours");
    }

    /// Notes that a connection took so many bytes of a long answer.
    pub(super) fn sent(&self, bytes: usize) -> u64 {
        let bytes = bytes as u64;
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        bytes
    }

    pub(super) fn sent_bytes(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn reset(&self) {
        self.requests.clear();
        locked(&self.scripts).clear();
        self.arrived.send_replace(0);
        self.sent.store(0, Ordering::Relaxed);
    }
}
