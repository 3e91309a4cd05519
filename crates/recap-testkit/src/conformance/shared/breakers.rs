//! What fails again and again, within one process.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Breaker, Breakers};
use tokio::time::sleep;

use super::{FAILURES, HALF_OPEN_SECONDS, OPEN_SECONDS};

const OPEN: Duration = Duration::from_secs(OPEN_SECONDS);
const HALF_OPEN: Duration = Duration::from_secs(HALF_OPEN_SECONDS);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Breakers>) {
    only_failures_in_a_row_open_it(&*fresh().await).await;
    one_may_try_and_a_success_closes_it(&*fresh().await).await;
    a_failed_try_opens_it_again(&*fresh().await).await;
    each_receiver_has_its_own(&*fresh().await).await;
    whoever_asks_for_a_rest_has_it(&*fresh().await).await;
}

pub(super) fn youtube() -> Breaker {
    Breaker::YouTube("first".to_owned())
}

pub(super) async fn fail(breakers: &dyn Breakers, times: u32) {
    for _ in 0..times {
        breakers.report(&youtube(), false).await;
    }
}

pub(super) async fn succeed(breakers: &dyn Breakers) {
    breakers.report(&youtube(), true).await;
}

/// Whoever asks may call.
#[track_caller]
fn passed(told: Result<(), Duration>) {
    assert_eq!(told, Ok(()));
}

/// Whoever asks has to wait, for at most `most`. Returns for how long.
#[track_caller]
fn refused(told: Result<(), Duration>, most: Duration) -> Duration {
    let wait = told.expect_err("nothing passes");
    assert!(!wait.is_zero() && wait <= most, "{wait:?}");
    wait
}

async fn allow(breakers: &dyn Breakers) -> Result<(), Duration> {
    breakers.allow(&youtube()).await
}

async fn only_failures_in_a_row_open_it(breakers: &dyn Breakers) {
    passed(allow(breakers).await);
    fail(breakers, FAILURES - 1).await;
    passed(allow(breakers).await);
    succeed(breakers).await;
    fail(breakers, FAILURES - 1).await;
    passed(allow(breakers).await);
    fail(breakers, 1).await;
    refused(allow(breakers).await, OPEN);
    passed(breakers.allow(&Breaker::Summarizer).await);
}

async fn one_may_try_and_a_success_closes_it(breakers: &dyn Breakers) {
    fail(breakers, FAILURES).await;
    sleep(refused(allow(breakers).await, OPEN)).await;
    passed(allow(breakers).await);
    // The one that tries says nothing: so the next one may.
    sleep(refused(allow(breakers).await, HALF_OPEN)).await;
    passed(allow(breakers).await);
    refused(allow(breakers).await, HALF_OPEN);
    succeed(breakers).await;
    passed(allow(breakers).await);
    passed(allow(breakers).await);
    fail(breakers, FAILURES - 1).await;
    passed(allow(breakers).await);
}

async fn a_failed_try_opens_it_again(breakers: &dyn Breakers) {
    fail(breakers, FAILURES).await;
    sleep(refused(allow(breakers).await, OPEN)).await;
    passed(allow(breakers).await);
    fail(breakers, 1).await;
    refused(allow(breakers).await, OPEN);
}

async fn whoever_asks_for_a_rest_has_it(breakers: &dyn Breakers) {
    breakers.rest(&youtube(), 2 * OPEN).await;
    assert!(refused(allow(breakers).await, 2 * OPEN) > OPEN);
    passed(breakers.allow(&Breaker::YouTube("another".to_owned())).await);
    sleep(refused(allow(breakers).await, 2 * OPEN)).await;
    passed(allow(breakers).await);
    refused(allow(breakers).await, HALF_OPEN);
    succeed(breakers).await;
    passed(allow(breakers).await);
}

async fn each_receiver_has_its_own(breakers: &dyn Breakers) {
    let [one, other] =
        ["a.example:443", "a.example:8443"].map(|it| Breaker::Webhook(it.to_owned()));
    for _ in 0..FAILURES {
        breakers.report(&one, false).await;
    }
    refused(breakers.allow(&one).await, OPEN);
    passed(breakers.allow(&other).await);
    passed(allow(breakers).await);
    breakers.report(&one, true).await;
    passed(breakers.allow(&one).await);
}
