//! Captions from YouTube, on one of the ways to it.

use async_trait::async_trait;

use super::cached::{keep, keep_refusal, refute};
use super::{Climb, Found, Left, Way};
use crate::job::{CacheMode, Rung};
use crate::ports::CaptionRequest;

pub(super) struct ByRoute {
    pub(super) route: usize,
}

#[async_trait]
impl Way for ByRoute {
    fn rung(&self) -> Rung {
        Rung::Captions
    }

    fn route(&self) -> Option<usize> {
        Some(self.route)
    }

    async fn go(&self, climb: &mut Climb<'_, '_>) -> Result<Option<Found>, Left> {
        let (run, video) = (&*climb.run, climb.video);
        let fetched = run.cx.media.captions(&CaptionRequest { video, route: self.route }).await;
        let (cache, mode) = (&*run.cx.cache, run.job.input.cache);
        match &fetched {
            _ if mode == CacheMode::Bypass => {}
            Ok(captions) => {
                keep(cache, video, captions).await;
                if mode == CacheMode::Refresh {
                    refute(cache, video).await;
                }
            }
            Err(error) => keep_refusal(cache, video, error).await,
        }
        Ok(Some(Found::Captions(Box::new(fetched?))))
    }
}
