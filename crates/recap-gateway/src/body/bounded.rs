//! Parts of what clients send, each with its bound.

use std::collections::BTreeMap;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer};

/// Text of at most `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Text<const MAX: usize>(pub(crate) String);

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.chars().nth(MAX) {
            None => Ok(Self(text)),
            Some(_) => Err(format!("must have at most {MAX} characters")),
        }
    }
}

/// Names and values that the client wants back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub(crate) struct Metadata(pub(crate) BTreeMap<String, String>);

impl Metadata {
    const PAIRS: usize = 16;
    const NAME: usize = 40;
    const VALUE: usize = 256;
    /// So that a message about the job stays below 20 kB.
    const BYTES: usize = 8192;
}

impl TryFrom<BTreeMap<String, String>> for Metadata {
    type Error = &'static str;

    fn try_from(pairs: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        let longer = |text: &str, most: usize| text.chars().nth(most).is_some();
        if pairs.len() > Self::PAIRS {
            return Err("must have at most 16 pairs");
        }
        if pairs.keys().any(|it| it.is_empty() || longer(it, Self::NAME)) {
            return Err("must have names of 1 to 40 characters");
        }
        if pairs.values().any(|it| longer(it, Self::VALUE)) {
            return Err("must have values of at most 256 characters");
        }
        let bytes = serde_json::to_string(&pairs).map_or(usize::MAX, |it| it.len());
        if bytes > Self::BYTES {
            return Err("must take at most 8192 bytes as JSON");
        }
        Ok(Self(pairs))
    }
}

/// One of a few words, as an element of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        choice(source).map(Self)
    }
}

/// One of a few words. `serde_json` takes an enum that is not a string for an
/// error of syntax; read as a string first, it is one of content.
pub(crate) fn choice<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    source: D,
) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(source)?.into_deserializer())
}

/// What is there, if it is not left out; `null` is neither.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    source: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(source).map(Some)
}

/// What is to become of a value: left out, it stays; `null` removes it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Change<T> {
    #[default]
    Keep,
    Remove,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(source)?.map_or(Self::Remove, Self::Set))
    }
}
