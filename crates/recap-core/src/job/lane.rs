//! Which line a job waits in, and for whom.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which of two waiting jobs goes first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Priority {
    /// Someone waits for it.
    #[default]
    Interactive,
    /// It may wait for all that is interactive.
    Bulk,
}

/// Where a job is to be worked on, as the operator names it: up to 32 lower-case
/// letters, digits and hyphens.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9-]{1,32}$")]
pub struct Region(String);

/// The text cannot be the name of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a region is 1 to 32 lower-case letters, digits and hyphens")]
pub struct InvalidRegion;

impl Region {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        let valid = (1..=32).contains(&text.len()) && text.bytes().all(known);
        if valid { Ok(Self(text)) } else { Err(InvalidRegion) }
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which line a job waits in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    pub priority: Priority,
    /// `None`: any worker may take it.
    pub region: Option<Region>,
}

/// Who asked for a job. Until callers have keys, the address they call from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(String);

impl Owner {
    /// At most 64 characters are kept.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self(name.chars().take(64).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever is at this machine.
impl Default for Owner {
    fn default() -> Self {
        Self::new("local")
    }
}
