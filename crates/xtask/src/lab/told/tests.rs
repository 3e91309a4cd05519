//! Messages as they are, and as they should not be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;

const KEY: [u8; 32] = [7; 32];

fn secrets() -> BTreeMap<String, String> {
    let secret = format!("whsec_{}", STANDARD.encode(KEY));
    ["/endpoint", "/job"].map(|it| (it.to_owned(), secret.clone())).into()
}

fn message(path: &str, id: &str, body: &str) -> Message {
    let mac = Hmac::<Sha256>::new_from_slice(&KEY).unwrap();
    let signature = mac.chain_update(format!("{id}.1.{body}")).finalize().into_bytes();
    let headers = [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", "1".to_owned()),
        ("webhook-signature", format!("v1,{}", STANDARD.encode(signature))),
    ];
    let request = ReceivedRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        body: body.to_owned().into(),
        complete: true,
    };
    Message { request, taken: true }
}

fn end(job: &str, event: &str, status: &str) -> String {
    format!(r#"{{"type":"{event}","data":{{"id":"{job}","status":"{status}"}}}}"#)
}

fn done(job: &str) -> String {
    end(job, "job.completed", "succeeded")
}

/// `a` is told to two addresses, `b` to one.
fn wanted() -> BTreeMap<String, Wanted> {
    let one = |status: &str, paths: &[&str]| Wanted {
        status: status.to_owned(),
        paths: paths.iter().map(|&it| it.to_owned()).collect(),
    };
    [
        ("a".to_owned(), one("succeeded", &["/endpoint", "/job"])),
        ("b".to_owned(), one("failed", &["/endpoint"])),
    ]
    .into()
}

/// Jobs, missing, unsigned, again, wrong.
#[track_caller]
fn check(messages: &[Message], expected: [usize; 5]) {
    let told = count(&wanted(), messages, &secrets());
    let counted = [told.jobs, told.missing, told.unsigned, told.again, told.wrong];
    assert_eq!(counted, expected, "{told:?}");
}

fn all() -> Vec<Message> {
    vec![
        message("/endpoint", "m1", &done("a")),
        message("/job", "m2", &done("a")),
        message("/endpoint", "m3", &end("b", "job.failed", "failed")),
    ]
}

#[test]
fn everybody_is_told() {
    check(&all(), [2, 0, 0, 0, 0]);
    check(&all()[..2], [1, 1, 0, 0, 0]);
    check(&all()[1..], [1, 1, 0, 0, 0]);
    check(&[], [0, 3, 0, 0, 0]);
}

#[test]
fn a_message_may_come_again_as_it_was() {
    check(&[all(), all()].concat(), [2, 0, 0, 3, 0]);
    let changed = message("/job", "m2", &(done("a") + " "));
    check(&[all(), vec![changed]].concat(), [2, 0, 0, 0, 1]);
}

#[test]
fn what_was_not_taken_has_to_come_again() {
    let mut messages = all();
    messages[0].taken = false;
    check(&messages, [1, 1, 0, 0, 0]);
    check(&[messages, all()].concat(), [2, 0, 0, 3, 0]);
}

#[test]
fn a_second_message_of_the_same_is_wrong() {
    let second = message("/job", "m9", &done("a"));
    check(&[all(), vec![second]].concat(), [2, 0, 0, 0, 1]);
}

#[test]
fn what_is_not_signed_was_not_told() {
    let mut messages = all();
    messages[1].request.headers[2].1 = "v1,AAAA".to_owned();
    check(&messages, [1, 1, 1, 0, 0]);
    let elsewhere = message("/elsewhere", "m4", &done("a"));
    check(&[all(), vec![elsewhere]].concat(), [2, 0, 1, 0, 0]);
}

#[test]
fn a_message_says_what_the_document_says() {
    let mut messages = all();
    messages[2] = message("/endpoint", "m3", &end("b", "job.completed", "succeeded"));
    check(&messages, [2, 0, 0, 0, 1]);
    messages[2] = message("/endpoint", "m3", &end("b", "job.completed", "failed"));
    check(&messages, [2, 0, 0, 0, 1]);
    let strange = message("/endpoint", "m5", &done("c"));
    check(&[all(), vec![strange]].concat(), [2, 0, 0, 0, 1]);
    let nothing = message("/endpoint", "m6", "{}");
    check(&[all(), vec![nothing]].concat(), [2, 0, 0, 0, 1]);
}

#[test]
fn few_words_are_made_of_much() {
    let many: Vec<_> =
        (0..50).map(|it| message("/endpoint", &it.to_string(), &done("c"))).collect();
    let told = count(&wanted(), &many, &secrets());
    assert!(told.wrong > 50 && told.words.len() == MOST_WORDS, "{told:?}");
}
