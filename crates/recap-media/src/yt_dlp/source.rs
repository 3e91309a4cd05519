//! The media source: ask in the first way, in the second one if that may help,
//! within one deadline, and say what came of it.

mod attempt;
mod batch;
mod captions;
mod playlist;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_config::{Config, MediaConfig};
use recap_core::job::ChildUsage;
use recap_core::load::Load;
use recap_core::ports::{
    BoxError, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest,
    Tell,
};
use tokio::time::Instant;
use tracing::Instrument;

use self::captions::CaptionsOf;
use self::playlist::ItemsOf;
use super::YtDlp;
use super::classify::{Pause, Then, Verdict, settle};
use super::runner::Runner;

/// Share of the deadline that the first profile may take when there is a
/// second one, so that a page that never ends leaves time for another way.
const FIRST_SHARE: f64 = 0.6;

/// Captions through yt-dlp.
pub(crate) struct YtDlpSource {
    runner: Runner,
    media: MediaConfig,
}

/// Why one way brought nothing.
struct Refusal {
    verdict: Verdict,
    /// When the video starts, if YouTube said so.
    until: Option<Timestamp>,
    /// For the log.
    source: Option<BoxError>,
}

impl From<Verdict> for Refusal {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, until: None, source: None }
    }
}

#[async_trait]
impl MediaSource for YtDlpSource {
    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let (video, child) = (request.video, ChildUsage::default());
        self.captions_from(CaptionsOf { video, child, begun: None }).await
    }

    fn batches(&self) -> bool {
        self.runner.is_cold()
    }

    async fn captions_of(&self, requests: &[CaptionRequest], tell: Tell<'_>) {
        let begun = batch::run(self, requests).await;
        for (index, question) in begun.into_iter().enumerate() {
            tell(index, self.captions_from(question).await);
        }
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        let span = tracing::info_span!("playlist", playlist.id = %request.playlist);
        self.ask(&mut ItemsOf(request)).instrument(span).await
    }
}

/// What can be asked in two ways.
#[async_trait]
trait Question: Send {
    type Answer;

    async fn ask(&mut self, source: &YtDlpSource, way: Way<'_>) -> Result<Self::Answer, Refusal>;
}

/// One of two ways to ask.
#[derive(Clone, Copy)]
struct Way<'a> {
    extractor_args: &'a str,
    is_second: bool,
    deadline: Instant,
}

impl YtDlpSource {
    async fn captions_from(&self, mut question: CaptionsOf) -> Result<Captions, MediaError> {
        let span = tracing::info_span!("captions", video.id = %question.video);
        let (video, transcript) = *self.ask(&mut question).instrument(span).await?;
        Ok(Captions { video, transcript, child: question.child })
    }

    pub(crate) fn new(config: &Config, binary: YtDlp, load: &Load) -> Self {
        Self { runner: Runner::new(config, binary, load), media: config.media.clone() }
    }

    /// What comes of asking in the first way, or in the second one if that may
    /// help and there is one.
    async fn ask<Q: Question>(&self, question: &mut Q) -> Result<Q::Answer, MediaError> {
        let (begun, whole) = (Instant::now(), self.media.deadline());
        let second = Way {
            extractor_args: &self.media.fallback_extractor_args,
            is_second: true,
            deadline: begun + whole,
        };
        let is_alone = second.extractor_args.is_empty();
        let share = if is_alone { 1.0 } else { FIRST_SHARE };
        let (extractor_args, deadline) =
            (&*self.media.extractor_args, begun + whole.mul_f64(share));
        let first = Way { extractor_args, is_second: false, deadline };
        let refused = match question.ask(self, first).await {
            Ok(answer) => return Ok(answer),
            Err(refused) => refused,
        };
        if !refused.verdict.other_profile || is_alone {
            return Err(self.error(refused));
        }
        tracing::debug!(code = %refused.verdict.code, "asking in the second way");
        let answer = question.ask(self, second).await;
        answer.map_err(|again| self.error(refused.settle(again)))
    }

    fn error(&self, refusal: Refusal) -> MediaError {
        let Refusal { verdict, until, source } = refusal;
        let failure = verdict.failure();
        match verdict.then {
            Then::Never => MediaError::Permanent(failure),
            Then::Again => MediaError::Transient { failure, after: None, source },
            Then::Blocked(pause) => MediaError::Blocked { failure, after: self.pause(pause) },
            Then::NotYet => MediaError::NotYet { failure, until },
        }
    }

    fn pause(&self, pause: Pause) -> Duration {
        match pause {
            Pause::Long => self.media.block_pause(),
            Pause::Short => self.media.block_pause() / 4,
        }
    }
}

impl Refusal {
    fn settle(self, second: Self) -> Self {
        let verdict = settle(self.verdict, second.verdict);
        if verdict == second.verdict { second } else { self }
    }
}
