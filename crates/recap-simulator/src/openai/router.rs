//! Which endpoint a request calls, and whether it may.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::calls::CallRecord;
use super::problem::Problem;
use super::shared::Shared;
use super::{Fault, Shape, control, generate};
use crate::http::{self, Reply};

const LONGEST_BODY: usize = 20 << 20;
const MODELS: [&str; 3] = ["small-1", "large-1", "thinker-1"];

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let shared = &shared;
    http::serve(stream, async |request| Ok(answer(shared, request).await)).await;
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let Some(body) = http::read(body, LONGEST_BODY).await else {
        return Problem::too_large().reply(shared.shape);
    };
    if let Some(reply) = control::answer(shared, &head, &body) {
        return reply;
    }
    let mut record = CallRecord::default();
    let reply = match unlocked(shared.shape, &head) {
        Ok(()) => route(shared, &mut record, &head, &body),
        Err(problem) => Err(problem),
    };
    let reply = reply.unwrap_or_else(|it| it.reply(shared.shape));
    let place = shared.calls.push(record.unanswered());
    shared.delay.pass().await;
    record.status = reply.status().as_u16();
    shared.calls.replace(place, record);
    reply
}

/// Any key but one is good, and only those who sell answers need one.
fn unlocked(shape: Shape, head: &Parts) -> Result<(), Problem> {
    let header = head.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let key = header.and_then(|it| it.strip_prefix("Bearer ")).unwrap_or_default();
    let is_needed = matches!(shape, Shape::Openai | Shape::Openrouter);
    match key {
        "" if is_needed => Err(Problem::no_key()),
        "bad-key" if shape != Shape::Ollama => Err(Problem::no_key()),
        _ => Ok(()),
    }
}

fn route(
    shared: &Shared,
    record: &mut CallRecord,
    head: &Parts,
    body: &Bytes,
) -> Result<Reply, Problem> {
    match (&head.method, head.uri.path()) {
        (&Method::GET, "/v1/models") => {
            "models.list".clone_into(&mut record.method);
            Ok(http::json(StatusCode::OK, &models(shared)))
        }
        (&Method::POST, "/v1/chat/completions") => {
            "chat.completions".clone_into(&mut record.method);
            let request: Value = serde_json::from_slice(body)
                .map_err(|_| Problem::invalid("We could not parse the JSON body.", "", ""))?;
            request["model"].as_str().unwrap_or_default().clone_into(&mut record.model);
            if shared.shape != Shape::LlamaCpp && !MODELS.contains(&record.model.as_str()) {
                return Err(Problem::no_model(shared.shape, &record.model));
            }
            let own = head.headers.get("x-simulator-fault").and_then(|it| it.to_str().ok());
            let fault = own.and_then(Fault::named).or_else(|| shared.next_fault(&record.model));
            generate::answer(shared, record, &request, fault)
        }
        _ => Err(Problem::no_path(shared.shape)),
    }
}

fn models(shared: &Shared) -> Value {
    let owner = match shared.shape {
        Shape::LlamaCpp => "llamacpp",
        Shape::Vllm => "vllm",
        _ => "simulator",
    };
    let model = |id: &&str| {
        let mut model = json!({"id": id, "object": "model", "created": 1, "owned_by": owner});
        let (name, value) = match shared.shape {
            Shape::Vllm => ("max_model_len", json!(shared.context_tokens())),
            Shape::LlamaCpp => ("meta", json!({"n_ctx": shared.context_tokens()})),
            Shape::Openrouter => ("context_length", json!(shared.context_tokens())),
            Shape::Openai | Shape::Ollama => return model,
        };
        model[name] = value;
        model
    };
    json!({"object": "list", "data": MODELS.iter().map(model).collect::<Vec<_>>()})
}
