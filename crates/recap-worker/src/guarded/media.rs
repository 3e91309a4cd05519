//! YouTube behind its guards.

use std::future::Future;

use async_trait::async_trait;
use recap_core::ErrorCode;
use recap_core::ports::{
    Breaker, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest,
    Recording, RecordingRequest, Slot, Tell,
};
use recap_telemetry::metrics;
use tokio::sync::mpsc;

use super::{Guarded, Health};

impl Guarded<dyn MediaSource> {
    async fn ask<T>(
        &self,
        route: &str,
        call: impl Future<Output = Result<T, MediaError>>,
    ) -> Result<T, MediaError> {
        let resting = |after| MediaError::Resting { after };
        self.guards.call(Slot::Fetch, Some(breaker(route)), call, resting, health).await
    }

    fn name(&self, route: usize) -> String {
        self.port.routes().swap_remove(route)
    }

    /// Several videos on one slot and the first way: `take` says which, once there is
    /// one. The breaker is asked once, and hears of each video when it is told.
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
        let first = self.name(0);
        let breaker = breaker(&first);
        if let Err(after) = guards.breakers.allow(&breaker).await {
            for index in 0..requests.len() {
                let resting = Err(MediaError::Resting { after });
                count(&first, &resting);
                tell(index, resting);
            }
            return;
        }
        let (heard, mut healths) = mpsc::unbounded_channel();
        let fetching = async move {
            let hear = |index, answer: Result<Captions, MediaError>| {
                count(&first, &answer);
                // It is listened to for as long as this is fetched.
                let _ = heard.send(answer.as_ref().err().map_or(Health::Well, health));
                tell(index, answer);
            };
            self.port.captions_of(&requests, &hear).await;
            drop(heard);
        };
        let reporting = async {
            while let Some(health) = healths.recv().await {
                guards.tell(&breaker, health).await;
            }
        };
        tokio::join!(fetching, reporting);
    }
}

#[async_trait]
impl MediaSource for Guarded<dyn MediaSource> {
    fn routes(&self) -> Vec<String> {
        self.port.routes()
    }

    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let route = self.name(request.route);
        let result = self.ask(&route, self.port.captions(request)).await;
        count(&route, &result);
        result
    }

    fn records(&self) -> bool {
        self.port.records()
    }

    async fn recording(&self, request: &RecordingRequest) -> Result<Recording, MediaError> {
        let route = self.name(request.route);
        let call = self.port.recording(request);
        let resting = |after| MediaError::Resting { after };
        self.guards.call(Slot::Fetch, Some(breaker(&route)), call, resting, listening).await
    }

    fn batches(&self) -> bool {
        self.port.batches()
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        self.ask(&self.name(0), self.port.playlist(request)).await
    }
}

fn breaker(route: &str) -> Breaker {
    Breaker::YouTube(route.to_owned())
}

fn count(route: &str, result: &Result<Captions, MediaError>) {
    let outcome = match result {
        Ok(_) => "succeeded",
        Err(MediaError::Permanent(_) | MediaError::Silent(_)) => "refused",
        Err(MediaError::Blocked { .. }) => "blocked",
        Err(MediaError::Resting { .. }) => "resting",
        Err(MediaError::NotYet { .. }) => "not_yet",
        Err(MediaError::Transient { .. }) => "failed",
    };
    metrics::fetched(route, outcome);
}

/// A fault of a recording, which is ffmpeg's or the video's, says nothing of captions.
fn listening(error: &MediaError) -> Health {
    match error {
        MediaError::Blocked { after, .. } => Health::Rests(*after),
        _ => Health::Unknown,
    }
}

/// What any other video would meet on the same way.
fn health(error: &MediaError) -> Health {
    match error {
        MediaError::Blocked { after, .. } => Health::Rests(*after),
        MediaError::Transient { failure, .. } => match failure.code {
            ErrorCode::Network | ErrorCode::UpstreamError => Health::Out,
            ErrorCode::ExtractorMissing | ErrorCode::OutOfMemory | ErrorCode::Internal => {
                Health::Unknown
            }
            _ => Health::Well,
        },
        _ => Health::Well,
    }
}
