//! One call: POST, read the stream, say how it ended, and ask again where the
//! server only disliked how it was asked.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use recap_config::{OpenaiConfig, Reasoning};
use recap_core::ports::Deltas;
use recap_core::summary::Usage;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::Value;

use super::habits::{AllHabits, Habits, Objection};
use super::outcome::{Trouble, classify};
use super::request::{Site, body};
use super::response::Collected;
use super::said::Said;
use super::wait::wait;
use crate::calls::{Client, Failure, Wire, error_body, transport};
use crate::model::{Generation, Prompt, Prose, Verdict};
use crate::{Clock, ConnectError};

/// Speaks HTTP with a server of the OpenAI API.
pub(crate) struct OpenAi {
    wire: Wire,
    base_url: String,
    site: Site,
    /// None is sent where none is set.
    key: Option<HeaderValue>,
    context_tokens: u32,
    reasoning: Reasoning,
    habits: AllHabits,
    clock: Clock,
}

impl OpenAi {
    pub(super) fn new(config: &OpenaiConfig, clock: Clock) -> Result<Self, ConnectError> {
        let base_url = config.base_url.trim_end_matches('/');
        // As it stands in many an example.
        let base_url = base_url.trim_end_matches("/chat/completions").to_owned();
        let site = Site::of(&base_url);
        let key = key(config)?;
        if config.models.is_empty() {
            return Err(ConnectError::NoModel);
        }
        if key.is_none() && site.needs_key() {
            return Err(ConnectError::NoOpenaiKey);
        }
        Ok(Self {
            wire: Wire::new(&config.calls())?,
            base_url,
            site,
            key,
            context_tokens: config.context_tokens,
            reasoning: config.reasoning,
            habits: AllHabits::new(config.json, site == Site::OpenAi),
            clock,
        })
    }

    async fn call_once(
        &self,
        body: &Value,
        prompt: &Prompt,
        usage: &mut Usage,
        deltas: Deltas<'_>,
    ) -> Result<Verdict, Trouble> {
        let _under_way = self.wire.begin(Self::NAME).await;
        usage.calls += 1;
        let mut request = self.wire.http.post(format!("{}/chat/completions", self.base_url));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let response = request.json(body).send().await.map_err(transport)?;
        let status = response.status().as_u16();
        if status != 200 {
            let headers = response.headers().clone();
            let said = Said::of_body(&error_body(response).await);
            let wait = wait(&headers, said.words(), (self.clock)());
            return Err(classify(status, &said, wait));
        }
        let (mut collected, mut prose) = (Collected::default(), Prose::default());
        let add = |document: &str| {
            deltas.write(&prose.push(collected.add(document)?));
            Ok::<_, Trouble>(())
        };
        let read = self.wire.read(response, add).await;
        deltas.write(&prose.end());
        let prompt_tokens = prompt.tokens();
        *usage += collected.usage(prompt_tokens);
        read?;
        collected.verdict(prompt_tokens, self.context_tokens)
    }

    fn body(&self, model: &str, prompt: &Prompt, generation: Generation, habits: Habits) -> Value {
        body(model, prompt, generation, self.reasoning, habits, self.site)
    }
}

impl Client for OpenAi {
    const NAME: &'static str = "openai";
    const NONE_EXISTS: &'static str = "the server has none of the models in `openai.models`; name them as it does, or have \
         it load them, and check `openai.base_url`";

    fn version(&self, models: String) -> String {
        let effort: &str = self.reasoning.into();
        format!("{}/{models}/{effort}", self.base_url)
    }

    /// At midnight UTC, as OpenRouter's page on limits has it; others have no quota
    /// of the day.
    fn whole_again(&self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(TimeZone::UTC);
        let tomorrow = today.checked_add(1.day()).and_then(|it| it.start_of_day());
        tomorrow.map_or(Timestamp::MAX, |it| it.timestamp())
    }

    async fn call(
        &self,
        model: &str,
        prompt: &Prompt,
        generation: Generation,
        usage: &mut Usage,
        deltas: Deltas<'_>,
    ) -> Result<Verdict, Failure> {
        loop {
            let habits = self.habits.of(model);
            let body = self.body(model, prompt, generation, habits);
            let trouble = match self.call_once(&body, prompt, usage, deltas).await {
                Ok(verdict) => return Ok(verdict),
                Err(trouble) => trouble,
            };
            match trouble {
                Trouble::Objection(it) if self.habits.adapt(model, habits, it) => {}
                Trouble::Blank if self.habits.adapt(model, habits, Objection::Json) => {}
                Trouble::Objection(_) => return Err(Failure::BadRequest),
                Trouble::Blank => return Ok(Verdict::Unusable),
                Trouble::Blocked => return Ok(Verdict::Blocked),
                Trouble::TooLong => {
                    tracing::warn!(
                        model,
                        "a prompt is too long; is `openai.context_tokens` right?"
                    );
                    return Ok(Verdict::TooLong);
                }
                Trouble::Failure(failure) => return Err(failure),
            }
        }
    }
}

fn key(config: &OpenaiConfig) -> Result<Option<HeaderValue>, ConnectError> {
    let key = config.api_key.expose().trim();
    if key.is_empty() {
        return Ok(None);
    }
    let mut key = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
        ConnectError::InvalidKey { key: "openai.api_key", variable: "OPENAI_API_KEY" }
    })?;
    key.set_sensitive(true);
    Ok(Some(key))
}
