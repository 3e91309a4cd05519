//! Endpoints that change, hang or fail while messages are on their way.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::job::Owner;
use recap_core::jobs::Lost;
use recap_core::ports::{Notification, Notifier, Response, Webhooks as _};
use recap_core::webhook::{
    AttemptError, DeliveryStatus, Disabled, Endpoint, EndpointId, EventType, WebhookSecret,
};
use recap_core::{JobKind, Status};
use recap_testkit::fakes::TestJobs;
use recap_testkit::samples;
use tokio::sync::Semaphore;

async fn endpoint(jobs: &TestJobs, events: &[EventType]) -> Endpoint {
    let (id, events) = (EndpointId::generate(), events.to_vec());
    let endpoint = Endpoint { id, events, ..samples::endpoint(Owner::default()) };
    assert!(jobs.store.insert_endpoint(&endpoint, 20).await.unwrap());
    endpoint
}

async fn known(jobs: &TestJobs, endpoint: &Endpoint) -> Endpoint {
    jobs.store.find_endpoint(&endpoint.owner, endpoint.id).await.unwrap().unwrap()
}

/// Answers only when it is let.
struct Held {
    begun: Semaphore,
    released: Semaphore,
    status: u16,
}

impl Held {
    fn new(status: u16) -> Arc<Self> {
        Arc::new(Self { begun: Semaphore::new(0), released: Semaphore::new(0), status })
    }

    async fn has_begun(&self, times: u32) {
        let waiting = self.begun.acquire_many(times);
        tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap().unwrap().forget();
    }
}

#[async_trait]
impl Notifier for Held {
    async fn send(&self, _: &Notification<'_>) -> Response {
        self.begun.add_permits(1);
        self.released.acquire().await.unwrap().forget();
        Response {
            status: Some(self.status),
            error: (self.status >= 300).then_some(AttemptError::Status),
            latency: Duration::ZERO,
            body: String::new(),
            retry_after: None,
            abort: false,
        }
    }
}

#[tokio::test]
async fn receivers_that_hang_keep_no_job_waiting_however_many_messages_there_are() {
    let held = Held::new(200);
    let jobs = TestJobs::with(|it| it.notifier = held.clone());
    let endpoint = endpoint(&jobs, &[]).await;
    for _ in 0..40 {
        jobs.cx.desk().test(&endpoint, jobs.clock.now()).await.unwrap();
    }
    let job = jobs.submit(JobKind::Summary).await;
    let runner = jobs.runner();
    let drained = tokio::time::timeout(Duration::from_secs(30), jobs.queue.drain(&runner)).await;
    assert!(drained.is_ok(), "the worker's hands are free");
    assert_eq!(jobs.job(job).status, Status::Succeeded);

    // What found no room is found again.
    held.has_begun(16).await;
    held.released.add_permits(1000);
    for _ in 0..3 {
        runner.settled().await;
        jobs.reconcile().await;
        jobs.queue.drain(&runner).await;
    }
    let messages = jobs.store.deliveries();
    assert_eq!(messages.len(), 41);
    assert!(messages.iter().all(|it| it.status == DeliveryStatus::Delivered));
}

#[tokio::test]
async fn a_message_that_is_just_being_sent_is_not_sent_again_beside_it() {
    let held = Held::new(200);
    let jobs = TestJobs::with(|it| it.notifier = held.clone());
    let endpoint = endpoint(&jobs, &[]).await;
    let message = jobs.cx.desk().test(&endpoint, jobs.clock.now()).await.unwrap();
    let runner = jobs.runner();
    jobs.queue.drain(&runner).await;
    held.has_begun(1).await;
    let find =
        async || jobs.store.find_delivery(&endpoint.owner, message.id).await.unwrap().unwrap();
    let (desk, now) = (jobs.cx.desk(), jobs.clock.now());
    assert_eq!(desk.replay(find().await, now).await.unwrap(), None);

    held.released.add_permits(1);
    runner.settled().await;
    let sent = find().await;
    assert_eq!((sent.status, sent.attempts.len()), (DeliveryStatus::Delivered, 1));
    assert!(desk.replay(sent, now).await.unwrap().is_some());
}

#[tokio::test]
async fn what_its_former_address_answers_is_not_the_endpoints_fault() {
    let held = Held::new(410);
    let jobs = TestJobs::with(|it| it.notifier = held.clone());
    let before = endpoint(&jobs, &[]).await;
    jobs.cx.desk().test(&before, jobs.clock.now()).await.unwrap();
    let runner = jobs.runner();
    jobs.queue.drain(&runner).await;
    held.has_begun(1).await;
    let moved = Endpoint { url: "https://moved.example/hook".to_owned(), ..before.clone() };
    assert!(jobs.store.set_endpoint(&moved).await.unwrap());
    held.released.add_permits(1);
    runner.settled().await;
    assert_eq!(known(&jobs, &before).await.disabled, None);
}

#[tokio::test]
async fn that_an_endpoint_is_disabled_is_told_once_and_when_it_was() {
    let jobs = TestJobs::new();
    let gone = endpoint(&jobs, &[]).await;
    endpoint(&jobs, &[EventType::EndpointDisabled]).await;
    let first = jobs.clock.now();
    for _ in 0..2 {
        jobs.cx.desk().tell_disabled(&gone, Disabled::Gone, jobs.clock.now()).await.unwrap();
        jobs.clock.advance(Duration::from_secs(1));
    }
    let [told] = jobs.store.deliveries().try_into().expect("one message");
    assert_eq!((told.event, told.created_at), (EventType::EndpointDisabled, first));
}

#[tokio::test]
async fn what_was_dropped_while_an_endpoint_was_disabled_can_be_recovered() {
    let jobs = TestJobs::new();
    let enabled = endpoint(&jobs, &[]).await;
    let since = jobs.clock.now();
    for _ in 0..3 {
        jobs.cx.desk().test(&enabled, since).await.unwrap();
    }
    let disabled = Endpoint { disabled: Some(Disabled::Asked), ..enabled.clone() };
    assert!(jobs.store.set_endpoint(&disabled).await.unwrap());
    jobs.drain().await;
    assert!(jobs.store.deliveries().iter().all(|it| it.status == DeliveryStatus::Dropped));

    let disabled = known(&jobs, &enabled).await;
    assert!(jobs.store.set_endpoint(&Endpoint { disabled: None, ..disabled }).await.unwrap());
    let (owner, status) = (Owner::default(), DeliveryStatus::Dropped);
    let lost = Lost { owner, endpoint: enabled.id, status, since };
    let (desk, now) = (jobs.cx.desk(), jobs.clock.now());
    let first = desk.recover(&lost, None, now, 2).await.unwrap();
    assert_eq!((first.recovered, first.next.is_some()), (2, true));
    let second = desk.recover(&lost, first.next, now, 2).await.unwrap();
    assert_eq!((second.recovered, second.next), (1, None));
    jobs.drain().await;
    assert!(jobs.store.deliveries().iter().all(|it| it.status == DeliveryStatus::Delivered));
}

#[test]
fn a_secret_is_good_for_its_time_however_often_it_is_rotated() {
    let mut endpoint = samples::endpoint(Owner::default());
    let (now, day) = (samples::created_at(), Duration::from_hours(24));
    let first = endpoint.secret.clone();
    let others: Vec<_> = (1..=6).map(|it| WebhookSecret::new([it; 32])).collect();
    for (hour, secret) in (0..).zip(&others[..2]) {
        let at = now + Duration::from_hours(hour);
        endpoint.rotate(secret.clone(), at, at + day);
    }
    let [a, b] = [&others[0], &others[1]].map(Clone::clone);
    assert_eq!(endpoint.secrets(now + Duration::from_hours(2)), [b.clone(), a.clone(), first]);
    assert_eq!(endpoint.secrets(now + day), [b.clone(), a]);
    assert_eq!(endpoint.secrets(now + Duration::from_hours(25)), [b]);
    for secret in &others {
        endpoint.rotate(secret.clone(), now, now + day);
    }
    assert_eq!(endpoint.secrets(now).len(), 1 + Endpoint::MAX_OLD_SECRETS);
}
