//! YouTube behind its guards.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use recap_core::ErrorCode;
use recap_core::ports::{
    Breaker, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest,
    Slot, Tell,
};
use recap_telemetry::metrics;

use super::Guarded;

impl Guarded<dyn MediaSource> {
    async fn ask<T>(
        &self,
        call: impl Future<Output = Result<T, MediaError>>,
    ) -> Result<T, MediaError> {
        let resting = |after| MediaError::Resting { after };
        self.guards.call(Slot::Fetch, Some(Breaker::YouTube), call, resting, youtube_is_out).await
    }

    /// Several videos on one slot: `take` says which, once there is one. The breaker
    /// is asked once, and hears of each video.
    pub(crate) async fn together(
        &self,
        take: impl FnOnce() -> Vec<CaptionRequest> + Send,
        tell: Tell<'_>,
    ) {
        let guards = &self.guards;
        let _slot = guards.slots.acquire(Slot::Fetch).await;
        let requests = take();
        if requests.is_empty() {
            return;
        }
        if let Err(after) = guards.allow(&Breaker::YouTube).await {
            for index in 0..requests.len() {
                let resting = Err(MediaError::Resting { after });
                count(&resting);
                tell(index, resting);
            }
            return;
        }
        let outages = Mutex::new(Vec::new());
        let hear = |index, answer: Result<Captions, MediaError>| {
            count(&answer);
            let out = answer.as_ref().is_err_and(youtube_is_out);
            outages.lock().unwrap_or_else(PoisonError::into_inner).push(out);
            tell(index, answer);
        };
        self.port.captions_of(&requests, &hear).await;
        for out in outages.into_inner().unwrap_or_else(PoisonError::into_inner) {
            guards.breakers.report(&Breaker::YouTube, !out).await;
        }
    }
}

#[async_trait]
impl MediaSource for Guarded<dyn MediaSource> {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let result = self.ask(self.port.captions(request)).await;
        count(&result);
        result
    }

    fn batches(&self) -> bool {
        self.port.batches()
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        self.ask(self.port.playlist(request)).await
    }
}

fn count(result: &Result<Captions, MediaError>) {
    metrics::fetched(match result {
        Ok(_) => "succeeded",
        Err(MediaError::Permanent(_)) => "refused",
        Err(MediaError::Blocked { .. }) => "blocked",
        Err(MediaError::Resting { .. }) => "resting",
        Err(MediaError::NotYet { .. }) => "not_yet",
        Err(MediaError::Transient { .. }) => "failed",
    });
}

/// Whether any other video would meet the same.
fn youtube_is_out(error: &MediaError) -> bool {
    match error {
        MediaError::Blocked { .. } => true,
        MediaError::Transient { failure, .. } => {
            matches!(failure.code, ErrorCode::Network | ErrorCode::UpstreamError)
        }
        _ => false,
    }
}
