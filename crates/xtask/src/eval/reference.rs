//! What a good summary of a document says: `NAME.reference.toml`.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    /// Given to the summariser, as a video's title is. A talk has its own.
    pub(super) title: Option<String>,
    /// BCP-47 of the transcript. A talk has its own.
    pub(super) language: Option<String>,
    /// `own`, or whose text it is and under which licence.
    #[serde(default = "own")]
    pub(super) origin: String,
    /// `dev` or `test`.
    pub(super) split: String,
    /// A talk that lies elsewhere, from this file on.
    pub(super) transcript: Option<PathBuf>,
    /// One or more; sentences parted by line breaks.
    pub(super) summary: Texts,
    /// The video's own, as the summariser is told them.
    #[serde(default)]
    pub(super) chapters: Vec<Chapter>,
    #[serde(default)]
    pub(super) points: Vec<Point>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chapter {
    /// In seconds.
    pub(super) start: f64,
    pub(super) title: String,
}

/// Something that a summary should say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    pub(super) text: String,
    /// Where it is said, in seconds; a talk has marks for it.
    #[serde(default)]
    pub(super) spans: Vec<[f64; 2]>,
    /// Words of the transcript by which that place is found.
    #[serde(default)]
    pub(super) said: Vec<String>,
    /// A line says it if each of these is found in it; `|` parts alternatives.
    pub(super) terms: Vec<String>,
}

impl Texts {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

fn own() -> String {
    "own".to_owned()
}
