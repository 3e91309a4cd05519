//! What recap needs from the world, one trait per file. Adapters live in
//! crates of their own; jobs and handlers know only these.

pub mod breakers;
pub mod cache;
pub mod events;
pub mod limits;
pub mod media;
pub mod observer;
pub mod probe;
pub mod queue;
pub mod slots;
pub mod store;
pub mod summarizer;

pub use breakers::{Breaker, Breakers};
pub use cache::{Cache, CacheKey, Cached, Lookup, Resource};
pub use events::{Events, JobEvent};
pub use limits::{Limits, Rate};
pub use media::{CaptionRequest, Captions, MediaError, MediaSource};
pub use observer::{Observer, Unobserved};
pub use probe::{Condition, Probe, Report, report};
pub use queue::{Entry, Handler, Pull, Queue, QueueError};
pub use slots::{Permit, Slot, Slots};
pub use store::{
    Cancel, Claim, Control, JobFilter, JobPage, Lease, Release, Renewal, Store, StoreError,
};
pub use summarizer::{Answer, CombineRequest, NotesRequest, Summarizer, SummarizerError};

/// An error of a vendor, kept for the log and never shown to a client.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
