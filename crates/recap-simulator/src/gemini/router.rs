//! Which method of the API a request calls.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;
use tokio::net::TcpStream;
use url::form_urlencoded;

use super::Fault;
use super::calls::CallRecord;
use super::delivery::Form;
use super::problem::Problem;
use super::shared::Shared;
use super::{control, files, generate, models, spelling};
use crate::http::{self, Reply};

/// As on the real API.
const LONGEST_BODY: usize = 20 << 20;

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let shared = &shared;
    http::serve(stream, async |request| Ok(answer(shared, request).await)).await;
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let Some(body) = http::read(body, LONGEST_BODY).await else {
        return refused(&Problem::invalid(
            "Request payload size exceeds the limit: 20971520 bytes.",
        ));
    };
    if let Some(reply) = control::answer(shared, &head, &body) {
        return reply;
    }
    if let Some(reply) = shared.files.answer(&head, &body) {
        // The address of an upload is secret enough.
        let unlocked = if files::is_upload(&head) { Ok(()) } else { unlocked(&head) };
        return unlocked.and(reply).unwrap_or_else(|it| refused(&it));
    }
    let mut record = CallRecord::default();
    let reply = match unlocked(&head).and_then(|()| fault(&head)) {
        Ok(fault) => route(shared, &mut record, &head, &body, fault),
        Err(problem) => refused(&problem),
    };
    let place = shared.calls.push(record.unanswered());
    shared.delay.pass().await;
    record.status = reply.status().as_u16();
    shared.calls.replace(place, record);
    reply
}

fn refused(problem: &Problem) -> Reply {
    http::json(problem.status, &problem.body)
}

/// The key is only ever in the header, and any key but one is good.
fn unlocked(head: &Parts) -> Result<(), Problem> {
    match head.headers.get("x-goog-api-key").map(HeaderValue::as_bytes) {
        None | Some(b"") => Err(Problem::no_key()),
        Some(b"bad-key") => Err(Problem::key_invalid()),
        Some(_) => Ok(()),
    }
}

/// The fault this request asks for itself.
fn fault(head: &Parts) -> Result<Option<Fault>, Problem> {
    let Some(name) = head.headers.get("x-simulator-fault") else { return Ok(None) };
    let fault = name.to_str().ok().and_then(Fault::named);
    fault.map(Some).ok_or_else(|| Problem::invalid("x-simulator-fault names no fault"))
}

fn route(
    shared: &Shared,
    record: &mut CallRecord,
    head: &Parts,
    body: &Bytes,
    fault: Option<Fault>,
) -> Reply {
    let path = below_models(head.uri.path()).unwrap_or("?");
    let call = path.strip_prefix('/').map(|it| it.split_once(':').map_or((it, ""), |it| it));
    match (&head.method, call) {
        (&Method::GET, None) if path.is_empty() => {
            "models.list".clone_into(&mut record.method);
            let number = |name: &str| query(head, name).and_then(|it| it.parse().ok());
            http::json(StatusCode::OK, &models::list(number("pageSize"), number("pageToken")))
        }
        (&Method::GET, Some((model, ""))) => {
            "models.get".clone_into(&mut record.method);
            model.clone_into(&mut record.model);
            let found = models::find(model).ok_or_else(|| Problem::no_model(model));
            found.map_or_else(|it| refused(&it), |it| http::json(StatusCode::OK, &it))
        }
        (&Method::POST, Some((model, method))) => {
            method.clone_into(&mut record.method);
            model.clone_into(&mut record.model);
            post(shared, record, head, body, fault)
        }
        _ => refused(&Problem::no_such_path()),
    }
}

fn post(
    shared: &Shared,
    record: &mut CallRecord,
    head: &Parts,
    body: &Bytes,
    fault: Option<Fault>,
) -> Reply {
    let form = match record.method.as_str() {
        "generateContent" => Some(Form::Whole),
        "streamGenerateContent" if query(head, "alt").as_deref() == Some("sse") => {
            Some(Form::Events)
        }
        "streamGenerateContent" => Some(Form::List),
        "countTokens" => None,
        _ => return refused(&Problem::no_such_path()),
    };
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return refused(&Problem::invalid("Invalid JSON payload received."));
    };
    let request = spelling::camel_case(request);
    match form {
        Some(form) => {
            let fault = fault.or_else(|| shared.next_fault(&record.model));
            if strange_file(shared, &request) {
                refused(&Problem::no_file())
            } else {
                generate::answer(record, &request, form, fault)
            }
        }
        None => generate::count(record, &request),
    }
}

/// Whether the prompt names a file that is not there.
fn strange_file(shared: &Shared, request: &Value) -> bool {
    let contents = request["contents"].as_array().into_iter().flatten();
    let mut parts = contents.flat_map(|it| it["parts"].as_array().into_iter().flatten());
    parts.any(|it| {
        let uri = it["fileData"]["fileUri"].as_str();
        uri.is_some_and(|it| files::named(it).is_some() && !shared.files.is_active(it))
    })
}

/// Google's newest SDK asks for `v1`, recap for `v1beta`; both are answered alike.
fn below_models(path: &str) -> Option<&str> {
    ["/v1beta", "/v1"].iter().find_map(|it| path.strip_prefix(it)?.strip_prefix("/models"))
}

fn query(head: &Parts, name: &str) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|it| it.0 == name).map(|it| it.1.into_owned())
}
