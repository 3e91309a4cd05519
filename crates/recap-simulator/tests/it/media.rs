//! Media and pictures.

use recap_simulator::youtube::YouTube;
use reqwest::Response;

use crate::tools::{client_through, directory};

const MEDIA: &str = "https://rr1---sn-sim.googlevideo.com/videoplayback";

#[tokio::test]
async fn media_comes_in_the_ranges_that_are_asked_for() {
    let at = directory("media");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let client = client_through(&youtube);
    let get = async |video: &str, range: &str| -> Response {
        let url = format!("{MEDIA}?id={video}&itag=140");
        client.get(url).header("range", range).send().await.unwrap()
    };
    let whole = client.get(format!("{MEDIA}?id=ok_demo25m1&itag=140")).send().await.unwrap();
    assert_eq!(whole.status(), 200);
    let whole = whole.bytes().await.unwrap();

    let part = get("ok_demo25m1", "bytes=65530-65545").await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], format!("bytes 65530-65545/{}", whole.len()));
    assert_eq!(part.bytes().await.unwrap(), whole[65_530..65_546]);
    let tail = get("ok_demo25m1", "bytes=-100").await.bytes().await.unwrap();
    assert_eq!(tail, whole[whole.len() - 100..]);
    let beyond = get("ok_demo25m1", "bytes=99999999-").await;
    assert_eq!(
        (beyond.status().as_u16(), beyond.headers()["content-range"].to_str().unwrap()),
        (416, "bytes */400000")
    );

    assert_eq!(get("er_med40301", "bytes=0-").await.status(), 403);
    assert_eq!(get("ok_nsig0001", "bytes=0-").await.status(), 403);
    youtube.stop().await;
}

#[tokio::test]
async fn pictures_and_small_pages_are_there() {
    let at = directory("pictures");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let client = client_through(&youtube);
    for (url, kind) in [
        ("https://i.ytimg.com/vi/ok_demo25m1/hqdefault.jpg", "image/jpeg"),
        ("https://www.youtube.com/iframe_api", "text/javascript"),
        ("https://www.youtube.com/embed/ok_demo25m1", "text/html; charset=utf-8"),
        (
            "https://www.youtube.com/s/player/deadbeef/player_ias.vflset/en_US/base.js",
            "text/javascript",
        ),
        (
            "https://www.youtube.com/api/timedtext?v=ok_demo25m1&lang=en&fmt=vtt",
            "text/vtt; charset=UTF-8",
        ),
        (
            "https://www.youtube.com/api/timedtext?v=ok_demo25m1&lang=en&fmt=srt",
            "text/plain; charset=UTF-8",
        ),
        ("https://www.youtube.com/api/timedtext?v=ok_demo25m1&lang=en", "text/xml; charset=UTF-8"),
    ] {
        let response = client.get(url).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
            (200, kind)
        );
        assert!(!response.bytes().await.unwrap().is_empty());
    }
    youtube.stop().await;
}
