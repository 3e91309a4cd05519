//! Ballast, so that one scenario is as large as the real thing.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// Real media addresses are about 900 bytes long.
pub(super) const SIGNATURE: usize = 700;

const RECOMMENDATIONS_BYTES: usize = 450_000;
const MOST_RECOMMENDATIONS: u64 = 1_000;
const FLAGS: u32 = 1_500;

/// One of many video formats, made from a plain one.
pub(super) fn format(mut plain: Value, index: u16) -> Value {
    let (itag, height, width) = (300 + index, 144 + 16 * index, 256 + 24 * index);
    let url = plain["url"].as_str().unwrap_or_default().replace("itag=18", &format!("itag={itag}"));
    plain["itag"] = json!(itag);
    plain["height"] = json!(height);
    plain["width"] = json!(width);
    plain["qualityLabel"] = json!(format!("{height}p"));
    plain["mimeType"] = json!("video/mp4; codecs=\"avc1.4d400c\"");
    plain["url"] = json!(url);
    plain["initRange"] = json!({"start": "0", "end": "700"});
    plain["indexRange"] = json!({"start": "701", "end": "2000"});
    plain["colorInfo"] = json!({"primaries": "COLOR_PRIMARIES_BT709"});
    plain
}

/// Recommended videos.
pub(super) fn recommendations() -> Vec<Value> {
    let mut size = 0;
    let fits = |it: &Value| {
        size += it.to_string().len();
        size < RECOMMENDATIONS_BYTES
    };
    (0..MOST_RECOMMENDATIONS).map(recommendation).take_while(fits).collect()
}

fn recommendation(index: u64) -> Value {
    let id = format!("{index:011}");
    let thumbnail = json!({
        "url": format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg?sqp={}", noise(index, 100)),
        "width": 336,
        "height": 188,
    });
    let actions = ["Add to queue", "Save to Watch later", "Not interested", "Share"].map(|text| {
        json!({"menuServiceItemRenderer": {
            "text": {"runs": [{"text": text}]},
            "serviceEndpoint": {"clickTrackingParams": noise(index + 1, 50)},
        }})
    });
    json!({"compactVideoRenderer": {
        "videoId": id,
        "title": {"simpleText": format!("Recommended video number {index}")},
        "thumbnail": {"thumbnails": [thumbnail, thumbnail]},
        "navigationEndpoint": {
            "clickTrackingParams": noise(index + 2, 75),
            "commandMetadata": {"webCommandMetadata": {"url": format!("/watch?v={id}"), "rootVe": 3832}},
        },
        "menu": {"menuRenderer": {"items": actions}},
    }})
}

/// Experiment flags of the page's configuration.
pub(super) fn flags() -> Map<String, Value> {
    (0..FLAGS).map(|it| (format!("flag_{it}_some_long_experiment_name"), json!(true))).collect()
}

/// Scripts of the page.
pub(super) fn script() -> String {
    format!("<script>{}</script>", "var a=function(b){return b+1};".repeat(10_000))
}

/// Hexadecimal digits that compress as badly as real tracking parameters.
fn noise(seed: u64, digits: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::with_capacity(digits + 16);
    while text.len() < digits {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let _ = write!(text, "{state:016x}");
    }
    text.truncate(digits);
    text
}
