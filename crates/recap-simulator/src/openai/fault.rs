//! Ways in which such servers fail or refuse.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong with a completion; written in `snake_case` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 with a second to wait.
    Rate,
    /// 429 until the account is paid; 402 from OpenRouter.
    Credit,
    /// 429 until the next day.
    Day,
    /// 503.
    Unavailable,
    /// 503 while the model is being loaded.
    Loading,
    /// 500.
    Internal,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// The model does not exist.
    NotFound,
    /// The prompt is too long, in the words of the server.
    TooLong,
    /// 400 for a request with a schema.
    NoSchema,
    /// 400 for a request with any `response_format`.
    NoJson,
    /// 400 for a request with a `reasoning_effort`.
    NoEffort,
    /// 400 for a request with `max_tokens`.
    NewLimit,
    /// 400 for a request with `stream_options`.
    NoUsage,
    /// Some data, then an error in the stream, in the manner of the server; 500 if
    /// the call does not stream.
    MidStreamError,
    /// The connection is closed before the answer has ended.
    CutStream,
    /// Headers and a first chunk, then nothing.
    Stall,
    /// `length`, and JSON that is cut in the middle.
    MaxTokens,
    /// `length`, all of it spent on thoughts.
    MaxTokensEmpty,
    /// `content_filter`.
    ContentFilter,
    /// A refusal in place of content.
    Refusal,
    /// `stop`, but the text is not the JSON that was asked for.
    Malformed,
    /// The JSON stands in a fence, with words around it.
    Fenced,
    /// Thoughts stand before the JSON, as text.
    Thoughts,
    /// The JSON is among the thoughts, and there is no text.
    OnlyThoughts,
    /// Nothing at all for a request with a schema.
    Blank,
}

impl Fault {
    /// The fault of this `snake_case` name.
    pub(super) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }
}
