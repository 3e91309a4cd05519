//! Whatever speaks the chat completions of the OpenAI API: OpenAI, Ollama,
//! llama.cpp, vLLM, OpenRouter and others.
//!
//! They differ in what they refuse, ignore and leave out. So a request is the
//! least that all of them take, what one refuses is left out from then on
//! (`habits`), and of an answer only its text is needed.

mod client;
mod habits;
mod outcome;
mod request;
mod response;
mod said;
mod thoughts;
mod wait;

use std::sync::Arc;

use recap_config::OpenaiConfig;
use recap_core::ports::Limits;

use self::client::OpenAi;
use crate::calls::Caller;
use crate::model::{Bounds, Prompted};
use crate::{Clock, ConnectError};

/// The summariser that asks such a server.
pub(crate) fn summarizer(
    config: &OpenaiConfig,
    clock: Clock,
    limits: Arc<dyn Limits>,
) -> Result<Prompted<Caller<OpenAi>>, ConnectError> {
    let calls = config.calls();
    let bounds = Bounds {
        context_tokens: config.context_tokens,
        max_output_tokens: calls.max_output_tokens,
        call_timeout: calls.call_timeout,
        watch_timeout: calls.call_timeout,
    };
    let client = OpenAi::new(config, Arc::clone(&clock))?;
    Ok(Prompted::new(Caller::new(client, calls, clock, limits), bounds))
}
