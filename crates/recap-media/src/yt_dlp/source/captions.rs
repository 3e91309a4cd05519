//! The captions of one video, asked for in one way.

use async_trait::async_trait;
use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;
use recap_core::transcript::{Cue, Transcript};
use recap_core::video::{VideoId, VideoMetadata};

use super::attempt::{self, Ended, Told};
use super::{Question, Refusal, Way, YtDlpSource};
use crate::yt_dlp::args::{self, Profile};
use crate::yt_dlp::classify::{Then, Verdict};
use crate::yt_dlp::output::{Choice, Printed, Track, Unreadable, read_captions};
use crate::yt_dlp::runner::Errand;

/// What was found.
pub(super) type Found = (VideoMetadata, Transcript);

/// How one run ended that was not refused.
enum Outcome {
    Captions(Box<Found>),
    /// Only machine translations of this track were offered.
    Translated {
        original: String,
    },
}

pub(super) struct CaptionsOf {
    pub(super) video: VideoId,
    /// What all runs used.
    pub(super) child: ChildUsage,
    /// How the first run ended, if it was one for several videos.
    pub(super) begun: Option<Ended>,
}

#[async_trait]
impl Question for CaptionsOf {
    type Answer = Box<Found>;

    /// One run, and another one for the original if only translations of it were
    /// offered: the watch page brings 157 of them, and yt-dlp prefers an English
    /// translation to a German original.
    async fn ask(&mut self, source: &YtDlpSource, way: Way<'_>) -> Result<Box<Found>, Refusal> {
        let extractor_args = way.extractor_args.to_owned();
        let mut profile = Profile { route: way.route, extractor_args, track: None };
        for _ in 0..2 {
            let ended = if let Some(ended) = self.begun.take() {
                ended
            } else {
                let arguments = args::captions(&source.media, &profile, self.video);
                let largest_file = source.media.max_caption_bytes;
                let errand = Errand { arguments, largest_file, runs_programs: false };
                attempt::run(source, errand, way, &mut self.child).await?
            };
            match understand(source, self.video, ended).await? {
                Outcome::Captions(found) => return Ok(found),
                Outcome::Translated { original } => profile.track = Some(original),
            }
        }
        Err(Verdict::new(ErrorCode::NoCaptions, Then::Never).into())
    }
}

async fn understand(
    source: &YtDlpSource,
    video: VideoId,
    ended: Ended,
) -> Result<Outcome, Refusal> {
    let printed = Printed::read(&ended.stdout, video);
    // A broadcast that is still going on is not taken for its first half.
    let going_on = matches!(printed.live_status(), Some("is_live" | "is_upcoming"));
    let (has_track, cues) = match printed.choice() {
        Choice::Translated { original } => return Ok(Outcome::Translated { original }),
        Choice::Track(track) if !going_on => {
            let cues = read(source, &ended, track.file.clone()).await;
            (true, cues.map(|cues| (track, cues)))
        }
        Choice::Track(_) | Choice::Nothing => (false, Err(Unreadable::Missing)),
    };
    match cues {
        Ok((Track { source, language, .. }, cues)) => {
            let transcript = Transcript { source, language, cues };
            Ok(Outcome::Captions(Box::new((printed.into_metadata(video), transcript))))
        }
        Err(Unreadable::Missing) => Err(missing(&ended, printed, has_track, video)),
        Err(Unreadable::TooLarge) => Err(unreadable(Then::Never)),
        Err(Unreadable::Invalid) => Err(unreadable(Then::Again)),
    }
}

async fn read(source: &YtDlpSource, ended: &Ended, file: String) -> Result<Vec<Cue>, Unreadable> {
    let directory = ended.directory.path().to_owned();
    let limit = source.media.max_caption_bytes;
    // A caption file of megabytes takes a while to parse.
    let reading = tokio::task::spawn_blocking(move || read_captions(&directory, &file, limit));
    reading.await.unwrap_or(Err(Unreadable::Invalid))
}

fn missing(ended: &Ended, printed: Printed, has_track: bool, video: VideoId) -> Refusal {
    let (live_status, has_metadata) = (printed.live_status(), printed.has_metadata());
    let verdict = ended.refused(Told { live_status, has_metadata, has_track });
    let until = printed.starts_at();
    let known = has_metadata.then(|| Box::new(printed.into_metadata(video)));
    Refusal { verdict, until, known, source: None }
}

fn unreadable(then: Then) -> Refusal {
    Verdict::new(ErrorCode::CaptionsUnreadable, then).or_other_profile().into()
}
