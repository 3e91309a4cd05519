//! Events within this process.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::ports::{Events, JobEvent};
use tokio::sync::broadcast;

/// A broadcast channel that also remembers what was said.
#[derive(Debug)]
pub struct MemoryEvents {
    sender: broadcast::Sender<JobEvent>,
    published: Mutex<Vec<JobEvent>>,
}

impl MemoryEvents {
    /// Listeners may be 64 events late before they lose some.
    pub fn new() -> Self {
        Self::with_capacity(64)
    }

    pub fn with_capacity(capacity: usize) -> Self {
        let (sender, _) = broadcast::channel(capacity);
        Self { sender, published: Mutex::default() }
    }

    /// Everything said so far.
    pub fn published(&self) -> Vec<JobEvent> {
        self.published.lock().expect("not poisoned").clone()
    }

    /// How many listen right now.
    pub fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }
}

impl Default for MemoryEvents {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Events for MemoryEvents {
    async fn publish(&self, event: JobEvent) {
        self.published.lock().expect("not poisoned").push(event.clone());
        // Fails only when nobody listens.
        let _ = self.sender.send(event);
    }

    fn subscribe(&self) -> broadcast::Receiver<JobEvent> {
        self.sender.subscribe()
    }
}
