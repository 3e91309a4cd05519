//! Playlists: where one is, its first videos, and the next ones.
//!
//! As on YouTube, a playlist hides videos that are private or gone until it is
//! asked for them, and tells of so many at a time.

use serde_json::{Value, json};

use super::player;
use super::request::Call;
use crate::scenario::{self, Playlist};

/// Videos of one answer.
const PAGE: usize = 100;

/// The answer of the API to `call`.
pub(super) fn response(call: &Call) -> Value {
    let body = call.json().unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if call.path.ends_with("/resolve_url") {
        let (_, id) = text("url").split_once("list=").unwrap_or_default();
        return json!({"endpoint": {"browseEndpoint": {"browseId": format!("VL{id}")}}});
    }
    if let Some((id, offset)) = text("continuation").split_once('@') {
        let items = items(id, offset.parse().unwrap_or(usize::MAX), true);
        let action = json!({"appendContinuationItemsAction": {"continuationItems": items}});
        return json!({"onResponseReceivedActions": [action]});
    }
    // The one reason to ask with `params` is to see what is hidden.
    first(text("browseId").trim_start_matches("VL"), !text("params").is_empty())
}

/// What the page of a playlist begins with. `all` shows what is hidden.
pub(super) fn first(id: &str, all: bool) -> Value {
    if let Playlist::Refused(reason) = scenario::playlist(id) {
        let alert = json!({"type": "ERROR", "text": {"runs": [{"text": reason}]}});
        return json!({"alerts": [{"alertRenderer": alert}]});
    }
    let list =
        json!({"playlistVideoListRenderer": {"playlistId": id, "contents": items(id, 0, all)}});
    let section = json!({"itemSectionRenderer": {"contents": [list]}});
    let content = json!({"sectionListRenderer": {"contents": [section]}});
    let tab = json!({"tabRenderer": {"selected": true, "content": content}});
    json!({
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [tab]}},
        "metadata": {"playlistMetadataRenderer": {"title": format!("Playlist {id}")}},
        "header": {"playlistHeaderRenderer": {"playlistId": id, "privacy": "PUBLIC"}},
    })
}

fn items(id: &str, offset: usize, all: bool) -> Vec<Value> {
    let Playlist::Videos(videos) = scenario::playlist(id) else { return Vec::new() };
    let shown = |video: &&String| all || !is_hidden(video);
    let page: Vec<&String> = videos.iter().skip(offset).take(PAGE).collect();
    let mut items: Vec<Value> = page.into_iter().filter(shown).map(|it| item(it)).collect();
    if offset.saturating_add(PAGE) < videos.len() {
        let token = format!("{id}@{}", offset + PAGE);
        let endpoint = json!({"continuationCommand": {"token": token}});
        items.push(json!({"continuationItemRenderer": {"continuationEndpoint": endpoint}}));
    }
    items
}

fn is_hidden(video: &str) -> bool {
    scenario::find(video).is_none_or(player::is_hidden)
}

fn item(video: &str) -> Value {
    let Some(scenario) = scenario::find(video).filter(|it| !player::is_hidden(it)) else {
        let title = json!({"runs": [{"text": "[Private video]"}]});
        return json!({"playlistVideoRenderer": {"videoId": video, "title": title}});
    };
    json!({"playlistVideoRenderer": {
        "videoId": video,
        "title": {"runs": [{"text": player::title(video, scenario)}]},
        "lengthSeconds": scenario.seconds().to_string(),
        "isPlayable": true,
    }})
}
