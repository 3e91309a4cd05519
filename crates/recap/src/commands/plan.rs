//! `recap plan URL`: what a summary would cost in calls, tokens and money. Asks
//! YouTube for the captions, and the summariser nothing.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use recap_config::Config;
use recap_core::load::Load;
use recap_core::ports::{CaptionRequest, MediaError, MediaSource, Summarizer};
use recap_core::segment::{self, Segment};
use recap_core::transcript::Cue;
use recap_core::video::VideoUrl;
use recap_core::{VideoId, VideoMetadata};
use recap_role::system_clock;

use crate::cli::PlanArgs;
use crate::exit::Exit;
use crate::text;

/// What a prompt says besides: instructions and schema.
const FRAME_TOKENS: usize = 600;
/// The marks of time in ten minutes of transcript.
const MARK_TOKENS: usize = 300;
/// A second of video at low resolution, by Google's page on video.
const TOKENS_A_SECOND: u64 = 100;

/// One question that would be asked.
struct Question {
    about: String,
    tokens: usize,
}

pub(crate) async fn run(
    config: &Config,
    args: &PlanArgs,
    search_path: Option<OsString>,
) -> anyhow::Result<Exit> {
    let video: VideoId = VideoUrl::parse(&args.url)?.id();
    let limits = recap_shared::connect(config, system_clock())?.limits;
    let connected = recap_summarize::connect(config, system_clock(), limits)?;
    let ffmpeg = recap_media::find_ffmpeg(config, search_path.as_deref());
    let found = recap_media::find_or_install(config, search_path, |it| text::say(it)).await?;
    let media = recap_media::connect(config, found, ffmpeg, &Load::default());
    let summarizer = &*connected.summarizer;
    let (metadata, questions) = match captions(&*media, video).await {
        Ok((metadata, cues)) => {
            let questions = of_text(config, summarizer, &metadata, &cues);
            (metadata, questions)
        }
        Err(MediaError::Silent(metadata)) if summarizer.watches().video => {
            let questions = of_video(config, &metadata)?;
            (*metadata, questions)
        }
        Err(error) => return Err(error).context("the captions cannot be had"),
    };
    text::print(page(config, summarizer, &metadata, &questions))?;
    Ok(Exit::Done)
}

/// By the first way to YouTube that brings them.
async fn captions(
    media: &dyn MediaSource,
    video: VideoId,
) -> Result<(VideoMetadata, Vec<Cue>), MediaError> {
    let routes = media.routes().len();
    let mut last = None;
    for route in 0..routes {
        match media.captions(&CaptionRequest { video, route }).await {
            Ok(found) => return Ok((found.video, found.transcript.cues)),
            Err(error @ MediaError::Silent(_)) => return Err(error),
            Err(error) => last = Some(error),
        }
    }
    Err(last.expect("there is at least one way"))
}

fn of_text(
    config: &Config,
    summarizer: &dyn Summarizer,
    video: &VideoMetadata,
    cues: &[Cue],
) -> Vec<Question> {
    let length = video.duration.unwrap_or_default();
    let segments = segment::plan(cues, length, &video.chapters, config.summarize.segment_length());
    let spoken: Vec<&Segment> = segments.iter().filter(|it| !it.cues.is_empty()).collect();
    if summarizer.name() == "extractive" {
        return Vec::new();
    }
    let takes = summarizer.takes();
    let groups = segment::questions(&spoken, cues, takes.segments, takes.tokens);
    let folds = takes.segments > 1;
    let last = groups.len().saturating_sub(1);
    let mut questions: Vec<Question> = (groups.iter().enumerate())
        .map(|(at, group)| {
            let (first, end) = (spoken[group.start], spoken[group.end - 1]);
            let said: usize = spoken[group.clone()].iter().map(|it| segment::cost(it, cues)).sum();
            let whole = if folds && at == last { ", and the whole" } else { "" };
            Question {
                about: format!("{} to {}{whole}", clock(first.start), clock(end.end)),
                tokens: said + FRAME_TOKENS + MARK_TOKENS * group.len(),
            }
        })
        .collect();
    if !folds && spoken.len() > 1 {
        let notes = spoken.len() * config.gemini.max_output_tokens as usize / 2;
        questions.push(Question { about: "the whole".to_owned(), tokens: notes + FRAME_TOKENS });
    }
    questions
}

fn of_video(config: &Config, video: &VideoMetadata) -> anyhow::Result<Vec<Question>> {
    let Some(length) = video.duration else { bail!("nobody says how long the video is") };
    let segments = segment::plan(&[], length, &video.chapters, config.summarize.segment_length());
    let watched = segments.iter().map(|it| {
        let seconds = it.end.saturating_sub(it.start).as_secs() * TOKENS_A_SECOND;
        let tokens = usize::try_from(seconds).unwrap_or(usize::MAX).saturating_add(FRAME_TOKENS);
        Question { about: format!("{} to {}, watched", clock(it.start), clock(it.end)), tokens }
    });
    let mut questions: Vec<Question> = watched.collect();
    if segments.len() > 1 {
        let notes = segments.len() * config.gemini.max_output_tokens as usize / 2;
        questions.push(Question { about: "the whole".to_owned(), tokens: notes + FRAME_TOKENS });
    }
    Ok(questions)
}

fn page(
    config: &Config,
    summarizer: &dyn Summarizer,
    video: &VideoMetadata,
    questions: &[Question],
) -> String {
    let length = clock(video.duration.unwrap_or_default());
    let mut page = format!("{} ({length})\nsummariser: {}\n", video.title, summarizer.name());
    if questions.is_empty() {
        page.push_str("no calls: it runs here and costs nothing\n");
        return page;
    }
    for (number, Question { about, tokens }) in (1..).zip(questions) {
        let _ = writeln!(page, "{number:>3}. {about}: about {tokens} tokens");
    }
    let read: usize = questions.iter().map(|it| it.tokens).sum();
    let written = questions.len() * config.gemini.max_output_tokens as usize;
    let _ = writeln!(
        page,
        "{} calls, about {read} tokens read and at most {written} written",
        questions.len()
    );
    if summarizer.name() == "gemini" {
        let _ = writeln!(page, "at most {} dollars, {PRICES}", dollars(config, read, written));
    }
    page.push_str("nothing was asked of the summariser\n");
    page
}

const PRICES: &str = "by `gemini.price_input_cents` and `gemini.price_output_cents`";

fn dollars(config: &Config, read: usize, written: usize) -> String {
    let (input, output) = (config.gemini.price_input_cents, config.gemini.price_output_cents);
    // In hundredths of a cent, rounded up.
    let price = |tokens: usize, cents: u32| tokens as u64 * u64::from(cents) * 100;
    let sum = (price(read, input) + price(written, output)).div_ceil(1_000_000);
    format!("{}.{:04}", sum / 10_000, sum % 10_000)
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_up_to_a_hundredth_of_a_cent() {
        let config = Config::default();
        for (read, written, expected) in [
            (0, 0, "0.0000"),
            (1, 0, "0.0001"),
            (1_000_000, 0, "0.3000"),
            (5_900, 1_000, "0.0043"),
            (0, 1_000_000, "2.5000"),
            (100_000_000, 0, "30.0000"),
        ] {
            assert_eq!(dollars(&config, read, written), expected, "{read} {written}");
        }
    }

    #[test]
    fn times_are_told_as_a_player_does() {
        for (seconds, expected) in [(0, "0:00"), (65, "1:05"), (3_725, "1:02:05")] {
            assert_eq!(clock(Duration::from_secs(seconds)), expected);
        }
    }
}
