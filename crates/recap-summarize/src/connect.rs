//! Choosing the summariser.

use std::sync::Arc;

use recap_config::{Config, Provider};
use recap_core::ports::{Limits, Summarizer};

use crate::extractive::Extractive;
use crate::{Clock, gemini, openai};

/// The summariser of the configuration, and the one to fall back on.
#[derive(Clone)]
pub struct Connected {
    pub summarizer: Arc<dyn Summarizer>,
    /// For the last attempt at a job whose `summarizer` does not answer; what
    /// it makes is to be marked as degraded. `None` if that is switched off, or
    /// if `summarizer` cannot fail.
    pub fallback: Option<Arc<dyn Summarizer>>,
}

/// The settings cannot work. Mend them; repeating does not help.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "`summarize.provider` is `gemini`, but there is no key: set `gemini.api_key` \
         (or GEMINI_API_KEY), or choose the provider `auto` or `extractive`"
    )]
    NoKey,
    #[error(
        "`summarize.provider` is `openai`, but no model is named: set `openai.models` \
         (RECAP_OPENAI__MODELS) to what the server calls it, as in `llama3.2`"
    )]
    NoModel,
    #[error(
        "the server in `openai.base_url` answers nobody without a key: set `openai.api_key` \
         (or OPENAI_API_KEY), or the URL of a server of your own"
    )]
    NoOpenaiKey,
    #[error("`{key}` (or {variable}) holds characters that no key has; was it copied whole?")]
    InvalidKey { key: &'static str, variable: &'static str },
    #[error(
        "the HTTP client for the summariser could not be set up; are root certificates installed \
         (on Debian: ca-certificates)?"
    )]
    Http(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sets up the configured summariser; reaches nothing yet. The only `match` on
/// [`Provider`].
///
/// `clock` tells when a spent quota is whole again, and `limits` what other
/// processes have spent.
///
/// # Errors
///
/// [`ConnectError`] names the setting.
pub fn connect(
    config: &Config,
    clock: Clock,
    limits: Arc<dyn Limits>,
) -> Result<Connected, ConnectError> {
    let has_key = !config.gemini.api_key.expose().trim().is_empty();
    let summarizer: Arc<dyn Summarizer> = match config.summarize.provider {
        Provider::Auto | Provider::Gemini if has_key => {
            Arc::new(gemini::summarizer(&config.gemini, clock, limits)?)
        }
        Provider::Gemini => return Err(ConnectError::NoKey),
        Provider::Openai => Arc::new(openai::summarizer(&config.openai, clock, limits)?),
        Provider::Auto | Provider::Extractive => {
            return Ok(Connected { summarizer: Arc::new(Extractive), fallback: None });
        }
    };
    let fallback: Option<Arc<dyn Summarizer>> =
        config.summarize.extractive_fallback.then(|| Arc::new(Extractive) as _);
    Ok(Connected { summarizer, fallback })
}
