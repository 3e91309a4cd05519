//! Gemini, by `streamGenerateContent` of Google's public REST API.
//!
//! The rules for what goes wrong are in `outcome` (what it means) and `attempts`
//! (again, wait, next model).

mod attempts;
mod client;
mod outcome;
mod quota;
mod request;
mod response;

use std::sync::Arc;

use recap_config::GeminiConfig;
use recap_core::ports::{Limits, SummarizerError};

use self::attempts::Caller;
use crate::model::{Budget, Generation, Model, Prompt, Prompted, Reply};
use crate::{Clock, ConnectError};

/// Gemini's models.
pub(crate) struct Gemini {
    caller: Caller,
    version: String,
}

impl Gemini {
    /// The summariser that asks them.
    pub(crate) fn summarizer(
        config: &GeminiConfig,
        clock: Clock,
        limits: Arc<dyn Limits>,
    ) -> Result<Prompted<Self>, ConnectError> {
        let caller = Caller::new(config, clock, limits)?;
        let models = Self { caller, version: config.models.join(",") };
        Ok(Prompted::new(models, config.max_output_tokens, config.call_timeout()))
    }
}

impl Model for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    async fn ask(
        &self,
        prompt: &Prompt,
        generation: Generation,
        budget: &mut Budget<'_>,
    ) -> Result<Reply, SummarizerError> {
        self.caller.ask(&request::body(prompt, generation), budget).await
    }
}
