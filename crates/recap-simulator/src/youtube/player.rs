//! The answer of the player API, the heart of every extraction.

use serde_json::{Value, json};

use super::{captions, formats, playability};
use crate::clock;
use crate::scenario::{Scenario, Twist};

const PUBLISHED: &str = "2024-01-02T03:04:05-08:00";

/// Apps get less than the web site: no microformat, no translation languages.
/// `sound` is the size of what is heard, if it is not made up.
pub(super) fn response(
    video: &str,
    scenario: &Scenario,
    client: &str,
    sound: Option<u64>,
) -> Value {
    let on_web = matches!(client, "WEB" | "MWEB");
    let mut response = json!({
        "responseContext": {"visitorData": "CgtmYWtldmlzaXRvcg%3D%3D"},
        "playabilityStatus": playability::of(scenario),
        "videoDetails": details(video, scenario),
    });
    if on_web && !is_hidden(scenario) {
        response["microformat"] = microformat(video, scenario);
    }
    if playability::is_ok(scenario) {
        if let Some(streaming) = formats::of(video, scenario, sound) {
            response["streamingData"] = streaming;
        }
        if let Some(captions) = captions::of(video, scenario, on_web) {
            response["captions"] = captions;
        }
    }
    response
}

/// Of a video that is private or gone, not even the title is told.
pub(super) fn is_hidden(scenario: &Scenario) -> bool {
    match scenario.twist {
        Twist::Refused(refusal) => refusal.status == "ERROR" || refusal.reason == "Private video",
        _ => false,
    }
}

fn details(video: &str, scenario: &Scenario) -> Value {
    let id = if matches!(scenario.twist, Twist::WrongId) { "zzzzzzzzzzz" } else { video };
    if is_hidden(scenario) {
        return json!({"videoId": id});
    }
    let mut details = json!({
        "videoId": id,
        "title": title(video, scenario),
        "lengthSeconds": length(scenario).to_string(),
        "channelId": CHANNEL_ID,
        "shortDescription": description(video, scenario),
        "viewCount": "12345",
        "author": CHANNEL,
        "isPrivate": false,
        "isLiveContent": false,
        "keywords": ["talk", "lecture"],
        "thumbnail": {"thumbnails": [
            {"url": format!("https://i.ytimg.com/vi/{video}/hqdefault.jpg"), "width": 480, "height": 360},
        ]},
    });
    match scenario.twist {
        Twist::Upcoming { premiere } => {
            details["isUpcoming"] = json!(true);
            details["isLiveContent"] = json!(!premiere);
        }
        Twist::LiveNow => {
            details["isLive"] = json!(true);
            details["isLiveContent"] = json!(true);
        }
        _ => {}
    }
    details
}

/// What has not ended has no length yet.
fn length(scenario: &Scenario) -> u32 {
    match scenario.twist {
        Twist::Upcoming { .. } | Twist::LiveNow => 0,
        _ => scenario.seconds(),
    }
}

fn microformat(video: &str, scenario: &Scenario) -> Value {
    let mut renderer = json!({
        "lengthSeconds": length(scenario).to_string(),
        "title": {"simpleText": title(video, scenario)},
        "description": {"simpleText": description(video, scenario)},
        "category": "Education",
        "ownerChannelName": CHANNEL,
        "ownerProfileUrl": "http://www.youtube.com/@recaptalks",
        "externalChannelId": CHANNEL_ID,
        "uploadDate": PUBLISHED,
        "publishDate": PUBLISHED,
        "isFamilySafe": true,
        "isUnlisted": false,
        "viewCount": "12345",
        "availableCountries": ["US", "CA"],
    });
    let live = match scenario.twist {
        Twist::Upcoming { .. } => {
            let start = clock::iso8601(playability::scheduled_start());
            Some(json!({"isLiveNow": false, "startTimestamp": start}))
        }
        Twist::LiveNow => Some(json!({"isLiveNow": true, "startTimestamp": PUBLISHED})),
        _ => None,
    };
    if let Some(live) = live {
        renderer["liveBroadcastDetails"] = live;
    }
    json!({"playerMicroformatRenderer": renderer})
}

pub(super) const CHANNEL: &str = "Recap Talks";
const CHANNEL_ID: &str = "UCffffffffffffffffffffff";

pub(super) fn title(video: &str, scenario: &Scenario) -> String {
    match scenario.twist {
        Twist::Hostile => {
            "../../../../../../etc/evil $(touch PWNED) `id` %(id)s\0\n--exec".to_owned()
        }
        _ => scenario.title_of(video),
    }
}

/// The title once more, and the chapters as uploaders write them.
fn description(video: &str, scenario: &Scenario) -> String {
    let chapters = scenario.timeline().chapters.into_iter().map(|it| {
        let seconds = it.start_ms / 1_000;
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02} {}\n", it.title),
            _ => format!("{hours}:{minutes:02}:{seconds:02} {}\n", it.title),
        }
    });
    format!("{}: a talk.\n\n{}", scenario.title_of(video), chapters.collect::<String>())
}
