//! Events within one process.

use async_trait::async_trait;
use recap_core::ports::{Events, JobEvent};
use tokio::sync::broadcast;

/// Events that a slow listener may be behind before it loses some.
const BUFFER: usize = 1024;

pub(crate) struct MemoryEvents(broadcast::Sender<JobEvent>);

impl Default for MemoryEvents {
    fn default() -> Self {
        Self(broadcast::Sender::new(BUFFER))
    }
}

impl MemoryEvents {
    /// Tells those who listen in this process.
    pub(crate) fn tell(&self, event: JobEvent) {
        // An error only says that nobody listens.
        let _ = self.0.send(event);
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<JobEvent> {
        self.0.subscribe()
    }
}

#[async_trait]
impl Events for MemoryEvents {
    async fn publish(&self, event: JobEvent) {
        self.tell(event);
    }

    fn subscribe(&self) -> broadcast::Receiver<JobEvent> {
        self.listen()
    }
}
