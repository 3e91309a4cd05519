//! Breakers of all processes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Breaker, Breakers};
use recap_redis::redis::Script;

use super::MemoryBreakers;
use crate::server::Server;

/// Asks the server, whose clock is the same for all. What this process reports and is
/// told is also kept in its own memory: to go by while the server is away, and to show.
pub(crate) struct RedisBreakers {
    server: Server,
    near: Arc<MemoryBreakers>,
    script: Script,
}

impl RedisBreakers {
    pub(crate) fn new(server: Server, near: Arc<MemoryBreakers>) -> Self {
        Self { server, near, script: Script::new(include_str!("../lua/breaker.lua")) }
    }

    /// How long to wait, 0 if a call may be made. `now` is in µs, `None` for the
    /// server's own time.
    /// `told` with its time is what happened.
    async fn tell(
        &self,
        breaker: &Breaker,
        (told, wait): (&str, Duration),
        now: Option<u64>,
    ) -> Option<Duration> {
        let micros = |it: Duration| u64::try_from(it.as_micros()).expect("584,000 years");
        let rules = self.near.rules;
        let mut call = self.script.prepare_invoke();
        call.key(self.server.key(format_args!("breaker:{breaker}"))).arg(told);
        call.arg(rules.failures).arg(micros(rules.open)).arg(micros(rules.half_open));
        call.arg(now.map_or_else(String::new, |it| it.to_string())).arg(micros(wait));
        self.server.run::<u64>(&call).await.map(Duration::from_micros)
    }
}

#[async_trait]
impl Breakers for RedisBreakers {
    async fn allow(&self, breaker: &Breaker) -> Result<(), Duration> {
        match self.tell(breaker, ("allow", Duration::ZERO), None).await {
            Some(wait) if wait.is_zero() => {
                self.near.let_through(breaker);
                Ok(())
            }
            Some(wait) => {
                self.near.keep_open(breaker, wait);
                Err(wait)
            }
            None => self.near.may_pass(breaker),
        }
    }

    async fn report(&self, breaker: &Breaker, success: bool) {
        self.near.note(breaker, success);
        let told = if success { "success" } else { "failure" };
        self.tell(breaker, (told, Duration::ZERO), None).await;
    }

    async fn rest(&self, breaker: &Breaker, wait: Duration) {
        self.near.lay_to_rest(breaker, wait);
        self.tell(breaker, ("rest", wait), None).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use recap_core::ports::Breaker;

    use super::RedisBreakers;
    use crate::breakers::MemoryBreakers;
    use crate::breakers::state::tests::{RULES, STORIES, Step};
    use crate::server::tests::server;

    #[tokio::test]
    async fn the_script_tells_the_same_stories() {
        for (story, steps) in STORIES.iter().enumerate() {
            let breakers = RedisBreakers::new(server(), Arc::new(MemoryBreakers::new(RULES)));
            for &step in *steps {
                let (told, now, rest, wait) = match step {
                    Step::Fails(now) => ("failure", now, 0, 0),
                    Step::Succeeds(now) => ("success", now, 0, 0),
                    Step::Passes(now) => ("allow", now, 0, 0),
                    Step::Waits(now, wait) => ("allow", now, 0, wait),
                    Step::Rests(now, rest) => ("rest", now, rest, 0),
                };
                let now = 1_800_000_000_000_000 + now * 1_000_000;
                let told = (told, Duration::from_secs(rest));
                let answer = breakers.tell(&Breaker::Summarizer, told, Some(now)).await;
                assert_eq!(answer, Some(Duration::from_secs(wait)), "{story}: {step:?}");
            }
        }
    }
}
