//! The generic cell rate algorithm, as virtual scheduling (ITU-T I.371, annex
//! A): a budget is one number, the time at which the next one is due if all
//! came evenly. Pure; times are in µs since whatever the caller counts from.

use std::time::Duration;

use recap_core::ports::Rate;

/// A rate in whole µs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// From one to the next when all come evenly. Rounded up, so that no budget
    /// is larger than was said.
    pub(super) step: u64,
    /// How many may come at once, at least 1.
    pub(super) count: u64,
}

impl From<Rate> for Pace {
    fn from(rate: Rate) -> Self {
        let count = u64::from(rate.count.max(1));
        let per = u64::try_from(rate.per.as_micros()).unwrap_or(u64::MAX / 4);
        Self { step: per.div_ceil(count).max(1), count }
    }
}

/// Takes one at `now` from a budget whose next is `due`. Returns when the next
/// one is due then; else how long to wait.
pub(super) fn take(due: u64, now: u64, pace: Pace) -> Result<u64, Duration> {
    let Pace { step, count } = pace;
    // It is never later than that, unless the clock was set back or the rate is
    // another than last time: then the budget begins anew.
    let due = if due > now + step * count { now } else { due.max(now) };
    let latest = now + step * (count - 1);
    if due > latest {
        return Err(Duration::from_micros(due - latest));
    }
    Ok(due + step)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use recap_core::ports::Rate;

    use super::{Pace, take};

    /// Asks at each of `times`; says which were admitted.
    fn admitted(times: &[u64], pace: Pace) -> Vec<u64> {
        let mut due = 0;
        let mut admitted = Vec::new();
        for &now in times {
            if let Ok(next) = take(due, now, pace) {
                due = next;
                admitted.push(now);
            }
        }
        admitted
    }

    #[track_caller]
    fn check(count: u32, per: u64, times: &[u64], expected: &[u64]) {
        let pace = Pace::from(Rate { count, per: Duration::from_micros(per) });
        assert_eq!(admitted(times, pace), expected);
    }

    #[test]
    fn a_burst_then_evenly() {
        check(1, 10, &[5, 6, 14, 15, 24, 25], &[5, 15, 25]);
        check(3, 30, &[5, 5, 5, 5, 14, 15, 15, 25, 35], &[5, 5, 5, 15, 25, 35]);
        check(2, 20, &[0, 0, 0, 100, 100, 100], &[0, 0, 100, 100]);
    }

    #[test]
    fn the_wait_is_exact() {
        let pace = Pace { step: 10, count: 2 };
        let wait = take(30, 12, pace).unwrap_err();
        assert_eq!(wait, Duration::from_micros(8));
        assert_eq!(take(30, 20, pace), Ok(40));
    }

    #[test]
    fn a_clock_that_was_set_back_is_no_reason_to_wait() {
        let pace = Pace { step: 10, count: 2 };
        assert_eq!(take(1_000_000, 0, pace), Ok(10));
    }

    proptest! {
        /// In any window, however the asking goes: a burst, and what the window
        /// is long enough for.
        #[test]
        fn no_window_has_more_than_its_share(
            count in 1_u32..20,
            per in 1_u64..10_000,
            gaps in prop::collection::vec(0_u64..2_000, 1..200),
        ) {
            let pace = Pace::from(Rate { count, per: Duration::from_micros(per) });
            let times: Vec<u64> = gaps.iter().scan(0, |now, gap| {
                *now += gap;
                Some(*now)
            }).collect();
            let admitted = admitted(&times, pace);
            for (first, from) in admitted.iter().enumerate() {
                for (last, to) in admitted.iter().enumerate().skip(first) {
                    let there = (last - first + 1) as u64;
                    let share = pace.count + (to - from) / pace.step;
                    prop_assert!(there <= share, "{there} > {share} from {from} to {to}");
                }
            }
        }

        /// Whoever waits as long as told is admitted.
        #[test]
        fn the_wait_is_enough(due in 0_u64..20_000, now in 0_u64..20_000, step in 1_u64..5000) {
            let pace = Pace { step, count: 3 };
            if let Err(wait) = take(due, now, pace) {
                let then = now + u64::try_from(wait.as_micros()).unwrap();
                prop_assert!(take(due, then, pace).is_ok());
            }
        }
    }
}
