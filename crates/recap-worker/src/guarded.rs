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
    /// `health` says what an error tells of the other side.
    async fn call<T, E>(
        &self,
        slot: Slot,
        breaker: Option<Breaker>,
        call: impl Future<Output = Result<T, E>>,
        resting: impl FnOnce(Duration) -> E,
        health: impl FnOnce(&E) -> Health,
    ) -> Result<T, E> {
        let _slot = self.slots.acquire(slot).await;
        let Some(breaker) = breaker else { return call.await };
        self.breakers.allow(&breaker).await.map_err(resting)?;
        let result = call.await;
        self.tell(&breaker, result.as_ref().err().map_or(Health::Well, health)).await;
        result
    }

    async fn tell(&self, breaker: &Breaker, health: Health) {
        match health {
            Health::Well => self.breakers.report(breaker, true).await,
            Health::Out => self.breakers.report(breaker, false).await,
            Health::Rests(wait) => self.breakers.rest(breaker, wait).await,
            Health::Unknown => {}
        }
    }
}

/// How the other side is, as an answer shows.
#[derive(Clone, Copy, Debug)]
enum Health {
    /// It answers; whether it answered as we like is between it and this call.
    Well,
    /// Any other call would fare the same.
    Out,
    /// It does not want to be asked for so long.
    Rests(Duration),
    /// It was not asked.
    Unknown,
}

#[cfg(test)]
mod tests;
