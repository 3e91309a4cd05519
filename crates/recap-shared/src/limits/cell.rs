//! The generic cell rate algorithm, as virtual scheduling (ITU-T I.371, annex
//! A): a budget is one number, the time at which the next one is due if all
//! came evenly. Pure; times are in µs since whatever the caller counts from.

use std::time::Duration;

use recap_core::ports::{Level, Rate};

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

/// What is known of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) pace: Pace,
    /// When the next one is due.
    pub(super) due: u64,
    /// How long it is used up, whatever its rate.
    pub(super) shut: u64,
}

impl Cell {
    pub(super) fn level(self, now: u64) -> Level {
        let Pace { step, count } = self.pace;
        let due = self.due_at(now);
        let left = if self.shut > 0 { 0 } else { (now + step * count - due) / step };
        let latest = now + step * (count - 1);
        Level {
            left: u32::try_from(left).unwrap_or(u32::MAX),
            full_in: Duration::from_micros((due - now).max(self.shut)),
            wait: Duration::from_micros(due.saturating_sub(latest).max(self.shut)),
        }
    }

    /// It is never later than all of the budget from now, unless the clock was set
    /// back or the rate is another than last time: then the budget begins anew.
    fn due_at(self, now: u64) -> u64 {
        let Pace { step, count } = self.pace;
        if self.due > now + step * count { now } else { self.due.max(now) }
    }
}

/// Takes one from each of `cells` at `now`, or none from any; says whether it did.
pub(super) fn take_all(cells: &mut [Cell], now: u64) -> bool {
    let granted = cells.iter().all(|it| it.level(now).wait.is_zero());
    for cell in cells.iter_mut().filter(|_| granted) {
        cell.due = cell.due_at(now) + cell.pace.step;
    }
    granted
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use recap_core::ports::{Level, Rate};

    use super::{Cell, Pace, take_all};

    fn cell(due: u64, step: u64, count: u64) -> Cell {
        Cell { pace: Pace { step, count }, due, shut: 0 }
    }

    fn take(cell: &mut Cell, now: u64) -> bool {
        take_all(std::slice::from_mut(cell), now)
    }

    /// Asks at each of `times`; says which were admitted.
    fn admitted(times: &[u64], pace: Pace) -> Vec<u64> {
        let mut cell = Cell { pace, due: 0, shut: 0 };
        times.iter().copied().filter(|now| take(&mut cell, *now)).collect()
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

    /// `left`, `full_in` and `wait` of a budget of three, one every 10 µs.
    #[track_caller]
    fn check_level(due: u64, shut: u64, now: u64, expected: (u32, u64, u64)) {
        let Level { left, full_in, wait } = Cell { shut, ..cell(due, 10, 3) }.level(now);
        let micros = |it: Duration| u64::try_from(it.as_micros()).unwrap();
        assert_eq!((left, micros(full_in), micros(wait)), expected);
    }

    #[test]
    fn a_level_says_how_many_are_left_and_for_how_long() {
        check_level(0, 0, 100, (3, 0, 0));
        check_level(101, 0, 100, (2, 1, 0));
        check_level(110, 0, 100, (2, 10, 0));
        check_level(120, 0, 100, (1, 20, 0));
        check_level(121, 0, 100, (0, 21, 1));
        check_level(130, 0, 100, (0, 30, 10));
        // The clock was set back.
        check_level(131, 0, 100, (3, 0, 0));
        // Used up for as long as somebody said.
        check_level(0, 7, 100, (0, 7, 7));
        check_level(130, 7, 100, (0, 30, 10));
        check_level(130, 70, 100, (0, 70, 70));
    }

    #[test]
    fn of_several_none_is_taken_if_one_is_spent() {
        let mut cells = [cell(0, 10, 2), cell(0, 10, 1)];
        assert!(take_all(&mut cells, 100));
        assert_eq!(cells.map(|it| it.due), [110, 110]);
        assert!(!take_all(&mut cells, 100));
        assert_eq!(cells.map(|it| it.due), [110, 110]);
        assert!(take_all(&mut cells, 110));
        assert!(take_all(&mut [], 0));
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

        /// What a level says comes true: so many can be taken at once and no more,
        /// after the wait one can be, and then all is full.
        #[test]
        fn a_level_comes_true(due in 0_u64..20_000, now in 0_u64..20_000, step in 1_u64..5000) {
            let (mut cell, micros) = (cell(due, step, 3), Duration::as_micros);
            let Level { left, full_in, wait } = cell.level(now);
            let after = |wait: Duration| now + u64::try_from(micros(&wait)).unwrap();
            prop_assert!(take(&mut cell.clone(), after(wait)));
            prop_assert_eq!(cell.level(after(full_in)).left, 3);
            for _ in 0..left {
                prop_assert!(take(&mut cell, now));
            }
            prop_assert!(!take(&mut cell, now));
        }
    }
}
