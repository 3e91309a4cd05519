//! What was fetched before, by whichever job.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tracing::{debug, warn};

use super::after::After;
use super::{Climb, Found, Left, Way};
use crate::error::ErrorCode;
use crate::job::{CacheMode, ChildUsage, Rung};
use crate::ports::{Cache, CacheKey, Captions, Lookup, MediaError, Resource};
use crate::transcript::Transcript;
use crate::video::{VideoId, VideoMetadata};

/// Changes with the format of [`Kept`] and with the choice of track.
const VERSION: &str = "1";

/// As the cache keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    video: VideoMetadata,
    transcript: Transcript,
}

/// The cache. Of several jobs that want the same captions at the same time, one is
/// sent on to fetch them.
pub(super) struct Cached;

#[async_trait]
impl Way for Cached {
    fn rung(&self) -> Rung {
        Rung::Cache
    }

    async fn go(&self, climb: &mut Climb<'_, '_>) -> Result<Option<Found>, Left> {
        if climb.run.job.input.cache != CacheMode::Use {
            return Ok(None);
        }
        let cache = &climb.run.cx.cache;
        match cache.get_or_make(&key(Resource::Transcript, climb.video)).await {
            Lookup::Make(permit) => climb.turn = Some(permit),
            Lookup::Hit(found) => match serde_json::from_slice::<Kept>(&found.value) {
                Ok(Kept { video, transcript }) => {
                    debug!(cache.level = %found.level, "captions found in the cache");
                    let child = ChildUsage::default();
                    let captions = Captions { video, transcript, child };
                    return Ok(Some(Found::Captions(Box::new(captions))));
                }
                Err(error) => warn!(%error, "cached captions cannot be read; fetching them"),
            },
        }
        match refusal(climb).await {
            Some(error) => Err(error.into()),
            None => Ok(None),
        }
    }
}

/// Why the video was found to have none, a short time ago.
async fn refusal(climb: &Climb<'_, '_>) -> Option<MediaError> {
    // Who asks for it again wants it asked again.
    if climb.run.job.retry_of.is_some() {
        return None;
    }
    let cache = &climb.run.cx.cache;
    let found = cache.get(&key(Resource::Refusal, climb.video)).await?;
    let code: ErrorCode = serde_json::from_slice(&found.value).ok()?;
    let policy = &climb.run.cx.policy;
    // Captions may still be made, or written.
    let lifetime = if code == ErrorCode::NoCaptions { policy.no_captions } else { policy.refusal };
    if found.age >= lifetime {
        return None;
    }
    if code == ErrorCode::NoCaptions
        && let Some(video) = metadata(&**cache, climb.video).await
    {
        return Some(MediaError::Silent(Box::new(video)));
    }
    Some(MediaError::Permanent(code.into()))
}

/// Keeps what was fetched for the next one.
pub(super) async fn keep(cache: &dyn Cache, of: VideoId, captions: &Captions) {
    let Captions { video, transcript, .. } = captions.clone();
    keep_metadata(cache, of, &video).await;
    let kept = serde_json::to_vec(&Kept { video, transcript }).expect("it is plain data");
    cache.put(&key(Resource::Transcript, of), kept.into()).await;
}

/// Forgets why there was nothing to fetch.
pub(super) async fn refute(cache: &dyn Cache, of: VideoId) {
    cache.invalidate(Resource::Refusal, &of.to_string()).await;
}

/// Keeps why there is nothing to fetch, if that is true of the video on any way.
pub(super) async fn keep_refusal(cache: &dyn Cache, of: VideoId, error: &MediaError) {
    let code = match error {
        MediaError::Silent(video) => {
            keep_metadata(cache, of, video).await;
            ErrorCode::NoCaptions
        }
        MediaError::Permanent(failure) if !After::of(error).other_route => failure.code,
        _ => return,
    };
    let code = serde_json::to_vec(&code).expect("it is plain data");
    cache.put(&key(Resource::Refusal, of), code.into()).await;
}

async fn keep_metadata(cache: &dyn Cache, of: VideoId, video: &VideoMetadata) {
    let metadata = serde_json::to_vec(video).expect("it is plain data");
    cache.put(&key(Resource::Metadata, of), metadata.into()).await;
}

/// What is known of the video, if any job has seen it a short time ago.
pub(super) async fn metadata(cache: &dyn Cache, of: VideoId) -> Option<VideoMetadata> {
    let found = cache.get(&key(Resource::Metadata, of)).await?;
    serde_json::from_slice(&found.value).ok()
}

fn key(resource: Resource, video: VideoId) -> CacheKey {
    CacheKey { resource, id: video.to_string(), version: VERSION.to_owned() }
}
