//! What yt-dlp was seen to say, and the verdict on it.

use recap_core::error::ErrorCode::{self, *};

use crate::yt_dlp::classify::{Pause, Then};

pub(super) const LONG: Then = Then::Blocked(Pause::Long);
pub(super) const SHORT: Then = Then::Blocked(Pause::Short);

/// Texts of yt-dlp 2026.10.26 and earlier ones; `true`: the other profile may
/// fare better.
pub(super) const TEXTS: &[(&str, ErrorCode, Then, bool)] = &[
    ("MemoryError", OutOfMemory, Then::Again, false),
    ("ERROR: [Errno 12] Cannot allocate memory", OutOfMemory, Then::Again, false),
    (
        "ERROR: unable to write data: [Errno 27] File too large",
        CaptionsUnreadable,
        Then::Never,
        false,
    ),
    ("ERROR: [Errno 28] No space left on device", Internal, Then::Again, false),
    ("/x/bin/python: No module named yt_dlp", ExtractorMissing, Then::Again, false),
    ("yt-dlp: error: no such option: --no-js-runtimes", ExtractorBroken, Then::Never, false),
    (
        "WARNING: [youtube] Private video. Sign in if you've been granted access to this video. Use --cookies",
        VideoPrivate,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Sign in to confirm you\u{2019}re not a bot. Use --cookies",
        BlockedBotCheck,
        LONG,
        true,
    ),
    (
        "WARNING: [youtube] Sign in to confirm your age. This video may be inappropriate for some users.",
        VideoAgeRestricted,
        Then::Never,
        false,
    ),
    (
        "ERROR: [youtube] x: This video is age-restricted and only available on YouTube",
        VideoAgeRestricted,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] This video may be inappropriate for some users.",
        VideoAgeRestricted,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Video unavailable. The uploader has not made this video available in your country",
        VideoGeoBlocked,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Video unavailable. It contains content from X, who has blocked it in your country on copyright grounds",
        VideoGeoBlocked,
        Then::Never,
        false,
    ),
    ("WARNING: [youtube] Members-only content", VideoMembersOnly, Then::Never, false),
    (
        "WARNING: [youtube] Join this channel to get access to members-only content like this video",
        VideoMembersOnly,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Join this channel to get access to it",
        VideoMembersOnly,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Video unavailable. This content isn\u{2019}t available, try again later.",
        BlockedRateLimited,
        LONG,
        true,
    ),
    (
        "WARNING: [youtube] The current session has been rate-limited by YouTube for up to an hour.",
        BlockedRateLimited,
        LONG,
        true,
    ),
    (
        "WARNING: [youtube] Content unavailable. YouTube is requiring a captcha challenge before playback",
        BlockedBotCheck,
        LONG,
        true,
    ),
    (
        "ERROR: [youtube] x: All player responses are invalid. Your IP is likely being blocked by Youtube",
        BlockedIp,
        LONG,
        true,
    ),
    (
        "WARNING: [youtube] This live event will begin in 2 hours.",
        VideoNotStarted,
        Then::NotYet,
        true,
    ),
    ("WARNING: [youtube] Premieres in 3 hours", VideoNotStarted, Then::NotYet, true),
    (
        "WARNING: [youtube] Video unavailable. This video has been removed by the uploader",
        VideoUnavailable,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Video unavailable. This video is no longer available because the YouTube account associated with this video has been terminated.",
        VideoUnavailable,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] Video unavailable. This video is unavailable",
        VideoUnavailable,
        Then::Never,
        false,
    ),
    (
        "WARNING: [youtube] aaaaaaaaaaa: There are missing subtitles languages because a PO token was not provided. Subtitles for these languages are missing: en.",
        CaptionsLocked,
        Then::Never,
        true,
    ),
    (
        "ERROR: Unable to download video subtitles for 'en': HTTP Error 429: Too Many Requests",
        BlockedRateLimited,
        SHORT,
        true,
    ),
    (
        "ERROR: Unable to download video subtitles for 'en': HTTP Error 404: Not Found",
        CaptionsUnreadable,
        Then::Again,
        true,
    ),
    (
        "ERROR: Unable to download video subtitles for 'en': HTTP Error 403: Forbidden",
        CaptionsLocked,
        Then::Never,
        true,
    ),
    (
        "ERROR: Unable to download video subtitles for 'en': HTTP Error 500: oops",
        UpstreamError,
        Then::Again,
        false,
    ),
    ("ERROR: Did not get any data blocks", CaptionsLocked, Then::Never, true),
    (
        "WARNING: [youtube] x: Unable to download API page: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        Network,
        Then::Never,
        false,
    ),
    (
        "ERROR: [download] Got error: The read operation timed out. Giving up after 1 retries",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: [Errno 111] Connection refused",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: [Errno 104] Connection reset by peer",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: [Errno 101] Network is unreachable",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: [Errno 113] No route to host",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: [Errno -2] Name or service not known",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: Temporary failure in name resolution",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: Tunnel connection failed: 502 Bad Gateway",
        Network,
        Then::Again,
        false,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: HTTP Error 429: Too Many Requests",
        BlockedRateLimited,
        SHORT,
        true,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: HTTP Error 403: Forbidden",
        BlockedIp,
        SHORT,
        true,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: HTTP Error 503: Service Unavailable",
        UpstreamError,
        Then::Again,
        true,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: HTTP Error 400: Bad Request",
        UpstreamError,
        Then::Again,
        true,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: The read operation timed out",
        Network,
        Then::Again,
        true,
    ),
    (
        "WARNING: [youtube] x: Unable to download API page: Remote end closed connection without response",
        Network,
        Then::Again,
        true,
    ),
    (
        "WARNING: [youtube] x: Failed to parse JSON (caused by JSONDecodeError()); please report this issue on",
        UpstreamError,
        Then::Again,
        true,
    ),
    (
        "ERROR: [youtube] x: Failed to extract any player response; please report this issue on",
        UpstreamError,
        Then::Again,
        true,
    ),
    (
        "ERROR: No suitable extractor found for URL file:///etc/passwd",
        InvalidUrl,
        Then::Never,
        false,
    ),
    ("ERROR: [generic] '--exec' is not a valid URL", InvalidUrl, Then::Never, false),
    ("ERROR: [youtube:truncated_id] x: Incomplete YouTube ID x.", InvalidUrl, Then::Never, false),
    ("WARNING: [youtube] Video unavailable", VideoUnavailable, Then::Never, true),
    ("ERROR: [youtube] x: This video is not available", VideoUnavailable, Then::Never, true),
    ("WARNING: This video is DRM protected", VideoDrm, Then::Never, false),
    ("ERROR: [youtube] x: Unable to extract yt initial data", ExtractorBroken, Then::Never, true),
    (
        "ERROR: [youtube] x: KeyError; please report this issue on",
        ExtractorBroken,
        Then::Never,
        true,
    ),
];
