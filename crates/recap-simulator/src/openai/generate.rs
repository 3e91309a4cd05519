//! A completion: check it, answer it, and spoil the answer if a fault is due.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::calls::CallRecord;
use super::check::{check, thinks};
use super::chunks::{Envelope, Message};
use super::problem::Problem;
use super::shared::Shared;
use super::translate::translated;
use super::{Fault, Shape};
use crate::ending::{self, Ending};
use crate::gemini::{Answer, Prompt, estimate, pieces};
use crate::http::{self, Reply};

const THOUGHTS: &str = "The parts are to be told in their order. I begin with the first.";
const NOT_JSON: &str = "Here is the JSON you asked for:\n```json\n{\"title\": , \"summary\" \"";

/// Answers a request to `record.model` and writes down what was asked.
pub(super) fn answer(
    shared: &Shared,
    record: &mut CallRecord,
    request: &Value,
    fault: Option<Fault>,
) -> Result<Reply, Problem> {
    let shape = shared.shape;
    record.fault = fault;
    record.stream = request["stream"] == true;
    record.format = request["response_format"]["type"].as_str().map(str::to_owned);
    check(shape, &record.model, request)?;
    let asked = translated(shape, request);
    let prompt =
        Prompt::of(&asked).map_err(|_| Problem::invalid("The video cannot be read.", "", ""))?;
    record.video.clone_from(&prompt.video);
    record.segments.clone_from(&prompt.asked);
    record.prompt_tokens = read_tokens(shared, &prompt, &asked)?;
    if let Some(problem) = fault.and_then(|it| Problem::of(it, shape, &record.model, request)) {
        return Err(problem);
    }
    let Answer { text, finish } = Answer::new(&asked, &prompt);
    let finish = if finish == "STOP" { "stop" } else { "length" };
    let most = asked["generationConfig"]["maxOutputTokens"].as_u64();
    let (mut message, finish) = spoiled(record, request, (text, finish), most);
    record.output_tokens = estimate(&message.text) + estimate(&message.thoughts);
    if shape == Shape::Openai {
        // It keeps them to itself.
        message.thoughts.clear();
    }
    let model = record.model.clone();
    let envelope = Envelope { shape, model: &model, prompt_tokens: record.prompt_tokens };
    if record.stream {
        Ok(streamed(record, request, &envelope, &message, finish))
    } else {
        whole(record, &envelope, &message, finish)
    }
}

/// What the model reads of the prompt. Ollama leaves out what does not fit, and
/// fills half of its window; the others refuse.
fn read_tokens(shared: &Shared, prompt: &Prompt, asked: &Value) -> Result<u64, Problem> {
    let context = shared.context_tokens();
    let answer = asked["generationConfig"]["maxOutputTokens"].as_u64().unwrap_or(0);
    let needed = match shared.shape {
        Shape::Vllm | Shape::Openai | Shape::Openrouter => prompt.tokens + answer,
        Shape::LlamaCpp | Shape::Ollama => prompt.tokens,
    };
    match shared.shape {
        _ if needed < context => Ok(prompt.tokens),
        Shape::Ollama => Ok(context / 2 + 2),
        shape => Err(Problem::too_long(shape, prompt.tokens, context)),
    }
}

/// What is said, in the way of the fault, and why it ends.
fn spoiled(
    record: &CallRecord,
    request: &Value,
    (text, finish): (String, &'static str),
    most: Option<u64>,
) -> (Message, &'static str) {
    let wants_thoughts = request["reasoning_effort"].as_str().is_none_or(|it| it != "none");
    let thoughts = if thinks(&record.model) && wants_thoughts { THOUGHTS } else { "" }.to_owned();
    let plain = |text: String| Message { text, thoughts: thoughts.clone(), refusal: None };
    match record.fault {
        Some(Fault::MaxTokens) => {
            let half = estimate(&text) / 2;
            (plain(Answer::cut(&text, half).text), "length")
        }
        Some(Fault::MaxTokensEmpty) => {
            let tokens = usize::try_from(most.unwrap_or(100)).unwrap_or(100);
            let thoughts = "Hm. ".repeat(tokens);
            (Message { thoughts, ..Message::default() }, "length")
        }
        Some(Fault::ContentFilter) => (Message::default(), "content_filter"),
        Some(Fault::Refusal) => {
            (Message { refusal: Some("I cannot help with that."), ..Message::default() }, "stop")
        }
        Some(Fault::Malformed) => (plain(NOT_JSON.to_owned()), "stop"),
        Some(Fault::Fenced) => {
            (plain(format!("Here it is:\n```json\n{text}\n```\nI hope it helps.")), finish)
        }
        Some(Fault::Thoughts) => (plain(format!("<think>{THOUGHTS}</think>\n\n{text}")), finish),
        Some(Fault::OnlyThoughts) => (Message { thoughts: text, ..Message::default() }, finish),
        Some(Fault::Blank) if record.format.as_deref() == Some("json_schema") => {
            (Message::default(), "stop")
        }
        _ => (plain(text), finish),
    }
}

fn whole(
    record: &mut CallRecord,
    envelope: &Envelope<'_>,
    message: &Message,
    finish: &'static str,
) -> Result<Reply, Problem> {
    let mut body = envelope.whole(message, finish, record.output_tokens);
    match record.fault {
        Some(Fault::MidStreamError) if envelope.shape == Shape::Openrouter => {
            body["choices"][0]["error"] = Problem::internal().error(envelope.shape);
        }
        Some(Fault::MidStreamError) => return Err(Problem::internal()),
        _ => record.finish_reason = Some(finish.to_owned()),
    }
    let text = body.to_string();
    Ok(match record.fault {
        Some(Fault::CutStream | Fault::Stall) => {
            let half = text[..text.floor_char_boundary(text.len() / 2)].to_owned();
            let is_cut = record.fault == Some(Fault::CutStream);
            let end = if is_cut { Ending::Cut } else { Ending::Stall };
            ending::stream("application/json", vec![half], end)
        }
        _ => http::reply(StatusCode::OK, "application/json", text),
    })
}

fn streamed(
    record: &mut CallRecord,
    request: &Value,
    envelope: &Envelope<'_>,
    message: &Message,
    finish: &'static str,
) -> Reply {
    let shape = envelope.shape;
    let mut events: Vec<String> = shape.comment().map(str::to_owned).into_iter().collect();
    events.push(event(&envelope.first()));
    if !message.thoughts.is_empty() {
        events.extend(pieces(&message.thoughts).iter().map(|it| event(&envelope.thoughts(it))));
    }
    events.extend(message.refusal.map(|it| event(&envelope.refusal(it))));
    let breaks = match record.fault {
        Some(Fault::MidStreamError) => Some(Ending::Proper),
        Some(Fault::CutStream) => Some(Ending::Cut),
        Some(Fault::Stall) => Some(Ending::Stall),
        _ => None,
    };
    let said = pieces(&message.text);
    let told = if breaks.is_some() { said.len().div_ceil(3) } else { said.len() };
    events.extend(said[..told].iter().map(|it| event(&envelope.text(it))));
    if let Some(end) = breaks {
        if record.fault == Some(Fault::MidStreamError) {
            events.extend(broken(envelope));
        }
        return ending::stream("text/event-stream", events, end);
    }
    record.finish_reason = Some(finish.to_owned());
    events.push(event(&envelope.finish(finish)));
    if shape == Shape::Openrouter || request["stream_options"]["include_usage"] == true {
        events.push(event(&envelope.usage(record.output_tokens)));
    }
    events.push("data: [DONE]\n\n".to_owned());
    ending::stream("text/event-stream", events, Ending::Proper)
}

/// What comes in place of the rest when the server fails.
fn broken(envelope: &Envelope<'_>) -> Vec<String> {
    let error = Problem::internal().error(envelope.shape);
    match envelope.shape {
        Shape::Ollama => vec![event(&envelope.text(""))],
        Shape::Openrouter => {
            let mut chunk = envelope.finish("error");
            chunk["error"] = error;
            vec![event(&chunk)]
        }
        Shape::Vllm => vec![event(&json!({"error": error})), "data: [DONE]\n\n".to_owned()],
        Shape::Openai | Shape::LlamaCpp => vec![event(&json!({"error": error}))],
    }
}

fn event(chunk: &Value) -> String {
    format!("data: {chunk}\n\n")
}
