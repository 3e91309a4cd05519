//! Breakers of one process.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use lru::LruCache;
use recap_core::ports::{Breaker, BreakerUse, Breakers};
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

    /// How each that was asked is right now, by its label; of all of a kind the one
    /// that is left alone for longest.
    pub(crate) fn now(&self) -> BTreeMap<&'static str, BreakerUse> {
        let now = self.began.elapsed();
        let mut all: BTreeMap<&'static str, BreakerUse> = BTreeMap::new();
        for (breaker, state) in self.states.lock().expect("not poisoned").iter() {
            let found = state.shown(now, self.rules);
            let worse = |it: &BreakerUse| (it.state, it.retry_in_seconds, it.failures);
            let shown = all.entry(breaker.label()).or_insert(found);
            if worse(&found) > worse(shown) {
                *shown = found;
            }
        }
        all
    }

    /// All processes together have found that nothing may pass for `wait`.
    pub(super) fn keep_open(&self, breaker: &Breaker, wait: Duration) {
        let next = self.began.elapsed() + wait;
        self.states.lock().expect("not poisoned").put(breaker.clone(), State::Open { next });
    }

    /// All processes together have found that this one may pass.
    pub(super) fn let_through(&self, breaker: &Breaker) {
        if let Some(state) = self.states.lock().expect("not poisoned").get_mut(breaker)
            && !matches!(state, State::Closed { .. })
        {
            *state = State::default();
        }
    }

    /// As [`Breakers::report`].
    pub(super) fn note(&self, breaker: &Breaker, success: bool) {
        self.change(breaker, |state, now| state.report(success, now, self.rules));
    }

    /// As [`Breakers::rest`].
    pub(super) fn lay_to_rest(&self, breaker: &Breaker, wait: Duration) {
        self.change(breaker, |state, now| state.rest(now, wait));
    }

    fn change(&self, breaker: &Breaker, to: impl FnOnce(State, Duration) -> State) {
        let mut states = self.states.lock().expect("not poisoned");
        let state = states.get_or_insert_mut_ref(breaker, State::default);
        *state = to(*state, self.began.elapsed());
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

    async fn rest(&self, breaker: &Breaker, wait: Duration) {
        self.lay_to_rest(breaker, wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recap_core::ports::BreakerState;

    use crate::breakers::state::tests::RULES;

    #[test]
    fn of_all_receivers_the_worst_is_shown() {
        let breakers = MemoryBreakers::new(RULES);
        let host = |it: &str| Breaker::Webhook(format!("{it}.example:443"));
        (0..3).for_each(|_| breakers.note(&host("bad"), false));
        breakers.note(&host("odd"), false);
        breakers.note(&host("good"), true);
        breakers.note(&Breaker::YouTube("first".to_owned()), false);
        let now = breakers.now();
        let (webhook, youtube) = (now["webhook"], now["you_tube"]);
        assert_eq!((webhook.state, webhook.failures), (BreakerState::Open, RULES.failures));
        assert!((1..=60).contains(&webhook.retry_in_seconds), "{webhook:?}");
        assert_eq!((youtube.state, youtube.failures), (BreakerState::Closed, 1));
        assert_eq!(now.len(), 2);
    }

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
