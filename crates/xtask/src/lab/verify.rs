//! Whether a message is signed, as a receiver finds out: by the text of Standard
//! Webhooks, and with no code of those who sign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use recap_simulator::webhooks::ReceivedRequest;
use sha2::Sha256;

/// Whether one of the signatures is that of `secret` (`whsec_…`) over the id, the
/// time and the body, as they came.
pub(crate) fn is_signed(message: &ReceivedRequest, secret: &str) -> bool {
    let part = |name| message.header(name).unwrap_or_default();
    let (id, time) = (part("webhook-id"), part("webhook-timestamp"));
    let key = secret.strip_prefix("whsec_").and_then(|it| STANDARD.decode(it).ok());
    let (Some(key), Ok(_)) = (key, time.parse::<u64>()) else { return false };
    let signed = [format!("{id}.{time}.").as_bytes(), &message.body].concat();
    let mut signatures = part("webhook-signature").split(' ');
    message.complete && !id.is_empty() && signatures.any(|it| fits(it, &key, &signed))
}

/// Whether `signature` is a `v1,…` of these bytes.
fn fits(signature: &str, key: &[u8], signed: &[u8]) -> bool {
    let given = signature.strip_prefix("v1,").and_then(|it| STANDARD.decode(it).ok());
    let Some(given) = given else { return false };
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.chain_update(signed).verify_slice(&given).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn message(signature: &str, time: &str, body: &'static str) -> ReceivedRequest {
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", time),
            ("webhook-signature", signature),
        ];
        ReceivedRequest {
            method: "POST".to_owned(),
            path: "/hook".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: body.into(),
            complete: true,
        }
    }

    #[track_caller]
    fn check(signature: &str, time: &str, body: &'static str, secret: &str, expected: bool) {
        assert_eq!(is_signed(&message(signature, time, body), secret), expected);
    }

    #[test]
    fn a_signature_is_that_of_id_time_and_body() {
        let (time, body) = ("1614265330", r#"{"test": 2432232314}"#);
        let other = format!("whsec_{}", STANDARD.encode([7; 32]));
        check(SIGNATURE, time, body, SECRET, true);
        check(&format!("v1,AAAA v9,x {SIGNATURE}"), time, body, SECRET, true);
        check(SIGNATURE, "1614265331", body, SECRET, false);
        check(SIGNATURE, time, r#"{"test": 2432232315}"#, SECRET, false);
        check(SIGNATURE, time, body, &other, false);
        check(SIGNATURE, time, body, "", false);
        check("", time, body, SECRET, false);
        check(SIGNATURE.trim_start_matches("v1,"), time, body, SECRET, false);
        check(SIGNATURE, "", body, SECRET, false);
    }

    #[test]
    fn half_a_message_is_not_signed() {
        let whole = message(SIGNATURE, "1614265330", r#"{"test": 2432232314}"#);
        assert!(is_signed(&whole, SECRET));
        assert!(!is_signed(&ReceivedRequest { complete: false, ..whole }, SECRET));
    }
}
