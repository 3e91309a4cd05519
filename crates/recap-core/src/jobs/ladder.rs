//! The ladder: ways to what is said in a video, from the best to the last. Each is
//! tried when the one before it was left, and why that was is written into the job.

mod after;
mod cached;
mod captions;

use std::time::Duration;

use async_trait::async_trait;
use tracing::info;

use self::after::{After, closed_for, sooner};
use self::cached::Cached;
use self::captions::ByRoute;
use super::error::JobError;
use super::run::Run;
use crate::error::{ErrorCode, Failure};
use crate::job::{Rung, TranscriptAttempt};
use crate::ports::{Captions, MediaError, Permit};
use crate::video::VideoId;

/// One way to captions.
#[async_trait]
trait Way: Send + Sync {
    /// What it is called where it is written that it was left.
    fn rung(&self) -> Rung;

    /// The way to YouTube, by its place among those there are.
    fn route(&self) -> Option<usize> {
        None
    }

    /// What it brings; `None` if it had nothing to say.
    async fn go(&self, climb: &mut Climb<'_, '_>) -> Result<Option<Captions>, MediaError>;
}

/// One climb.
struct Climb<'r, 'c> {
    run: &'r mut Run<'c>,
    video: VideoId,
    /// Whoever wants the same waits until it is dropped.
    turn: Option<Permit>,
}

/// The captions of `video`, by the first way that brings some.
///
/// # Errors
///
/// If none does: what is worth trying again soonest, or else what the last one that
/// was let speak has said of the video.
pub(super) async fn captions(run: &mut Run<'_>, video: VideoId) -> Result<Captions, JobError> {
    let routes = run.cx.media.routes();
    let mut ways: Vec<Box<dyn Way>> = vec![Box::new(Cached)];
    ways.extend((0..routes.len()).map(|route| Box::new(ByRoute { route }) as Box<dyn Way>));
    let mut climb = Climb { run, video, turn: None };
    let mut left: Option<MediaError> = None;
    let mut opens: Option<Duration> = None;
    for way in ways {
        let error = match way.go(&mut climb).await {
            Ok(None) => continue,
            Ok(Some(captions)) => return Ok(captions),
            Err(error) => error,
        };
        let route = way.route().filter(|_| routes.len() > 1).map(|it| routes[it].clone());
        climb.leave(way.rung(), route, code(&error));
        opens = opens.into_iter().chain(closed_for(&error)).min();
        let goes_on = After::of(&error) == After::OtherRoute;
        left = Some(match left {
            Some(before) => sooner(before, error),
            None => error,
        });
        if !goes_on {
            break;
        }
    }
    let nothing = || MediaError::Permanent(Failure::from(ErrorCode::NoCaptions));
    let error = left.unwrap_or_else(nothing);
    // One way fails again and again: rather than give up, wait for the other.
    let last = climb.run.cx.policy.retry.is_last(climb.run.job.attempts);
    Err(match (&error, opens) {
        (MediaError::Transient { .. }, Some(after)) if last => MediaError::Resting { after },
        _ => error,
    }
    .into())
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
        MediaError::Resting { .. } => ErrorCode::RouteResting,
    }
}
