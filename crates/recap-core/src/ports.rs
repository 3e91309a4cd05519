//! What recap needs from the world, one trait per file. Adapters live in
//! crates of their own; jobs and handlers know only these.

pub mod breakers;
pub mod cache;
pub mod events;
pub mod keys;
pub mod limits;
pub mod media;
pub mod notifier;
pub mod observer;
pub mod pools;
pub mod probe;
pub mod queue;
pub mod replies;
pub mod slots;
pub mod store;
pub mod summarizer;
pub mod webhooks;

pub use breakers::{Breaker, Breakers};
pub use cache::{Cache, CacheKey, Cached, Lookup, Resource};
pub use events::{Events, JobEvent};
pub use keys::Keys;
pub use limits::{Budget, Level, Limits, Rate, Verdict};
pub use media::{
    CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest, Recording,
    RecordingRequest, Tell,
};
pub use notifier::{Notification, Notifier, Response};
pub use observer::{Observer, Unobserved};
pub use pools::{BreakerState, BreakerUse, Connections, Link, Pools, SlotUse};
pub use probe::{Condition, Probe, Report, report};
pub use queue::{Entry, Handler, Pull, Queue, QueueError};
pub use replies::{Replies, ReplyClaim, ReplyState, StoredReply};
pub use slots::{Permit, Slot, Slots};
pub use store::{
    Cancel, Claim, Control, Delete, Flags, JobFilter, JobPage, Lease, LimitChanges, Release,
    Renewal, Store, StoreError,
};
pub use summarizer::{
    Answer, CombineRequest, Deltas, Footage, NotesRequest, Pack, PackRequest, Part, Summarizer,
    SummarizerError, Takes, WatchRequest, Watched, Watches,
};
pub use webhooks::{DeliveryFilter, DeliveryPage, Webhooks};

/// An error of a vendor, kept for the log and never shown to a client.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
