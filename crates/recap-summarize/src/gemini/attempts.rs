//! From one call to an answer: waits, repetitions, the next model.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use recap_config::GeminiConfig;
use recap_core::ports::{BoxError, Limits, Rate, SummarizerError};
use recap_core::retry::RetryBudget;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{error, warn};

use super::client::Client;
use super::outcome::Failure;
use super::quota::{Models, next_midnight};
use crate::model::{Budget, Reply, Verdict};
use crate::{Clock, ConnectError};

/// A longer wait for the per-minute quota is the caller's to make.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Waits in one call; whoever is told to wait more often asks too much.
const MOST_WAITS: u32 = 2;

const ALL_RETIRED: &str = "none of the models in `gemini.models` exists (any more); name current ones, and check \
     `gemini.base_url`";

/// Asks until there is an answer or a reason why there is none.
pub(super) struct Caller {
    client: Client,
    models: Models,
    /// What all processes have spent.
    limits: Arc<dyn Limits>,
    /// Calls a minute of each model; `None` leaves the counting to the API.
    pace: Option<Rate>,
    retries: u32,
    /// Of this process.
    repetitions: RetryBudget,
    retry_base: Duration,
    jitter: Mutex<u64>,
    clock: Clock,
}

/// Why a model was given up.
enum GiveUp {
    Spent,
    Retired,
    BadRequest,
    /// To this API, or to this video.
    NoRight(&'static str),
    Failing(BoxError),
    /// The next one would fare no better.
    Stop(SummarizerError),
}

impl Caller {
    pub(super) fn new(
        config: &GeminiConfig,
        clock: Clock,
        limits: Arc<dyn Limits>,
    ) -> Result<Self, ConnectError> {
        let seed = u64::try_from(clock().as_nanosecond()).unwrap_or_default();
        Ok(Self {
            client: Client::new(config)?,
            models: Models::new(config.models.clone()),
            limits,
            pace: pace(config.requests_per_minute),
            retries: config.retries,
            repetitions: RetryBudget::new(config.retry_percent, config.retry_reserve),
            retry_base: config.retry_base(),
            jitter: Mutex::new(seed | 1),
            clock,
        })
    }

    /// As [`Caller::ask`], about a video or a recording: one that is refused is so by
    /// all models, be it as a bad request or as one that nobody may make.
    pub(super) async fn ask_to_watch(
        &self,
        body: &Value,
        budget: &mut Budget<'_>,
    ) -> Result<Reply, SummarizerError> {
        self.ask_in_turn(body, budget, true).await
    }

    /// The answer of the first model that gives one.
    pub(super) async fn ask(
        &self,
        body: &Value,
        budget: &mut Budget<'_>,
    ) -> Result<Reply, SummarizerError> {
        self.ask_in_turn(body, budget, false).await
    }

    async fn ask_in_turn(
        &self,
        body: &Value,
        budget: &mut Budget<'_>,
        watching: bool,
    ) -> Result<Reply, SummarizerError> {
        let mut failing = None;
        let mut refused = false;
        for model in self.usable().await {
            match self.ask_one(model, body, budget, watching).await {
                Ok(verdict) => return Ok(Reply { model: model.to_owned(), verdict }),
                Err(GiveUp::BadRequest | GiveUp::NoRight(_)) if watching => {
                    return Err(SummarizerError::Unreadable);
                }
                Err(GiveUp::NoRight(problem)) => {
                    return Err(SummarizerError::Unauthorized { problem });
                }
                Err(GiveUp::Stop(error)) => return Err(error),
                Err(GiveUp::Failing(source)) => failing = Some(source),
                Err(GiveUp::BadRequest) => refused = true,
                Err(GiveUp::Spent) => self.spend(model).await,
                Err(GiveUp::Retired) => self.models.retire(model, (self.clock)()),
            }
        }
        Err(self.no_model(failing, refused))
    }

    /// The models that neither this process nor another one has spent.
    async fn usable(&self) -> Vec<&str> {
        let now = (self.clock)();
        let mut usable = self.models.usable(now);
        for model in usable.clone() {
            if let Some(until) = self.limits.exhausted(&day(model), now).await {
                self.models.spend(model, until);
                usable.retain(|it| *it != model);
            }
        }
        usable
    }

    async fn spend(&self, model: &str) {
        let until = next_midnight((self.clock)());
        self.models.spend(model, until);
        self.limits.exhaust(&day(model), until).await;
    }

    /// Takes one of the calls that all processes may make in this minute.
    async fn pace(&self, model: &str) -> Result<(), Failure> {
        let Some(rate) = self.pace else { return Ok(()) };
        let taken = self.limits.take(&format!("gemini:minute:{model}"), rate).await;
        taken.map_err(|retry_after| Failure::Rate { retry_after })
    }

    /// What is soonest over decides.
    fn no_model(&self, failing: Option<BoxError>, refused: bool) -> SummarizerError {
        match (failing, self.models.spent_until((self.clock)())) {
            (Some(source), _) => SummarizerError::Transient(source),
            (None, _) if refused => SummarizerError::InvalidAnswer,
            (None, Some(until)) => SummarizerError::QuotaSpent { until },
            (None, None) => SummarizerError::Unauthorized { problem: ALL_RETIRED },
        }
    }

    async fn ask_one(
        &self,
        model: &str,
        body: &Value,
        budget: &mut Budget<'_>,
        watching: bool,
    ) -> Result<Verdict, GiveUp> {
        let (mut failures, mut waits) = (0, 0);
        self.repetitions.tried();
        loop {
            let answer = match self.pace(model).await {
                Ok(()) => {
                    let Budget { usage, deltas, .. } = &mut *budget;
                    self.client.call(model, body, usage, *deltas, watching).await
                }
                Err(failure) => Err(failure),
            };
            let failure = match answer {
                Ok(verdict) => return Ok(verdict),
                Err(failure) => failure,
            };
            let delay = match failure {
                Failure::Passing(source)
                    if failures == self.retries || !self.repetitions.take() =>
                {
                    warn!(model, error = %source, "a model was given up");
                    return Err(GiveUp::Failing(source));
                }
                Failure::Passing(source) => {
                    warn!(model, error = %source, "a call to a model will be repeated");
                    failures += 1;
                    self.back_off(failures - 1)
                }
                // Not counted as an attempt.
                Failure::Rate { retry_after } => {
                    waits += 1;
                    self.wait(retry_after, waits, budget.deadline)?
                }
                other => return Err(give_up(model, other)),
            };
            tokio::time::sleep(delay).await;
        }
    }

    /// The wait if it is short and ends before the deadline, else the error
    /// that leaves it to the caller.
    fn wait(&self, wait: Duration, waits: u32, deadline: Instant) -> Result<Duration, GiveUp> {
        let wait = wait + self.up_to(wait / 10);
        let left = deadline.saturating_duration_since(Instant::now());
        if waits <= MOST_WAITS && wait <= LONGEST_WAIT && wait < left {
            return Ok(wait);
        }
        Err(GiveUp::Stop(SummarizerError::RateLimited { retry_after: wait }))
    }

    /// `base × 2^n`, and up to one base more, so that those who failed together
    /// do not come back together.
    fn back_off(&self, failures: u32) -> Duration {
        let doubled = self.retry_base.saturating_mul(1 << failures.min(16));
        doubled.saturating_add(self.up_to(self.retry_base))
    }

    /// Between nothing and `longest`, by xorshift: chance enough for a jitter.
    fn up_to(&self, longest: Duration) -> Duration {
        let mut state = self.jitter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let thousandths = u32::try_from(*state % 1000).expect("less than a thousand");
        longest / 1000 * thousandths
    }
}

/// The budget of a model for a day.
fn day(model: &str) -> String {
    format!("gemini:day:{model}")
}

fn pace(requests_per_minute: u32) -> Option<Rate> {
    (requests_per_minute > 0)
        .then_some(Rate { count: requests_per_minute, per: Duration::from_mins(1) })
}

fn give_up(model: &str, failure: Failure) -> GiveUp {
    match failure {
        Failure::DaySpent => {
            warn!(model, "a model's quota for the day is spent");
            GiveUp::Spent
        }
        Failure::Retired => {
            error!(model, "a model does not exist (any more); take it out of `gemini.models`");
            GiveUp::Retired
        }
        Failure::BadRequest => {
            error!(model, "a model does not take our request");
            GiveUp::BadRequest
        }
        Failure::NoRight(problem) => {
            error!(model, problem, "Gemini refuses us, or the video that it is to watch");
            GiveUp::NoRight(problem)
        }
        Failure::Refused(problem) => {
            error!(model, problem, "Gemini refuses us");
            GiveUp::Stop(SummarizerError::Unauthorized { problem })
        }
        Failure::Rate { retry_after } => GiveUp::Stop(SummarizerError::RateLimited { retry_after }),
        Failure::Passing(source) => GiveUp::Failing(source),
    }
}
