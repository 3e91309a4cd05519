//! The body of a call: the chat completions of OpenAI's API reference, and of
//! that only what all servers know or ignore.

use recap_config::Reasoning;
use serde_json::{Map, Value, json};

use super::habits::{Effort, Habits, Json};
use crate::model::{Generation, Prompt};

/// What is known of who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    OpenAi,
    OpenRouter,
    Other,
}

impl Site {
    pub(super) fn of(base_url: &str) -> Self {
        let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
        match rest.split(['/', ':']).next() {
            Some("api.openai.com") => Self::OpenAi,
            Some("openrouter.ai") => Self::OpenRouter,
            _ => Self::Other,
        }
    }

    /// Nobody is answered there without a key.
    pub(super) fn needs_key(self) -> bool {
        self != Self::Other
    }
}

/// Without `temperature`, which some models refuse. What only one site knows is
/// sent to that one alone: OpenAI refuses fields that it does not know.
pub(super) fn body(
    model: &str,
    prompt: &Prompt,
    generation: Generation,
    reasoning: Reasoning,
    habits: Habits,
    site: Site,
) -> Value {
    let schema = &prompt.schema;
    // A server may ignore that it is to follow a schema, so the words say it, too;
    // some want the word JSON before they write any.
    let task = format!(
        "{}{}Answer with one JSON object that follows this JSON Schema, and with nothing else:\n\
         {schema}\n",
        prompt.data, prompt.task,
    );
    let mut body = json!({
        "model": model,
        "messages": [
            { "role": "system", "content": prompt.system },
            { "role": "user", "content": task },
        ],
        "stream": true,
    });
    let limit = if habits.new_limit { "max_completion_tokens" } else { "max_tokens" };
    body[limit] = json!(generation.max_output_tokens);
    if habits.tells_usage {
        body["stream_options"] = json!({ "include_usage": true });
    }
    match habits.json {
        Json::Schema => {
            let schema = json!({ "name": "answer", "strict": true, "schema": strict(schema) });
            body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
        }
        Json::Object => body["response_format"] = json!({ "type": "json_object" }),
        Json::Nothing => {}
    }
    if let Some(effort) = effort(generation, reasoning, habits.effort) {
        body["reasoning_effort"] = json!(effort);
    }
    if site == Site::OpenRouter {
        // It would leave out the middle of what is too long for a model.
        body["plugins"] = json!([{ "id": "context-compression", "enabled": false }]);
    }
    body
}

fn effort(generation: Generation, reasoning: Reasoning, habit: Effort) -> Option<&'static str> {
    let least = if generation.advanced { Reasoning::Medium } else { Reasoning::None };
    match habit {
        Effort::AsAsked => Some(reasoning.max(least).into()),
        Effort::Low => Some("low"),
        Effort::Nothing => None,
    }
}

/// The schema as strict servers want it: objects are closed, and numbers have no
/// bounds.
fn strict(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| *name != "minimum");
            let mut strict: Map<_, _> =
                kept.map(|(name, it)| (name.clone(), self::strict(it))).collect();
            if fields.get("type").is_some_and(|it| it == "object") {
                strict.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(strict)
        }
        Value::Array(items) => items.iter().map(self::strict).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use recap_config::{JsonMode, Reasoning};
    use serde_json::json;

    use super::super::habits::AllHabits;
    use super::{Site, body, strict};
    use crate::model::{Generation, Prompt};

    #[test]
    fn who_answers_is_known_by_the_host() {
        assert_eq!(Site::of("https://api.openai.com/v1"), Site::OpenAi);
        assert_eq!(Site::of("https://openrouter.ai:443/api/v1"), Site::OpenRouter);
        assert_eq!(Site::of("http://openrouter.ai.example/v1"), Site::Other);
    }

    #[test]
    fn a_strict_schema_is_closed() {
        let point =
            json!({"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}});
        let closed = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": false});
        assert_eq!(strict(&json!({"items": point})), json!({"items": closed}));
    }

    #[test]
    fn each_site_gets_what_it_knows() {
        let prompt = Prompt {
            film: None,
            system: "S",
            data: "D\n".to_owned(),
            task: "T\n".to_owned(),
            schema: json!({"type": "object"}),
        };
        let ask = |site: Site, reasoning, advanced| {
            let habits = AllHabits::new(JsonMode::None, site == Site::OpenAi).of("m");
            let generation = Generation { max_output_tokens: 9, advanced };
            body("m", &prompt, generation, reasoning, habits, site)
        };
        let other = ask(Site::Other, Reasoning::None, false);
        assert_eq!((&other["max_tokens"], &other["reasoning_effort"]), (&json!(9), &json!("none")));
        assert!(other.get("plugins").is_none() && other.get("response_format").is_none());
        let openai = ask(Site::OpenAi, Reasoning::High, true);
        assert_eq!(openai["max_completion_tokens"], 9);
        assert_eq!(openai["reasoning_effort"], "high");
        let openrouter = ask(Site::OpenRouter, Reasoning::Low, true);
        assert_eq!(openrouter["plugins"][0]["enabled"], false);
        assert_eq!(openrouter["reasoning_effort"], "medium");
    }
}
