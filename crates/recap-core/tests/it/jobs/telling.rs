//! What the summariser writes reaches those who listen while it writes.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use recap_core::Status;
use recap_core::ports::{
    Answer, CombineRequest, JobEvent, NotesRequest, Store as _, Summarizer, SummarizerError,
};
use recap_core::summary::{SegmentNotes, Summary, Usage};
use recap_testkit::fakes::{Reply, ScriptedSummarizer, TestJobs};

use super::{A_WHILE, summarize};

/// Of characters of three bytes each.
static LONG: LazyLock<String> = LazyLock::new(|| "水".repeat(4000));

/// Writes a text in pieces, with a pause after each.
struct Writer {
    scripted: ScriptedSummarizer,
    text: &'static str,
    pieces: usize,
    pause: Duration,
}

#[async_trait]
impl Summarizer for Writer {
    fn name(&self) -> &'static str {
        "writer"
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        for _ in 0..self.pieces {
            request.deltas.write(self.text);
            tokio::time::sleep(self.pause).await;
        }
        self.scripted.notes(request).await
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        request.deltas.write("the whole");
        self.scripted.combine(request).await
    }
}

/// What is told of each segment, and of the whole.
async fn told(text: &'static str, pieces: usize, pause: Duration) -> Vec<(Option<u32>, String)> {
    let scripted = ScriptedSummarizer::new();
    let jobs = TestJobs::with(|cx| {
        cx.summarizer = Arc::new(Writer { scripted, text, pieces, pause });
    });
    let done = summarize(&jobs).await;
    assert_eq!(done.status, Status::Succeeded);
    let told = jobs.events.published().into_iter().filter_map(|it| match it {
        JobEvent::Text { job, segment, text } => {
            assert_eq!(job, done.id);
            assert!(text.len() <= JobEvent::MAX_TEXT);
            Some((segment, text))
        }
        _ => None,
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn text_is_told_a_few_times_a_second() {
    let told = told("word ", 100, Duration::from_millis(10)).await;
    for segment in [0, 1] {
        let of: Vec<&str> =
            told.iter().filter(|it| it.0 == Some(segment)).map(|it| it.1.as_str()).collect();
        assert!((4..=5).contains(&of.len()), "a second of writing: {of:?}");
        assert_eq!(of.concat(), "word ".repeat(100));
    }
    assert_eq!(*told.last().unwrap(), (None, "the whole".to_owned()));
    assert_eq!(told.iter().filter(|it| it.0.is_none()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn much_text_is_told_at_once_and_in_pieces() {
    const LINE: &str = "a line of about forty characters, I hope\n";
    let told = told(LINE, 100, Duration::from_millis(1)).await;
    let lengths: Vec<usize> =
        told.iter().filter(|it| it.0 == Some(0)).map(|it| it.1.len()).collect();
    assert!(lengths.len() == 4 && lengths[..3].iter().all(|it| *it >= 1024), "{lengths:?}");

    // No character is cut in two.
    let told = self::told(&LONG, 1, Duration::ZERO).await;
    let of: Vec<&str> = told.iter().filter(|it| it.0 == Some(1)).map(|it| it.1.as_str()).collect();
    assert_eq!((of.len(), of.concat()), (3, LONG.clone()));
}

/// A summariser on this machine, which costs nothing.
struct Local {
    scripted: ScriptedSummarizer,
    pause: Duration,
}

impl Local {
    async fn free<T>(
        &self,
        answer: impl Future<Output = Result<Answer<T>, SummarizerError>>,
    ) -> Result<Answer<T>, SummarizerError> {
        tokio::time::sleep(self.pause).await;
        answer.await.map(|it| Answer { usage: Usage::default(), ..it })
    }
}

#[async_trait]
impl Summarizer for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    async fn notes(
        &self,
        request: &NotesRequest<'_>,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        self.free(self.scripted.notes(request)).await
    }

    async fn combine(
        &self,
        request: &CombineRequest<'_>,
    ) -> Result<Answer<Summary>, SummarizerError> {
        self.free(self.scripted.combine(request)).await
    }
}

/// How often those who wait are told of a job of two segments, each of which and the
/// whole take `pause`; and how many notes are kept in the end.
async fn changes(pause: Duration) -> (usize, usize) {
    let scripted = ScriptedSummarizer::new();
    let jobs = TestJobs::with(|cx| cx.summarizer = Arc::new(Local { scripted, pause }));
    let done = summarize(&jobs).await;
    assert_eq!((done.status, done.progress.segments_done), (Status::Succeeded, 2));
    let changed = |it: &JobEvent| matches!(it, JobEvent::Changed { .. });
    let notes = jobs.store.list_notes(done.id).await.unwrap();
    (jobs.events.published().iter().filter(|it| changed(it)).count(), notes.len())
}

#[tokio::test(start_paused = true)]
async fn what_takes_a_moment_is_not_written_step_by_step() {
    // It began, it fetches, it has fetched, it ended.
    assert_eq!(changes(Duration::ZERO).await, (4, 2));
    // And that it summarises, twice, and combines.
    assert_eq!(changes(Duration::from_secs(1)).await, (7, 2));
}

/// Else each attempt would begin before it, and count as one that got further.
#[tokio::test]
async fn what_was_made_for_nothing_is_kept_when_the_next_segment_fails() {
    let scripted = ScriptedSummarizer::new();
    for _ in 0..2 {
        scripted.then_notes(Reply::Fail(SummarizerError::Transient("told to fail".into())));
    }
    scripted.then_notes(Reply::Default);
    let failing = || Reply::Fail(SummarizerError::Transient("told to fail".into()));
    scripted.then_notes(failing()).then_notes(failing());
    let pause = Duration::ZERO;
    let jobs = TestJobs::with(|cx| cx.summarizer = Arc::new(Local { scripted, pause }));
    let id = summarize(&jobs).await.id;
    for attempts in [1, 2, 1, 2] {
        let kept = jobs.store.list_notes(id).await.unwrap().len();
        let job = jobs.job(id);
        assert_eq!((job.status, job.attempts), (Status::Queued, attempts), "{kept} kept");
        jobs.after(A_WHILE).await;
    }
    assert_eq!(jobs.job(id).status, Status::Succeeded);
}
