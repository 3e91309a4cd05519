//! Events of all processes.

use std::sync::Arc;

use async_trait::async_trait;
use recap_core::ports::{Events, JobEvent};
use tokio::sync::broadcast;

use super::MemoryEvents;
use crate::news::{News, Wire};

/// Listeners of this process hear of its own events at once, whatever the
/// server does; others' events come over the wire.
pub(crate) struct RedisEvents {
    near: Arc<MemoryEvents>,
    wire: Arc<Wire>,
}

impl RedisEvents {
    pub(crate) fn new(near: Arc<MemoryEvents>, wire: Arc<Wire>) -> Self {
        Self { near, wire }
    }
}

#[async_trait]
impl Events for RedisEvents {
    /// Does not wait for the server.
    async fn publish(&self, event: JobEvent) {
        self.near.tell(event.clone());
        self.wire.outbox().post(News::Job(event));
    }

    fn subscribe(&self) -> broadcast::Receiver<JobEvent> {
        self.near.listen()
    }
}
