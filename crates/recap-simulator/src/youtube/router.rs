//! Which endpoint answers a request.

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;

use super::log::RequestRecord;
use super::request::{Call, is_simulated};
use super::shared::Shared;
use super::trouble::{self, Outcome};
use super::{control, media, next, page, player, playlist, timedtext};
use crate::http::{self, Dropped, Reply};
use crate::scenario::Endpoint;

const JSON: &str = "application/json; charset=UTF-8";
const HTML: &str = "text/html; charset=utf-8";

/// The smallest JPEG there is: one grey pixel.
const PIXEL: &[u8] = include_bytes!("pixel.jpg");

pub(super) async fn answer(
    shared: &Shared,
    tunnel: Option<&str>,
    request: Request<Incoming>,
) -> Result<Reply, Dropped> {
    let Some(call) = Call::read(tunnel, request).await else {
        return Ok(http::reply(StatusCode::PAYLOAD_TOO_LARGE, HTML, "the body is too long"));
    };
    if call.is_direct()
        && let Some(reply) = control::answer(shared, &call)
    {
        return Ok(reply);
    }
    let outcome = route(shared, &call);
    shared.log.push(RequestRecord::of(&call, outcome.status(), outcome.note()));
    if call.endpoint() == Endpoint::Player {
        shared.player_delay.pass().await;
    }
    outcome.happen().await
}

fn route(shared: &Shared, call: &Call) -> Outcome {
    if !call.is_direct() && !is_simulated(&call.host) {
        return http::reply(StatusCode::BAD_GATEWAY, HTML, "this host is not simulated").into();
    }
    let video = call.video().unwrap_or_default();
    if let Some(body) = shared.replacement(&video, call.endpoint()) {
        return replaced(call, body).into();
    }
    let scenario = shared.scenario(&video);
    if let Some(outcome) = trouble::of(scenario, call) {
        return outcome;
    }
    match call.endpoint() {
        Endpoint::Watch => text(call, HTML, page::watch(&video, scenario, shared.sound_size())),
        Endpoint::Next => text(call, JSON, next::response(&video, scenario).to_string()),
        Endpoint::Player => match call.json() {
            Some(body) => text(
                call,
                JSON,
                player::response(&video, scenario, client(&body), shared.sound_size()).to_string(),
            ),
            None => http::reply(StatusCode::BAD_REQUEST, JSON, "{}"),
        },
        Endpoint::Captions => timedtext::answer(scenario, call),
        Endpoint::Media => media::answer(scenario, call, shared.sound()),
        Endpoint::Playlist => match call.query("list").filter(|_| call.path == "/playlist") {
            Some(id) => text(call, HTML, page::playlist(id)),
            None => text(call, JSON, playlist::response(call).to_string()),
        },
        Endpoint::Other => other(call),
    }
    .into()
}

/// Pages that are asked for now and then, and say little.
fn other(call: &Call) -> Reply {
    let path = call.path.as_str();
    let image = ["/vi/", "/vi_webp/", "/an_webp/"].iter().any(|it| path.starts_with(it));
    if image || call.host.ends_with("ytimg.com") || call.host.ends_with("ggpht.com") {
        return http::reply(StatusCode::OK, "image/jpeg", PIXEL);
    }
    match path {
        "/iframe_api" => text(call, "text/javascript", page::IFRAME_API),
        "/" | "/tv" => text(call, HTML, page::shell()),
        _ if path.starts_with("/embed/") => text(call, HTML, page::shell()),
        _ if path.starts_with("/s/player/") => text(call, "text/javascript", page::PLAYER_SCRIPT),
        _ => http::reply(StatusCode::NOT_FOUND, "text/plain", "no such simulated page"),
    }
}

fn replaced(call: &Call, body: Value) -> Reply {
    match body {
        Value::String(page) => text(call, HTML, page),
        body => text(call, JSON, body.to_string()),
    }
}

fn text(call: &Call, content_type: &'static str, body: impl Into<Vec<u8>>) -> Reply {
    if call.method == Method::HEAD {
        return http::reply(StatusCode::OK, content_type, body.into());
    }
    http::text(&call.headers, StatusCode::OK, content_type, body.into())
}

fn client(body: &Value) -> &str {
    body["context"]["client"]["clientName"].as_str().unwrap_or_default()
}
