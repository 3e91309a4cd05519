//! A running recap is asked how it is.

use std::process::{Command, Output};

use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;

use crate::served::Served;

#[expect(clippy::disallowed_methods, reason = "the program under test")]
fn health(port: &str, more: &[&str]) -> Output {
    let arguments = [&["health", "--port", port], more].concat();
    Command::new(env!("CARGO_BIN_EXE_recap")).args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_runs_is_well_part_by_part_and_one_that_does_not_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let youtube = YouTube::start(0, dir.path()).await.unwrap();
    let gemini = Gemini::start(0).await.unwrap();
    let service = Served::start(&dir, &youtube, &gemini, &[]);
    let port = service.port();

    let answer = health(&port, &[]);
    let text = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(answer.status.code(), Some(0), "{text}");
    assert_eq!(text, "ok\nmemory: ok\nqueue: ok\nshared: ok\nstore: ok\n");
    assert_eq!(health(&port, &["--live"]).stdout, b"ok\n");

    drop(service);
    let answer = health(&port, &["--live"]);
    assert_eq!(answer.status.code(), Some(1));
    assert!(String::from_utf8(answer.stdout).unwrap().contains("is recap running there?"));
    youtube.stop().await;
    gemini.stop().await;
}
