//! What recap needs from the world, one trait per file. Adapters live in
//! crates of their own; jobs and handlers know only these.

pub mod events;
pub mod media;
pub mod queue;
pub mod slots;
pub mod store;
pub mod summarizer;

pub use events::{Events, JobEvent};
pub use media::{CaptionRequest, Captions, MediaError, MediaSource};
pub use queue::{Handler, Queue, QueueError};
pub use slots::{Permit, Slot, Slots};
pub use store::{Cancel, Claim, JobFilter, JobPage, Lease, Release, Renewal, Store, StoreError};
pub use summarizer::{Answer, CombineRequest, NotesRequest, Summarizer, SummarizerError};

/// An error of a vendor, kept for the log and never shown to a client.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
