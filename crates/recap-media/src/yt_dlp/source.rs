//! The media source: ask in the first way, in the second one if that may help,
//! within one deadline, and say what came of it.

mod attempt;
mod batch;
mod captions;
mod playlist;
mod recording;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_config::{Config, MediaConfig};
use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;
use recap_core::load::Load;
use recap_core::ports::{
    BoxError, CaptionRequest, Captions, MediaError, MediaSource, PlaylistItem, PlaylistRequest,
    Recording, RecordingRequest, Tell,
};
use recap_core::video::VideoMetadata;
use tokio::time::Instant;
use tracing::Instrument;

use self::captions::CaptionsOf;
use self::playlist::ItemsOf;
use self::recording::RecordingOf;
use super::YtDlp;
use super::classify::{Pause, Then, Verdict, settle};
use super::route::Route;
use super::runner::Runner;

/// Share of the deadline that the first profile may take when there is a
/// second one, so that a page that never ends leaves time for another way.
const FIRST_SHARE: f64 = 0.6;

/// Captions through yt-dlp.
pub(crate) struct YtDlpSource {
    runner: Runner,
    media: MediaConfig,
    routes: Vec<Route>,
    /// Without it there are no recordings.
    ffmpeg: Option<PathBuf>,
}

/// Why one way brought nothing.
struct Refusal {
    verdict: Verdict,
    /// When the video starts, if YouTube said so.
    until: Option<Timestamp>,
    /// All else that is known of a video without captions.
    known: Option<Box<VideoMetadata>>,
    /// For the log.
    source: Option<BoxError>,
}

impl From<Verdict> for Refusal {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, until: None, known: None, source: None }
    }
}

#[async_trait]
impl MediaSource for YtDlpSource {
    fn routes(&self) -> Vec<String> {
        self.routes.iter().map(|it| it.name.clone()).collect()
    }

    async fn captions(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let (video, child) = (request.video, ChildUsage::default());
        let question = CaptionsOf { video, child, begun: None };
        self.captions_from(&self.routes[request.route], question).await
    }

    fn batches(&self) -> bool {
        self.runner.is_cold()
    }

    async fn captions_of(&self, requests: &[CaptionRequest], tell: Tell<'_>) {
        let begun = batch::run(self, requests).await;
        for (index, question) in begun.into_iter().enumerate() {
            tell(index, self.captions_from(&self.routes[0], question).await);
        }
    }

    fn records(&self) -> bool {
        self.ffmpeg.is_some()
    }

    async fn recording(&self, request: &RecordingRequest) -> Result<Recording, MediaError> {
        let Some(ffmpeg) = &self.ffmpeg else {
            return Err(MediaError::Permanent(ErrorCode::ExtractorMissing.into()));
        };
        let route = &self.routes[request.route];
        let mut question = RecordingOf { request, ffmpeg, child: ChildUsage::default() };
        let span = tracing::info_span!("recording", video.id = %request.video, route = route.name);
        self.ask(route, &mut question).instrument(span).await
    }

    async fn playlist(&self, request: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        let span = tracing::info_span!("playlist", playlist.id = %request.playlist);
        self.ask(&self.routes[0], &mut ItemsOf(request)).instrument(span).await
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
    route: &'a Route,
    extractor_args: &'a str,
    is_second: bool,
    deadline: Instant,
}

impl YtDlpSource {
    async fn captions_from(
        &self,
        route: &Route,
        mut question: CaptionsOf,
    ) -> Result<Captions, MediaError> {
        let span = tracing::info_span!("captions", video.id = %question.video, route = route.name);
        let (video, transcript) = *self.ask(route, &mut question).instrument(span).await?;
        Ok(Captions { video, transcript, child: question.child })
    }

    pub(crate) fn new(
        config: &Config,
        binary: YtDlp,
        ffmpeg: Option<PathBuf>,
        load: &Load,
    ) -> Self {
        let (media, routes) = (config.media.clone(), Route::all(&config.media));
        Self { runner: Runner::new(config, binary, load), media, routes, ffmpeg }
    }

    /// What comes of asking in the first way, or in the second one if that may
    /// help and there is one.
    async fn ask<Q: Question>(
        &self,
        route: &Route,
        question: &mut Q,
    ) -> Result<Q::Answer, MediaError> {
        let (begun, whole) = (Instant::now(), self.media.deadline());
        let second = Way {
            route,
            extractor_args: &self.media.fallback_extractor_args,
            is_second: true,
            deadline: begun + whole,
        };
        let is_alone = second.extractor_args.is_empty();
        // The first way's client does not take cookies (yt-dlp's `SUPPORTS_COOKIES`).
        if route.has_cookies() && !is_alone {
            return question.ask(self, second).await.map_err(|it| self.error(it));
        }
        let share = if is_alone { 1.0 } else { FIRST_SHARE };
        let (extractor_args, deadline) =
            (&*self.media.extractor_args, begun + whole.mul_f64(share));
        let first = Way { route, extractor_args, is_second: false, deadline };
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
        let Refusal { verdict, until, known, source } = refusal;
        let failure = verdict.failure();
        match (verdict.then, known) {
            (Then::Never, Some(known)) if failure.code == ErrorCode::NoCaptions => {
                MediaError::Silent(known)
            }
            (Then::Never, _) => MediaError::Permanent(failure),
            (Then::Again, _) => MediaError::Transient { failure, after: None, source },
            (Then::Blocked(pause), _) => MediaError::Blocked { failure, after: self.pause(pause) },
            (Then::NotYet, _) => MediaError::NotYet { failure, until },
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
    fn settle(mut self, mut second: Self) -> Self {
        let known = second.known.take().or(self.known.take());
        let verdict = settle(self.verdict, second.verdict);
        let settled = if verdict == second.verdict { second } else { self };
        Self { known, ..settled }
    }
}
