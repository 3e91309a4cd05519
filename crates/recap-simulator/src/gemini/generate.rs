//! A generate call: check it, answer it, and spoil the answer if a fault is due.

use serde_json::{Value, json};

use super::Fault;
use super::answer::Answer;
use super::calls::CallRecord;
use super::delivery::{Form, deliver};
use super::models;
use super::problem::Problem;
use super::prompt::{Prompt, estimate};
use super::wire::{Envelope, streamed};
use crate::ending::Ending;
use crate::http::{self, Reply};

/// Text that no repair of JSON makes whole.
const NOT_JSON: &str =
    "Here is the JSON you asked for:\n```json\n{\"segments\": [{\"index\": , \"title\" \"";

/// Answers a call to `record.model` and writes down what was asked.
pub(super) fn answer(
    record: &mut CallRecord,
    request: &Value,
    form: Form,
    fault: Option<Fault>,
) -> Reply {
    record.fault = fault;
    match prepare(record, request, fault) {
        Ok(prompt) => respond(record, request, &prompt, form, fault),
        Err(problem) => http::json(problem.status, &problem.body),
    }
}

fn prepare(
    record: &mut CallRecord,
    request: &Value,
    fault: Option<Fault>,
) -> Result<Prompt, Problem> {
    check(&record.model, request)?;
    let prompt = Prompt::of(request)
        .map_err(|_| Problem::invalid("The video cannot be read: it is not public."))?;
    record.video.clone_from(&prompt.video);
    record.segments.clone_from(&prompt.asked);
    record.prompt_tokens = prompt.tokens;
    if fault == Some(Fault::ClipRefused) && prompt.has_clip {
        return Err(Problem::invalid("The video cannot be read."));
    }
    match fault.and_then(|it| Problem::of(it, &record.model)) {
        Some(problem) => Err(problem),
        None => Ok(prompt),
    }
}

/// What the real API refuses, of what recap might send.
fn check(model: &str, request: &Value) -> Result<(), Problem> {
    if models::find(model).is_none() {
        return Err(Problem::no_model(model));
    }
    let turns = request["contents"].as_array().filter(|it| !it.is_empty());
    let last = turns
        .and_then(|it| it.last())
        .ok_or_else(|| Problem::invalid("* contents is not specified"))?;
    if last["role"] == "model" {
        return Err(Problem::invalid(
            "Please ensure that single turn requests end with a user role.",
        ));
    }
    let thinking = &request["generationConfig"]["thinkingConfig"];
    if thinking.get("thinkingLevel").is_some() && thinking.get("thinkingBudget").is_some() {
        return Err(Problem::invalid("thinking_level and thinking_budget cannot be set together."));
    }
    if thinking["thinkingLevel"] == "MINIMAL" && models::always_thinks(model) {
        return Err(Problem::invalid("Thinking level MINIMAL is not supported for this model."));
    }
    Ok(())
}

fn respond(
    record: &mut CallRecord,
    request: &Value,
    prompt: &Prompt,
    form: Form,
    fault: Option<Fault>,
) -> Reply {
    let model = record.model.clone();
    let envelope = Envelope { model: &model, prompt_tokens: prompt.tokens };
    let Answer { text, finish } = Answer::new(request, prompt);
    let mut say = |text: &str, finish: &'static str| {
        record.output_tokens = estimate(text);
        record.finish_reason = Some(finish.to_owned());
        match form {
            Form::Whole => vec![envelope.piece(text, Some((finish, record.output_tokens)))],
            Form::Events | Form::List => streamed(&envelope, text, finish),
        }
    };
    let (responses, ending) = match fault {
        Some(Fault::MaxTokens) => {
            let Answer { text, finish } = Answer::cut(&text, estimate(&text) / 2);
            (say(&text, finish), Ending::Proper)
        }
        Some(Fault::Malformed) => (say(NOT_JSON, "STOP"), Ending::Proper),
        Some(Fault::MaxTokensEmpty) => {
            let most = request["generationConfig"]["maxOutputTokens"].as_u64();
            (silence(record, &envelope, "MAX_TOKENS", most.unwrap_or(1_000)), Ending::Proper)
        }
        Some(Fault::Safety) => (silence(record, &envelope, "SAFETY", 0), Ending::Proper),
        Some(Fault::Recitation) => (silence(record, &envelope, "RECITATION", 0), Ending::Proper),
        Some(Fault::BlockedPrompt) => (vec![envelope.blocked()], Ending::Proper),
        Some(Fault::MidStreamError) => {
            let problem = Problem::internal();
            if form == Form::Whole {
                return http::json(problem.status, &problem.body);
            }
            (vec![beginning(&envelope, &text), problem.body], Ending::Proper)
        }
        Some(Fault::CutStream) => (vec![beginning(&envelope, &text)], Ending::Cut),
        Some(Fault::Stall) => (vec![beginning(&envelope, &text)], Ending::Stall),
        _ => (say(&text, finish), Ending::Proper),
    };
    deliver(form, &responses, ending)
}

fn silence(
    record: &mut CallRecord,
    envelope: &Envelope<'_>,
    reason: &str,
    thoughts: u64,
) -> Vec<Value> {
    record.finish_reason = Some(reason.to_owned());
    vec![envelope.silence(reason, thoughts)]
}

/// The first third of a text, after which more should come.
fn beginning(envelope: &Envelope<'_>, text: &str) -> Value {
    let third = text.chars().count() / 3;
    envelope.piece(&text.chars().take(third).collect::<String>(), None)
}

/// `countTokens`, for bare contents or for a whole generate request.
pub(super) fn count(record: &mut CallRecord, request: &Value) -> Reply {
    let inner = request.get("generateContentRequest").unwrap_or(request);
    let counted = check(&record.model, inner).and_then(|()| {
        Prompt::of(inner)
            .map_err(|_| Problem::invalid("The video cannot be read: it is not public."))
    });
    match counted {
        Ok(prompt) => {
            record.prompt_tokens = prompt.tokens;
            let details = json!([{"modality": "TEXT", "tokenCount": prompt.tokens}]);
            http::json(
                hyper::StatusCode::OK,
                &json!({"totalTokens": prompt.tokens, "promptTokensDetails": details}),
            )
        }
        Err(problem) => http::json(problem.status, &problem.body),
    }
}
