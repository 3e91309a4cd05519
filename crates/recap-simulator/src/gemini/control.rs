//! The endpoints for tests: what was asked, what is to go wrong, and how slow it is.

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::Fault;
use super::shared::Shared;
use crate::http::{self, Reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFault {
    fault: Fault,
    #[serde(default = "once")]
    times: u32,
    /// Until the next reset, every call to this model.
    model: Option<String>,
}

fn once() -> u32 {
    1
}

/// `None` if this is not a control request.
pub(super) fn answer(shared: &Shared, head: &Parts, body: &Bytes) -> Option<Reply> {
    Some(match (&head.method, head.uri.path()) {
        (&Method::GET, "/__calls") => http::json(StatusCode::OK, &json!(shared.calls.list())),
        (&Method::GET, "/__files") => http::json(StatusCode::OK, &json!(shared.files.list())),
        (&Method::POST, "/__reset") => {
            shared.reset();
            http::json(StatusCode::OK, &json!({"ok": true}))
        }
        (&Method::POST, "/__delay") => shared.delay.control(body),
        (&Method::POST, "/__fault") => match serde_json::from_slice::<SetFault>(body) {
            Ok(it) => {
                match it.model {
                    Some(model) => shared.set_model_fault(&model, it.fault),
                    None => shared.set_fault(it.fault, it.times),
                }
                http::json(StatusCode::OK, &json!({"ok": true}))
            }
            Err(error) => http::json(
                StatusCode::BAD_REQUEST,
                &json!({"ok": false, "error": error.to_string()}),
            ),
        },
        _ => return None,
    })
}
