//! YouTube behind its guards.

use std::future::Future;

use async_trait::async_trait;
use recap_core::ErrorCode;
use recap_core::ports::{
    Breaker, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest,
    Slot, Tell,
};
use recap_telemetry::metrics;
use tokio::sync::mpsc;

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
    /// is asked once, and hears of each video when it is told.
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
        if let Err(after) = guards.breakers.allow(&Breaker::YouTube).await {
            for index in 0..requests.len() {
                let resting = Err(MediaError::Resting { after });
                count(&resting);
                tell(index, resting);
            }
            return;
        }
        let (heard, mut outages) = mpsc::unbounded_channel();
        let fetching = async move {
            let hear = |index, answer: Result<Captions, MediaError>| {
                count(&answer);
                // It is listened to for as long as this is fetched.
                let _ = heard.send(answer.as_ref().is_err_and(youtube_is_out));
                tell(index, answer);
            };
            self.port.captions_of(&requests, &hear).await;
            drop(heard);
        };
        let reporting = async {
            while let Some(out) = outages.recv().await {
                guards.breakers.report(&Breaker::YouTube, !out).await;
            }
        };
        tokio::join!(fetching, reporting);
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
