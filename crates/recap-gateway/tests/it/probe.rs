//! A part that is as it is told to be.

use async_trait::async_trait;
use recap_core::ports::{Condition, Probe};
use tokio::sync::watch;

/// Well, until it is told otherwise.
pub(crate) struct TestProbe(watch::Sender<Option<Condition>>);

impl TestProbe {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Some(Condition::Ok)))
    }

    /// `None` is not to answer.
    pub(crate) fn be(&self, condition: impl Into<Option<Condition>>) {
        self.0.send_replace(condition.into());
    }

    pub(crate) fn is_being_asked(&self) -> bool {
        self.0.receiver_count() > 0
    }
}

#[async_trait]
impl Probe for TestProbe {
    fn name(&self) -> &'static str {
        "store"
    }

    async fn probe(&self) -> Condition {
        let mut condition = self.0.subscribe();
        condition.wait_for(Option::is_some).await.unwrap().clone().unwrap()
    }
}
