//! Budgets that last until a test says otherwise.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::ports::{Limits, Rate};

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

    async fn exhaust(&self, key: &str, until: Timestamp) {
        self.exhausted.lock().expect("not poisoned").insert(key.to_owned(), until);
    }

    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let exhausted = self.exhausted.lock().expect("not poisoned");
        exhausted.get(key).copied().filter(|it| *it > now)
    }
}
