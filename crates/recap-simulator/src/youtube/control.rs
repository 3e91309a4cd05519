//! The endpoints for tests: what was asked, replacing answers, and holding them back.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::request::Call;
use super::shared::Shared;
use crate::http::{self, Reply};
use crate::scenario;

/// `None` if this is not a control request.
pub(super) fn answer(shared: &Shared, call: &Call) -> Option<Reply> {
    Some(match (&call.method, call.path.as_str()) {
        (&Method::GET, "/__log") => http::json(StatusCode::OK, &json!(shared.log.list())),
        (&Method::GET, "/ca.pem") => {
            http::reply(StatusCode::OK, "application/x-pem-file", shared.ca_pem.clone())
        }
        (&Method::POST, "/__reset") => {
            shared.reset();
            http::json(StatusCode::OK, &json!({"ok": true}))
        }
        (&Method::POST, "/__delay") => shared.player_delay.control(&call.body),
        (&Method::POST, "/__override") => replace(shared, call),
        (&Method::POST, "/__disguise") => disguise(shared, call),
        _ => return None,
    })
}

fn replace(shared: &Shared, call: &Call) -> Reply {
    let replaced = match call.json() {
        Some(Value::Object(answers)) => shared.replace(answers),
        _ => false,
    };
    done(replaced)
}

fn disguise(shared: &Shared, call: &Call) -> Reply {
    let body = call.json().unwrap_or_default();
    let found = body["scenario"].as_str().and_then(scenario::find);
    shared.disguise(found);
    done(found.is_some())
}

fn done(ok: bool) -> Reply {
    let status = if ok { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    http::json(status, &json!({"ok": ok}))
}
