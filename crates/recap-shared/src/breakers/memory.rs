//! Breakers of one process.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use lru::LruCache;
use recap_core::ports::{Breaker, Breakers};
use tokio::time::Instant;

use super::state::{Rules, State};

/// Breakers that are remembered; receivers of messages are as many as clients
/// name.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).expect("not zero");

pub(crate) struct MemoryBreakers {
    pub(super) rules: Rules,
    /// What times are counted from: the wall clock may jump.
    began: Instant,
    states: Mutex<LruCache<Breaker, State>>,
}

impl MemoryBreakers {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, began: Instant::now(), states: Mutex::new(LruCache::new(MOST)) }
    }

    /// As [`Breakers::allow`].
    pub(super) fn may_pass(&self, breaker: &Breaker) -> Result<(), Duration> {
        let mut states = self.states.lock().expect("not poisoned");
        let state = states.get_or_insert_mut_ref(breaker, State::default);
        *state = state.allow(self.began.elapsed(), self.rules)?;
        Ok(())
    }

    /// As [`Breakers::report`].
    pub(super) fn note(&self, breaker: &Breaker, success: bool) {
        let mut states = self.states.lock().expect("not poisoned");
        let state = states.get_or_insert_mut_ref(breaker, State::default);
        *state = state.report(success, self.began.elapsed(), self.rules);
    }
}

#[async_trait]
impl Breakers for MemoryBreakers {
    async fn allow(&self, breaker: &Breaker) -> Result<(), Duration> {
        self.may_pass(breaker)
    }

    async fn report(&self, breaker: &Breaker, success: bool) {
        self.note(breaker, success);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakers::state::tests::RULES;

    #[test]
    fn many_receivers_do_not_fill_the_memory() {
        let breakers = MemoryBreakers::new(RULES);
        for host in 0..2000 {
            let host = Breaker::Webhook(format!("{host}.example:443"));
            (0..3).for_each(|_| breakers.note(&host, false));
            assert!(breakers.may_pass(&host).is_err());
        }
        assert_eq!(breakers.states.lock().unwrap().len(), 1000);
        assert_eq!(breakers.may_pass(&Breaker::Webhook("0.example:443".to_owned())), Ok(()));
    }
}
