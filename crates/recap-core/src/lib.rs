//! What recap is, with every vendor taken away: its types, its pure functions
//! over text and time, the jobs, and the ports they call.
//!
//! Invariant: nothing here does I/O or names a vendor; time and chance come in
//! as arguments or through [`jobs::JobContext`].

pub mod error;
mod id;
pub mod job;
pub mod jobs;
pub mod key;
pub mod load;
mod moment;
pub mod ports;
pub mod retry;
pub mod segment;
pub mod summary;
pub mod tokens;
pub mod transcript;
pub mod units;
pub mod video;
pub mod webhook;

pub use error::{ErrorCode, Failure};
pub use job::{Job, JobId, JobKind, Status};
pub use moment::Moment;
pub use video::{VideoId, VideoMetadata};
