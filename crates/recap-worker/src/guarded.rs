//! A port with a slot around each call.

use std::sync::Arc;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, CaptionRequest, Captions, CombineRequest, MediaError, MediaSource, NotesRequest, Slot,
    Slots, Summarizer, SummarizerError,
};
use recap_core::summary::{SegmentNotes, Summary};

/// Waits for a slot, then calls.
pub(crate) struct Guarded<P: ?Sized> {
    port: Arc<P>,
    slots: Arc<dyn Slots>,
}

impl<P: ?Sized> Guarded<P> {
    pub(crate) fn new(port: Arc<P>, slots: &Arc<dyn Slots>) -> Self {
        Self { port, slots: Arc::clone(slots) }
    }
}

#[async_trait]
impl MediaSource for Guarded<dyn MediaSource> {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let _slot = self.slots.acquire(Slot::Fetch).await;
        self.port.captions(request).await
    }
}

#[async_trait]
impl Summarizer for Guarded<dyn Summarizer> {
    fn name(&self) -> &'static str {
        self.port.name()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        let _slot = self.slots.acquire(Slot::Summarize).await;
        self.port.notes(request).await
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        let _slot = self.slots.acquire(Slot::Summarize).await;
        self.port.combine(request).await
    }
}
