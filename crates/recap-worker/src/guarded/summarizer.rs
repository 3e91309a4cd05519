//! The summariser behind its guards.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, Breaker, CombineRequest, NotesRequest, Pack, PackRequest, Slot, Summarizer,
    SummarizerError, Takes, WatchRequest, Watched, Watches,
};
use recap_core::summary::{SegmentNotes, Summary};
use recap_telemetry::metrics;

use super::{Guarded, Health};

impl Guarded<dyn Summarizer> {
    async fn ask<T>(
        &self,
        call: impl Future<Output = Result<T, SummarizerError>>,
    ) -> Result<T, SummarizerError> {
        // What runs in this process has nothing to be left alone for.
        let breaker = (self.name() != "extractive").then_some(Breaker::Summarizer);
        let result = self.guards.call(Slot::Summarize, breaker, call, resting, health).await;
        metrics::summarizer_called(self.name(), outcome(&result));
        result
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
        self.ask(self.port.notes(request)).await
    }

    fn takes(&self) -> Takes {
        self.port.takes()
    }

    async fn pack(&self, request: &PackRequest<'_>) -> Result<Answer<Pack>, SummarizerError> {
        self.ask(self.port.pack(request)).await
    }

    fn watches(&self) -> Watches {
        self.port.watches()
    }

    async fn watch(&self, request: &WatchRequest<'_>) -> Result<Answer<Watched>, SummarizerError> {
        // To watch is slow and refused for reasons of its own: it says nothing of text.
        let call = self.port.watch(request);
        let unknown = |_: &SummarizerError| Health::Unknown;
        let breaker = Some(Breaker::Summarizer);
        let result = self.guards.call(Slot::Summarize, breaker, call, resting, unknown).await;
        metrics::summarizer_called(self.name(), outcome(&result));
        result
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        self.ask(self.port.combine(request)).await
    }
}

fn resting(retry_after: Duration) -> SummarizerError {
    SummarizerError::Resting { retry_after }
}

fn health(error: &SummarizerError) -> Health {
    match error {
        SummarizerError::Transient(_) => Health::Out,
        _ => Health::Well,
    }
}

fn outcome<T>(result: &Result<T, SummarizerError>) -> &'static str {
    match result {
        Ok(_) => "succeeded",
        Err(SummarizerError::RateLimited { .. } | SummarizerError::QuotaSpent { .. }) => "quota",
        Err(SummarizerError::Resting { .. }) => "resting",
        Err(SummarizerError::Unreadable) => "unreadable",
        Err(SummarizerError::Blocked) => "blocked",
        Err(SummarizerError::Unauthorized { .. }) => "unauthorized",
        Err(SummarizerError::InvalidAnswer) => "invalid",
        Err(SummarizerError::Transient(_)) => "failed",
    }
}
