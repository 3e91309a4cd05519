//! The ladder: ways to what is said in a video, from the best to the last. Each is
//! tried when the one before it was left, and why that was is written into the job.

mod after;
mod cached;
mod captions;
mod watched;

use std::time::Duration;

use async_trait::async_trait;
use tracing::info;

use self::after::{After, closed_for, sooner};
use self::cached::Cached;
use self::captions::ByRoute;
use self::watched::ByWatching;
use super::error::JobError;
use super::run::Run;
use crate::error::{ErrorCode, Failure};
use crate::job::{JobKind, Rung, TranscriptAttempt};
use crate::ports::{Captions, MediaError, Permit};
use crate::transcript::TranscriptSource;
use crate::video::{VideoId, VideoMetadata};

pub(super) use self::watched::recording;

/// What a way has brought.
pub(super) enum Found {
    Captions(Box<Captions>),
    /// No text: segments of the video are watched, or listened to. The first one was.
    Watched {
        video: Box<VideoMetadata>,
        source: TranscriptSource,
    },
}

/// How a way was left.
enum Left {
    /// Because of what YouTube said.
    Refused(MediaError),
    /// Because the summariser cannot do it, or not with this video.
    Unable(ErrorCode),
    /// It is the right one, but the job has to wait for it, or stop.
    Stop(JobError),
}

impl From<MediaError> for Left {
    fn from(error: MediaError) -> Self {
        Self::Refused(error)
    }
}

/// One way to what is said.
#[async_trait]
trait Way: Send + Sync {
    /// What it is called where it is written that it was left.
    fn rung(&self) -> Rung;

    /// The way to YouTube, by its place among those there are.
    fn route(&self) -> Option<usize> {
        None
    }

    /// What it brings; `None` if it had nothing to say.
    async fn go(&self, climb: &mut Climb<'_, '_>) -> Result<Option<Found>, Left>;
}

/// One climb.
struct Climb<'r, 'c> {
    run: &'r mut Run<'c>,
    video: VideoId,
    /// Whoever wants the same waits until it is dropped.
    turn: Option<Permit>,
    /// What is known of the video, if it has no captions.
    known: Option<Box<VideoMetadata>>,
    /// What ways to YouTube were left with.
    refusals: Refusals,
}

/// What is told of the video so far, and what may help.
#[derive(Default)]
struct Refusals {
    /// The one that decides if there are no more ways.
    decisive: Option<MediaError>,
    /// Until the first way is open again.
    opens: Option<Duration>,
    /// No other way to YouTube helps.
    no_route: bool,
    /// The summariser may read the video by itself.
    may_watch: bool,
    /// Nothing helps.
    nothing: bool,
}

/// What is said in `video`, by the first way that brings it.
///
/// # Errors
///
/// If none does: what is worth trying again soonest, or else what the last one that
/// was let speak has said of the video.
pub(super) async fn climb(run: &mut Run<'_>, video: VideoId) -> Result<Found, JobError> {
    let routes = run.cx.media.routes();
    let ways = ways(run, routes.len());
    let refusals = Refusals::default();
    let mut climb = Climb { run, video, turn: None, known: None, refusals };
    for way in ways {
        if !climb.refusals.allow(way.rung()) {
            continue;
        }
        let left = match way.go(&mut climb).await {
            Ok(None) => continue,
            Ok(Some(found)) => return Ok(found),
            Err(left) => left,
        };
        let code = match &left {
            Left::Refused(error) => code(error),
            Left::Unable(code) => *code,
            Left::Stop(_) => ErrorCode::Internal,
        };
        match left {
            Left::Stop(error) => return Err(error),
            Left::Unable(_) => {}
            Left::Refused(MediaError::Silent(known)) => {
                climb.known = Some(known.clone());
                climb.refusals.add(MediaError::Silent(known));
            }
            Left::Refused(error) => climb.refusals.add(error),
        }
        let route = way.route().filter(|_| routes.len() > 1).map(|it| routes[it].clone());
        climb.leave(way.rung(), route, code);
    }
    let last = climb.run.cx.policy.retry.is_last(climb.run.job.attempts);
    Err(climb.refusals.decide(last).into())
}

/// All ways that may lead to what this job wants, from the best to the last.
fn ways(run: &Run<'_>, routes: usize) -> Vec<Box<dyn Way>> {
    let mut ways: Vec<Box<dyn Way>> = vec![Box::new(Cached)];
    ways.extend((0..routes).map(|route| Box::new(ByRoute { route }) as Box<dyn Way>));
    let watches = run.cx.summarizer.watches();
    let wants_summary = run.job.kind == JobKind::Summary;
    if wants_summary && watches.video {
        ways.push(Box::new(ByWatching { source: TranscriptSource::Video }));
    }
    if wants_summary && watches.sound && run.cx.media.records() {
        ways.push(Box::new(ByWatching { source: TranscriptSource::Audio }));
    }
    ways
}

impl Refusals {
    fn add(&mut self, error: MediaError) {
        let after = After::of(&error);
        self.no_route |= !after.other_route;
        self.may_watch |= after.watching;
        self.nothing |= !after.other_route && !after.watching;
        self.opens = self.opens.into_iter().chain(closed_for(&error)).min();
        self.decisive = Some(match self.decisive.take() {
            Some(before) => sooner(before, error),
            None => error,
        });
    }

    /// Whether a way of this kind may help after all that was said.
    fn allow(&self, rung: Rung) -> bool {
        match rung {
            Rung::Cache => true,
            Rung::Captions => !self.no_route,
            Rung::Video | Rung::Audio => self.may_watch && !self.nothing,
        }
    }

    /// What it comes to when no way is left.
    fn decide(self, is_last_attempt: bool) -> MediaError {
        let nothing = || MediaError::Permanent(Failure::from(ErrorCode::NoCaptions));
        let error = self.decisive.unwrap_or_else(nothing);
        // One way fails again and again: rather than give up, wait for the other.
        match (&error, self.opens) {
            (MediaError::Transient { .. }, Some(after)) if is_last_attempt => {
                MediaError::Resting { after }
            }
            _ => error,
        }
    }
}

impl Climb<'_, '_> {
    fn leave(&mut self, rung: Rung, route: Option<String>, code: ErrorCode) {
        info!(%rung, route, %code, "a way to the transcript was left");
        let at = self.run.cx.now();
        self.run.job.leave(TranscriptAttempt { rung, route, code, at });
    }
}

fn code(error: &MediaError) -> ErrorCode {
    match error {
        MediaError::Permanent(failure)
        | MediaError::Transient { failure, .. }
        | MediaError::Blocked { failure, .. }
        | MediaError::NotYet { failure, .. } => failure.code,
        MediaError::Silent(_) => ErrorCode::NoCaptions,
        MediaError::Resting { .. } => ErrorCode::RouteResting,
    }
}
