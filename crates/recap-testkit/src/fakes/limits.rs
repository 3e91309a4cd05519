//! Budgets that last until a test says otherwise.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::ports::{Budget, Level, Limits, Rate, Verdict};

/// Gives as often as it was told to, by key, and remembers what is used up.
#[derive(Debug, Default)]
pub struct FakeLimits {
    left: Mutex<HashMap<String, u32>>,
    exhausted: Mutex<HashMap<String, Timestamp>>,
}

impl FakeLimits {
    /// From now on `key` is given so often; what is not named is given always.
    pub fn allow(&self, key: &str, times: u32) {
        self.left.lock().expect("not poisoned").insert(key.to_owned(), times);
    }
}

/// A budget without a number is always full, and one that is empty has something
/// again after the whole of its time.
fn level(left: Option<u32>, rate: Rate) -> Level {
    let left = left.unwrap_or(rate.count);
    let wait = if left == 0 { rate.per } else { Duration::ZERO };
    let full_in = if left < rate.count { rate.per } else { Duration::ZERO };
    Level { left, full_in, wait }
}

#[async_trait]
impl Limits for FakeLimits {
    async fn take(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        match self.left.lock().expect("not poisoned").get_mut(key) {
            Some(0) => Err(rate.per),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn take_all(&self, budgets: &[Budget]) -> Verdict {
        let mut left = self.left.lock().expect("not poisoned");
        let granted = budgets.iter().all(|it| left.get(&it.key) != Some(&0));
        let mut levels = Vec::new();
        for budget in budgets {
            let left = left.get_mut(&budget.key);
            let left = left.map(|it| {
                *it -= u32::from(granted);
                *it
            });
            levels.push(level(left, budget.rate));
        }
        Verdict { granted, levels }
    }

    async fn look(&self, budgets: &[Budget]) -> Vec<Level> {
        let left = self.left.lock().expect("not poisoned");
        budgets.iter().map(|it| level(left.get(&it.key).copied(), it.rate)).collect()
    }

    async fn exhaust(&self, key: &str, until: Timestamp) {
        self.exhausted.lock().expect("not poisoned").insert(key.to_owned(), until);
    }

    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let exhausted = self.exhausted.lock().expect("not poisoned");
        exhausted.get(key).copied().filter(|it| *it > now)
    }
}
