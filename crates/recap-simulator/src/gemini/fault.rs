//! Ways in which Gemini fails.

use std::collections::{BTreeMap, VecDeque};

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

/// The faults to come.
#[derive(Default)]
pub(super) struct Faults {
    queue: VecDeque<(Fault, u32)>,
    models: BTreeMap<String, Fault>,
}

impl Faults {
    pub(super) fn queue(&mut self, fault: Fault, times: u32) {
        self.queue.push_back((fault, times));
    }

    pub(super) fn for_model(&mut self, model: &str, fault: Fault) {
        self.models.insert(model.to_owned(), fault);
    }

    /// The fault of the next call to `model`: its own one does not use up the queue.
    pub(super) fn next(&mut self, model: &str) -> Option<Fault> {
        if let Some(fault) = self.models.get(model) {
            return Some(*fault);
        }
        while let Some((fault, left)) = self.queue.front_mut() {
            if *left > 0 {
                *left -= 1;
                return Some(*fault);
            }
            self.queue.pop_front();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};

    #[test]
    fn faults_come_in_order_and_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.queue(Fault::Internal, 2);
        faults.queue(Fault::Stall, 0);
        faults.queue(Fault::Safety, 1);
        let met: Vec<_> = (0..4).map(|_| faults.next("m")).collect();
        assert_eq!(met, [Some(Fault::Internal), Some(Fault::Internal), Some(Fault::Safety), None]);
    }

    #[test]
    fn a_model_keeps_its_fault_and_leaves_the_queue_alone() {
        let mut faults = Faults::default();
        faults.for_model("a", Fault::RateDay);
        faults.queue(Fault::Internal, 1);
        assert_eq!([faults.next("a"), faults.next("a")], [Some(Fault::RateDay); 2]);
        assert_eq!(faults.next("b"), Some(Fault::Internal));
    }

    #[test]
    fn names_are_snake_case() {
        assert_eq!(Fault::named("max_tokens_empty"), Some(Fault::MaxTokensEmpty));
        assert_eq!(Fault::named("nonsense"), None);
    }
}
