//! How each model wants to be asked, as far as its server has said so.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use recap_config::JsonMode;

/// How a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Habits {
    pub(super) json: Json,
    pub(super) effort: Effort,
    /// The limit of an answer is `max_completion_tokens`, not `max_tokens`.
    pub(super) new_limit: bool,
    /// The limit has its other name already.
    renamed: bool,
    /// The stream is to tell what it cost.
    pub(super) tells_usage: bool,
}

/// What holds the model to JSON, beside the words of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Schema,
    Object,
    Nothing,
}

/// What is said of how long to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    AsAsked,
    Low,
    Nothing,
}

/// What a server does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    Json,
    Effort,
    Limit,
    Usage,
}

/// The habits of all models.
#[derive(Debug)]
pub(super) struct AllHabits {
    first: Habits,
    adapts_json: bool,
    known: Mutex<HashMap<String, Habits>>,
}

impl AllHabits {
    pub(super) fn new(mode: JsonMode, new_limit: bool) -> Self {
        let json = match mode {
            JsonMode::Auto | JsonMode::Schema => Json::Schema,
            JsonMode::Object => Json::Object,
            JsonMode::None => Json::Nothing,
        };
        let first =
            Habits { json, effort: Effort::AsAsked, new_limit, renamed: false, tells_usage: true };
        Self { first, adapts_json: mode == JsonMode::Auto, known: Mutex::default() }
    }

    pub(super) fn of(&self, model: &str) -> Habits {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(model).copied().unwrap_or(self.first)
    }

    /// Gives way to an objection to what was asked by the habits `seen`. Whether
    /// asking again is worth it; each model gives way a few times in all.
    pub(super) fn adapt(&self, model: &str, seen: Habits, objection: Objection) -> bool {
        if self.of(model) != seen {
            // Another call was told the same.
            return true;
        }
        let Some(next) = self.next(seen, objection) else { return false };
        tracing::info!(model, ?objection, "a model is asked in another way from now on");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(model.to_owned(), next);
        true
    }

    fn next(&self, habits: Habits, objection: Objection) -> Option<Habits> {
        Some(match objection {
            Objection::Json if !self.adapts_json => return None,
            Objection::Json => match habits.json {
                Json::Schema => Habits { json: Json::Object, ..habits },
                Json::Object => Habits { json: Json::Nothing, ..habits },
                Json::Nothing => return None,
            },
            Objection::Effort => match habits.effort {
                Effort::AsAsked => Habits { effort: Effort::Low, ..habits },
                Effort::Low => Habits { effort: Effort::Nothing, ..habits },
                Effort::Nothing => return None,
            },
            Objection::Limit if habits.renamed => return None,
            Objection::Limit => Habits { new_limit: !habits.new_limit, renamed: true, ..habits },
            Objection::Usage if !habits.tells_usage => return None,
            Objection::Usage => Habits { tells_usage: false, ..habits },
        })
    }
}

#[cfg(test)]
mod tests {
    use recap_config::JsonMode;

    use super::{AllHabits, Json, Objection};

    #[test]
    fn a_model_gives_way_until_there_is_nothing_left() {
        let all = AllHabits::new(JsonMode::Auto, false);
        for objection in [Objection::Json, Objection::Effort, Objection::Limit, Objection::Usage] {
            let steps = (0..9).filter(|_| all.adapt("m", all.of("m"), objection)).count();
            let expected =
                if matches!(objection, Objection::Json | Objection::Effort) { 2 } else { 1 };
            assert_eq!(steps, expected, "{objection:?}");
        }
        assert_eq!((all.of("m").json, all.of("other").json), (Json::Nothing, Json::Schema));
    }

    #[test]
    fn calls_at_the_same_time_give_way_once() {
        let all = AllHabits::new(JsonMode::Auto, false);
        let seen = all.of("m");
        assert!(all.adapt("m", seen, Objection::Json) && all.adapt("m", seen, Objection::Json));
        assert_eq!(all.of("m").json, Json::Object);
    }

    #[test]
    fn a_mode_that_is_set_stays() {
        let all = AllHabits::new(JsonMode::Schema, false);
        assert!(!all.adapt("m", all.of("m"), Objection::Json));
    }
}
