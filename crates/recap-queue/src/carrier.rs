//! What a worker needs of that which carries the queue.

use async_trait::async_trait;
use recap_core::ports::BoxError;

/// The lanes of one worker, in SQLite or in Redis. What was taken is held under
/// the worker's name until it is finished, or given back.
#[async_trait]
pub(crate) trait Carrier: Send + Sync {
    /// Says that `worker` lives and works on `held`. Whatever else is held under
    /// its name, it does not know of: an answer that never arrived. That is
    /// handed out again, and so is what dead workers held.
    async fn beat(&self, worker: &str, held: &[String]) -> Result<(), BoxError>;

    /// The first entry that is due in the first lane that has one. `order` are
    /// indices of lanes. It is `likely` that there is one when something was pushed,
    /// or left over; that only says which way to look is the cheapest.
    async fn take(
        &self,
        worker: &str,
        order: &[usize],
        likely: bool,
    ) -> Result<Option<Taken>, BoxError>;

    /// Forgets entries; those that `worker` no longer holds are somebody else's.
    async fn finish(&self, worker: &str, ids: &[String]) -> Result<(), BoxError>;

    /// Hands all that `worker` holds out again, and forgets the worker.
    async fn leave(&self, worker: &str) -> Result<(), BoxError>;
}

/// An entry that is now held under a worker's name.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The index of its lane.
    pub(crate) lane: usize,
    /// What it is finished by.
    pub(crate) id: String,
    pub(crate) stored: Vec<u8>,
    /// Whether another one is due, or might be.
    pub(crate) more: bool,
}
