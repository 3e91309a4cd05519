//! The endpoints for tests, and a YouTube that is asked without yt-dlp.

use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::tools::{client, client_through, directory};
use crate::yt_dlp::{Profile, USUAL, run};

#[tokio::test]
async fn answers_can_be_replaced_and_are_logged() {
    let at = directory("override");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let root = youtube.proxy_url();
    let bogus = json!({"ok_manual01": {"timedtext": "<html>blocked</html>"}});
    client()
        .post(format!("{root}/__override"))
        .json(&bogus)
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();

    let replaced = run(&youtube, "ok_manual01", Profile::S, USUAL, &at).await;
    let file = std::fs::read_to_string(replaced.track().unwrap().2).unwrap();
    assert_eq!(file, "<html>blocked</html>");

    let log: Value =
        client().get(format!("{root}/__log")).send().await.unwrap().json().await.unwrap();
    assert_eq!(log.as_array().unwrap().len(), youtube.requests().len());
    assert_eq!(log[2]["endpoint"], "captions");
    client().post(format!("{root}/__reset")).send().await.unwrap().error_for_status().unwrap();
    assert!(youtube.requests().is_empty());
    youtube.stop().await;
}

#[tokio::test]
async fn every_video_can_be_as_one() {
    let at = directory("disguise");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let disguise = async |name: &str| {
        let body = json!({"scenario": name});
        let url = format!("{}/__disguise", youtube.proxy_url());
        client().post(url).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(disguise("er_nosuch01").await, 400);
    assert_eq!(disguise("er_botchk01").await, 200);
    let refused = run(&youtube, "ok_manual01", Profile::S, USUAL, &at).await;
    assert!(refused.stderr.contains("not a bot"), "{}", refused.stderr);
    youtube.reset();
    let found = run(&youtube, "ok_manual01", Profile::S, USUAL, &at).await;
    assert!(found.track().is_some());
    youtube.stop().await;
}

#[tokio::test]
async fn all_three_forms_of_request_reach_the_same_page() {
    let at = directory("forms");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let through = client_through(&youtube);
    let path = "/watch?v=ok_bigreal1";
    let read = async |it: reqwest::RequestBuilder| it.send().await.unwrap().text().await.unwrap();
    let tunnelled = read(through.get(format!("https://www.youtube.com{path}"))).await;
    let absolute = read(through.get(format!("http://www.youtube.com{path}"))).await;
    let direct = read(client().get(format!("{}{path}", youtube.proxy_url()))).await;
    assert_eq!(tunnelled, absolute);
    assert_eq!(tunnelled, direct);
    assert!((800_000..1_000_000).contains(&direct.len()), "{} bytes", direct.len());
    let flags: Vec<bool> = youtube.requests().iter().map(|it| it.tls).collect();
    assert_eq!(flags, [true, false, false]);
    youtube.stop().await;
}

#[tokio::test]
async fn pages_come_in_gzip_to_those_who_take_it() {
    let at = directory("gzip");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let url = format!("{}/watch?v=ok_bigreal1", youtube.proxy_url());
    let packed = client().get(url).header("accept-encoding", "gzip, deflate").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().len() < 400_000);
    youtube.stop().await;
}

#[tokio::test]
async fn strangers_are_refused_and_the_certificate_is_served() {
    let at = directory("strangers");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let through = client_through(&youtube);
    assert!(through.get("https://example.org/").send().await.is_err());
    assert_eq!(through.get("http://example.org/").send().await.unwrap().status(), 502);
    let ca = client()
        .get(format!("{}/ca.pem", youtube.proxy_url()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(ca, std::fs::read_to_string(youtube.ca_file()).unwrap());
    youtube.stop().await;
}

#[tokio::test]
async fn stopping_closes_what_hangs() {
    let at = directory("stop");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let mut stream =
        TcpStream::connect(youtube.proxy_url().trim_start_matches("http://")).await.unwrap();
    stream
        .write_all(b"GET /watch?v=er_hangwat1 HTTP/1.1\r\nHost: www.youtube.com\r\n\r\n")
        .await
        .unwrap();
    while youtube.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    youtube.stop().await;
    let mut answer = Vec::new();
    let _closed_or_reset = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty());
}
