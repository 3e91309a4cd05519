//! Budgets of all processes.

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::ports::{Budget, Level, Limits, Verdict};
use recap_redis::redis::{Cmd, Script};

use super::MemoryLimits;
use super::cell::{Cell, Pace};
use crate::server::Server;

/// Asks the server, whose clock is the same for all. What this process took is
/// also kept in its own memory, so that it goes on from there, and not with a
/// burst, while the server is away.
pub(crate) struct RedisLimits {
    server: Server,
    near: MemoryLimits,
    take: Script,
    exhaust: Script,
}

impl RedisLimits {
    pub(crate) fn new(server: Server, near: MemoryLimits) -> Self {
        let take = Script::new(include_str!("../lua/take.lua"));
        let exhaust = Script::new(include_str!("../lua/exhaust.lua"));
        Self { server, near, take, exhaust }
    }

    /// What comes of `asking`, which is `take` or `look`, in one round trip;
    /// `granted` says whether each has one. `now` is in µs, `None` for the
    /// server's own time.
    async fn ask(&self, asking: &str, budgets: &[Budget], now: Option<u64>) -> Option<Verdict> {
        let mut call = self.take.prepare_invoke();
        call.arg(asking).arg(now.map_or_else(String::new, |it| it.to_string()));
        for Budget { key, rate } in budgets {
            let Pace { step, count } = Pace::from(*rate);
            call.key(self.server.key(format_args!("limit:{key}"))).key(self.shut(key));
            call.arg(step).arg(count);
        }
        let answer = self.server.run::<Vec<u64>>(&call).await?;
        let (&[granted, now], told) = answer.split_first_chunk()?;
        let level = |(budget, told): (&Budget, &[u64])| {
            Cell { pace: budget.rate.into(), due: told[0], shut: told[1] }.level(now)
        };
        let levels = budgets.iter().zip(told.chunks_exact(2)).map(level).collect();
        Some(Verdict { granted: granted == 1, levels })
    }

    /// The key that is there while the budget is used up.
    fn shut(&self, key: &str) -> String {
        self.server.key(format_args!("exhausted:{key}"))
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take_all(&self, budgets: &[Budget]) -> Verdict {
        match self.ask("take", budgets, None).await {
            Some(verdict) => {
                if verdict.granted {
                    // What it says does not matter: the server has decided.
                    self.near.take_each(budgets);
                }
                verdict
            }
            None => self.near.take_each(budgets),
        }
    }

    async fn look(&self, budgets: &[Budget]) -> Vec<Level> {
        match self.ask("look", budgets, None).await {
            Some(verdict) => verdict.levels,
            None => self.near.levels(budgets),
        }
    }

    async fn exhaust(&self, key: &str, until: Timestamp) {
        self.near.use_up(key, until);
        let mut call = self.exhaust.prepare_invoke();
        call.key(self.shut(key)).arg(until.as_millisecond());
        self.server.run::<()>(&call).await;
    }

    async fn exhausted(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let near = self.near.until(key, now);
        let far = self.server.query::<Option<i64>>(&Cmd::get(self.shut(key))).await.flatten();
        let far = far.and_then(|it| Timestamp::from_millisecond(it).ok()).filter(|it| *it > now);
        near.max(far)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use recap_core::ports::{Budget, Rate, Verdict};

    use super::super::cell::{self, Cell};
    use super::RedisLimits;
    use crate::limits::MemoryLimits;
    use crate::server::tests::server;

    fn limits() -> RedisLimits {
        let clock = recap_testkit::fakes::TestClock::new().as_clock();
        RedisLimits::new(server(), MemoryLimits::new(clock))
    }

    fn budget(key: &str, count: u32) -> Budget {
        Budget { key: key.to_owned(), rate: Rate { count, per: Duration::from_millis(100) } }
    }

    #[tokio::test]
    async fn the_script_says_what_the_function_says() {
        let limits = limits();
        let budgets = [budget("few", 2), budget("more", 3), budget("many", 7)];
        let cell = |it: &Budget| Cell { pace: it.rate.into(), due: 0, shut: 0 };
        let mut cells: Vec<Cell> = budgets.iter().map(cell).collect();
        let mut now = 1_800_000_000_000_000;
        for turn in 0..300_usize {
            // Some at once, some far apart, once with the clock set back; of one,
            // of two and of all three.
            now += turn as u64 * 7919 % 30_011;
            now -= if turn == 150 { 10_000_000 } else { 0 };
            let some = turn % 3..3;
            let (asked, cells) = (&budgets[some.clone()], &mut cells[some]);
            let looked = limits.ask("look", asked, Some(now)).await.unwrap().levels;
            let levels: Vec<_> = cells.iter().map(|it| it.level(now)).collect();
            assert_eq!(looked, levels, "turn {turn}");
            let granted = cell::take_all(cells, now);
            let levels = cells.iter().map(|it| it.level(now)).collect();
            let told = limits.ask("take", asked, Some(now)).await;
            assert_eq!(told, Some(Verdict { granted, levels }), "turn {turn}");
        }
    }

    #[tokio::test]
    async fn many_budgets_take_one_call() {
        let (limits, now) = (limits(), Some(1_800_000_000_000_000));
        let budgets: Vec<Budget> = (0..50).map(|it| budget(&it.to_string(), 1)).collect();
        let verdict = limits.ask("take", &budgets, now).await.unwrap();
        assert!(verdict.granted && verdict.levels.len() == 50);
        assert!(!limits.ask("take", &budgets[49..], now).await.unwrap().granted);
        let none = limits.ask("take", &[], now).await;
        assert_eq!(none, Some(Verdict { granted: true, levels: Vec::new() }));
    }
}
