//! The media source: ask in the first way, in the second one if that may help,
//! within one deadline, and say what came of it.

mod attempt;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_config::{Config, MediaConfig};
use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;
use recap_core::ports::{BoxError, CaptionRequest, Captions, MediaError, MediaSource};
use recap_core::transcript::Transcript;
use recap_core::video::VideoMetadata;
use tokio::time::Instant;
use tracing::Instrument;

use self::attempt::Attempt;
use super::YtDlp;
use super::args::Profile;
use super::classify::{Pause, Then, Verdict, settle};
use super::work_dir;

/// Share of the deadline that the first profile may take when there is a
/// second one, so that a page that never ends leaves time for another way.
const FIRST_SHARE: f64 = 0.6;

/// Captions through yt-dlp.
#[derive(Debug)]
pub(crate) struct YtDlpSource {
    binary: YtDlp,
    media: MediaConfig,
    work: PathBuf,
}

/// How one attempt ended.
enum Outcome {
    Captions(Box<(VideoMetadata, Transcript)>),
    /// Only machine translations of this track were offered.
    Translated {
        original: String,
    },
    Refused(Refusal),
}

/// Why an attempt brought no captions.
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
        let span = tracing::info_span!("captions", video.id = %request.video);
        self.ask(request).instrument(span).await
    }
}

impl YtDlpSource {
    pub(crate) fn new(config: &Config, binary: YtDlp) -> Self {
        Self { binary, media: config.media.clone(), work: work_dir::root(config) }
    }

    async fn ask(&self, request: &CaptionRequest) -> Result<Captions, MediaError> {
        let deadline = Instant::now() + self.media.deadline();
        let fallback = &self.media.fallback_extractor_args;
        let first_deadline = if fallback.is_empty() {
            deadline
        } else {
            Instant::now() + self.media.deadline().mul_f64(FIRST_SHARE)
        };
        let mut child = ChildUsage::default();

        let first = self.original(request, &self.media.extractor_args, first_deadline, &mut child);
        let refusal = match first.await {
            Outcome::Refused(first) if first.verdict.other_profile && !fallback.is_empty() => {
                tracing::debug!(code = %first.verdict.code, "asking in the second way");
                match self.original(request, fallback, deadline, &mut child).await {
                    Outcome::Refused(second) => first.settle(second),
                    outcome => return self.answer(outcome, child),
                }
            }
            outcome => return self.answer(outcome, child),
        };
        self.answer(Outcome::Refused(refusal), child)
    }

    /// One attempt, and another one for the original if only translations of it
    /// were offered: the watch page brings 157 of them, and yt-dlp prefers an
    /// English translation to a German original.
    async fn original(
        &self,
        request: &CaptionRequest,
        extractor_args: &str,
        deadline: Instant,
        child: &mut ChildUsage,
    ) -> Outcome {
        let mut profile = Profile { extractor_args: extractor_args.to_owned(), track: None };
        let attempt = Attempt { source: self, request, deadline };
        let outcome = attempt.run(&profile, child).await;
        let Outcome::Translated { original } = outcome else { return outcome };
        profile.track = Some(original);
        match attempt.run(&profile, child).await {
            Outcome::Translated { .. } => {
                Outcome::Refused(Verdict::new(ErrorCode::NoCaptions, Then::Never).into())
            }
            outcome => outcome,
        }
    }

    fn answer(&self, outcome: Outcome, child: ChildUsage) -> Result<Captions, MediaError> {
        match outcome {
            Outcome::Captions(found) => {
                let (video, transcript) = *found;
                Ok(Captions { video, transcript, child })
            }
            Outcome::Refused(refusal) => Err(self.error(refusal)),
            Outcome::Translated { .. } => {
                Err(self.error(Verdict::new(ErrorCode::NoCaptions, Then::Never).into()))
            }
        }
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
