//! Notes and summaries by script.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::ports::{
    Answer, CombineRequest, Footage, NotesRequest, Pack, PackRequest, Summarizer, SummarizerError,
    Takes, WatchRequest, Watched, Watches,
};
use recap_core::segment::Segment;
use recap_core::summary::{ChapterSummary, KeyPoint, NotesStatus, SegmentNotes, Summary, Usage};

use super::script::{Reply, Script};

/// What the summariser was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SummarizerCall {
    /// Notes on the segment with this index.
    Notes(u32),
    /// Notes on the segment with this index, of the public video.
    Watch(u32),
    /// The same, of a recording.
    Listen(u32),
    /// Notes on these segments, and the summary of the whole if it says so.
    Pack { first: u32, last: u32, whole: bool },
    /// One summary of this many notes.
    Combine(usize),
}

/// Gives the scripted answers in order, then plausible ones of its own.
#[derive(Debug, Default)]
pub struct ScriptedSummarizer {
    notes: Script<Answer<SegmentNotes>, SummarizerError>,
    combine: Script<Answer<Summary>, SummarizerError>,
    watched: Script<Answer<Watched>, SummarizerError>,
    packs: Script<Answer<Pack>, SummarizerError>,
    takes: Mutex<Option<Takes>>,
    watches: Mutex<Watches>,
    calls: Mutex<Vec<SummarizerCall>>,
}

impl ScriptedSummarizer {
    pub fn new() -> Self {
        Self::default()
    }

    /// What the next request for notes without an answer yet is told.
    pub fn then_notes(&self, reply: Reply<Answer<SegmentNotes>, SummarizerError>) -> &Self {
        self.notes.push(reply);
        self
    }

    /// It takes notes on so many segments at once; by default on one.
    pub fn set_takes(&self, segments: usize) {
        *self.takes.lock().expect("not poisoned") = Some(Takes { segments, tokens: usize::MAX });
    }

    /// What the next request for notes on several segments without an answer yet is told.
    pub fn then_pack(&self, reply: Reply<Answer<Pack>, SummarizerError>) -> &Self {
        self.packs.push(reply);
        self
    }

    /// It watches public videos, and listens to recordings, or does not; by default not.
    pub fn set_watches(&self, video: bool, sound: bool) {
        *self.watches.lock().expect("not poisoned") = Watches { video, sound };
    }

    /// What the next request to watch or to listen without an answer yet is told.
    pub fn then_watch(&self, reply: Reply<Answer<Watched>, SummarizerError>) -> &Self {
        self.watched.push(reply);
        self
    }

    /// What the next request to combine without an answer yet is told.
    pub fn then_combine(&self, reply: Reply<Answer<Summary>, SummarizerError>) -> &Self {
        self.combine.push(reply);
        self
    }

    /// Everything asked so far.
    pub fn calls(&self) -> Vec<SummarizerCall> {
        self.calls.lock().expect("not poisoned").clone()
    }

    fn record(&self, call: SummarizerCall) {
        self.calls.lock().expect("not poisoned").push(call);
    }
}

#[async_trait]
impl Summarizer for ScriptedSummarizer {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        self.record(SummarizerCall::Notes(request.segment.index));
        self.notes.play(|| answer(notes(request))).await
    }

    fn takes(&self) -> Takes {
        let one = Takes { segments: 1, tokens: usize::MAX };
        self.takes.lock().expect("not poisoned").unwrap_or(one)
    }

    async fn pack(&self, request: &PackRequest<'_>) -> Result<Answer<Pack>, SummarizerError> {
        let indexes = || request.parts.iter().map(|it| it.segment.index);
        let (first, last) = (indexes().min().unwrap_or(0), indexes().max().unwrap_or(0));
        self.record(SummarizerCall::Pack { first, last, whole: request.others.is_some() });
        self.packs.play(|| answer(packed(request))).await
    }

    fn watches(&self) -> Watches {
        *self.watches.lock().expect("not poisoned")
    }

    async fn watch(&self, request: &WatchRequest<'_>) -> Result<Answer<Watched>, SummarizerError> {
        let index = request.segment.index;
        self.record(match request.footage {
            Footage::Video(_) => SummarizerCall::Watch(index),
            Footage::Sound(_) => SummarizerCall::Listen(index),
        });
        self.watched.play(|| answer(watched(request))).await
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        self.record(SummarizerCall::Combine(request.notes.len()));
        self.combine.play(|| answer(summary(request))).await
    }
}

fn answer<T>(value: T) -> Answer<T> {
    let usage = Usage { input_tokens: 100, output_tokens: 10, calls: 1 };
    Answer { value, usage, warnings: Vec::new() }
}

fn watched(request: &WatchRequest<'_>) -> Watched {
    Watched { notes: notes_on(request.segment), language: Some("de".to_owned()), ends_at: None }
}

fn packed(request: &PackRequest<'_>) -> Pack {
    let notes: Vec<SegmentNotes> = request.parts.iter().map(|it| notes_on(it.segment)).collect();
    let summary = request.others.map(|others| {
        let mut all = [others, &notes].concat();
        all.sort_by_key(|it| it.index);
        summary(&CombineRequest {
            video: request.video,
            notes: &all,
            style: request.style,
            advanced: request.advanced,
            language: request.language,
            transcript_language: request.transcript_language,
            coverage: 1.0,
            deltas: request.deltas,
        })
    });
    Pack { notes, summary }
}

fn notes(request: &NotesRequest<'_>) -> SegmentNotes {
    notes_on(request.segment)
}

fn notes_on(segment: &Segment) -> SegmentNotes {
    let number = segment.index + 1;
    let text = format!("Point of part {number}.");
    SegmentNotes {
        index: segment.index,
        start: segment.start,
        end: segment.end,
        title: segment.chapter.clone().unwrap_or_else(|| format!("Part {number}")),
        summary: format!("What part {number} says."),
        points: vec![KeyPoint { start: segment.start, text }],
        status: NotesStatus::Done,
        model: "scripted".to_owned(),
    }
}

fn summary(request: &CombineRequest<'_>) -> Summary {
    let chapter = |it: &SegmentNotes| ChapterSummary {
        start: it.start,
        end: it.end,
        title: it.title.clone(),
        summary: it.summary.clone(),
    };
    Summary {
        title: request.video.title.clone(),
        tldr: format!("What {} parts say.", request.notes.len()),
        key_points: request.notes.iter().flat_map(|it| it.points.clone()).collect(),
        chapters: request.notes.iter().map(chapter).collect(),
        language: request.language.to_owned(),
        style: request.style,
        model: "scripted".to_owned(),
        coverage: request.coverage,
    }
}
