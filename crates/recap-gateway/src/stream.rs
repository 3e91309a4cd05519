//! Event streams: what happens to a job, as it happens.
//!
//! Invariant: nothing is made before the client takes it. A stream keeps where it
//! is, not what it has to say; who reads slowly is told of fewer changes and
//! loses text, but no segment and no end.

mod feed;
mod tail;
mod text;

pub(crate) use self::feed::{Feed, Place};
pub(crate) use self::tail::Tail;
pub(crate) use self::text::text_event;
