//! What goes wrong on purpose, and how an answer is given or withheld.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use serde_json::json;
use tokio::time::sleep;

use super::request::Call;
use crate::http::{self, Dropped, Reply};
use crate::scenario::{Endpoint, Scenario, Trouble, Twist};

const HTML: &str = "text/html; charset=UTF-8";

/// Bytes of an answer that drips: an hour at one a second.
const DRIPS: u16 = 3_600;

pub(super) enum Outcome {
    Reply(Reply),
    /// Headers at once, then a byte a second: no read ever times out.
    Drip,
    /// Nothing, for as long as the client waits.
    Hang,
    /// The connection is closed instead of an answer.
    Reset,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl Outcome {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Reply(reply) => Some(reply.status().as_u16()),
            Self::Drip => Some(200),
            Self::Hang | Self::Reset => None,
        }
    }

    pub(super) fn note(&self) -> &'static str {
        match self {
            Self::Reply(_) => "",
            Self::Drip => "drips",
            Self::Hang => "hangs",
            Self::Reset => "hung up",
        }
    }

    pub(super) async fn happen(self) -> Result<Reply, Dropped> {
        match self {
            Self::Reply(reply) => Ok(reply),
            Self::Drip => Ok(drip()),
            Self::Hang => pending().await,
            Self::Reset => Err(Dropped),
        }
    }
}

/// The trouble of this scenario, if it is at the endpoint that is called.
pub(super) fn of(scenario: &Scenario, call: &Call) -> Option<Outcome> {
    let Twist::Trouble(at, trouble) = scenario.twist else { return None };
    if at != call.endpoint() {
        return None;
    }
    Some(match trouble {
        Trouble::Status(status) => refusal(at, status).into(),
        Trouble::AutomaticStatus(status) if call.query("kind") == Some("asr") => {
            refusal(at, status).into()
        }
        Trouble::AutomaticStatus(_) => return None,
        Trouble::Empty => http::reply(StatusCode::OK, HTML, "").into(),
        Trouble::Truncated => http::reply(
            StatusCode::OK,
            "application/json",
            r#"{"playabilityStatus": {"status": "OK""#,
        )
        .into(),
        Trouble::Reset => Outcome::Reset,
        Trouble::Hang => Outcome::Hang,
        Trouble::Drip => Outcome::Drip,
    })
}

fn refusal(at: Endpoint, status: u16) -> Reply {
    let code = StatusCode::from_u16(status).expect("the scenarios hold valid status codes");
    let (name, message) = match status {
        400 => ("FAILED_PRECONDITION", "Precondition check failed."),
        403 => ("PERMISSION_DENIED", "The caller does not have permission"),
        429 => ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        _ => return http::reply(code, HTML, "<html><title>Error</title></html>"),
    };
    if at == Endpoint::Player {
        return http::json(
            code,
            &json!({"error": {"code": status, "message": message, "status": name}}),
        );
    }
    http::reply(code, HTML, "<html><head><title>Sorry...</title></head></html>")
}

fn drip() -> Reply {
    let bytes = stream::unfold(0, async |sent| {
        if sent > 0 {
            sleep(Duration::from_secs(1)).await;
        }
        (sent < DRIPS).then(|| (Ok(Bytes::from_static(b" ")), sent + 1))
    });
    let mut reply = http::stream(StatusCode::OK, HTML, bytes);
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(DRIPS));
    reply
}
