//! How often something may happen, over all who share it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// So many in so long, evenly: a burst of `count`, then one every
/// `per / count`. The generic cell rate algorithm (ITU-T I.371, annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub count: u32,
    pub per: Duration,
}

/// A budget and what to take from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    pub key: String,
    pub rate: Rate,
}

/// How a budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many could be taken at once now.
    pub left: u32,
    /// When the budget is full again.
    pub full_in: Duration,
    /// How long until one can be taken; zero if one can be now.
    pub wait: Duration,
}

/// What came of taking one from each of several budgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One was taken from each; else none was taken from any.
    pub granted: bool,
    /// How each budget is now, in the order asked.
    pub levels: Vec<Level>,
}

impl Verdict {
    /// How long until asking again may help: until every budget has one.
    pub fn wait(&self) -> Duration {
        self.levels.iter().map(|it| it.wait).max().unwrap_or_default()
    }
}

/// Budgets by name, shared by all processes.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes one from the budget `key`; else says how long to wait before it is
    /// worth asking again.
    async fn take(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        let verdict = self.take_all(&[Budget { key: key.to_owned(), rate }]).await;
        if verdict.granted { Ok(()) } else { Err(verdict.wait()) }
    }

    /// Takes one from each of `budgets`, or none from any, in one step. One that
    /// is used up counts as spent. None is named twice.
    async fn take_all(&self, budgets: &[Budget]) -> Verdict;

    /// How each of `budgets` is, in the order asked; takes nothing.
    async fn look(&self, budgets: &[Budget]) -> Vec<Level>;

    /// Says that `key` is used up until then, whatever its rate.
    async fn exhaust(&self, key: &str, until: Timestamp);

    /// Until when `key` is used up, if it is at `now`.
    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp>;
}
