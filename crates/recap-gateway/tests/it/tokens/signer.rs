//! Signs tokens, good ones and bad ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use ring::{hmac, signature};
use serde_json::{Value, json};

/// Made for these tests with `openssl genpkey`; opens nothing.
const RSA: &[u8] = include_bytes!("rsa-for-tests.pk8");

/// Has a key, and a name for it.
pub(super) struct Signer {
    id: Option<&'static str>,
    key: Key,
    modulus: Vec<u8>,
}

enum Key {
    Secret(hmac::Key),
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
}

impl Signer {
    pub(super) fn secret(secret: &[u8]) -> Self {
        let key = Key::Secret(hmac::Key::new(hmac::HMAC_SHA256, secret));
        Self { id: None, key, modulus: Vec::new() }
    }

    pub(super) fn rsa(id: &'static str) -> Self {
        let key = RsaKeyPair::from_pkcs8(RSA).unwrap();
        let modulus = RsaPublicKeyComponents::<Vec<u8>>::from(key.public()).n;
        Self { id: Some(id), key: Key::Rsa(Box::new(key)), modulus }
    }

    /// Another one each time.
    pub(super) fn p256(id: &'static str) -> Self {
        let (chance, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &chance).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &chance).unwrap();
        Self { id: Some(id), key: Key::P256(key), modulus: Vec::new() }
    }

    pub(super) fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// As a key set has it.
    pub(super) fn public_key(&self) -> Value {
        match &self.key {
            Key::Secret(_) => panic!("a secret is not public"),
            Key::Rsa(key) => {
                let RsaPublicKeyComponents { n, e } =
                    RsaPublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({"kty": "RSA", "use": "sig", "kid": self.id, "n": encode(&n), "e": encode(&e)})
            }
            Key::P256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (encode(x), encode(y));
                json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": self.id, "x": x, "y": y})
            }
        }
    }

    /// A token with these changes to its header; `null` leaves a field out.
    pub(super) fn token(&self, changes: &Value, claims: &Value) -> String {
        let mut header = json!({"alg": self.algorithm(), "kid": self.id});
        for (name, value) in changes.as_object().unwrap() {
            header[name] = value.clone();
        }
        header.as_object_mut().unwrap().retain(|_, it| !it.is_null());
        let parts = [header.to_string(), claims.to_string()];
        let signed = parts.map(|it| encode(it.as_bytes())).join(".");
        format!("{signed}.{}", encode(&self.sign(signed.as_bytes())))
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Secret(_) => "HS256",
            Key::Rsa(_) => "RS256",
            Key::P256(_) => "ES256",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let chance = SystemRandom::new();
        match &self.key {
            Key::Secret(key) => hmac::sign(key, message).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let padding: &dyn signature::RsaEncoding = &RSA_PKCS1_SHA256;
                key.sign(padding, &chance, message, &mut signature).unwrap();
                signature
            }
            Key::P256(key) => key.sign(&chance, message).unwrap().as_ref().to_vec(),
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
