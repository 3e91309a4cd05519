//! The video itself: the summariser watches it where it is public, or listens to
//! what is heard in it.

use async_trait::async_trait;
use tracing::info;

use super::after::{After, sooner};
use super::cached::metadata;
use super::{Climb, Found, Left, Way, code};
use crate::error::{ErrorCode, Failure};
use crate::job::{CacheMode, Rung, TranscriptAttempt};
use crate::jobs::run::Run;
use crate::jobs::summarize::watch::{self, Refused};
use crate::ports::{MediaError, Recording, RecordingRequest, SummarizerError};
use crate::segment::Segment;
use crate::transcript::TranscriptSource;
use crate::video::{VideoId, VideoMetadata};

/// Whether it works shows with the first segment, whose notes are kept.
pub(super) struct ByWatching {
    pub(super) source: TranscriptSource,
}

#[async_trait]
impl Way for ByWatching {
    fn rung(&self) -> Rung {
        if self.source == TranscriptSource::Video { Rung::Video } else { Rung::Audio }
    }

    async fn go(&self, climb: &mut Climb<'_, '_>) -> Result<Option<Found>, Left> {
        // Whoever waits for captions waits for nothing.
        climb.turn = None;
        let video = match climb.known.clone() {
            Some(known) => *known,
            None => seen(climb).await,
        };
        match watch::first(climb.run, &video, self.source).await {
            Ok(()) => Ok(Some(Found::Watched { video: Box::new(video), source: self.source })),
            // What YouTube said of the captions decides, unless there is hope in this.
            Err(Refused::Media(error @ MediaError::Permanent(_))) => {
                Err(Left::Unable(code(&error)))
            }
            Err(Refused::Media(error)) => Err(Left::Refused(error)),
            Err(Refused::Job(error)) => Err(Left::Stop(error)),
            Err(Refused::Summarizer(error)) => Err(unable(climb, error)),
        }
    }
}

/// What another job has seen of the video, or no more than its id.
async fn seen(climb: &Climb<'_, '_>) -> VideoMetadata {
    let seen = match climb.run.job.input.cache {
        CacheMode::Bypass => None,
        CacheMode::Use | CacheMode::Refresh => metadata(&*climb.run.cx.cache, climb.video).await,
    };
    seen.unwrap_or_else(|| VideoMetadata::unknown(climb.video))
}

/// What the job is to do: where YouTube opens again by itself, a fault of the
/// summariser ends nothing.
fn unable(climb: &Climb<'_, '_>, error: SummarizerError) -> Left {
    let opens = climb.refusals.opens.map(|it| climb.run.cx.now() + it);
    match error {
        SummarizerError::Transient(_) if opens.is_some() => {
            Left::Unable(ErrorCode::SummarizerUnavailable)
        }
        SummarizerError::InvalidAnswer if opens.is_some() => {
            Left::Unable(ErrorCode::SummarizerInvalidAnswer)
        }
        SummarizerError::QuotaSpent { until } if opens.is_some_and(|it| it < until) => {
            Left::Unable(ErrorCode::SummarizerQuota)
        }
        SummarizerError::Unreadable => Left::Unable(ErrorCode::SummarizerUnreadable),
        error => Left::Stop(error.into()),
    }
}

/// What is heard in `segment`, by the first way to YouTube that is not closed.
pub(in crate::jobs) async fn recording(
    run: &mut Run<'_>,
    video: VideoId,
    segment: &Segment,
) -> Result<Recording, MediaError> {
    let (start, end) = (segment.start, segment.end);
    let routes = run.cx.media.routes();
    let mut refused: Option<MediaError> = None;
    for (route, name) in routes.iter().enumerate() {
        let request = RecordingRequest { video, route, start, end };
        let error = match run.cx.media.recording(&request).await {
            Ok(recording) => return Ok(recording),
            Err(error) => error,
        };
        if routes.len() > 1 {
            let (route, code, at) = (Some(name.clone()), code(&error), run.cx.now());
            info!(route, %code, "a way to what is heard was left");
            run.job.leave(TranscriptAttempt { rung: Rung::Audio, route, code, at });
        }
        let goes_on = After::of(&error).other_route;
        refused = Some(match refused {
            Some(before) => sooner(before, error),
            None => error,
        });
        if !goes_on {
            break;
        }
    }
    let missing = || MediaError::Permanent(Failure::from(ErrorCode::ExtractorMissing));
    Err(refused.unwrap_or_else(missing))
}
