//! What the simulated YouTube was asked.

use serde::{Deserialize, Serialize};

use super::request::Call;
use crate::scenario::Endpoint;

/// Longer paths and texts are cut in the log, so that its size is bounded.
const LONGEST: usize = 2_048;

/// One request and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Whether it came through a `CONNECT` tunnel.
    pub tls: bool,
    pub method: String,
    pub host: String,
    /// With the query.
    pub path: String,
    pub endpoint: Endpoint,
    pub video: Option<String>,
    /// `None` if no answer was given: the connection hangs or was closed.
    pub status: Option<u16>,
    /// `Range` as the client wrote it.
    pub range: Option<String>,
    /// `X-YouTube-Client-Name`, the number of the app that yt-dlp plays.
    pub client: Option<String>,
    pub user_agent: Option<String>,
    /// What was odd about it, else empty.
    pub note: String,
}

impl RequestRecord {
    pub(super) fn of(call: &Call, status: Option<u16>, note: &str) -> Self {
        let header = |name: &str| {
            let value = call.headers.get(name).and_then(|it| it.to_str().ok());
            value.map(|it| cut(it).to_owned())
        };
        Self {
            tls: call.tls,
            method: call.method.to_string(),
            host: cut(&call.host).to_owned(),
            path: cut(&call.target).to_owned(),
            endpoint: call.endpoint(),
            video: call.video().map(|it| cut(&it).to_owned()),
            status,
            range: header("range"),
            client: header("x-youtube-client-name"),
            user_agent: header("user-agent"),
            note: note.to_owned(),
        }
    }

    /// A tunnel that was not opened.
    pub(super) fn tunnel(host: &str, status: Option<u16>, note: String) -> Self {
        Self {
            tls: false,
            method: "CONNECT".to_owned(),
            host: cut(host).to_owned(),
            path: String::new(),
            endpoint: Endpoint::Other,
            video: None,
            status,
            range: None,
            client: None,
            user_agent: None,
            note,
        }
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}
