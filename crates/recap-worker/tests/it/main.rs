//! The worker role against fakes of every port.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod awake;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use recap_config::Config;
use recap_core::JobKind;
use recap_core::job::Owner;
use recap_core::ports::{
    Control, Entry, Events as _, Flags, JobEvent, LimitChanges, Notification, Notifier, Queue as _,
    Response, Slot, Slots, Store as _, Webhooks as _,
};
use recap_core::webhook::DeliveryStatus;
use recap_testkit::fakes::{FakeSlots, ScriptedNotifier, TestJobs};
use recap_testkit::samples;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[tokio::test(start_paused = true)]
async fn lost_jobs_are_looked_for_after_a_panic() {
    let asked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&asked);
    let jobs = TestJobs::with(|cx| {
        let clock = Arc::clone(&cx.clock);
        cx.clock = Arc::new(move || {
            // The worker itself asks first, and then the one that looks.
            assert_ne!(times.fetch_add(1, Ordering::SeqCst), 1, "it panics, as it was told to");
            clock()
        });
    });
    let id = jobs.submit(JobKind::Summary).await;
    jobs.queue.lose();
    jobs.clock.advance(jobs.cx.policy.patience * 2);

    let mut events = jobs.events.subscribe();
    let (config, stop) = (Config::default(), CancellationToken::new());
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let watching = async {
        while !jobs.job(id).status.is_terminal() {
            events.recv().await.unwrap();
        }
        stop.cancel();
    };
    let both = async { tokio::join!(working, watching) };
    let (worked, ()) = tokio::time::timeout(config.worker.patience(), both).await.unwrap();
    worked.unwrap();
    assert!(asked.load(Ordering::SeqCst) > 1);
}

#[tokio::test(start_paused = true)]
async fn summaries_are_thought_about_longer_while_the_operator_wants_it() {
    let jobs = TestJobs::new();
    let flags = Flags { advanced_summarization: Some(true), ..Flags::default() };
    jobs.store.set_control(&Control { flags, ..Control::default() }).await.unwrap();
    let id = jobs.submit(JobKind::Summary).await;

    let mut events = jobs.events.subscribe();
    let (config, stop) = (Config::default(), CancellationToken::new());
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let watching = async {
        while !jobs.job(id).status.is_terminal() {
            events.recv().await.unwrap();
        }
        assert!(jobs.cx.advanced.load(Ordering::Relaxed));
        jobs.store.set_control(&Control::default()).await.unwrap();
        jobs.events.publish(JobEvent::ControlChanged).await;
        while jobs.cx.advanced.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.cancel();
    };
    let both = async { tokio::join!(working, watching) };
    let (worked, ()) = tokio::time::timeout(Duration::from_mins(1), both).await.unwrap();
    worked.unwrap();
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_slots_as_the_operator_wants() {
    let (jobs, slots) = (TestJobs::new(), Arc::new(FakeSlots::default()));
    let want = async |limits: LimitChanges| {
        jobs.store.set_control(&Control { limits, ..Control::default() }).await.unwrap();
        jobs.events.publish(JobEvent::ControlChanged).await;
    };
    let are = async |expected: [usize; 2]| {
        while [Slot::Fetch, Slot::Summarize].map(|it| slots.limit(it)) != expected {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // As it was when the worker started.
    want(LimitChanges { fetches: Some(5), ..LimitChanges::default() }).await;
    let (mut config, stop) = (Config::default(), CancellationToken::new());
    config.limits.summarizations = 2;
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots.clone(), stop.clone());
    let watching = async {
        are([5, 2]).await;
        want(LimitChanges { summarizations: Some(7), ..LimitChanges::default() }).await;
        are([1, 7]).await;
        want(LimitChanges::default()).await;
        are([1, 2]).await;
        stop.cancel();
    };
    let both = async { tokio::join!(working, watching) };
    let (worked, ()) = tokio::time::timeout(Duration::from_mins(1), both).await.unwrap();
    worked.unwrap();
}

/// Slots that nobody waits for.
fn slots() -> Arc<dyn Slots> {
    Arc::new(FakeSlots::default())
}

/// Takes its time over each message.
struct Slow {
    takes: Duration,
    begun: Arc<Notify>,
}

#[async_trait]
impl Notifier for Slow {
    async fn send(&self, notification: &Notification<'_>) -> Response {
        self.begun.notify_one();
        tokio::time::sleep(self.takes).await;
        ScriptedNotifier::new().send(notification).await
    }
}

/// What becomes of a message that takes so long and is being sent when the worker
/// is told to stop; and how long the worker takes to.
async fn stopped_over_a_message(takes: Duration) -> (DeliveryStatus, Duration) {
    let begun = Arc::new(Notify::new());
    let jobs = TestJobs::with(|cx| {
        cx.notifier = Arc::new(Slow { takes, begun: Arc::clone(&begun) });
    });
    let endpoint = samples::endpoint(Owner::default());
    jobs.store.insert_endpoint(&endpoint, 1).await.unwrap();
    let message = samples::delivery(&endpoint);
    jobs.store.insert_delivery(&message).await.unwrap();
    let entry = Entry::delivery(message.id, message.revision);
    jobs.queue.push(&[entry], Duration::ZERO).await.unwrap();

    let (config, stop) = (Config::default(), CancellationToken::new());
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), slots(), stop.clone());
    let stopping = async {
        begun.notified().await;
        stop.cancel();
        tokio::time::Instant::now()
    };
    let (worked, stopped) = tokio::join!(working, stopping);
    worked.unwrap();
    (jobs.store.deliveries()[0].status, stopped.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_message_in_hand_is_sent_before_the_worker_ends_unless_it_takes_too_long() {
    let (status, took) = stopped_over_a_message(Duration::from_secs(10)).await;
    assert_eq!(status, DeliveryStatus::Delivered);
    assert!((10..12).contains(&took.as_secs()), "{took:?}");
    let (status, took) = stopped_over_a_message(Duration::from_mins(5)).await;
    assert_eq!(status, DeliveryStatus::Pending);
    let most = Config::default().worker.stop_timeout() + Duration::from_secs(2);
    assert!(took < most, "{took:?}");
}
