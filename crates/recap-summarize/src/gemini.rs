//! Gemini, by `streamGenerateContent` of Google's public REST API.
//!
//! The rules for what goes wrong are in `outcome` (what it means) and `attempts`
//! (again, wait, next model).

mod attempts;
mod client;
mod files;
mod outcome;
mod quota;
mod request;
mod response;

use std::sync::Arc;

use recap_config::GeminiConfig;
use recap_core::ports::{Limits, Recording, SummarizerError, Watches};
use tokio::time::Instant;

use self::attempts::Caller;
use self::files::Files;
use crate::model::{Budget, Film, Generation, Model, Prompt, Prompted, Reply};
use crate::{Clock, ConnectError};

/// Gemini's models.
pub(crate) struct Gemini {
    caller: Caller,
    files: Files,
    watches: Watches,
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
        let watches = Watches { video: config.watch_videos, sound: config.listen };
        let models =
            Self { caller, files: Files::new(config)?, watches, version: config.models.join(",") };
        let prompted = Prompted::new(models, config.max_output_tokens, config.call_timeout());
        Ok(prompted.watching_for(config.watch_timeout()))
    }
}

impl Model for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn watches(&self) -> Watches {
        self.watches
    }

    async fn hand_over(
        &self,
        recording: &Recording,
        deadline: Instant,
    ) -> Result<Film, SummarizerError> {
        self.files.hand_over(recording, deadline).await
    }

    async fn ask(
        &self,
        prompt: &Prompt,
        generation: Generation,
        budget: &mut Budget<'_>,
    ) -> Result<Reply, SummarizerError> {
        let body = request::body(prompt, generation);
        if prompt.film.is_some() {
            self.caller.ask_to_watch(&body, budget).await
        } else {
            self.caller.ask(&body, budget).await
        }
    }
}
