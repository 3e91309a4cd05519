//! Ports without a world behind them: in memory, scripted, with a clock that
//! is turned by hand. For tests only.

mod cache;
mod clock;
mod events;
mod jobs;
mod limits;
mod media;
mod notifier;
mod queue;
mod script;
mod slots;
mod store;
mod summarizer;

pub use cache::MemoryCache;
pub use clock::TestClock;
pub use events::MemoryEvents;
pub use jobs::TestJobs;
pub use limits::FakeLimits;
pub use media::ScriptedMedia;
pub use notifier::{ScriptedNotifier, Sent};
pub use queue::{MemoryQueue, Pushed};
pub use script::Reply;
pub use slots::FakeSlots;
pub use store::MemoryStore;
pub use summarizer::{ScriptedSummarizer, SummarizerCall};

use recap_core::ports::BoxError;

/// What a fake says when it was told not to answer.
fn told_to_fail() -> BoxError {
    "told to fail".into()
}
