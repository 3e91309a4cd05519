//! Summaries by a language model, whichever it is: what is asked, and what is
//! made of the answers.
//!
//! One call per segment, one more to combine several; `ask` says what is asked
//! again in other words, and a provider what is sent again as it is.

mod answer;
mod ask;
mod combine;
mod notes;
mod pack;
mod prompt;
mod prompted;
mod prose;
mod stream;
mod watch;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::{Deltas, Recording, SummarizerError, Watches};
use recap_core::summary::Usage;
use recap_core::tokens;
use serde_json::Value;
use tokio::time::Instant;

pub(crate) use self::prompted::{Bounds, Prompted};
pub(crate) use self::prose::Prose;
pub(crate) use self::stream::Decoder;

/// A provider's models, asked in its own words.
pub(crate) trait Model: Send + Sync {
    /// The provider's name, for logs and results.
    fn name(&self) -> &'static str;

    /// What makes its answers others than those of the same prompts elsewhere.
    fn version(&self) -> String;

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

    /// The answer of the first model that gives one; waits and repetitions are
    /// done when it comes back. Adds the calls and tokens to `budget.usage`,
    /// whatever comes of it, and obeys `budget.deadline`.
    fn ask(
        &self,
        prompt: &Prompt,
        generation: Generation,
        budget: &mut Budget<'_>,
    ) -> impl Future<Output = Result<Reply, SummarizerError>> + Send;
}

/// What a call says to the model.
#[derive(Clone, Debug)]
pub(crate) struct Prompt {
    /// The same in every call of its kind, so that the provider can cache it.
    pub(crate) system: &'static str,
    /// What is to be watched or listened to.
    pub(crate) film: Option<Film>,
    /// Outside text, fenced.
    pub(crate) data: String,
    /// What to do with it; after the data, because the last word counts most.
    pub(crate) task: String,
    /// JSON Schema of the answer.
    pub(crate) schema: Value,
}

/// A part of a prompt that is no text.
#[derive(Clone, Debug)]
pub(crate) enum Film {
    /// A part of a public video.
    Clip { url: String, start: Duration, end: Duration },
    /// A file that the provider keeps, until the last who has it lets go.
    File { uri: String, media_type: &'static str, _kept: Arc<dyn Any + Send + Sync> },
}

impl Prompt {
    /// Estimated, and rather too many than too few.
    pub(crate) fn tokens(&self) -> usize {
        let schema = self.schema.to_string();
        let texts = [self.system, &self.data, &self.task, &schema];
        texts.map(tokens::estimate).iter().sum()
    }
}

/// How the model is to generate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generation {
    /// Of an answer, thoughts included.
    pub(crate) max_output_tokens: u32,
    /// Think longer.
    pub(crate) advanced: bool,
}

/// What an answer may cost and has cost, and who reads along.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    pub(crate) deadline: Instant,
    pub(crate) usage: Usage,
    pub(crate) deltas: Deltas<'a>,
}

/// A model's answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) model: String,
    pub(crate) verdict: Verdict,
}

/// How a generation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The model said all it wanted to.
    Complete(String),
    /// The token limit came first; thoughts count, so there may be no text.
    Cut,
    /// The prompt is longer than what the model takes, or than what it has read.
    TooLong,
    /// Stopped because it repeated somebody's text.
    Recitation,
    /// Prompt or answer fell to a safety filter.
    Blocked,
    /// Ended for any other reason, known or not.
    Unusable,
}
