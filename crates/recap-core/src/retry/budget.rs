//! How many repetitions a process may make of all its calls. When everything fails,
//! repeating each call makes the other side's trouble a multiple of what it was.

use std::sync::{Mutex, PoisonError};

/// What one repetition costs, in hundredths.
const ONE: u64 = 100;

/// Saved up by first tries, spent by repetitions.
#[derive(Debug)]
pub struct RetryBudget {
    /// What a first try adds, in hundredths of a repetition.
    percent: u64,
    /// Most that is saved up, in hundredths.
    most: u64,
    left: Mutex<u64>,
}

impl RetryBudget {
    /// Repetitions may be up to `percent` of the first tries, and `reserve` more at
    /// once. Full in the beginning.
    pub fn new(percent: u32, reserve: u32) -> Self {
        let most = u64::from(reserve) * ONE;
        Self { percent: percent.into(), most, left: Mutex::new(most) }
    }

    /// A call is made for the first time.
    pub fn tried(&self) {
        self.change(|left| *left = (*left + self.percent).min(self.most));
    }

    /// Takes one repetition; `false` if there is none left.
    pub fn take(&self) -> bool {
        self.change(|left| {
            let rest = left.checked_sub(ONE);
            *left = rest.unwrap_or(*left);
            rest.is_some()
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut u64) -> T) -> T {
        change(&mut self.left.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;

    /// How many of these repetitions are granted, each after so many first tries.
    #[track_caller]
    fn check(percent: u32, reserve: u32, tries: &[u32], expected: usize) {
        let budget = RetryBudget::new(percent, reserve);
        let granted = tries.iter().filter(|tries| {
            (0..**tries).for_each(|_| budget.tried());
            budget.take()
        });
        assert_eq!(granted.count(), expected, "{percent} % and {reserve}");
    }

    #[test]
    fn repetitions_are_a_share_of_first_tries() {
        check(20, 2, &[0, 0, 0], 2);
        check(20, 2, &[0, 0, 4, 1, 0], 3);
        check(20, 1, &[100, 0, 0], 1);
        check(0, 1, &[100, 100], 1);
        check(100, 1, &[1; 10], 10);
        check(100, 0, &[1; 10], 0);
    }
}
