//! Finished work, kept for those who ask for the same.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::job::CacheLevel;
use crate::ports::Permit;

/// What kind of thing is kept; each has its own time to live.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display, strum::EnumString, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Resource {
    /// What is known of a video.
    Metadata,
    Transcript,
    /// Why a video has no transcript.
    Refusal,
    Summary,
    /// A job document, for when the store is away.
    Job,
}

/// Names a value: `{resource}:{id}:{version}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    pub resource: Resource,
    /// Without colons: a video's or a job's id.
    pub id: String,
    /// Whatever else the value depends on; changes with its format.
    pub version: String,
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.resource, self.id, self.version)
    }
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    pub value: Bytes,
    pub level: CacheLevel,
    /// Since it was put.
    pub age: Duration,
}

/// What a reader that would make the value itself is told.
pub enum Lookup {
    Hit(Cached),
    /// Nobody has it and nobody else is making it: make it, put it, then drop
    /// the permit. Others wait for that.
    Make(Permit),
}

/// Two levels: the memory of this process, and what all processes share.
///
/// Never fails: a cache that is away has nothing. Nothing may depend on a value
/// being there.
#[async_trait]
pub trait Cache: Send + Sync {
    async fn get(&self, key: &CacheKey) -> Option<Cached>;

    /// As [`Cache::get`], but of all who miss one key at the same time, in all
    /// processes, only one is told to make it. The others wait until it is put,
    /// until its maker gives up or dies, or for `cache.flight_seconds`.
    async fn get_or_make(&self, key: &CacheKey) -> Lookup;

    async fn put(&self, key: &CacheKey, value: Bytes);

    /// Forgets all versions, in both levels and all processes.
    async fn invalidate(&self, resource: Resource, id: &str);
}
