//! A run over a carrier that is told when to fail, in a time that is turned.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use recap_core::jobs::JobPayload;
use recap_core::ports::BoxError;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::carrier::Taken;

/// One lane of each priority, with the same entry again and again.
#[derive(Default)]
struct Script {
    failing: AtomicBool,
    /// Entries that are left.
    left: AtomicUsize,
    /// Calls that failed.
    refused: AtomicUsize,
    calls: Mutex<Vec<String>>,
}

impl Script {
    fn note(&self, call: String) -> Result<(), BoxError> {
        if self.failing.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err("told to fail".into());
        }
        self.calls.lock().unwrap().push(call);
        Ok(())
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl Carrier for Script {
    async fn beat(&self, _: &str, held: &[String]) -> Result<(), BoxError> {
        self.note(format!("beat {}", held.join(" ")))
    }

    async fn take(&self, _: &str, order: &[usize], _: bool) -> Result<Option<Taken>, BoxError> {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return self.note(String::new()).map(|()| None);
        }
        let (lane, id) = (order[0], format!("entry{left}"));
        self.note(format!("take {id}"))?;
        self.left.store(left - 1, Ordering::SeqCst);
        let job = "job_01JZZZZZZZZZZZZZZZZZZZZZZZ";
        let stored = format!(r#"{{"kind":"summarize","job":"{job}"}}"#).into_bytes();
        Ok(Some(Taken { lane, id, stored, more: left > 1 }))
    }

    async fn finish(&self, _: &str, ids: &[String]) -> Result<(), BoxError> {
        self.note(format!("finish {}", ids.join(" ")))
    }

    async fn leave(&self, _: &str) -> Result<(), BoxError> {
        self.note("leave".to_owned())
    }
}

struct Gate(Semaphore);

#[async_trait]
impl Handler for Gate {
    async fn handle(&self, _: JobPayload) {
        self.0.acquire().await.unwrap().forget();
    }
}

struct Scene {
    script: Arc<Script>,
    gate: Arc<Gate>,
    stop: CancellationToken,
    news: Arc<Notify>,
    _pause: watch::Sender<bool>,
    run: JoinSet<()>,
}

fn scene(entries: usize) -> Scene {
    let script = Arc::new(Script { left: AtomicUsize::new(entries), ..Script::default() });
    let gate = Arc::new(Gate(Semaphore::new(0)));
    let (stop, (pause, paused)) = (CancellationToken::new(), watch::channel(false));
    let pull = Pull { concurrency: 1, regions: Vec::new(), paused, stop: stop.clone() };
    let habits = Habits::new(&QueueConfig::default());
    let (carrier, handler, news) = (script.clone(), gate.clone(), habits.news.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { run(&habits, carrier, 2, pull, handler).await });
    Scene { script, gate, stop, news, _pause: pause, run: tasks }
}

/// Calls that were made, but not those that found nothing.
fn seen(script: &Script) -> Vec<String> {
    script.calls().into_iter().filter(|it| !it.is_empty()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_worker_says_that_it_lives_until_it_is_done() {
    let mut scene = scene(1);
    sleep(Duration::from_secs(1)).await;
    scene.stop.cancel();
    sleep(Duration::from_secs(65)).await;
    assert_eq!(seen(&scene.script)[..2], ["beat ", "take entry1"]);
    let beats = seen(&scene.script).iter().filter(|it| *it == "beat entry1").count();
    assert_eq!(beats, 6, "every ten seconds, and no longer than DEAD_AFTER apart");
    scene.gate.0.add_permits(1);
    scene.run.join_next().await.unwrap().unwrap();
    let calls = seen(&scene.script);
    assert_eq!(calls[calls.len() - 2..], ["finish entry1", "leave"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_handed_in_is_handed_in_later() {
    let mut scene = scene(2);
    sleep(Duration::from_secs(1)).await;
    scene.script.failing.store(true, Ordering::SeqCst);
    let (since, before) = (Instant::now(), scene.script.refused.load(Ordering::SeqCst));
    scene.gate.0.add_permits(2);
    sleep(Duration::from_mins(10)).await;
    let refused = scene.script.refused.load(Ordering::SeqCst) - before;
    let most = usize::try_from(since.elapsed().as_secs()).unwrap() * 2;
    assert!(refused > 0 && refused < most, "tried now and then, not {refused} times");

    scene.script.failing.store(false, Ordering::SeqCst);
    sleep(Duration::from_secs(5)).await;
    scene.stop.cancel();
    scene.run.join_next().await.unwrap().unwrap();
    let expected = [
        "beat ",
        "take entry2",
        // Known to be held although it is done, so that nobody else takes it.
        "beat entry2",
        "finish entry2",
        "take entry1",
        "finish entry1",
        "leave",
    ];
    assert_eq!(seen(&scene.script), expected);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_away_from_the_beginning_is_waited_for() {
    let mut scene = scene(1);
    scene.script.failing.store(true, Ordering::SeqCst);
    sleep(Duration::from_mins(1)).await;
    scene.script.failing.store(false, Ordering::SeqCst);
    scene.gate.0.add_permits(1);
    sleep(Duration::from_secs(5)).await;
    scene.script.failing.store(true, Ordering::SeqCst);
    scene.stop.cancel();
    scene.run.join_next().await.unwrap().unwrap();
    assert_eq!(seen(&scene.script), ["beat ", "take entry1", "finish entry1"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_without_a_reason() {
    let scene = scene(2);
    scene.gate.0.add_permits(3);
    let moment = Duration::from_millis(100);
    sleep(moment).await;
    let expected = ["beat ", "take entry2", "finish entry2", "take entry1", "finish entry1"];
    assert_eq!(scene.script.calls(), expected, "the last one was known to be the last");

    scene.script.left.store(1, Ordering::SeqCst);
    scene.news.notify_waiters();
    sleep(moment).await;
    assert_eq!(scene.script.calls()[5..], ["take entry1", "finish entry1"]);

    sleep(QueueConfig::default().poll()).await;
    assert_eq!(scene.script.calls()[7..], [""]);
}
