//! Calling the models of a provider: from one call to an answer, by waits,
//! repetitions, the next model. How a call is made, and what its failure means, is
//! the provider's.

mod failure;
mod models;
mod wire;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use recap_config::CallSettings;
use recap_core::ports::{BoxError, Deltas, Limits, Rate, Recording, SummarizerError, Watches};
use recap_core::retry::RetryBudget;
use recap_core::summary::Usage;
use tokio::time::Instant;
use tracing::{error, warn};

pub(crate) use self::failure::Failure;
use self::models::Models;
pub(crate) use self::wire::{Wire, error_body, transport};
use crate::Clock;
use crate::model::{Budget, Film, Generation, Model, Prompt, Reply, Verdict};

/// A longer wait for the per-minute quota is the caller's to make.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// Waits in one call; whoever is told to wait more often asks too much.
const MOST_WAITS: u32 = 2;

/// What a provider adds to the rules of calling it.
pub(crate) trait Client: Send + Sync {
    /// For logs, results and the names of budgets.
    const NAME: &'static str;
    /// What to mend when it has none of the models.
    const NONE_EXISTS: &'static str;

    /// What makes its answers others than those of the same prompts elsewhere;
    /// `models` are those that may be asked.
    fn version(&self, models: String) -> String;

    /// When a quota of the day that is spent `now` is whole again.
    fn whole_again(&self, now: Timestamp) -> Timestamp;

    /// What it takes besides text: nothing, unless it says otherwise.
    fn watches(&self) -> Watches {
        Watches::default()
    }

    /// Hands a recording over, to be named in a prompt until it is taken back.
    fn hand_over(
        &self,
        _recording: &Recording,
        _deadline: Instant,
    ) -> impl Future<Output = Result<Film, SummarizerError>> + Send {
        std::future::ready(Err(SummarizerError::Unreadable))
    }

    /// Asks `model` once, and adds what it cost to `usage`, whatever comes of it.
    /// What it writes for people goes to `deltas` as it comes.
    fn call(
        &self,
        model: &str,
        prompt: &Prompt,
        generation: Generation,
        usage: &mut Usage,
        deltas: Deltas<'_>,
    ) -> impl Future<Output = Result<Verdict, Failure>> + Send;
}

/// Asks until there is an answer or a reason why there is none.
pub(crate) struct Caller<C> {
    client: C,
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

impl<C: Client> Caller<C> {
    pub(crate) fn new(
        client: C,
        settings: CallSettings,
        clock: Clock,
        limits: Arc<dyn Limits>,
    ) -> Self {
        let seed = u64::try_from(clock().as_nanosecond()).unwrap_or_default();
        Self {
            client,
            pace: pace(settings.requests_per_minute),
            retries: settings.retries,
            repetitions: RetryBudget::new(settings.retry_percent, settings.retry_reserve),
            retry_base: settings.retry_base,
            models: Models::new(settings.models),
            limits,
            jitter: Mutex::new(seed | 1),
            clock,
        }
    }

    /// The models that neither this process nor another one has spent.
    async fn usable(&self) -> Vec<&str> {
        let now = (self.clock)();
        let mut usable = self.models.usable(now);
        for model in usable.clone() {
            if let Some(until) = self.limits.exhausted(&day::<C>(model), now).await {
                self.models.spend(model, until);
                usable.retain(|it| *it != model);
            }
        }
        usable
    }

    async fn spend(&self, model: &str) {
        let until = self.client.whole_again((self.clock)());
        self.models.spend(model, until);
        self.limits.exhaust(&day::<C>(model), until).await;
    }

    /// Takes one of the calls that all processes may make in this minute.
    async fn pace(&self, model: &str) -> Result<(), Failure> {
        let Some(rate) = self.pace else { return Ok(()) };
        let taken = self.limits.take(&format!("{}:minute:{model}", C::NAME), rate).await;
        taken.map_err(|retry_after| Failure::Rate { retry_after })
    }

    /// What is soonest over decides.
    fn no_model(&self, failing: Option<BoxError>, refused: bool) -> SummarizerError {
        match (failing, self.models.spent_until((self.clock)())) {
            (Some(source), _) => SummarizerError::Transient(source),
            (None, _) if refused => SummarizerError::InvalidAnswer,
            (None, Some(until)) => SummarizerError::QuotaSpent { until },
            (None, None) => SummarizerError::Unauthorized { problem: C::NONE_EXISTS },
        }
    }

    async fn ask_one(
        &self,
        model: &str,
        prompt: &Prompt,
        generation: Generation,
        budget: &mut Budget<'_>,
    ) -> Result<Verdict, GiveUp> {
        let (mut failures, mut waits) = (0, 0);
        self.repetitions.tried();
        loop {
            let answer = match self.pace(model).await {
                Ok(()) => {
                    let Budget { usage, deltas, .. } = budget;
                    self.client.call(model, prompt, generation, usage, *deltas).await
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
                other => return Err(give_up::<C>(model, other)),
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

impl<C: Client> Model for Caller<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn version(&self) -> String {
        self.client.version(self.models.listed())
    }

    fn watches(&self) -> Watches {
        self.client.watches()
    }

    async fn hand_over(
        &self,
        recording: &Recording,
        deadline: Instant,
    ) -> Result<Film, SummarizerError> {
        self.client.hand_over(recording, deadline).await
    }

    async fn ask(
        &self,
        prompt: &Prompt,
        generation: Generation,
        budget: &mut Budget<'_>,
    ) -> Result<Reply, SummarizerError> {
        let mut failing = None;
        let (mut refused, mut gone) = (false, false);
        for model in self.usable().await {
            match self.ask_one(model, prompt, generation, budget).await {
                Ok(verdict) => return Ok(Reply { model: model.to_owned(), verdict }),
                // The day's video is another quota than the day's calls.
                Err(GiveUp::Spent) if prompt.film.is_some() => {
                    let until = self.client.whole_again((self.clock)());
                    return Err(SummarizerError::QuotaSpent { until });
                }
                Err(GiveUp::Retired) if prompt.film.is_some() => gone = true,
                // A video or a recording that one model does not take none does.
                Err(GiveUp::BadRequest | GiveUp::NoRight(_)) if prompt.film.is_some() => {
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
        if gone && failing.is_none() {
            return Err(SummarizerError::Unreadable);
        }
        Err(self.no_model(failing, refused))
    }
}

/// The budget of a model for a day.
fn day<C: Client>(model: &str) -> String {
    format!("{}:day:{model}", C::NAME)
}

fn pace(requests_per_minute: u32) -> Option<Rate> {
    (requests_per_minute > 0)
        .then_some(Rate { count: requests_per_minute, per: Duration::from_mins(1) })
}

fn give_up<C: Client>(model: &str, failure: Failure) -> GiveUp {
    let provider = C::NAME;
    match failure {
        Failure::DaySpent => {
            warn!(provider, model, "a model's quota for the day is spent");
            GiveUp::Spent
        }
        Failure::Retired => {
            error!(provider, model, "a model does not exist (any more); take it out of `models`");
            GiveUp::Retired
        }
        Failure::BadRequest => {
            error!(provider, model, "a model does not take our request");
            GiveUp::BadRequest
        }
        Failure::NoRight(problem) => {
            error!(provider, model, problem, "the provider refuses us, or what it is to watch");
            GiveUp::NoRight(problem)
        }
        Failure::Refused(problem) => {
            error!(provider, model, problem, "the provider refuses us");
            GiveUp::Stop(SummarizerError::Unauthorized { problem })
        }
        Failure::Rate { retry_after } => GiveUp::Stop(SummarizerError::RateLimited { retry_after }),
        Failure::Passing(source) => GiveUp::Failing(source),
    }
}
