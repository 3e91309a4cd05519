//! What a breaker does when. Pure; times count from whatever the caller likes.

use std::time::Duration;

use recap_config::BreakersConfig;
use recap_core::ports::{BreakerState, BreakerUse};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Failures in a row that open it.
    pub(super) failures: u32,
    /// How long it lets nothing through.
    pub(super) open: Duration,
    /// After that, one call is let through every so long.
    pub(super) half_open: Duration,
}

impl From<&BreakersConfig> for Rules {
    fn from(config: &BreakersConfig) -> Self {
        let open = config.open();
        Self { failures: config.failures, open, half_open: config.half_open() }
    }
}

/// Where a breaker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// All may pass; so many failed since the last success.
    Closed { failures: u32 },
    /// None may pass until then.
    Open { next: Duration },
    /// One was let through, and its fate is not known; the next may pass then.
    HalfOpen { next: Duration },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl State {
    /// Whether a call may be made, and what becomes of the breaker if so; else
    /// when to ask again.
    pub(super) fn allow(self, now: Duration, rules: Rules) -> Result<Self, Duration> {
        match self {
            Self::Closed { .. } => Ok(self),
            Self::Open { next } | Self::HalfOpen { next } if now < next => {
                Err(next.saturating_sub(now))
            }
            Self::Open { .. } | Self::HalfOpen { .. } => {
                Ok(Self::HalfOpen { next: now + rules.half_open })
            }
        }
    }

    /// As it is shown to people.
    pub(super) fn shown(self, now: Duration, rules: Rules) -> BreakerUse {
        let (state, failures, next) = match self {
            Self::Closed { failures } => (BreakerState::Closed, failures, now),
            Self::Open { next } if now < next => (BreakerState::Open, rules.failures, next),
            Self::Open { next } | Self::HalfOpen { next } => {
                (BreakerState::HalfOpen, rules.failures, next)
            }
        };
        let retry_in = next.saturating_sub(now);
        let retry_in_seconds = retry_in.as_secs() + u64::from(retry_in.subsec_nanos() > 0);
        BreakerUse { state, failures, retry_in_seconds }
    }

    /// What becomes of it when the other side has asked for a pause: the longest counts.
    pub(super) fn rest(self, now: Duration, wait: Duration) -> Self {
        match self {
            Self::Open { next } if next > now + wait => self,
            _ => Self::Open { next: now + wait },
        }
    }

    /// What becomes of it when a call has ended. Any success closes it, also
    /// that of a call from before it opened: it shows that calls succeed. A
    /// failure of such a call shows nothing new.
    pub(super) fn report(self, success: bool, now: Duration, rules: Rules) -> Self {
        match self {
            _ if success => Self::default(),
            Self::Closed { failures } if failures + 1 < rules.failures => {
                Self::Closed { failures: failures + 1 }
            }
            Self::Closed { .. } | Self::HalfOpen { .. } => Self::Open { next: now + rules.open },
            Self::Open { .. } => self,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::{Rules, State};

    pub(in crate::breakers) const RULES: Rules =
        Rules { failures: 3, open: Duration::from_mins(1), half_open: Duration::from_secs(30) };

    /// What happens, at a second.
    #[derive(Clone, Copy, Debug)]
    pub(in crate::breakers) enum Step {
        Fails(u64),
        Succeeds(u64),
        Passes(u64),
        /// Is told to wait so many seconds.
        Waits(u64, u64),
        /// Is to rest for so many seconds.
        Rests(u64, u64),
    }

    use Step::{Fails, Passes, Rests, Succeeds, Waits};

    /// Stories of breakers, each from the beginning.
    pub(in crate::breakers) const STORIES: &[&[Step]] = &[
        // Only failures in a row count.
        &[Fails(0), Fails(1), Succeeds(2), Fails(3), Fails(4), Passes(5)],
        // Open for a minute, then one call in half a minute.
        &[
            Fails(0),
            Fails(0),
            Fails(10),
            Waits(10, 60),
            Waits(69, 1),
            Passes(70),
            Waits(71, 29),
            Passes(100),
            Waits(100, 30),
        ],
        // A success closes it, and the count begins anew.
        &[
            Fails(0),
            Fails(0),
            Fails(0),
            Passes(60),
            Succeeds(61),
            Passes(61),
            Fails(62),
            Passes(62),
        ],
        // A failure opens it again, for the whole time.
        &[Fails(0), Fails(0), Fails(0), Passes(60), Fails(65), Waits(65, 60), Passes(125)],
        // Stragglers from before it opened do not make it longer, but may close it.
        &[Fails(0), Fails(0), Fails(0), Fails(30), Waits(30, 30), Succeeds(31), Passes(31)],
        // Who asks for an hour is left alone for an hour, then tried once.
        &[
            Rests(10, 3600),
            Waits(11, 3599),
            Fails(12),
            Waits(3609, 1),
            Passes(3610),
            Waits(3610, 30),
            Fails(3611),
            Waits(3611, 60),
        ],
        // The longer one counts, and a success ends it.
        &[Rests(0, 900), Rests(1, 3600), Rests(2, 900), Waits(2, 3599), Succeeds(3), Passes(3)],
    ];

    #[test]
    fn stories_go_as_they_should() {
        for (story, steps) in STORIES.iter().enumerate() {
            let mut state = State::default();
            for &step in *steps {
                let at = Duration::from_secs;
                match step {
                    Rests(now, wait) => state = state.rest(at(now), at(wait)),
                    Fails(now) => state = state.report(false, at(now), RULES),
                    Succeeds(now) => state = state.report(true, at(now), RULES),
                    Passes(now) => {
                        let allowed = state.allow(at(now), RULES);
                        state = allowed.unwrap_or_else(|it| panic!("{story}: {step:?}: {it:?}"));
                    }
                    Waits(now, wait) => {
                        let told = state.allow(at(now), RULES);
                        assert_eq!(told, Err(at(wait)), "{story}: {step:?}");
                    }
                }
            }
        }
    }
}
