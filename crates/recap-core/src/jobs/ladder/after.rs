//! What to do after a way was left. Pure.

use std::time::Duration;

use crate::error::ErrorCode;
use crate::ports::MediaError;

/// What may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct After {
    /// Another way to YouTube: this one is refused, or sees less than another may.
    pub(super) other_route: bool,
    /// That the summariser reads the video by itself.
    pub(super) watching: bool,
}

impl After {
    pub(super) fn of(error: &MediaError) -> Self {
        let (other_route, watching) = match error {
            MediaError::Blocked { .. } | MediaError::Resting { .. } => (true, true),
            MediaError::Silent(_) => (false, true),
            MediaError::NotYet { .. } => (false, false),
            MediaError::Transient { failure, .. } => match failure.code {
                // What this machine lacks it lacks on any way.
                ErrorCode::ExtractorMissing => (false, true),
                ErrorCode::OutOfMemory => (false, false),
                // It is cheaper to ask YouTube again.
                _ => (true, false),
            },
            // Of the rest some are what this way lets through: cookies, another country
            // or a proof of origin may open them; and some are our own fault.
            MediaError::Permanent(failure) => match failure.code {
                ErrorCode::NoCaptions => (false, true),
                ErrorCode::VideoDrm | ErrorCode::VideoPrivate => (false, false),
                ErrorCode::CaptionsLocked
                | ErrorCode::CaptionsUnreadable
                | ErrorCode::ExtractorBroken
                | ErrorCode::VideoGeoBlocked => (true, true),
                _ => (true, false),
            },
        };
        Self { other_route, watching }
    }
}

/// Which of two reasons decides: what is true on any way, else what may be over first,
/// else the last word.
pub(super) fn sooner(before: MediaError, after: MediaError) -> MediaError {
    if !After::of(&after).other_route {
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
            (permanent(ErrorCode::VideoPrivate), (false, false)),
            (permanent(ErrorCode::VideoUnavailable), (true, false)),
            (permanent(ErrorCode::ExtractorBroken), (true, true)),
            (permanent(ErrorCode::NoCaptions), (false, true)),
            (permanent(ErrorCode::CaptionsLocked), (true, true)),
            (permanent(ErrorCode::VideoGeoBlocked), (true, true)),
            (not_yet(), (false, false)),
            (blocked(60), (true, true)),
            (resting(1), (true, true)),
            (transient(), (true, false)),
        ];
        for (error, expected) in table {
            let After { other_route, watching } = After::of(&error);
            assert_eq!((other_route, watching), expected, "{error:?}");
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
                MediaError::Silent(_) => "silent".to_owned(),
                MediaError::NotYet { .. } => "not_yet".to_owned(),
            };
            assert_eq!(decided, expected, "{told}");
        }
    }
}
