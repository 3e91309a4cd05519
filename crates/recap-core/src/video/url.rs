//! Every form of a YouTube link, reduced to the id.
//!
//! The rules are stricter than a browser's, because a link comes from a
//! stranger: hosts and paths are compared with a list of what YouTube hands
//! out, nothing is repaired, and only the id is kept.

use std::fmt;
use std::str::FromStr;

use ::url::{ParseError, Url};

use super::VideoId;

/// Longest link that is read, in characters, without the white space around it.
pub const MAX_URL_LENGTH: usize = 2048;

/// Hosts whose path says what the link is.
const PAGE_HOSTS: [&str; 6] = [
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "music.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
];

/// Hosts whose path is the id.
const SHORT_HOSTS: [&str; 2] = ["youtu.be", "www.youtu.be"];

/// Pages of the player that have eleven letters and so look like ids:
/// `/embed/videoseries?list=…` and `/embed/live_stream?channel=…`.
const PLAYER_PAGES: [&str; 2] = ["videoseries", "live_stream"];

/// A link to one YouTube video.
///
/// Accepted, with `http`, `https` or no scheme at all:
///
/// - `youtube.com/watch?v=ID` and `/?v=ID`, with other parameters in any order;
///   the first `v` counts, and if it is not an id the link is refused
/// - `youtube.com/{watch,shorts,live,embed,v,e}/ID`
/// - the same on `www.`, `m.`, `music.` and `youtube-nocookie.com`
/// - `youtu.be/ID`
/// - the id alone
///
/// Scheme and host may be in upper case. White space around the link, a
/// fragment, empty path parts and the rest of an old `/v/ID&hl=en` are ignored.
/// A percent-encoded id is decoded once in `v`, and refused in a path. A host
/// with a final dot, with percent signs or with letters outside ASCII is not
/// YouTube's, even where a browser would find its way there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VideoUrl {
    id: VideoId,
}

/// Why a text is not a link to one YouTube video, and what would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VideoUrlError {
    #[error("the link is empty; send one like https://www.youtube.com/watch?v=ID")]
    Empty,
    #[error(
        "the link has more than {} characters; send its short form, https://youtu.be/ID",
        MAX_URL_LENGTH
    )]
    TooLong,
    #[error("this is not a link; send one like https://www.youtube.com/watch?v=ID")]
    NotAUrl,
    #[error("the link must begin with https:// or http://")]
    Scheme,
    #[error("the link must not have a user name or a password; remove what stands before the @")]
    UserInfo,
    #[error("the link must not name a port other than 80 and 443; remove the port")]
    Port,
    #[error("the link is not to youtube.com or youtu.be; copy it from YouTube's Share button")]
    Host,
    #[error("the link is not to one video; open the video and copy the link of its page")]
    NotAVideo,
    #[error(
        "the link's video id is not 11 characters of 0-9, A-Z, a-z, _ and -; copy the link again"
    )]
    InvalidId,
}

impl VideoUrl {
    /// Reads any of the accepted forms.
    pub fn parse(text: &str) -> Result<Self, VideoUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(VideoUrlError::Empty);
        }
        if text.chars().nth(MAX_URL_LENGTH).is_some() {
            return Err(VideoUrlError::TooLong);
        }
        let id = match text.parse() {
            Ok(id) => id,
            Err(_) => id_of(&parse_url(text)?)?,
        };
        Ok(Self { id })
    }

    pub fn id(&self) -> VideoId {
        self.id
    }
}

impl FromStr for VideoUrl {
    type Err = VideoUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The canonical link, [`VideoId::watch_url`].
impl fmt::Display for VideoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id.watch_url())
    }
}

/// A link to a page of YouTube's, whichever.
pub(super) fn page_url(text: &str) -> Result<Url, VideoUrlError> {
    let url = parse_url(text)?;
    let host = url.host_str().unwrap_or_default();
    let known = PAGE_HOSTS.contains(&host) || SHORT_HOSTS.contains(&host);
    if known { Ok(url) } else { Err(VideoUrlError::Host) }
}

/// Parses `text` after refusing what the `url` crate, like a browser, would
/// repair: white space inside, backslashes, missing or extra slashes, an
/// encoded host.
fn parse_url(text: &str) -> Result<Url, VideoUrlError> {
    if text.contains(|it: char| it == '\\' || it.is_whitespace() || it.is_control()) {
        return Err(VideoUrlError::NotAUrl);
    }
    let rest = without_scheme(text)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(VideoUrlError::UserInfo);
    }
    if !authority.is_ascii() || authority.contains('%') {
        return Err(VideoUrlError::Host);
    }
    // Words, or an id that lost a character.
    if rest.len() == text.len() && !authority.contains('.') {
        return Err(VideoUrlError::NotAUrl);
    }
    // Which of the two schemes it was makes no difference from here on.
    let url = Url::parse(&format!("https://{rest}")).map_err(|error| match error {
        ParseError::InvalidPort => VideoUrlError::Port,
        ParseError::IdnaError | ParseError::InvalidIpv4Address | ParseError::InvalidIpv6Address => {
            VideoUrlError::Host
        }
        _ => VideoUrlError::NotAUrl,
    })?;
    match url.port() {
        None | Some(80 | 443) => Ok(url),
        Some(_) => Err(VideoUrlError::Port),
    }
}

/// What follows `http://`, `https://`, `//` or nothing.
fn without_scheme(text: &str) -> Result<&str, VideoUrlError> {
    let end_of_authority = text.find(['/', '?', '#']).unwrap_or(text.len());
    let rest = match text[..end_of_authority].split_once(':') {
        Some((scheme, "")) if text[end_of_authority..].starts_with("//") => {
            let known = ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
            if !known {
                return Err(VideoUrlError::Scheme);
            }
            &text[end_of_authority + 2..]
        }
        // `host:443`, `user:password@host` and `javascript:…` differ only in
        // that a host has a dot, and a user an @.
        Some((scheme, rest)) if is_scheme(scheme) && !rest.contains('@') => {
            return Err(VideoUrlError::Scheme);
        }
        _ => text.strip_prefix("//").unwrap_or(text),
    };
    // `https:///youtube.com` is a file's form of link; a browser would mend it.
    if rest.starts_with('/') { Err(VideoUrlError::NotAUrl) } else { Ok(rest) }
}

/// Without the dot that a scheme may have too: it makes a host of it.
fn is_scheme(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-'))
}

fn id_of(url: &Url) -> Result<VideoId, VideoUrlError> {
    let host = url.host_str().unwrap_or_default();
    let path: Vec<&str> = url.path().split('/').filter(|it| !it.is_empty()).collect();
    if SHORT_HOSTS.contains(&host) {
        return match path[..] {
            [id] => id_in_path(id),
            _ => Err(VideoUrlError::NotAVideo),
        };
    }
    if !PAGE_HOSTS.contains(&host) {
        return Err(VideoUrlError::Host);
    }
    match path[..] {
        [] | ["watch"] => id_in_query(url),
        ["watch" | "shorts" | "live" | "embed" | "v" | "e", id] => id_in_path(id),
        _ => Err(VideoUrlError::NotAVideo),
    }
}

fn id_in_query(url: &Url) -> Result<VideoId, VideoUrlError> {
    let (_, id) =
        url.query_pairs().find(|(name, _)| name == "v").ok_or(VideoUrlError::NotAVideo)?;
    id.parse().map_err(|_| VideoUrlError::InvalidId)
}

fn id_in_path(part: &str) -> Result<VideoId, VideoUrlError> {
    // Links to the Flash player went on with `&` where others have `?`.
    let id = part.split('&').next().unwrap_or_default();
    if PLAYER_PAGES.contains(&id) {
        return Err(VideoUrlError::NotAVideo);
    }
    id.parse().map_err(|_| VideoUrlError::InvalidId)
}
