//! What an entry of the queue is: the JSON of a [`JobPayload`].

use std::time::Duration;

use apalis_core::task::builder::TaskBuilder;
use recap_core::jobs::JobPayload;
use recap_core::ports::Entry;
use tokio::sync::OwnedSemaphorePermit;
use tracing::error;

/// An entry on its way to the handler, with the slot it will be handled in.
pub(crate) struct InHand {
    /// `None` if what was stored is not a payload.
    pub(crate) payload: Option<JobPayload>,
    pub(crate) slot: OwnedSemaphorePermit,
}

/// The same for the same subject and turn, and for nothing else: that is how an
/// entry which waits is told from a new one.
pub(crate) fn id(entry: &Entry) -> String {
    let subject = entry.payload.subject();
    format!("{}-{}", subject.trim_start_matches("job_"), entry.turn)
}

/// What apalis pushes.
pub(crate) fn task(entry: &Entry, delay: Duration) -> TaskBuilder<Vec<u8>> {
    let stored = serde_json::to_vec(&entry.payload).expect("a payload is a kind and an id");
    let task = TaskBuilder::new(stored).max_attempts(1);
    if delay.is_zero() {
        // What was begun goes before what was not: as if it had been due since
        // the first second of time. Zero would mean no time at all. apalis-redis
        // makes it now, and its adapter brings it forward.
        return if entry.turn > 0 { task.run_at_timestamp(1) } else { task };
    }
    // apalis cuts to whole seconds, and then two would be over after one and a
    // bit; so one is added.
    task.run_after(delay.saturating_add(Duration::from_secs(1)))
}

/// Never an error: an entry that cannot be decoded would end the apalis worker
/// that fetches it, then the next one, for ever. It is dropped; if there is a
/// job behind it, the reconciler pushes that again.
pub(crate) fn decode(stored: &[u8]) -> Option<JobPayload> {
    serde_json::from_slice(stored)
        .inspect_err(|error| error!(%error, "queue entry is not a payload; dropping it"))
        .ok()
}
