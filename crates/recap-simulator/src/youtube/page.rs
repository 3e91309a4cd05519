//! The watch page and its small relatives.

use serde_json::{Value, json};

use super::{large, next, player, playlist};
use crate::scenario::{Scenario, Twist};

pub(super) const IFRAME_API: &str = "var scriptUrl = 'https:\\/\\/www.youtube.com\\/s\\/player\\/deadbeef\\/www-widgetapi.vflset\\/www-widgetapi.js';";

pub(super) const PLAYER_SCRIPT: &str = "var config={signatureTimestamp:20500};";

pub(super) fn watch(video: &str, scenario: &Scenario, sound: Option<u64>) -> String {
    let is_large = matches!(scenario.twist, Twist::Large);
    format!(
        "<!DOCTYPE html><html><head><title>simulated</title>{ballast}<script>ytcfg.set({settings});</script></head>\
         <body><script>var ytInitialPlayerResponse = {player};</script>\
         <script>var ytInitialData = {data};</script></body></html>",
        ballast = if is_large { large::script() } else { String::new() },
        settings = in_script(&settings(is_large)),
        player = in_script(&player::response(video, scenario, "WEB", sound)),
        data = in_script(&next::response(video, scenario)),
    )
}

/// The page of a playlist.
pub(super) fn playlist(id: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><script>ytcfg.set({settings});</script></head>\
         <body><script>var ytInitialData = {data};</script></body></html>",
        settings = in_script(&settings(false)),
        data = in_script(&playlist::first(id, false)),
    )
}

/// A page with nothing but the configuration.
pub(super) fn shell() -> String {
    format!("<html><script>ytcfg.set({});</script></html>", in_script(&settings(false)))
}

fn settings(is_large: bool) -> Value {
    const VISITOR: &str = "CgtmYWtldmlzaXRvcg%3D%3D";
    const VERSION: &str = "2.20260708.00.00";
    let mut settings = json!({
        "INNERTUBE_API_KEY": "simulated",
        "INNERTUBE_CLIENT_NAME": "WEB",
        "INNERTUBE_CLIENT_VERSION": VERSION,
        "INNERTUBE_CONTEXT_CLIENT_NAME": 1,
        "VISITOR_DATA": VISITOR,
        "STS": 20_500,
        "LOGGED_IN": false,
        "PLAYER_JS_URL": "/s/player/deadbeef/player_ias.vflset/en_US/base.js",
        "INNERTUBE_CONTEXT": {"client": {
            "hl": "en", "gl": "US", "clientName": "WEB", "clientVersion": VERSION, "visitorData": VISITOR,
        }},
    });
    if is_large {
        settings["EXPERIMENT_FLAGS"] = large::flags().into();
    }
    settings
}

/// JSON that cannot close the script it stands in.
fn in_script(json: &Value) -> String {
    json.to_string().replace("</", "<\\/")
}
