//! Whether YouTube lets the video be played, and how it says no.

use serde_json::{Value, json};

use crate::clock;
use crate::scenario::{Refusal, Scenario, Twist};

/// Upcoming videos start this long after they are asked for.
const AHEAD_SECONDS: u64 = 2 * 60 * 60;

pub(super) fn is_ok(scenario: &Scenario) -> bool {
    !matches!(scenario.twist, Twist::Refused(_) | Twist::Upcoming { .. })
}

/// When an upcoming video starts, in seconds since 1970.
pub(super) fn scheduled_start() -> u64 {
    clock::unix_seconds() + AHEAD_SECONDS
}

pub(super) fn of(scenario: &Scenario) -> Value {
    match scenario.twist {
        Twist::Refused(refusal) => refused(refusal),
        Twist::Upcoming { premiere } => upcoming(premiere),
        _ => json!({"status": "OK", "playableInEmbed": true}),
    }
}

fn refused(refusal: Refusal) -> Value {
    let Refusal { status, reason, heading, detail } = refusal;
    let screen = if detail.is_empty() {
        json!({"playerCaptchaViewModel": {"captcha": "shown"}})
    } else {
        let texts = json!({"reason": {"simpleText": heading}, "subreason": {"simpleText": detail}});
        json!({"playerErrorMessageRenderer": texts})
    };
    let mut status = json!({"status": status, "reason": reason, "errorScreen": screen});
    if reason.ends_with("your age") {
        status["desktopLegacyAgeGateReason"] = json!(1);
    }
    status
}

fn upcoming(premiere: bool) -> Value {
    let reason =
        if premiere { "Premieres in 2 hours" } else { "This live event will begin in 2 hours." };
    json!({
        "status": "LIVE_STREAM_OFFLINE",
        "reason": reason,
        "liveStreamability": {"liveStreamabilityRenderer": {"offlineSlate": {
            "liveStreamOfflineSlateRenderer": {"scheduledStartTime": scheduled_start().to_string()},
        }}},
    })
}
