//! Hundreds of videos that differ in nothing but who they are.

use futures::future::join_all;
use recap_simulator::gemini::Gemini;
use recap_simulator::scenario::{self, copy};
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};

use crate::gemini::ask_for;
use crate::tools::{client_through, directory};
use crate::yt_dlp::{Profile, Run, USUAL, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_the_demo_under_its_own_id_and_title() {
    let at = directory("copies");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let demo = scenario::find("ok_demo25m1").unwrap();
    let ids = [copy(7), copy(99_999_999)];
    for (id, profile) in ids.iter().zip([Profile::S, Profile::W]) {
        let run = run(&youtube, id, profile, USUAL, &at).await;
        let meta = run.meta.as_ref().unwrap();
        assert_eq!((&meta["id"], &meta["duration"]), (&json!(id), &json!(1_500)));
        assert_eq!(meta["title"], format!("{} ({id})", demo.title()));
        assert_eq!(
            meta["chapters"].as_array().unwrap().len(),
            demo.timeline().chapters.len(),
            "{profile:?}"
        );
        let (language, url, _) = run.track().unwrap();
        assert!(language == "en" && url.contains(&format!("v={id}")), "{url}");
        assert_eq!(spoken(&run), demo.timeline().text_between(0, u64::MAX));
    }
    let asked: Vec<_> = youtube.requests().into_iter().filter_map(|it| it.video).collect();
    assert!(ids.iter().all(|id| asked.contains(id)) && asked.iter().all(|it| ids.contains(it)));
    youtube.stop().await;
}

#[tokio::test]
async fn hundreds_of_copies_have_pages_of_their_own() {
    let at = directory("many-copies");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let client = client_through(&youtube);
    for number in 0..300 {
        let id = copy(number);
        let url = format!("https://www.youtube.com/watch?v={id}");
        let page = client.get(url).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(&format!(r#""videoId":"{id}""#)), "{id}");
        let others = page.split("cp_").skip(1).filter(|it| !it.starts_with(&id[3..]));
        assert_eq!(others.count(), 0, "{id}");
    }
    youtube.stop().await;
}

#[tokio::test]
async fn the_log_of_gemini_tells_the_videos_and_segments_apart() {
    let gemini = Gemini::start(0).await.unwrap();
    let ids = [copy(1), copy(2)];
    let notes = |id: &str, segment: u64| {
        let (start, end) = (segment * 600, (segment + 1) * 600);
        format!(
            "<video>A title</video>\n<transcript video=\"{id}\" segment=\"{segment}\" \
             start=\"{start}\" end=\"{end}\">Something is said here.</transcript>"
        )
    };
    let combined = |id: &str| {
        let title = scenario::find("ok_demo25m1").unwrap().title();
        format!(
            "<video channel=\"Recap Talks\">{title} ({id})</video>\n\
             <notes segment=\"0\" start=\"0\" end=\"600\">Something was said.</notes>"
        )
    };
    let prompts =
        ids.iter().flat_map(|id| [notes(id, 0), notes(id, 1), combined(id)]).collect::<Vec<_>>();
    join_all(prompts.iter().map(|it| ask_for(&gemini, it))).await;

    let mut asked: Vec<_> = gemini
        .calls()
        .into_iter()
        .map(|it| (it.video.unwrap(), it.segments.first().map(|it| (it.segment, it.end))))
        .collect();
    asked.sort();
    let of = |id: &String| {
        let parts = [None, Some((Some(0), Some(600))), Some((Some(1), Some(1_200)))];
        parts.map(|it| (id.clone(), it))
    };
    assert_eq!(asked, ids.iter().flat_map(of).collect::<Vec<_>>());
    gemini.stop().await;
}

fn spoken(run: &Run) -> String {
    let file: Value =
        serde_json::from_slice(&std::fs::read(run.track().unwrap().2).unwrap()).unwrap();
    let cues = file["events"].as_array().unwrap().iter();
    cues.map(|it| it["segs"][0]["utf8"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}
