//! What to do after a way was left. Pure.

use std::time::Duration;

use crate::error::ErrorCode;
use crate::ports::MediaError;

/// What may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Another way to YouTube: this one is refused, or sees less than another may.
    OtherRoute,
    /// No way to YouTube: what was said is true of the video on any, or of this machine.
    Nothing,
}

impl After {
    pub(super) fn of(error: &MediaError) -> Self {
        match error {
            MediaError::Blocked { .. } | MediaError::Resting { .. } => Self::OtherRoute,
            // What this machine lacks it lacks on any way.
            MediaError::Transient { failure, .. } => match failure.code {
                ErrorCode::ExtractorMissing | ErrorCode::OutOfMemory => Self::Nothing,
                _ => Self::OtherRoute,
            },
            // Of the rest some are what this way lets through: cookies, another country
            // or a proof of origin may open them; and some are our own fault.
            MediaError::Permanent(failure) => match failure.code {
                ErrorCode::NoCaptions | ErrorCode::VideoDrm | ErrorCode::VideoPrivate => {
                    Self::Nothing
                }
                _ => Self::OtherRoute,
            },
            MediaError::NotYet { .. } => Self::Nothing,
        }
    }
}

/// Which of two reasons decides: what is true on any way, else what may be over first,
/// else the last word.
pub(super) fn sooner(before: MediaError, after: MediaError) -> MediaError {
    if After::of(&after) == After::Nothing {
        return after;
    }
    match (wait(&before), wait(&after)) {
        (Some(first), Some(second)) if first < second => before,
        (Some(_), None) => before,
        _ => after,
    }
}

/// Until when a way is known to be closed, if it is.
pub(super) fn closed_for(error: &MediaError) -> Option<Duration> {
    match error {
        MediaError::Blocked { after, .. } | MediaError::Resting { after } => Some(*after),
        _ => None,
    }
}

/// How long until it may be over; nothing if it is for ever, or not known.
fn wait(error: &MediaError) -> Option<Duration> {
    match error {
        MediaError::Transient { after, .. } => Some(after.unwrap_or_default()),
        _ => closed_for(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    fn permanent(code: ErrorCode) -> MediaError {
        MediaError::Permanent(code.into())
    }

    fn blocked(minutes: u64) -> MediaError {
        let failure = Failure::from(ErrorCode::BlockedBotCheck);
        MediaError::Blocked { failure, after: Duration::from_mins(minutes) }
    }

    fn resting(minutes: u64) -> MediaError {
        MediaError::Resting { after: Duration::from_mins(minutes) }
    }

    fn transient() -> MediaError {
        MediaError::Transient { failure: ErrorCode::Network.into(), after: None, source: None }
    }

    #[test]
    fn what_is_true_on_any_way_ends_it() {
        let not_yet = || MediaError::NotYet { failure: ErrorCode::VideoLive.into(), until: None };
        let table = [
            (permanent(ErrorCode::VideoPrivate), After::Nothing),
            (permanent(ErrorCode::VideoUnavailable), After::OtherRoute),
            (permanent(ErrorCode::ExtractorBroken), After::OtherRoute),
            (permanent(ErrorCode::NoCaptions), After::Nothing),
            (permanent(ErrorCode::CaptionsLocked), After::OtherRoute),
            (permanent(ErrorCode::VideoGeoBlocked), After::OtherRoute),
            (not_yet(), After::Nothing),
            (blocked(60), After::OtherRoute),
            (resting(1), After::OtherRoute),
            (transient(), After::OtherRoute),
        ];
        for (error, expected) in table {
            assert_eq!(After::of(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn the_soonest_hope_decides_but_not_over_the_truth() {
        let table = [
            (blocked(60), blocked(15), "15m"),
            (blocked(15), resting(60), "15m"),
            (blocked(60), resting(1), "resting"),
            (blocked(60), transient(), "network"),
            (transient(), blocked(60), "network"),
            (permanent(ErrorCode::CaptionsLocked), blocked(60), "60m"),
            (blocked(60), permanent(ErrorCode::CaptionsLocked), "60m"),
            (blocked(60), permanent(ErrorCode::NoCaptions), "no_captions"),
            (
                permanent(ErrorCode::VideoGeoBlocked),
                permanent(ErrorCode::CaptionsLocked),
                "captions_locked",
            ),
        ];
        for (before, after, expected) in table {
            let told = format!("{before:?}, {after:?}");
            let decided = match sooner(before, after) {
                MediaError::Blocked { after, .. } => format!("{}m", after.as_secs() / 60),
                MediaError::Resting { .. } => "resting".to_owned(),
                MediaError::Permanent(it) | MediaError::Transient { failure: it, .. } => {
                    it.code.to_string()
                }
                MediaError::NotYet { .. } => "not_yet".to_owned(),
            };
            assert_eq!(decided, expected, "{told}");
        }
    }
}
