//! Signatures, as Standard Webhooks describes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use recap_core::webhook::WebhookSecret;
use sha2::Sha256;

/// The value of `webhook-signature`: `v1,` and an HMAC of id, time and body, for
/// each secret in turn.
pub fn signatures(secrets: &[WebhookSecret], id: &str, unix_seconds: i64, body: &str) -> String {
    let signed = format!("{id}.{unix_seconds}.{body}");
    let one = |it: &WebhookSecret| format!("v1,{}", signature(&it.key(), signed.as_bytes()));
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn signature(key: &[u8], signed: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    STANDARD.encode(mac.chain_update(signed).finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let other = WebhookSecret::new([7; 32]);
        let sign = |secrets: &[WebhookSecret]| {
            let body = r#"{"test": 2432232314}"#;
            signatures(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)
        };
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(std::slice::from_ref(&secret)), expected);

        let both = sign(&[other, secret]);
        let (first, second) = both.split_once(' ').unwrap();
        assert_eq!((first.len(), second), (expected.len(), expected));
        assert_ne!(first, second);
    }
}
