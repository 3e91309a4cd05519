//! Captions: those that were fetched before, or new ones.

use serde::{Deserialize, Serialize};
use tracing::{debug, warn};

use super::error::JobError;
use super::run::Run;
use crate::job::{CacheMode, ChildUsage};
use crate::ports::{CacheKey, CaptionRequest, Captions, Lookup, Resource};
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

/// From the cache, or from YouTube and then into the cache. Of several jobs
/// that want the same captions at the same time, one fetches them.
pub(super) async fn fetched(run: &Run<'_>, video: VideoId) -> Result<Captions, JobError> {
    let cache = &run.cx.cache;
    let key = |resource| CacheKey { resource, id: video.to_string(), version: VERSION.to_owned() };
    let mode = run.job.input.cache;
    let mut turn = None;
    if mode == CacheMode::Use {
        match cache.get_or_make(&key(Resource::Transcript)).await {
            Lookup::Make(permit) => turn = Some(permit),
            Lookup::Hit(found) => match serde_json::from_slice::<Kept>(&found.value) {
                Ok(Kept { video, transcript }) => {
                    debug!(cache.level = %found.level, "captions found in the cache");
                    return Ok(Captions { video, transcript, child: ChildUsage::default() });
                }
                Err(error) => warn!(%error, "cached captions cannot be read; fetching them"),
            },
        }
    }
    let request = CaptionRequest { video };
    let captions = run.cx.media.captions(&request).await?;
    if mode != CacheMode::Bypass {
        let Captions { video, transcript, .. } = captions.clone();
        let metadata = serde_json::to_vec(&video).expect("it is plain data");
        cache.put(&key(Resource::Metadata), metadata.into()).await;
        let kept = serde_json::to_vec(&Kept { video, transcript }).expect("it is plain data");
        cache.put(&key(Resource::Transcript), kept.into()).await;
    }
    // Only now may those who wait look again.
    drop(turn);
    Ok(captions)
}
