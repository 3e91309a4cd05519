//! Ways in which Gemini fails.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong with a generate call; written in `snake_case` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 429 with a quota per minute and a second to wait.
    RateMinute,
    /// 429 with a quota per day. The wait it names is a lie, as on the real API.
    RateDay,
    /// 503.
    Unavailable,
    /// 500.
    Internal,
    /// Some data, then an error in the stream; 500 if the call does not stream.
    MidStreamError,
    /// The connection is closed before a finish reason came.
    CutStream,
    /// `MAX_TOKENS`, and JSON that is cut in the middle.
    MaxTokens,
    /// `MAX_TOKENS`, all of them spent on thoughts: no parts at all.
    MaxTokensEmpty,
    /// The prompt is refused: feedback and no candidate.
    BlockedPrompt,
    /// `SAFETY`.
    Safety,
    /// `RECITATION`.
    Recitation,
    /// Headers and a first chunk, then nothing.
    Stall,
    /// `STOP`, but the text is not the JSON that was asked for.
    Malformed,
    /// 404, as for a retired model.
    NotFound,
    /// 400 `API_KEY_INVALID`.
    KeyInvalid,
    /// 403.
    Forbidden,
    /// 400 `FAILED_PRECONDITION`: not for this country.
    Region,
    /// 400 for a prompt with a video; others are answered.
    ClipRefused,
    /// 503 inside a list of one, as some front ends of the API send it.
    ArrayWrappedError,
}

impl Fault {
    /// The fault of this `snake_case` name.
    pub(super) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn names_are_snake_case() {
        assert_eq!(Fault::named("max_tokens_empty"), Some(Fault::MaxTokensEmpty));
        assert_eq!(Fault::named("nonsense"), None);
    }
}
