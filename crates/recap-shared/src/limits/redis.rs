//! Budgets of all processes.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use recap_core::ports::{Limits, Rate};
use recap_redis::redis::{Cmd, Script};

use super::MemoryLimits;
use super::cell::Pace;
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

    /// How long to wait, 0 if one was taken. `now` is in µs, `None` for the
    /// server's own time.
    async fn ask(&self, key: &str, rate: Rate, now: Option<u64>) -> Option<Duration> {
        let Pace { step, count } = Pace::from(rate);
        let mut call = self.take.prepare_invoke();
        call.key(self.server.key(format_args!("limit:{key}"))).key(self.shut(key));
        call.arg(step).arg(count).arg(now.map_or_else(String::new, |it| it.to_string()));
        self.server.run::<u64>(&call).await.map(Duration::from_micros)
    }

    /// The key that is there while the budget is used up.
    fn shut(&self, key: &str) -> String {
        self.server.key(format_args!("exhausted:{key}"))
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        match self.ask(key, rate, None).await {
            Some(wait) if wait.is_zero() => {
                // What it says does not matter: the server has decided.
                let _ = self.near.take_one(key, rate);
                Ok(())
            }
            Some(wait) => Err(wait),
            None => self.near.take_one(key, rate),
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

    use recap_core::ports::Rate;

    use super::super::cell::{self, Pace};
    use super::RedisLimits;
    use crate::limits::MemoryLimits;
    use crate::server::tests::server;

    #[tokio::test]
    async fn the_script_says_what_the_function_says() {
        let near = MemoryLimits::new(recap_testkit::fakes::TestClock::new().as_clock());
        let limits = RedisLimits::new(server(), near);
        let rate = Rate { count: 3, per: Duration::from_millis(100) };
        let (mut now, mut due) = (1_800_000_000_000_000, 0);
        for turn in 0..200_u64 {
            // Some at once, some far apart, once with the clock set back.
            now += turn * 7919 % 60_011;
            now -= if turn == 150 { 10_000_000 } else { 0 };
            let expected = match cell::take(due, now, Pace::from(rate)) {
                Ok(next) => {
                    due = next;
                    Duration::ZERO
                }
                Err(wait) => wait,
            };
            let told = limits.ask("script", rate, Some(now)).await;
            assert_eq!(told, Some(expected), "turn {turn}");
        }
    }
}
