//! What an entry of the queue is: the JSON of a [`JobPayload`].

use recap_core::job::Priority;
use recap_core::jobs::JobPayload;
use tokio::sync::OwnedSemaphorePermit;
use tracing::error;

/// An entry on its way to the handler, with the slot it will be handled in.
pub(crate) struct Entry {
    /// `None` if what was stored is not a payload.
    pub(crate) payload: Option<JobPayload>,
    pub(crate) slot: OwnedSemaphorePermit,
}

pub(crate) fn encode(payload: JobPayload) -> Vec<u8> {
    serde_json::to_vec(&payload).expect("a payload is a kind and an id")
}

/// Never an error: an entry that cannot be decoded would end the apalis worker
/// that fetches it, then the next one, for ever. It is dropped; if there is a
/// job behind it, the reconciler pushes that again.
pub(crate) fn decode(stored: &[u8]) -> Option<JobPayload> {
    serde_json::from_slice(stored)
        .inspect_err(|error| error!(%error, "queue entry is not a payload; dropping it"))
        .ok()
}

/// apalis-sqlite hands out larger numbers first.
pub(crate) fn rank(priority: Priority) -> usize {
    match priority {
        Priority::Interactive => 10,
        Priority::Bulk => 0,
    }
}
