//! The table from what yt-dlp says to what it means. First match wins.
//!
//! Texts are lower case with straight apostrophes; all of a row must be in the
//! same line. YouTube words most of them and changes them without notice, so
//! they are as short as can be. `reference/youtube.md` names their origin.

use recap_core::error::ErrorCode::{
    self, BlockedBotCheck, BlockedIp, BlockedRateLimited, CaptionsLocked, CaptionsUnreadable,
    ExtractorBroken, ExtractorMissing, Internal, InvalidUrl, Network, OutOfMemory, UpstreamError,
    VideoAgeRestricted, VideoDrm, VideoGeoBlocked, VideoMembersOnly, VideoNotStarted, VideoPrivate,
    VideoUnavailable,
};

use super::Pause::{Long, Short};
use super::Then::{Again, Blocked, Never, NotYet};
use super::{Then, Verdict};

/// Lines that say nothing about why there are no captions: what we switched
/// off ourselves, and what yt-dlp works around.
pub(super) const NOISE: &[&str] = &[
    "impersonat",
    "javascript runtime",
    "no video formats found!",
    "requested format is not available",
    "creating a generic title",
    // The watch page is only one way to the player; it goes on without.
    "unable to download webpage",
];

/// Texts and their meaning.
pub(super) struct Row {
    pub(super) all: &'static [&'static str],
    pub(super) verdict: Verdict,
}

const fn row(all: &'static [&'static str], code: ErrorCode, then: Then) -> Row {
    Row { all, verdict: Verdict::new(code, then) }
}

/// As `row`, and the other profile may fare better.
const fn other(all: &'static [&'static str], code: ErrorCode, then: Then) -> Row {
    Row { all, verdict: Verdict::new(code, then).or_other_profile() }
}

const SUBTITLES: &str = "unable to download video subtitles";
const API: &str = "unable to download api page";

pub(super) static ROWS: &[Row] = &[
    // Our own bounds and our own program.
    row(&["memoryerror"], OutOfMemory, Again),
    row(&["cannot allocate memory"], OutOfMemory, Again),
    // As TLS says it.
    row(&["malloc failure"], OutOfMemory, Again),
    row(&["file too large"], CaptionsUnreadable, Never),
    row(&["no space left on device"], Internal, Again),
    row(&["no module named"], ExtractorMissing, Again),
    row(&["no such option"], ExtractorBroken, Never),
    // What YouTube says of the video and of us.
    row(&["private video"], VideoPrivate, Never),
    other(&["not a bot"], BlockedBotCheck, Blocked(Long)),
    row(&["confirm your age"], VideoAgeRestricted, Never),
    row(&["age-restricted"], VideoAgeRestricted, Never),
    row(&["inappropriate for some users"], VideoAgeRestricted, Never),
    row(&["in your country"], VideoGeoBlocked, Never),
    row(&["members-only"], VideoMembersOnly, Never),
    row(&["join this channel"], VideoMembersOnly, Never),
    other(&["content isn't available, try again later"], BlockedRateLimited, Blocked(Long)),
    other(&["rate-limited by youtube"], BlockedRateLimited, Blocked(Long)),
    other(&["captcha challenge"], BlockedBotCheck, Blocked(Long)),
    other(&["all player responses are invalid"], BlockedIp, Blocked(Long)),
    other(&["live event will begin"], VideoNotStarted, NotYet),
    other(&["premieres in"], VideoNotStarted, NotYet),
    row(&["has been removed"], VideoUnavailable, Never),
    row(&["account associated with this video"], VideoUnavailable, Never),
    row(&["this video is unavailable"], VideoUnavailable, Never),
    // What YouTube says of a playlist; of one that is private mostly the first.
    row(&["playlist does not exist"], VideoUnavailable, Never),
    row(&["this playlist is private"], VideoPrivate, Never),
    row(&["playlist type is unviewable"], VideoUnavailable, Never),
    other(&["does the playlist exist?"], VideoUnavailable, Never),
    // The captions.
    other(&["po token was not provided", "subtitles"], CaptionsLocked, Never),
    other(&[SUBTITLES, "http error 429"], BlockedRateLimited, Blocked(Short)),
    other(&[SUBTITLES, "http error 404"], CaptionsUnreadable, Again),
    other(&[SUBTITLES, "http error 403"], CaptionsLocked, Never),
    row(&[SUBTITLES, "http error"], UpstreamError, Again),
    // An empty body with status 200: how a missing PO token mostly looks.
    other(&["did not get any data blocks"], CaptionsLocked, Never),
    // The network. A certificate that is not trusted is a wrong setting.
    row(&["certificate_verify_failed"], Network, Never),
    row(&["[download] got error"], Network, Again),
    row(&["connection refused"], Network, Again),
    row(&["connection reset"], Network, Again),
    row(&["network is unreachable"], Network, Again),
    row(&["no route to host"], Network, Again),
    row(&["name or service not known"], Network, Again),
    row(&["temporary failure in name resolution"], Network, Again),
    row(&["tunnel connection failed"], Network, Again),
    // The player API, which profile W can do without.
    other(&[API, "http error 429"], BlockedRateLimited, Blocked(Short)),
    other(&[API, "http error 403"], BlockedIp, Blocked(Short)),
    other(&[API, "http error"], UpstreamError, Again),
    other(&["timed out"], Network, Again),
    other(&["remote end closed connection"], Network, Again),
    other(&["failed to parse json"], UpstreamError, Again),
    other(&["failed to extract any player response"], UpstreamError, Again),
    // Only a wrong video id can lead here.
    row(&["no suitable extractor"], InvalidUrl, Never),
    row(&["is not a valid url"], InvalidUrl, Never),
    row(&["incomplete youtube id"], InvalidUrl, Never),
    // Without a reason beside it, this may be one client's opinion only.
    other(&["video unavailable"], VideoUnavailable, Never),
    other(&["this video is not available"], VideoUnavailable, Never),
    row(&["drm protected"], VideoDrm, Never),
    other(&["unable to extract"], ExtractorBroken, Never),
    other(&["please report this issue"], ExtractorBroken, Never),
];
