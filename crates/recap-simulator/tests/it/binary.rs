//! The program, as a test of recap uses it.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::tools::{client, directory};

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the program itself is what is tested")]
async fn the_program_says_where_it_listens_and_ends_on_sigterm() {
    let at = directory("binary");
    let calls = at.join("calls.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_recap-simulator"))
        .args(["--youtube-port", "0", "--gemini-port", "0", "--dir"])
        .arg(&at)
        .arg("--calls")
        .arg(&calls)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    assert!(std::path::Path::new(&text("ca_file")).exists());
    let log = client().get(format!("{}/__log", text("youtube_proxy"))).send().await.unwrap();
    assert_eq!(log.json::<Value>().await.unwrap(), json!([]));
    let url = format!("{}/models", text("gemini_base_url"));
    client()
        .get(url)
        .header("x-goog-api-key", "a-key")
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    client().post(format!("{}/hook", text("webhooks_url"))).send().await.unwrap();
    let seen = client().get(format!("{}/__requests", text("webhooks_url"))).send().await.unwrap();
    assert_eq!(seen.json::<Value>().await.unwrap()[0]["path"], "/hook");

    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert!(child.wait().await.unwrap().success());
    let calls: Value = serde_json::from_slice(&std::fs::read(calls).unwrap()).unwrap();
    assert_eq!(calls[0]["method"], "models.list");
}
