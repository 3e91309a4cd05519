//! The segments that streams of one job were sent last, so that they are asked
//! for once for all of them.

use std::sync::Arc;

use recap_core::Job;
use recap_core::ports::StoreError;
use recap_core::summary::SegmentNotes;
use tokio::sync::Mutex;

use crate::context::Context;

/// Most segments that are held at once, of a job and of a stream: about 50 kB.
pub(super) const MOST: usize = 16;

/// Held while the store is asked, so that others wait for its answer.
#[derive(Default)]
pub(crate) struct Tail(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Segments that were done when the store was asked.
    done: u32,
    /// The first index that was wanted.
    from: u32,
    segments: Vec<Arc<SegmentNotes>>,
}

/// Some segments, in order.
pub(super) struct Part {
    pub(super) segments: Vec<Arc<SegmentNotes>>,
    /// There are further ones.
    pub(super) more: bool,
}

impl Tail {
    /// Segments of `job` from index `from` on, at most [`MOST`]. While the job is
    /// open none is left out; in the end there may be none for a part of it.
    pub(super) async fn segments(
        &self,
        cx: &Context,
        job: &Job,
        from: u32,
    ) -> Result<Part, StoreError> {
        let mut kept = self.0.lock().await;
        let done = job.progress.segments_done;
        if kept.done < done || from < kept.from {
            let mut segments = cx.ask(cx.store().list_notes(job.id)).await?;
            segments.retain(|it| it.index >= from);
            let more = segments.len() > MOST;
            segments.truncate(MOST);
            let segments: Vec<_> = segments.into_iter().map(Arc::new).collect();
            if more {
                return Ok(Part { segments: wanted(job, &segments, from), more });
            }
            *kept = Kept { done, from, segments };
        }
        Ok(Part { segments: wanted(job, &kept.segments, from), more: false })
    }
}

/// Those that may be sent: segments that are done out of turn wait for the ones
/// before them, as the place of a client is one number.
fn wanted(job: &Job, segments: &[Arc<SegmentNotes>], from: u32) -> Vec<Arc<SegmentNotes>> {
    let ended = job.status.is_terminal();
    let later = segments.iter().filter(|it| it.index >= from);
    let in_turn = later.zip(from..).take_while(|(it, turn)| ended || it.index == *turn);
    in_turn.map(|(it, _)| Arc::clone(it)).collect()
}
