//! A port with guards around each call: a slot, then a circuit breaker.

mod media;
mod notifier;
mod summarizer;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Breaker, Breakers, Slot, Slots};

/// What stands between a job and the world.
#[derive(Clone)]
pub(crate) struct Guards {
    pub(crate) slots: Arc<dyn Slots>,
    pub(crate) breakers: Arc<dyn Breakers>,
}

/// A port behind its guards.
pub(crate) struct Guarded<P: ?Sized> {
    port: Arc<P>,
    guards: Guards,
}

impl<P: ?Sized> Guarded<P> {
    pub(crate) fn new(port: Arc<P>, guards: &Guards) -> Self {
        Self { port, guards: guards.clone() }
    }
}

impl Guards {
    /// Waits for a slot, asks the breaker (`None` for what cannot fail), then
    /// calls. `resting` makes the error of a call that may not be made now, and
    /// `outage` says whether an error is the other side's and not the call's.
    async fn call<T, E>(
        &self,
        slot: Slot,
        breaker: Option<Breaker>,
        call: impl Future<Output = Result<T, E>>,
        resting: impl FnOnce(Duration) -> E,
        outage: impl FnOnce(&E) -> bool,
    ) -> Result<T, E> {
        let _slot = self.slots.acquire(slot).await;
        let Some(breaker) = breaker else { return call.await };
        self.breakers.allow(&breaker).await.map_err(resting)?;
        let result = call.await;
        let success = !result.as_ref().is_err_and(outage);
        self.breakers.report(&breaker, success).await;
        result
    }
}

#[cfg(test)]
mod tests;
