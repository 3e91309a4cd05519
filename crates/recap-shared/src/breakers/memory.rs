//! Breakers of one process.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Breaker, Breakers};
use tokio::time::Instant;

use super::state::{Rules, State};

pub(crate) struct MemoryBreakers {
    pub(super) rules: Rules,
    /// What times are counted from: the wall clock may jump.
    began: Instant,
    states: Mutex<HashMap<Breaker, State>>,
}

impl MemoryBreakers {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, began: Instant::now(), states: Mutex::default() }
    }

    /// As [`Breakers::allow`].
    pub(super) fn may_pass(&self, breaker: Breaker) -> Result<(), Duration> {
        let mut states = self.states.lock().expect("not poisoned");
        let state = states.entry(breaker).or_default();
        *state = state.allow(self.began.elapsed(), self.rules)?;
        Ok(())
    }

    /// As [`Breakers::report`].
    pub(super) fn note(&self, breaker: Breaker, success: bool) {
        let mut states = self.states.lock().expect("not poisoned");
        let state = states.entry(breaker).or_default();
        *state = state.report(success, self.began.elapsed(), self.rules);
    }
}

#[async_trait]
impl Breakers for MemoryBreakers {
    async fn allow(&self, breaker: Breaker) -> Result<(), Duration> {
        self.may_pass(breaker)
    }

    async fn report(&self, breaker: Breaker, success: bool) {
        self.note(breaker, success);
    }
}
