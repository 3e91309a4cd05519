//! Google's SDK, which parses answers more strictly than anything of ours.

use recap_simulator::gemini::Gemini;
use tokio::process::Command;

use crate::tools::directory;

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the real client is the point of this test")]
async fn the_sdk_of_google_takes_the_simulator_for_gemini() {
    let gemini = Gemini::start(0).await.unwrap();
    let output = Command::new(recap_testkit::tools::genai_python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sdk.py"))
        .arg(gemini.base_url())
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", directory("sdk"))
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("all is well"), "{out}{err}");

    let calls = gemini.calls();
    let streamed = calls.iter().find(|it| it.method == "streamGenerateContent").unwrap();
    let asked: Vec<_> =
        streamed.segments.iter().map(|it| (it.segment, it.video.as_deref())).collect();
    assert_eq!(asked, [0, 1, 2].map(|it| (Some(it), Some("ok_demo25m1"))));
    gemini.stop().await;
}
