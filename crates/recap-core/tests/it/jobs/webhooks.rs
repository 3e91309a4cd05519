//! Who is told what, when again, and when nobody is any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::{Job, Owner, Told};
use recap_core::ports::{Notification, Notifier, Response, Webhooks as _};
use recap_core::webhook::{
    AttemptError, Delivery, DeliveryStatus, Disabled, Endpoint, EndpointId, EventType, JobWebhook,
    WebhookSecret,
};
use recap_core::{JobId, JobKind, Status};
use recap_testkit::fakes::TestJobs;
use recap_testkit::samples;
use tokio::sync::Notify;

use super::summarize;

fn answer(status: u16) -> Response {
    let error = (!(200..300).contains(&status)).then_some(AttemptError::Status);
    Response {
        status: Some(status),
        error,
        latency: Duration::from_millis(5),
        body: String::new(),
        retry_after: None,
        abort: false,
    }
}

async fn endpoint(jobs: &TestJobs, events: &[EventType]) -> Endpoint {
    let endpoint = Endpoint {
        id: EndpointId::generate(),
        events: events.to_vec(),
        ..samples::endpoint(Owner::default())
    };
    assert!(jobs.store.insert_endpoint(&endpoint, 20).await.unwrap());
    endpoint
}

async fn known(jobs: &TestJobs, endpoint: &Endpoint) -> Endpoint {
    jobs.store.find_endpoint(&endpoint.owner, endpoint.id).await.unwrap().unwrap()
}

fn messages(jobs: &TestJobs) -> Vec<(EventType, DeliveryStatus)> {
    jobs.store.deliveries().iter().map(|it| (it.event, it.status)).collect()
}

fn only_message(jobs: &TestJobs) -> Delivery {
    let [message] = jobs.store.deliveries().try_into().expect("one message");
    message
}

#[tokio::test]
async fn an_end_is_told_once_and_signed_with_the_endpoints_secret() {
    let jobs = TestJobs::new();
    let endpoint = endpoint(&jobs, &[]).await;
    let job = summarize(&jobs).await;

    let [sent] = jobs.notifier.sent().try_into().expect("one attempt");
    assert_eq!((sent.url, sent.secrets), (endpoint.url, vec![endpoint.secret]));
    let told: serde_json::Value = serde_json::from_str(&sent.payload).unwrap();
    assert_eq!(told["type"], "job.completed");
    assert_eq!(told["data"]["id"], job.id.to_string());
    assert_eq!(told["data"]["url"], format!("/v1/jobs/{}", job.id));
    assert_eq!(messages(&jobs), [(EventType::JobCompleted, DeliveryStatus::Delivered)]);
    assert_eq!(jobs.job(job.id).told, Told::End);

    // Telling it again, as after a crash, makes no second message.
    let again = Job { told: Told::Nothing, ..jobs.job(job.id) };
    jobs.cx.desk().tell_end(&again, jobs.clock.now()).await.unwrap();
    jobs.drain().await;
    assert_eq!(jobs.notifier.sent().len(), 1);
}

#[tokio::test]
async fn for_a_day_a_rotated_endpoint_is_signed_with_both_secrets() {
    let jobs = TestJobs::new();
    let mut endpoint = endpoint(&jobs, &[]).await;
    let (old, new) = (endpoint.secret.clone(), WebhookSecret::new([7; 32]));
    let (now, day) = (jobs.clock.now(), Duration::from_hours(24));
    endpoint.rotate(new.clone(), now, now + day);
    assert!(jobs.store.set_endpoint(&endpoint).await.unwrap());
    summarize(&jobs).await;
    jobs.after(day).await;
    summarize(&jobs).await;
    let secrets: Vec<_> = jobs.notifier.sent().into_iter().map(|it| it.secrets).collect();
    assert_eq!(secrets, [vec![new.clone(), old], vec![new]]);
}

#[tokio::test]
async fn nobody_to_tell_costs_no_message() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[EventType::JobFailed]).await;
    let job = summarize(&jobs).await;
    assert_eq!((messages(&jobs), job.told), (vec![], Told::End));
}

#[tokio::test]
async fn three_attempts_have_one_id_and_come_at_the_documented_times() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    jobs.notifier.then(answer(500)).then(answer(500)).then(answer(200));
    let begin = jobs.clock.now().as_second();
    summarize(&jobs).await;
    jobs.after(Duration::from_secs(4)).await;
    assert_eq!(jobs.notifier.sent().len(), 1, "not before its time");
    jobs.after(Duration::from_secs(1)).await;
    jobs.after(Duration::from_mins(5)).await;

    let sent = jobs.notifier.sent();
    let times: Vec<i64> = sent.iter().map(|it| it.unix_seconds - begin).collect();
    assert_eq!(times, [0, 5, 305]);
    assert!(sent.iter().all(|it| (it.id, &it.payload) == (sent[0].id, &sent[0].payload)));
    let message = only_message(&jobs);
    assert_eq!(message.status, DeliveryStatus::Delivered);
    let statuses: Vec<Option<u16>> = message.attempts.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(500), Some(500), Some(200)]);
}

#[tokio::test]
async fn the_whole_schedule_ends_and_a_replay_begins_it_anew() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    for _ in 0..8 {
        jobs.notifier.then(answer(500));
    }
    summarize(&jobs).await;
    for seconds in [5, 300, 1800, 7200, 18_000, 36_000, 36_000] {
        jobs.clock.advance(Duration::from_secs(seconds));
        jobs.reconcile().await;
        jobs.drain().await;
    }
    let message = only_message(&jobs);
    assert_eq!((message.status, message.attempts.len()), (DeliveryStatus::Failed, 8));

    let replayed = jobs.cx.desk().replay(message, jobs.clock.now()).await.unwrap().unwrap();
    jobs.drain().await;
    assert_eq!(only_message(&jobs).status, DeliveryStatus::Delivered);
    assert_eq!(jobs.notifier.sent().last().unwrap().id, replayed.id);
}

#[tokio::test]
async fn who_answers_410_is_sent_nothing_more_and_the_owner_is_told() {
    let jobs = TestJobs::new();
    let gone = endpoint(&jobs, &[]).await;
    let other = endpoint(&jobs, &[EventType::EndpointDisabled]).await;
    jobs.notifier.then(answer(410));
    summarize(&jobs).await;
    assert_eq!(known(&jobs, &gone).await.disabled, Some(Disabled::Gone));
    assert_eq!(known(&jobs, &other).await.disabled, None);
    let mut told = messages(&jobs);
    told.sort_by_key(|it| it.0);
    let expected = [
        (EventType::JobCompleted, DeliveryStatus::Failed),
        (EventType::EndpointDisabled, DeliveryStatus::Delivered),
    ];
    assert_eq!(told, expected);
    summarize(&jobs).await;
    assert_eq!(jobs.notifier.sent().len(), 2);
}

#[tokio::test]
async fn five_days_of_failures_disable_and_one_success_begins_them_anew() {
    let steady = Arc::new(Steady(AtomicU16::new(200)));
    let jobs = TestJobs::with(|it| it.notifier = steady.clone());
    let endpoint = endpoint(&jobs, &[]).await;
    let day = async |status| {
        steady.0.store(status, Ordering::SeqCst);
        summarize(&jobs).await;
        jobs.clock.advance(Duration::from_hours(30));
        known(&jobs, &endpoint).await
    };
    for status in [500, 200, 500, 500, 500, 500] {
        assert_eq!(day(status).await.disabled, None);
    }
    assert_eq!(day(500).await.disabled, Some(Disabled::Failing));
}

#[tokio::test]
async fn a_crash_between_the_end_and_the_telling_is_made_good_for() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    let job = samples::succeeded(JobKind::Summary);
    let ended = job.completed_at.unwrap();
    jobs.store.put(job);
    jobs.clock.set(ended + Duration::from_secs(30));
    jobs.reconcile().await;
    jobs.drain().await;
    jobs.reconcile().await;
    jobs.drain().await;
    let [sent] = jobs.notifier.sent().try_into().expect("one attempt");
    let told: serde_json::Value = serde_json::from_str(&sent.payload).unwrap();
    assert_eq!(told["timestamp"], ended.to_string());
}

#[tokio::test]
async fn a_sender_that_died_is_replaced_with_the_same_message() {
    let jobs = TestJobs::new();
    let endpoint = endpoint(&jobs, &[]).await;
    let message = jobs.cx.desk().test(&endpoint, jobs.clock.now()).await.unwrap();
    let lease = jobs.cx.policy.webhooks.lease;
    let claimed = jobs.store.claim_delivery(message.id, jobs.clock.now(), lease).await.unwrap();
    assert!(claimed.is_some());
    jobs.drain().await;
    assert_eq!(jobs.notifier.sent(), [], "it is in other hands");
    jobs.clock.advance(lease);
    jobs.reconcile().await;
    jobs.drain().await;
    let [sent] = jobs.notifier.sent().try_into().expect("one attempt");
    assert_eq!((sent.id, sent.payload), (message.id, message.payload));
}

async fn submit_with_webhook(jobs: &TestJobs, events: &[EventType]) -> JobId {
    let id = jobs.submit(JobKind::Summary).await;
    let url = "https://example.com/hook".to_owned();
    let webhook = Some(JobWebhook { url, events: events.to_vec(), key: None });
    jobs.store.put(Job { webhook, ..jobs.job(id) });
    id
}

#[tokio::test]
async fn the_address_of_a_job_is_signed_with_the_callers_own_secret() {
    let jobs = TestJobs::new();
    submit_with_webhook(&jobs, &[EventType::JobStarted, EventType::JobCompleted]).await;
    jobs.drain().await;
    let sent = jobs.notifier.sent();
    assert_eq!(messages(&jobs).len(), 2);
    assert!(sent.iter().all(|it| it.secrets == [samples::webhook_secret()]));

    let unsigned = TestJobs::with(|it| it.policy.webhooks.secret = None);
    submit_with_webhook(&unsigned, &[]).await;
    unsigned.drain().await;
    assert_eq!(unsigned.notifier.sent(), []);
    let message = only_message(&unsigned);
    assert_eq!(message.status, DeliveryStatus::Failed);
    assert_eq!(message.attempts[0].error, Some(AttemptError::NoSecret));
}

#[tokio::test]
async fn jobs_that_end_without_a_worker_are_told_of() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    let canceled = jobs.submit(JobKind::Summary).await;
    jobs.cx.desk().cancel(canceled, jobs.clock.now()).await.unwrap();
    jobs.cx.desk().follow_up(canceled, jobs.clock.now()).await.unwrap();
    let expired = jobs.submit(JobKind::Summary).await;
    jobs.queue.lose();
    jobs.clock.set(jobs.job(expired).expires_at);
    jobs.reconcile().await;
    jobs.drain().await;
    assert_eq!(jobs.job(expired).status, Status::Expired);
    let mut told: Vec<EventType> = messages(&jobs).into_iter().map(|it| it.0).collect();
    told.sort();
    assert_eq!(told, [EventType::JobCanceled, EventType::JobExpired]);
}

#[tokio::test]
async fn overload_is_given_time() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    jobs.notifier.then(Response { retry_after: Some(Duration::from_secs(90)), ..answer(429) });
    summarize(&jobs).await;
    jobs.after(Duration::from_secs(89)).await;
    assert_eq!(jobs.notifier.sent().len(), 1);
    jobs.after(Duration::from_secs(1)).await;
    assert_eq!(jobs.notifier.sent().len(), 2);
}

#[tokio::test]
async fn a_host_that_is_left_alone_costs_no_attempt() {
    let jobs = TestJobs::new();
    endpoint(&jobs, &[]).await;
    let resting = Response {
        status: None,
        error: Some(AttemptError::Resting),
        retry_after: Some(Duration::from_secs(42)),
        ..answer(200)
    };
    jobs.notifier.then(resting);
    summarize(&jobs).await;
    assert_eq!(only_message(&jobs).attempts, []);
    jobs.after(Duration::from_secs(42)).await;
    let message = only_message(&jobs);
    assert_eq!((message.status, message.attempts.len()), (DeliveryStatus::Delivered, 1));
}

/// Answers all alike.
struct Steady(AtomicU16);

#[async_trait]
impl Notifier for Steady {
    async fn send(&self, _: &Notification<'_>) -> Response {
        answer(self.0.load(Ordering::SeqCst))
    }
}

/// Never answers.
struct Hanging(Notify);

#[async_trait]
impl Notifier for Hanging {
    async fn send(&self, _: &Notification<'_>) -> Response {
        self.0.notify_one();
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_keeps_no_job_waiting() {
    let hanging = Arc::new(Hanging(Notify::new()));
    let jobs = TestJobs::with(|it| it.notifier = hanging.clone());
    endpoint(&jobs, &[]).await;
    let runner = jobs.runner();
    let first = jobs.submit(JobKind::Summary).await;
    jobs.queue.drain(&runner).await;
    jobs.queue.drain(&runner).await;
    hanging.0.notified().await;
    let second = jobs.submit(JobKind::Summary).await;
    jobs.queue.drain(&runner).await;
    assert_eq!([first, second].map(|it| jobs.job(it).status), [Status::Succeeded; 2]);
}
