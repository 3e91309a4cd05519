//! Something that is said, long enough to be summarised.

use std::time::Duration;

use recap_core::ports::{
    Answer, CombineRequest, Deltas, NotesRequest, Summarizer, SummarizerError,
};
use recap_core::segment::Segment;
use recap_core::summary::{KeyPoint, NotesStatus, SegmentNotes, Style, Summary};
use recap_core::transcript::Cue;
use recap_core::video::{Chapter, VideoMetadata};

use crate::samples;

/// What talks are in: written from left and from right, with blanks and without.
pub(super) const LANGUAGES: [&str; 4] = ["en", "de", "ar", "ja"];

/// Between the beginnings of two sentences.
const PACE: u64 = 6;
const SEGMENT: Duration = Duration::from_mins(10);

/// A video, cut into segments of ten minutes at most.
pub(super) struct Talk {
    pub(super) video: VideoMetadata,
    pub(super) cues: Vec<Cue>,
    pub(super) segments: Vec<Segment>,
    pub(super) style: Style,
    pub(super) language: &'static str,
}

impl Talk {
    pub(super) fn new(language: &'static str, minutes: u64) -> Self {
        let length = Duration::from_mins(minutes);
        let mut video = samples::video(samples::video_id());
        (video.duration, video.language) = (Some(length), Some(language.to_owned()));
        video.chapters.clear();
        let cue = |number: u64| Cue {
            start: Duration::from_secs(number * PACE),
            end: Duration::from_secs((number + 1) * PACE),
            text: sentence(language, number),
        };
        let cues: Vec<Cue> = (0..length.as_secs() / PACE).map(cue).collect();
        let count = u32::try_from(minutes.div_ceil(10)).expect("a few hours");
        let at = |time| cues.partition_point(|it| it.start < time);
        let segment = |index: u32| {
            let (start, end) = (SEGMENT * index, (SEGMENT * (index + 1)).min(length));
            Segment { index, start, end, chapter: None, cues: at(start)..at(end) }
        };
        let segments = (0..count).map(segment).collect();
        Self { video, segments, cues, style: Style::Detailed, language }
    }

    /// So many chapters of the same length.
    pub(super) fn with_chapters(mut self, count: u32) -> Self {
        let length = self.video.duration.unwrap_or_default() / count;
        let chapter = |it: u32| Chapter {
            title: format!("Chapter {}", it + 1),
            start: length * it,
            end: length * (it + 1),
        };
        self.video.chapters = (0..count).map(chapter).collect();
        self
    }

    /// Notes on each segment that are as long as notes get.
    pub(super) fn dense_notes(&self) -> Vec<SegmentNotes> {
        let note = |segment: &Segment| {
            let number = |it: u32| u64::from(segment.index * 100 + it);
            let point = |it: u32| KeyPoint {
                start: segment.start + Duration::from_secs(u64::from(it) * 40),
                text: format!("{} {}", sentence("en", number(it)), sentence("en", number(it) + 7)),
            };
            SegmentNotes {
                index: segment.index,
                start: segment.start,
                end: segment.end,
                title: format!("Part {}", segment.index + 1),
                summary: (0..8).map(|it| sentence("en", number(it)) + " ").collect(),
                points: (0..12).map(point).collect(),
                status: NotesStatus::Done,
                model: "a model".to_owned(),
            }
        };
        self.segments.iter().map(note).collect()
    }

    pub(super) async fn note(
        &self,
        summarizer: &dyn Summarizer,
        index: usize,
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        self.note_to(summarizer, index, &|_| {}).await
    }

    pub(super) async fn note_to(
        &self,
        summarizer: &dyn Summarizer,
        index: usize,
        written: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Answer<SegmentNotes>, SummarizerError> {
        let segment = &self.segments[index];
        let chunks: Vec<&[Cue]> = self.cues[segment.cues.clone()].chunks(40).collect();
        let request = NotesRequest {
            video: &self.video,
            segment,
            segments_total: self.segments.len(),
            chunks: &chunks,
            style: self.style,
            advanced: false,
            language: self.language,
            transcript_language: self.language,
            deltas: Deltas::to(written),
        };
        summarizer.notes(&request).await
    }

    pub(super) async fn notes(&self, summarizer: &dyn Summarizer) -> Vec<SegmentNotes> {
        let mut notes = Vec::new();
        for index in 0..self.segments.len() {
            notes.push(self.note(summarizer, index).await.unwrap().value);
        }
        notes
    }

    pub(super) async fn combine(
        &self,
        summarizer: &dyn Summarizer,
        notes: &[SegmentNotes],
    ) -> Result<Answer<Summary>, SummarizerError> {
        self.combine_to(summarizer, notes, &|_| {}).await
    }

    pub(super) async fn combine_to(
        &self,
        summarizer: &dyn Summarizer,
        notes: &[SegmentNotes],
        written: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Answer<Summary>, SummarizerError> {
        let request = CombineRequest {
            video: &self.video,
            notes,
            style: self.style,
            advanced: false,
            language: self.language,
            transcript_language: self.language,
            coverage: 1.0,
            deltas: Deltas::to(written),
        };
        summarizer.combine(&request).await
    }
}

/// No two are the same, and each says something.
fn sentence(language: &str, number: u64) -> String {
    let of = |words: &[&'static str], step: u64| {
        words[usize::try_from(number / step).unwrap_or(0) % words.len()]
    };
    match language {
        "de" => {
            let part = of(&["Der Bogen", "Das Kabel", "Der Pfeiler", "Die Fahrbahn"], 1);
            let load = of(&["den Wind", "das Gewicht", "das Wasser"], 4);
            format!("{part} der Brücke Nummer {number} trägt {load} bis in den Felsen hinunter.")
        }
        "ar" => {
            let part = of(&["القوس", "الكابل", "العمود", "السطح"], 1);
            let load = of(&["الرياح", "الوزن", "الماء"], 4);
            format!("{part} في الجسر رقم {number} يحمل {load} إلى الصخر تحت النهر.")
        }
        "ja" => {
            let part = of(&["アーチ", "ケーブル", "橋脚", "床版"], 1);
            let load = of(&["風", "重さ", "水"], 4);
            format!("第{number}の橋では{part}が{load}を川の下の岩まで伝えて支えています。")
        }
        _ => {
            let part = of(&["The arch", "The cable", "The pier", "The deck"], 1);
            let load = of(&["the wind", "the weight", "the water"], 4);
            format!("{part} of bridge number {number} carries {load} down into the rock below it.")
        }
    }
}
