//! YouTube behind its guards.

use std::future::Future;

use async_trait::async_trait;
use recap_core::ErrorCode;
use recap_core::ports::{
    Breaker, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest, Slot,
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
}

#[async_trait]
impl MediaSource for Guarded<dyn MediaSource> {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let result = self.ask(self.port.captions(request)).await;
        metrics::fetched(match &result {
            Ok(_) => "succeeded",
            Err(MediaError::Permanent(_)) => "refused",
            Err(MediaError::Blocked { .. }) => "blocked",
            Err(MediaError::Resting { .. }) => "resting",
            Err(MediaError::NotYet { .. }) => "not_yet",
            Err(MediaError::Transient { .. }) => "failed",
        });
        result
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        self.ask(self.port.playlist(request)).await
    }
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
