//! Playlists, through the real yt-dlp and through shell scripts in its place.

use recap_core::load::Load;
use recap_core::ports::{MediaError, MediaSource, PlaylistItem, PlaylistRequest};
use recap_media::connect;
use recap_simulator::scenario::{self, Endpoint, copies_playlist, playlists};
use recap_simulator::youtube::YouTube;

use crate::broken::playing;
use crate::support::{Place, pinned, told};

async fn list(
    source: &dyn MediaSource,
    playlist: &str,
    max_items: u32,
) -> Result<Vec<PlaylistItem>, MediaError> {
    let playlist = playlist.parse().unwrap();
    source.playlist(&PlaylistRequest { playlist, max_items }).await
}

/// In one line: the ids, or the error.
async fn outcome(source: &dyn MediaSource, playlist: &str, max_items: u32) -> String {
    match list(source, playlist, max_items).await {
        Ok(items) => items.iter().map(|it| it.video.to_string()).collect::<Vec<_>>().join(" "),
        Err(error) => told(&error),
    }
}

fn asked(youtube: &YouTube) -> Vec<(Endpoint, String)> {
    let requests = youtube.requests().into_iter();
    let asked = requests.map(|it| (it.endpoint, it.path.split('?').next().unwrap().to_owned()));
    asked.collect()
}

#[tokio::test]
async fn a_private_video_is_listed_with_the_others() {
    let (place, youtube) = Place::with_youtube().await;
    let source = connect(&place.config, pinned(), None, &Load::default());
    let items = list(&*source, playlists::THREE, 50).await.unwrap();
    let found: Vec<_> = items.iter().map(|it| (it.video.as_str(), it.title.as_deref())).collect();
    let title = |video| Some(scenario::find(video).unwrap().title());
    let expected = [
        ("ok_short3m1", title("ok_short3m1")),
        ("er_private1", Some("[Private video]")),
        ("ok_demo25m1", title("ok_demo25m1")),
    ];
    assert_eq!(found, expected);
    // Where it is, its first page, and that page with what it hides. No video is
    // looked at.
    let asked = asked(&youtube);
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked.iter().all(|it| it.0 == Endpoint::Playlist), "{asked:?}");
    assert_eq!(place.work_left(), 0);
}

#[tokio::test]
async fn no_more_is_read_than_asked_for() {
    let (place, youtube) = Place::with_youtube().await;
    let source = connect(&place.config, pinned(), None, &Load::default());
    assert_eq!(outcome(&*source, playlists::THREE, 2).await, "ok_short3m1 er_private1");
    assert_eq!(outcome(&*source, playlists::THREE, 1).await, "ok_short3m1");
    for (most, pages) in [(100, 3), (101, 4)] {
        youtube.reset();
        let items = list(&*source, &copies_playlist(250), most).await.unwrap();
        assert_eq!(items.len(), usize::try_from(most).unwrap());
        assert_eq!(items[99].video.as_str(), scenario::copy(99));
        assert_eq!(asked(&youtube).len(), pages);
    }
    assert_eq!(list(&*source, &copies_playlist(250), 1000).await.unwrap().len(), 250);
    assert_eq!(list(&*source, playlists::EMPTY, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_playlist_that_is_not_shown_says_why() {
    let (place, _youtube) = Place::with_youtube().await;
    let source = connect(&place.config, pinned(), None, &Load::default());
    assert_eq!(outcome(&*source, playlists::PRIVATE, 10).await, "permanent video_private");
    assert_eq!(outcome(&*source, "PLnobodyhasthis", 10).await, "permanent video_unavailable");
}

#[tokio::test]
async fn the_page_is_the_second_way() {
    let (mut place, youtube) = Place::with_youtube().await;
    // The first way is refused before it asks anybody.
    let script = format!(
        r#"case "$*" in *skip=webpage*) echo "ERROR: Sign in to confirm you're not a bot" >&2; exit 1;; esac
           exec '{}' "$@""#,
        pinned().program.display()
    );
    let source = playing(&place, &script);
    assert_eq!(outcome(&*source, playlists::THREE, 2).await, "ok_short3m1 er_private1");
    let asked = asked(&youtube);
    assert_eq!(asked[0], (Endpoint::Playlist, "/playlist".to_owned()));
    assert_eq!(asked.len(), 2, "the page, and what it hides: {asked:?}");

    place.config.media.fallback_extractor_args.clear();
    let source = playing(&place, &script);
    let blocked = "blocked blocked_bot_check retryable 3600s";
    assert_eq!(outcome(&*source, playlists::THREE, 2).await, blocked);
    youtube.stop().await;
    let source = connect(&place.config, pinned(), None, &Load::default());
    assert_eq!(outcome(&*source, playlists::THREE, 2).await, "transient network retryable");
}

#[tokio::test]
async fn a_list_of_which_a_part_did_not_come_is_none() {
    let mut place = Place::new();
    place.config.media.fallback_extractor_args.clear();
    let item = r#"printf 'ITEM {"id": "ok_manual01", "title": "T"}\nITEM {"id": "short"}\n'"#;
    for (script, expected) in [
        (format!("{item}; echo 'LIST {{}}'"), "ok_manual01"),
        // Longer than what is read of it.
        (item.to_owned(), "ok_manual01"),
        (
            format!("{item}; echo 'ERROR: Incomplete data received' >&2; exit 1"),
            "transient upstream_error retryable",
        ),
        ("exit 0".to_owned(), "transient upstream_error retryable"),
        ("kill -9 $$".to_owned(), "transient out_of_memory retryable"),
    ] {
        let source = playing(&place, &script);
        assert_eq!(outcome(&*source, playlists::THREE, 10).await, expected, "{script}");
    }
    assert_eq!(place.work_left(), 0);
}
