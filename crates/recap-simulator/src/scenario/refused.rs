//! Videos YouTube answers for, but does not give.

use super::working::automatic;
use super::{Expect, Refusal, Scenario, Source, Track, Twist};

pub(super) const SCENARIOS: &[Scenario] = &[
    refused(
        "er_private1",
        "private",
        login("Private video", "Sign in if you've been granted access to this video"),
        "Private video. Sign in if you've been granted access",
    ),
    // The apostrophe is the curly one, as on YouTube.
    refused(
        "er_botchk01",
        "our address is taken for a bot",
        login(
            "Sign in to confirm you’re not a bot",
            "This helps protect our community. Learn more",
        ),
        "not a bot",
    ),
    refused(
        "er_agegate1",
        "for adults only",
        login("Sign in to confirm your age", "This video may be inappropriate for some users."),
        "Sign in to confirm your age",
    ),
    refused(
        "er_unavail1",
        "not there",
        gone("This video is unavailable"),
        "This video is unavailable",
    ),
    refused(
        "er_removed1",
        "removed by the uploader",
        gone("This video has been removed by the uploader"),
        "has been removed by the uploader",
    ),
    refused(
        "er_termin01",
        "its account was closed",
        gone(TERMINATED),
        "account associated with this video has been terminated",
    ),
    refused(
        "er_geoblck1",
        "not in our country",
        unplayable(
            "Video unavailable",
            "Video unavailable",
            "The uploader has not made this video available in your country",
        ),
        "not made this video available in your country",
    ),
    refused(
        "er_members1",
        "members only",
        unplayable(MEMBERS, "Members-only content", MEMBERS),
        "members-only",
    ),
    refused(
        "er_ratelim1",
        "our session asked too often",
        unplayable(TRY_LATER, "Video unavailable", TRY_LATER),
        "rate-limited by YouTube for up to an hour",
    ),
    refused(
        "er_captcha1",
        "YouTube wants a captcha solved",
        Refusal { status: "ERROR", reason: "Content unavailable", heading: "", detail: "" },
        "requiring a captcha challenge",
    ),
    Scenario::new("er_upcomin1", "a live event that begins two hours after it is asked for")
        .twist(Twist::Upcoming { premiere: false })
        .expect(Expect::Says { text: "This live event will begin in", exit: 0 }),
    Scenario::new("er_premier1", "a premiere two hours after it is asked for")
        .twist(Twist::Upcoming { premiere: true })
        .expect(Expect::Says { text: "Premieres in", exit: 0 }),
    Scenario::new("er_livenow1", "live at this moment: no captions yet")
        .twist(Twist::LiveNow)
        .expect(Expect::NoCaptions),
    Scenario::new("er_drm00001", "the media is encrypted, the captions are not").twist(Twist::Drm),
    Scenario::new("er_nofmts_1", "playable, with captions, but without formats")
        .twist(Twist::NoFormats),
    Scenario::new("er_sabronl1", "formats without addresses").twist(Twist::ServerDriven),
    Scenario::new("er_wrongid1", "answers for another video: our address is blocked")
        .twist(Twist::WrongId)
        .expect(Expect::Says {
            text: "All player responses are invalid. Your IP is likely being blocked",
            exit: 1,
        }),
    Scenario::new("er_cappot01", "captions only with a proof-of-origin token")
        .twist(Twist::NeedsToken)
        .expect(Expect::Says {
            text: "missing subtitles languages because a PO token was not provided",
            exit: 0,
        }),
    Scenario::new("er_travers1", "title and track id try to escape the directory")
        .twist(Twist::Hostile)
        .tracks(&[
            Track { language: "en", automatic: false, name: "English", id: "./../../../evil" },
            automatic("en", "English (auto-generated)", "a.en"),
        ])
        .expect(Expect::Captions { language: "en", source: Source::Automatic }),
];

const TERMINATED: &str = "This video is no longer available because the YouTube account associated with this video has been terminated.";
const MEMBERS: &str = "Join this channel to get access to members-only content like this video, and other exclusive perks.";
const TRY_LATER: &str = "This content isn't available, try again later.";

/// With `--ignore-no-formats-error` yt-dlp only warns of a refusal: the exit code is 0.
const fn refused(
    id: &'static str,
    about: &'static str,
    refusal: Refusal,
    text: &'static str,
) -> Scenario {
    Scenario::new(id, about).twist(Twist::Refused(refusal)).expect(Expect::Says { text, exit: 0 })
}

const fn login(reason: &'static str, detail: &'static str) -> Refusal {
    Refusal { status: "LOGIN_REQUIRED", reason, heading: reason, detail }
}

const fn gone(detail: &'static str) -> Refusal {
    Refusal { status: "ERROR", reason: "Video unavailable", heading: "Video unavailable", detail }
}

const fn unplayable(reason: &'static str, heading: &'static str, detail: &'static str) -> Refusal {
    Refusal { status: "UNPLAYABLE", reason, heading, detail }
}
