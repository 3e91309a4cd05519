//! Gemini, by `streamGenerateContent` of Google's public REST API.
//!
//! What a failed call means is in `outcome`; the rules for what is done about it
//! are those of `calls`.

mod client;
mod day;
mod files;
mod outcome;
mod request;
mod response;

use std::sync::Arc;

use recap_config::GeminiConfig;
use recap_core::ports::Limits;

use self::client::Gemini;
use crate::calls::Caller;
use crate::model::{Bounds, Prompted};
use crate::{Clock, ConnectError};

/// What the models take, by Google's page on them: more than is ever sent.
const CONTEXT_TOKENS: u32 = 1_048_576;

/// The summariser that asks Gemini.
pub(crate) fn summarizer(
    config: &GeminiConfig,
    clock: Clock,
    limits: Arc<dyn Limits>,
) -> Result<Prompted<Caller<Gemini>>, ConnectError> {
    let calls = config.calls();
    let bounds = Bounds {
        context_tokens: CONTEXT_TOKENS,
        max_output_tokens: calls.max_output_tokens,
        call_timeout: calls.call_timeout,
        watch_timeout: config.watch_timeout(),
    };
    Ok(Prompted::new(Caller::new(Gemini::new(config)?, calls, clock, limits), bounds))
}
