//! When a failed attempt is repeated, how long that waits, and when to give
//! up. Pure: the caller passes attempt, class and chance.

mod budget;

use std::time::Duration;

pub use budget::RetryBudget;

/// What kind of failure an attempt ended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryClass {
    /// May be gone in a moment: counted, and repeated with a growing delay.
    Transient,
    /// The other side named a time, or is known to need long: counted, and not
    /// repeated before that.
    After(Duration),
}

/// How often and how soon attempts are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one included; at least 1.
    pub max_attempts: u32,
    /// Delay after the first failure; doubled after each further one.
    pub base: Duration,
    /// The delay never grows beyond this.
    pub cap: Duration,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Again { delay: Duration },
    GiveUp,
}

impl RetryPolicy {
    /// Decides after `failed` failed attempts (from 1). `chance` in `[0, 1)`
    /// spreads the delay over its upper half ("equal jitter"), so that jobs
    /// that failed together do not come back together.
    pub fn decide(&self, failed: u32, class: RetryClass, chance: f64) -> Decision {
        if failed >= self.max_attempts {
            return Decision::GiveUp;
        }
        let grown = self.base.saturating_mul(2_u32.saturating_pow(failed.saturating_sub(1)));
        let backoff = grown.min(self.cap);
        let spread = backoff.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        let delay = match class {
            RetryClass::Transient => spread,
            RetryClass::After(wait) => {
                wait.saturating_add(backoff.mul_f64(chance.clamp(0.0, 1.0) / 2.0))
            }
        };
        Decision::Again { delay }
    }

    /// Whether the attempt after `failed` failures is the last one.
    pub fn is_last(&self, failed: u32) -> bool {
        failed.saturating_add(1) >= self.max_attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 4,
        base: Duration::from_secs(10),
        cap: Duration::from_secs(30),
    };

    #[track_caller]
    fn check(failed: u32, class: RetryClass, chance: f64, expected: Option<u64>) {
        let expected = expected.map_or(Decision::GiveUp, |seconds| Decision::Again {
            delay: Duration::from_secs(seconds),
        });
        assert_eq!(POLICY.decide(failed, class, chance), expected);
    }

    #[test]
    fn delays_double_up_to_the_cap_and_end() {
        check(1, RetryClass::Transient, 0.0, Some(5));
        check(1, RetryClass::Transient, 1.0, Some(10));
        check(2, RetryClass::Transient, 1.0, Some(20));
        check(3, RetryClass::Transient, 1.0, Some(30));
        check(4, RetryClass::Transient, 1.0, None);
        check(u32::MAX, RetryClass::Transient, 1.0, None);
    }

    #[test]
    fn a_named_wait_is_obeyed() {
        check(1, RetryClass::After(Duration::from_hours(1)), 0.0, Some(3600));
        check(1, RetryClass::After(Duration::from_hours(1)), 1.0, Some(3605));
        check(4, RetryClass::After(Duration::from_hours(1)), 0.0, None);
        check(1, RetryClass::After(Duration::from_secs(u64::MAX)), 0.0, Some(u64::MAX));
    }
}
