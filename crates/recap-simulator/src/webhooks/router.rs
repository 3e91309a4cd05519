//! From a request to its answer.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;

use super::answer::Answer;
use super::record::ReceivedRequest;
use super::shared::Shared;
use crate::http::{self, Dropped, Reply};

/// Three times what recap ever sends.
const LONGEST_BODY: usize = 64 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetScript {
    path: String,
    #[serde(default)]
    answers: Vec<Answer>,
    /// Once those are over.
    then: Option<Answer>,
}

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let shared = &shared;
    http::serve(stream, async |request| answer(shared, request).await).await;
}

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Reply, Dropped> {
    let (head, body) = request.into_parts();
    let body = http::read(body, LONGEST_BODY).await;
    if let Some(reply) = control(shared, &head, body.as_ref()) {
        return Ok(reply);
    }
    let complete = body.is_some();
    shared.arrived(ReceivedRequest::new(&head, body));
    let answer = if complete { shared.next(head.uri.path()) } else { Answer::Status(413) };
    answer.deliver(shared).await
}

/// `None` if this is not a control request.
fn control(shared: &Shared, head: &Parts, body: Option<&Bytes>) -> Option<Reply> {
    Some(match (&head.method, head.uri.path()) {
        (&Method::GET, "/__requests") => http::json(StatusCode::OK, &json!(shared.requests.list())),
        (&Method::POST, "/__reset") => {
            shared.reset();
            http::json(StatusCode::OK, &json!({"ok": true}))
        }
        (&Method::POST, "/__script") => set_script(shared, body.map_or(b"", |it| it.as_ref())),
        _ => return None,
    })
}

fn set_script(shared: &Shared, body: &[u8]) -> Reply {
    match serde_json::from_slice::<SetScript>(body) {
        Ok(SetScript { path, answers, then }) => {
            shared.script(&path, answers);
            if let Some(answer) = then {
                shared.always(&path, answer);
            }
            http::json(StatusCode::OK, &json!({"ok": true}))
        }
        Err(error) => {
            let body = json!({"ok": false, "error": error.to_string()});
            http::json(StatusCode::BAD_REQUEST, &body)
        }
    }
}
