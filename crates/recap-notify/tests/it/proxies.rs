//! Proxies of the environment, which would look names up by themselves.

use std::process::Stdio;

use tokio::process::Command;

/// Runs a test that sends once more, in a process that has proxies.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the environment of this process is not ours alone")]
async fn the_proxies_of_the_environment_are_left_alone() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "sending::a_message_is_sent_byte_for_byte_as_promised"]);
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        // Nobody listens there.
        command.env(name, "http://127.0.0.1:1");
    }
    let output = command.stdout(Stdio::piped()).kill_on_drop(true).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}
