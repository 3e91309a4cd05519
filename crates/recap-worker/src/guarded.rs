//! A port with guards around each call: a slot, then a circuit breaker.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ErrorCode;
use recap_core::ports::{
    Answer, Breaker, Breakers, CaptionRequest, Captions, CombineRequest, MediaError, MediaSource,
    NotesRequest, Slot, Slots, Summarizer, SummarizerError,
};
use recap_core::summary::{SegmentNotes, Summary};
use recap_telemetry::metrics;

/// What stands between a job and the world.
#[derive(Clone)]
pub(crate) struct Guards {
    pub(crate) slots: Arc<dyn Slots>,
    pub(crate) breakers: Arc<dyn Breakers>,
}

/// Waits for a slot, asks the breaker, then calls.
pub(crate) struct Guarded<P: ?Sized> {
    port: Arc<P>,
    guards: Guards,
    slot: Slot,
    /// `None` for what cannot fail.
    breaker: Option<Breaker>,
}

impl Guarded<dyn MediaSource> {
    pub(crate) fn media(port: Arc<dyn MediaSource>, guards: &Guards) -> Self {
        let breaker = Some(Breaker::YouTube);
        Self { port, guards: guards.clone(), slot: Slot::Fetch, breaker }
    }
}

impl Guarded<dyn Summarizer> {
    pub(crate) fn summarizer(port: Arc<dyn Summarizer>, guards: &Guards) -> Self {
        let local = port.name() == "extractive";
        let breaker = (!local).then_some(Breaker::Summarizer);
        Self { port, guards: guards.clone(), slot: Slot::Summarize, breaker }
    }
}

impl<P: ?Sized> Guarded<P> {
    /// `resting` makes the error of a call that may not be made now, and
    /// `outage` says whether an error is the other side's and not the call's.
    async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        resting: impl FnOnce(Duration) -> E,
        outage: impl FnOnce(&E) -> bool,
    ) -> Result<T, E> {
        let _slot = self.guards.slots.acquire(self.slot).await;
        let Some(breaker) = self.breaker else { return call.await };
        let allowed = self.guards.breakers.allow(breaker).await;
        metrics::breaker_open(&breaker.to_string(), allowed.is_err());
        if let Err(wait) = allowed {
            return Err(resting(wait));
        }
        let result = call.await;
        let success = !result.as_ref().is_err_and(outage);
        self.guards.breakers.report(breaker, success).await;
        result
    }
}

#[async_trait]
impl MediaSource for Guarded<dyn MediaSource> {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let resting = |after| MediaError::Resting { after };
        let result = self.call(self.port.captions(request), resting, youtube_is_out).await;
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

#[async_trait]
impl Summarizer for Guarded<dyn Summarizer> {
    fn name(&self) -> &'static str {
        self.port.name()
    }

    fn version(&self) -> String {
        self.port.version()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        counted(self.name(), self.call(self.port.notes(request), resting, summarizer_is_out).await)
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        let call = self.call(self.port.combine(request), resting, summarizer_is_out);
        counted(self.name(), call.await)
    }
}

fn resting(retry_after: Duration) -> SummarizerError {
    SummarizerError::Resting { retry_after }
}

fn summarizer_is_out(error: &SummarizerError) -> bool {
    matches!(error, SummarizerError::Transient(_))
}

fn counted<T>(
    provider: &'static str,
    result: Result<T, SummarizerError>,
) -> Result<T, SummarizerError> {
    let outcome = match &result {
        Ok(_) => "succeeded",
        Err(SummarizerError::RateLimited { .. } | SummarizerError::QuotaSpent { .. }) => "quota",
        Err(SummarizerError::Resting { .. }) => "resting",
        Err(SummarizerError::Blocked) => "blocked",
        Err(SummarizerError::Unauthorized { .. }) => "unauthorized",
        Err(SummarizerError::InvalidAnswer) => "invalid",
        Err(SummarizerError::Transient(_)) => "failed",
    };
    metrics::summarizer_called(provider, outcome);
    result
}
