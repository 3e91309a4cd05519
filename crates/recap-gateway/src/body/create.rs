//! What a client may ask for.

use std::str::FromStr;

use recap_core::job::{CacheMode, Priority};
use recap_core::summary::Style;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bounded::{Metadata, Text, choice};
use super::own::CreateOwn;
use super::wish::{CreateRange, CreateWebhook};
use crate::extract::Submit;

/// Longest language tag, in characters (RFC 5646 asks for no more).
const MAX_LANGUAGE: usize = 35;

/// A summary to be made, of `url` or of `transcript`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "language": "en",
    "style": "brief"
}))]
pub(crate) struct CreateSummary {
    /// A link to one YouTube video in any of its forms, or the id alone.
    #[serde(default)]
    #[schema(max_length = 2048)]
    pub(crate) url: Option<String>,
    /// A transcript of the client's own; with one the body may have
    /// `server.max_transcript_bytes`.
    #[serde(default)]
    pub(crate) transcript: Option<CreateOwn>,
    /// BCP-47 of the summary, or `auto` for the video's own language.
    #[serde(default)]
    #[schema(value_type = String, default = "auto", max_length = 35)]
    pub(crate) language: Language,
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "detailed")]
    pub(crate) style: Style,
    /// Only what is said then is summarised; only of a video.
    #[serde(default)]
    pub(crate) range: Option<CreateRange>,
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "interactive")]
    pub(crate) priority: Priority,
    /// Pins the job to the workers of a region, one of `queue.regions`; `null`
    /// is any worker.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9-]{1,32}$")]
    pub(crate) region: Option<String>,
    /// What may be done with finished work: `use` it, make it anew and keep it
    /// (`refresh`), or neither use nor keep it (`bypass`).
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "use")]
    pub(crate) cache: CacheMode,
    #[serde(default)]
    pub(crate) webhook: Option<CreateWebhook>,
    /// What the client calls the job.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    pub(crate) client_reference: Option<Text<128>>,
    /// Comes back with the job: at most 16 pairs, names of 1 to 40 characters,
    /// values of at most 256.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) metadata: Metadata,
}

impl Submit for CreateSummary {
    const LARGE: Option<&'static str> = Some("transcript");

    fn is_large(&self) -> bool {
        self.transcript.is_some()
    }
}

/// A transcript to be fetched.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://youtu.be/dQw4w9WgXcQ"}))]
pub(crate) struct CreateTranscript {
    /// A link to one YouTube video in any of its forms, or the id alone.
    #[schema(max_length = 2048)]
    pub(crate) url: String,
    /// Only what is said then is kept.
    #[serde(default)]
    pub(crate) range: Option<CreateRange>,
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "interactive")]
    pub(crate) priority: Priority,
    /// As for a summary.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9-]{1,32}$")]
    pub(crate) region: Option<String>,
    /// As for a summary.
    #[serde(default, deserialize_with = "choice")]
    #[schema(default = "use")]
    pub(crate) cache: CacheMode,
    #[serde(default)]
    pub(crate) webhook: Option<CreateWebhook>,
    /// As for a summary.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    pub(crate) client_reference: Option<Text<128>>,
    /// As for a summary.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) metadata: Metadata,
}

impl Submit for CreateTranscript {}

/// A language tag, or `None` for `auto`. Its form is checked, not whether the
/// language exists: the summariser knows more of them than any list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Language(pub Option<String>);

impl TryFrom<String> for Language {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self(None));
        }
        if is_tag(text) {
            return Ok(Self(Some(text.to_owned())));
        }
        Err("must be `auto` or a BCP-47 tag such as `en` or `pt-BR`, of at most 35 characters")
    }
}

/// The tag of a language, which has to be named.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Tag(pub(crate) String);

impl TryFrom<String> for Tag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let detail = "must be a BCP-47 tag such as `en` or `pt-BR`, of at most 35 characters";
        if is_tag(&text) { Ok(Self(text)) } else { Err(detail) }
    }
}

/// `language[-subtag…]`: letters first, then groups of letters and digits.
fn is_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let group =
        |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() <= MAX_LANGUAGE
        && (2..=8).contains(&language.len())
        && language.bytes().all(|it| it.is_ascii_alphabetic())
        && subtags.all(group)
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_tag(text), expected, "{text}");
    }

    #[test]
    fn tags_have_the_form_of_bcp_47() {
        check("en", true);
        check("pt-BR", true);
        check("zh-Hant-TW", true);
        check("es-419", true);
        check("de-1996", true);
        check("", false);
        check("e", false);
        check("en-", false);
        check("en_US", false);
        check("english language", false);
        check("en-abcdefghi", false);
        check("12", false);
        check("en\n", false);
        check("en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", false);
    }
}
