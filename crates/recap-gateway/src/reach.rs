//! Remembers that something behind the API is away, so that not every request
//! waits for it.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use recap_core::ports::{BreakerState, BreakerUse, StoreError};
use recap_telemetry::metrics;
use tokio::time::{Instant, timeout};

/// An error that takes as long as this costs what a time-out costs.
const SLOW: Duration = Duration::from_millis(500);

/// Whether something can be reached. While it is away, one question after each
/// rest finds out whether it is back; the others are not asked.
pub(crate) struct Reach {
    rest: Duration,
    away_until: Mutex<Option<Instant>>,
}

impl Reach {
    pub(crate) fn new(rest: Duration) -> Self {
        Self { rest, away_until: Mutex::new(None) }
    }

    /// Whether to ask now. Who is told to has `limit` to find out.
    pub(crate) fn worth_asking(&self, limit: Duration) -> bool {
        let now = Instant::now();
        let mut away_until = self.away_until();
        match *away_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                // If nothing is heard of this question, the next one may be asked then.
                *away_until = Some(now + limit);
                true
            }
        }
    }

    pub(crate) fn answered(&self) {
        *self.away_until() = None;
    }

    pub(crate) fn failed(&self) {
        *self.away_until() = Some(Instant::now() + self.rest);
    }

    /// As it is shown to people: open while a scout is under way, too.
    pub(crate) fn shown(&self) -> BreakerUse {
        let Some(until) = *self.away_until() else { return BreakerUse::default() };
        let left = until.saturating_duration_since(Instant::now());
        let state = if left.is_zero() { BreakerState::HalfOpen } else { BreakerState::Open };
        BreakerUse {
            state,
            failures: 1,
            retry_in_seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
        }
    }

    fn away_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.away_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the store, with patience that ends.
pub(crate) struct Questions {
    reach: Reach,
}

impl Questions {
    /// `rest` is how long a store that was waited for in vain is left alone.
    pub(crate) fn new(rest: Duration) -> Self {
        Self { reach: Reach::new(rest) }
    }

    /// As it is shown to people.
    pub(crate) fn shown(&self) -> BreakerUse {
        self.reach.shown()
    }

    /// The store's answer to `question`, unless it takes longer than `limit`, or
    /// has just shown that it would.
    ///
    /// Only what was slow counts: an error that comes at once costs nobody any
    /// time, and may be about one document.
    pub(crate) async fn ask<T>(
        &self,
        limit: Duration,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if !self.reach.worth_asking(limit) {
            return Err(StoreError("it did not answer in time a moment ago".into()));
        }
        let began = Instant::now();
        let late = |_| Err(StoreError("it did not answer in time".into()));
        let answer = timeout(limit, question).await.unwrap_or_else(late);
        if answer.is_err() {
            metrics::store_failed();
        }
        if answer.is_err() && began.elapsed() >= SLOW.min(limit) {
            self.reach.failed();
        } else {
            self.reach.answered();
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_millis(500);
    const LIMIT: Duration = Duration::from_secs(2);

    async fn slow() -> Result<(), StoreError> {
        std::future::pending().await
    }

    fn quick() -> impl Future<Output = Result<(), StoreError>> {
        std::future::ready(Ok(()))
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_first_one_waits() {
        let store = Questions::new(REST);
        let began = Instant::now();
        assert!(store.ask(LIMIT, slow()).await.is_err());
        assert_eq!(began.elapsed(), LIMIT);
        for _ in 0..10 {
            assert!(store.ask(LIMIT, quick()).await.is_err());
        }
        assert_eq!(began.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_rest_one_finds_out() {
        let store = Questions::new(REST);
        assert!(store.ask(LIMIT, slow()).await.is_err());
        tokio::time::advance(REST).await;
        let scout = store.ask(LIMIT, slow());
        let others = async {
            tokio::task::yield_now().await;
            assert!(store.ask(LIMIT, quick()).await.is_err());
        };
        let (scouted, ()) = tokio::join!(scout, others);
        assert!(scouted.is_err());
        tokio::time::advance(REST).await;
        for _ in 0..3 {
            assert!(store.ask(LIMIT, quick()).await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_scout_that_never_returns_is_not_waited_for() {
        let reach = Reach::new(REST);
        reach.failed();
        tokio::time::advance(REST).await;
        assert!(reach.worth_asking(LIMIT));
        assert!(!reach.worth_asking(LIMIT));
        tokio::time::advance(LIMIT).await;
        assert!(reach.worth_asking(LIMIT));
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_at_once_is_about_one_question_only() {
        let store = Questions::new(REST);
        let broken = async { Err::<(), _>(StoreError("broken document".into())) };
        assert!(store.ask(LIMIT, broken).await.is_err());
        assert!(store.ask(LIMIT, quick()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_shown_as_a_breaker() {
        let reach = Reach::new(REST);
        let shown = |state, failures, retry_in_seconds| {
            let expected = BreakerUse { state, failures, retry_in_seconds };
            assert_eq!(reach.shown(), expected);
        };
        shown(BreakerState::Closed, 0, 0);
        reach.failed();
        shown(BreakerState::Open, 1, 1);
        tokio::time::advance(REST).await;
        shown(BreakerState::HalfOpen, 1, 0);
        assert!(reach.worth_asking(LIMIT));
        shown(BreakerState::Open, 1, 2);
        reach.answered();
        shown(BreakerState::Closed, 0, 0);
    }
}
