//! What surrounds the player: title, channel, date and chapters, as `next` and the page tell them.

use serde_json::{Value, json};

use super::{large, player};
use crate::scenario::{Scenario, Twist};

pub(super) fn response(video: &str, scenario: &Scenario) -> Value {
    let chapters: Vec<Value> = scenario
        .timeline()
        .chapters
        .iter()
        .map(|it| json!({"chapterRenderer": {"title": {"simpleText": it.title}, "timeRangeStartMillis": it.start_ms}}))
        .collect();
    let mut response = json!({
        "contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": [
            {"videoPrimaryInfoRenderer": {
                "title": {"runs": [{"text": player::title(video, scenario)}]},
                "dateText": {"simpleText": "Jan 2, 2024"},
                "viewCount": {"videoViewCountRenderer": {"viewCount": {"simpleText": "12,345 views"}}},
            }},
            {"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": {
                "title": {"runs": [{"text": player::CHANNEL}]},
                "subscriberCountText": {"simpleText": "1.23M subscribers"},
            }}}},
        ]}}}},
    });
    if !chapters.is_empty() {
        response["playerOverlays"] = json!({"playerOverlayRenderer": {"decoratedPlayerBarRenderer": {
            "decoratedPlayerBarRenderer": {"playerBar": {"chapteredPlayerBarRenderer": {"chapters": chapters}}},
        }}});
    }
    if matches!(scenario.twist, Twist::Large) {
        response["contents"]["twoColumnWatchNextResults"]["secondaryResults"] =
            json!({"secondaryResults": {"results": large::recommendations()}});
    }
    response
}
