//! The list of media formats in a player response.

use serde_json::{Value, json};

use super::{large, media};
use crate::scenario::{Scenario, Twist};

/// `sound` is the size of what is heard, if it is not made up.
pub(super) fn of(video: &str, scenario: &Scenario, sound: Option<u64>) -> Option<Value> {
    match scenario.twist {
        Twist::NoFormats => return None,
        Twist::LiveNow => {
            return Some(json!({"hlsManifestUrl": format!(
                "https://manifest.googlevideo.com/api/manifest/hls_variant/id/{video}.1/file/index.m3u8"
            )}));
        }
        _ => {}
    }
    let mut adaptive = vec![audio(video, scenario, 140), audio(video, scenario, media::SOUND)];
    if let Some(size) = sound {
        let rate = size * 8 / u64::from(scenario.seconds());
        let known =
            json!({ "contentLength": size.to_string(), "bitrate": rate, "averageBitrate": rate });
        merge(&mut adaptive[1], known);
    }
    if matches!(scenario.twist, Twist::Large) {
        adaptive.extend((0..27).map(|it| large::format(format(video, scenario, 18), it)));
    }
    let mut streaming = json!({
        "expiresInSeconds": "21540",
        "formats": [format(video, scenario, 18)],
        "adaptiveFormats": adaptive,
    });
    if matches!(scenario.twist, Twist::ServerDriven) {
        streaming["serverAbrStreamingUrl"] =
            json!("https://rr1---sn-sim.googlevideo.com/videoplayback?sabr=1");
    }
    if matches!(scenario.twist, Twist::Drm) {
        streaming["licenseInfos"] =
            json!([{"drmFamily": "WIDEVINE", "url": "https://www.youtube.com/license"}]);
    }
    Some(streaming)
}

fn audio(video: &str, scenario: &Scenario, itag: u16) -> Value {
    let mut format = format(video, scenario, itag);
    let quality = json!({
        "quality": "tiny",
        "audioQuality": "AUDIO_QUALITY_MEDIUM",
        "audioSampleRate": if itag == 251 { "48000" } else { "44100" },
        "audioChannels": 1,
    });
    merge(&mut format, quality);
    format
}

fn format(video: &str, scenario: &Scenario, itag: u16) -> Value {
    let (size, seconds) = (media::size(itag), u64::from(scenario.seconds()));
    let mut format = json!({
        "itag": itag,
        "mimeType": media::mime_type(itag),
        "bitrate": size * 8 / seconds,
        "averageBitrate": size * 8 / seconds,
        "contentLength": size.to_string(),
        "approxDurationMs": (seconds * 1_000).to_string(),
        "lastModified": "1700000000000000",
        "projectionType": "RECTANGULAR",
    });
    if itag == 18 {
        merge(
            &mut format,
            json!({
                "width": 320, "height": 180, "fps": 10, "quality": "medium", "qualityLabel": "180p",
                "audioQuality": "AUDIO_QUALITY_LOW", "audioSampleRate": "44100", "audioChannels": 1,
            }),
        );
    }
    if !matches!(scenario.twist, Twist::ServerDriven) {
        format["url"] = json!(url(video, scenario, itag));
    }
    if matches!(scenario.twist, Twist::Drm) {
        format["drmFamilies"] = json!(["WIDEVINE"]);
    }
    if let Some(language) = scenario.audio_language {
        let id = format!("{language}.4");
        format["audioTrack"] = json!({"displayName": "Original", "id": id, "audioIsDefault": true});
    }
    format
}

fn url(video: &str, scenario: &Scenario, itag: u16) -> String {
    let mime = media::mime_type(itag).split(';').next().unwrap_or_default().replace('/', "%2F");
    let mut url = format!(
        "https://rr1---sn-sim.googlevideo.com/videoplayback?expire=4102444800&id={video}&itag={itag}&source=youtube&mime={mime}"
    );
    match scenario.twist {
        Twist::Large => {
            url.push_str("&sig=");
            url.push_str(&"A".repeat(large::SIGNATURE));
        }
        Twist::NeedsJavaScript => url.push_str("&n=abcdefghijklmno"),
        _ => {}
    }
    url
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
