//! The line `META {…}`.

use std::time::Duration;

use jiff::Timestamp;
use recap_core::video::{Chapter, VideoId, VideoMetadata};
use serde::Deserialize;

/// Longest text that is kept, in characters; YouTube allows 100 for a title.
const LONGEST_TEXT: usize = 300;
/// Most chapters that are kept.
const MOST_CHAPTERS: usize = 500;
/// Longest video that is believed, in seconds.
const LONGEST_VIDEO: f64 = 30.0 * 24.0 * 3600.0;

/// Only the fields that recap uses; yt-dlp leaves out what it does not know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    title: Option<String>,
    channel: Option<String>,
    duration: Option<f64>,
    upload_date: Option<String>,
    live_status: Option<String>,
    language: Option<String>,
    chapters: Option<Vec<PrintedChapter>>,
    release_timestamp: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct PrintedChapter {
    title: Option<String>,
    start_time: Option<f64>,
    end_time: Option<f64>,
}

impl Metadata {
    pub(super) fn live_status(&self) -> Option<&str> {
        self.live_status.as_deref()
    }

    pub(super) fn starts_at(&self) -> Option<Timestamp> {
        let upcoming = self.live_status() == Some("is_upcoming");
        let seconds = self.release_timestamp.filter(|it| upcoming && it.is_finite())?;
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and is checked next")]
        Timestamp::from_second(seconds as i64).ok()
    }

    pub(super) fn into_video(self, id: VideoId) -> VideoMetadata {
        let duration = self.duration.and_then(time).filter(|it| !it.is_zero());
        VideoMetadata {
            id: Some(id),
            title: self.title.as_deref().and_then(plain).unwrap_or_else(|| id.to_string()),
            channel: self.channel.as_deref().and_then(plain),
            duration,
            language: self.language.filter(|it| is_language(it)),
            published: self.upload_date.as_deref().and_then(date),
            chapters: chapters(self.chapters.unwrap_or_default(), duration),
            // Every video has this one, and nothing of a stranger is in it.
            thumbnail: Some(format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg")),
        }
    }
}

/// Whether `text` can be a BCP-47 tag.
pub(super) fn is_language(text: &str) -> bool {
    (2..=35).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
}

/// One line of bounded length, `None` if nothing is left.
pub(super) fn plain(text: &str) -> Option<String> {
    let spaced: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = joined.chars().take(LONGEST_TEXT).collect();
    (!cut.is_empty()).then_some(cut)
}

fn time(seconds: f64) -> Option<Duration> {
    let whole = Duration::try_from_secs_f64(seconds).ok()?;
    (seconds <= LONGEST_VIDEO).then_some(whole)
}

/// `20240102` → `2024-01-02`.
fn date(digits: &str) -> Option<String> {
    let date: jiff::civil::Date = jiff::civil::Date::strptime("%Y%m%d", digits).ok()?;
    Some(date.to_string())
}

/// In order of their start, not overlapping, none of them empty.
fn chapters(printed: Vec<PrintedChapter>, duration: Option<Duration>) -> Vec<Chapter> {
    let mut starts: Vec<(Duration, Option<Duration>, String)> = printed
        .into_iter()
        .take(MOST_CHAPTERS)
        .filter_map(|it| {
            let end = it.end_time.and_then(time);
            Some((time(it.start_time?)?, end, it.title.as_deref().and_then(plain)?))
        })
        .collect();
    starts.sort_by_key(|it| it.0);

    let next: Vec<Option<Duration>> =
        starts.iter().skip(1).map(|it| Some(it.0)).chain([duration]).collect();
    let bounded = starts.into_iter().zip(next).filter_map(|((start, end, title), next)| {
        let latest = [end, next, duration].into_iter().flatten().min()?;
        (latest > start).then_some(Chapter { title, start, end: latest })
    });
    bounded.collect()
}
