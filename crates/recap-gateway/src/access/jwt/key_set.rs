//! Public keys that tokens are checked with: a JSON web key set (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::parts::Algorithm;

/// Bytes of a coordinate on P-256.
const COORDINATE: usize = 32;

/// What a set says; keys that are of no use to us are left out.
#[derive(Debug)]
pub(super) struct KeySet(Vec<PublicKey>);

/// A key for one algorithm.
#[derive(Clone, Debug)]
pub(super) struct PublicKey {
    id: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point on P-256.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// `None`: it is no set, or has no key that tokens could be checked with.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(bytes).ok()?;
        let keys = document.keys.into_iter().filter_map(PublicKey::parse);
        Some(Self(keys.collect())).filter(|it| !it.0.is_empty())
    }

    /// The key called `id` if it is one for `algorithm`; without a name the only
    /// one that is.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let named = |it: &&PublicKey| id.is_none() || it.id.as_deref() == id;
        let mut fitting = self.0.iter().filter(|it| it.algorithm() == algorithm).filter(named);
        let first = fitting.next()?;
        let alone = id.is_some() || fitting.next().is_none();
        alone.then_some(first)
    }
}

impl PublicKey {
    fn parse(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.purpose.as_deref().is_some_and(|it| it != "sig") {
            return None;
        }
        let decode = |it: Option<String>| URL_SAFE_NO_PAD.decode(it?).ok();
        let (expected, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                ("RS256", Material::Rsa { n: whole(decode(jwk.n)?), e: whole(decode(jwk.e)?) })
            }
            ("EC", Some("P-256")) => {
                ("ES256", Material::P256(point(&decode(jwk.x)?, &decode(jwk.y)?)?))
            }
            _ => return None,
        };
        let other = jwk.alg.as_deref().is_some_and(|it| it != expected);
        (!other).then_some(Self { id: jwk.kid, material })
    }

    /// The only one that the key is used with, whatever a token says.
    fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::RS256,
            Material::P256(_) => Algorithm::ES256,
        }
    }

    /// Whether `signature` is this key's of `message`.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Material::P256(point) => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).is_ok()
            }
        }
    }
}

/// Without zeros in front, which some issuers write.
fn whole(number: Vec<u8>) -> Vec<u8> {
    number.into_iter().skip_while(|it| *it == 0).collect()
}

fn point(x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    let right = x.len() == COORDINATE && y.len() == COORDINATE;
    right.then(|| [&[4], x, y].concat())
}
