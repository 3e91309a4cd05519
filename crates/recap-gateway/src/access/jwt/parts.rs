//! A token taken apart: nothing in it is believed yet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Longest token, in bytes; every request sends it.
const MAX_TOKEN: usize = 4096;

/// Longest name of a key, in bytes.
const MAX_KEY_ID: usize = 256;

/// What tokens may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    HS256,
    RS256,
    ES256,
}

/// Header, claims and signature of a token.
pub(super) struct Parts<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    /// What the signature is of.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
    pub(super) claims: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    /// Extensions that have to be understood; there are none that we do.
    crit: Option<Value>,
}

impl<'a> Parts<'a> {
    /// `None`: it is no token, or none that could be good.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        if text.len() > MAX_TOKEN {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |it: &str| URL_SAFE_NO_PAD.decode(it).ok();
        let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
        let long = header.kid.as_ref().is_some_and(|it| it.len() > MAX_KEY_ID);
        if long || header.crit.is_some() {
            return None;
        }
        Some(Self {
            algorithm: header.alg,
            key_id: header.kid,
            signed,
            signature: decode(signature)?,
            claims: decode(claims)?,
        })
    }
}
