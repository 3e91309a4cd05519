//! The command line and the environment of one run. Each odd flag is there for
//! a measured reason; change none without measuring.

use std::ffi::OsString;
use std::path::Path;

use recap_config::MediaConfig;
use recap_core::ports::{PlaylistRequest, RecordingRequest};
use recap_core::video::VideoId;

use super::route::Route;

/// What yt-dlp prints before it fetches captions, so that a refusal of the
/// captions still leaves the metadata. `.{…}` omits absent keys; a bare
/// `%(x)j` would print `NA`, which is not JSON.
const PRINT_METADATA: &str = "video:META %(.{id,title,duration,channel,channel_id,uploader_id,\
    upload_date,live_status,availability,media_type,language,chapters,description,tags,\
    release_timestamp})j";
/// Printed only after the captions are written; has their `filepath`.
const PRINT_CAPTIONS: &str = "after_video:SUBS %(.{id,requested_subtitles})j";

/// What yt-dlp prints of each entry of a playlist, and at its end.
const PRINT_ENTRY: &str = "video:ITEM %(.{id,title})j";
const PRINT_END: &str = "playlist:LIST %(.{id})j";

/// Nothing but the options here is read, run, written or asked: no configuration
/// file, cache, JavaScript or self-update; nor a plugin, but on a way that needs one.
const CLOSED: &[&str] = &[
    "--ignore-config",
    "--no-cache-dir",
    "--no-update",
    "--no-js-runtimes",
    "--no-remote-components",
    "--color",
    "never",
    "--no-progress",
];

/// No extractor but YouTube's for what is asked; the generic one would fetch any
/// address.
const ONE_VIDEO: [&str; 3] = ["--no-playlist", "--use-extractors", "youtube"];
const ONE_PLAYLIST: [&str; 3] = ["--flat-playlist", "--use-extractors", "youtube:tab"];

/// Captions and metadata only. `-f b/ba` keeps yt-dlp from probing ffmpeg, and
/// without `--ignore-no-formats-error` a video whose formats need JavaScript
/// would hide its captions. Warnings stay on: they carry the reason of a
/// refusal. Without `--sub-langs` yt-dlp takes exactly one track. The caption
/// file is named relative to the working directory, because a path is a
/// template to yt-dlp, and a `%` in it would be expanded.
const CAPTIONS: &[&str] = &[
    "-f",
    "b/ba",
    "--ignore-no-formats-error",
    "--skip-download",
    "--write-subs",
    "--write-auto-subs",
    "--sub-format",
    "json3",
    "--no-simulate",
    "-o",
    "sub",
    "--print",
    PRINT_METADATA,
    "--print",
    PRINT_CAPTIONS,
];

/// What is heard in a stretch, copied as it is by ffmpeg: the smallest track will do
/// for speech. Opus comes in `WebM`, which not everybody takes; Ogg holds the same.
const RECORDING: &[&str] = &[
    "-f",
    "ba[ext=webm][abr<=64]/ba[abr<=64]/ba[ext=webm]/ba/b",
    "--remux-video",
    "webm>ogg",
    "--fixup",
    "never",
    "--no-part",
    "--no-mtime",
    "-o",
    "heard.%(ext)s",
];

/// How YouTube is asked.
pub(crate) struct Profile<'a> {
    pub(crate) route: &'a Route,
    /// One `--extractor-args`: a second one would silently replace the first.
    pub(crate) extractor_args: String,
    /// Asks for exactly this track instead of letting yt-dlp choose.
    pub(crate) track: Option<String>,
}

/// yt-dlp's arguments for the captions of one video.
pub(crate) fn captions(media: &MediaConfig, profile: &Profile<'_>, video: VideoId) -> Vec<String> {
    let mut arguments = common(media, profile.route, ONE_VIDEO, &profile.extractor_args);
    arguments.extend(CAPTIONS.iter().map(|&it| it.to_owned()));
    if let Some(track) = &profile.track {
        arguments.extend(["--sub-langs".to_owned(), track.clone()]);
    }
    last(arguments, video.watch_url())
}

/// yt-dlp's arguments for the captions of several videos, each with a directory
/// of its own. A failure of one does not end the others, and to standard error
/// [`separator`] comes behind what is said of each: yt-dlp complains of it.
pub(crate) fn batch(
    media: &MediaConfig,
    route: &Route,
    extractor_args: &str,
    videos: &[VideoId],
) -> Vec<String> {
    let mut arguments = common(media, route, ONE_VIDEO, extractor_args);
    arguments.extend(CAPTIONS.iter().map(|&it| it.to_owned()));
    // The last one of its kind counts. The id is the only thing that is expanded.
    arguments.extend(["-o", "%(id)s/sub", "--ignore-errors", "--"].map(str::to_owned));
    for (index, video) in videos.iter().enumerate() {
        arguments.extend([video.watch_url(), separator(index)]);
    }
    arguments
}

/// yt-dlp's arguments for what is heard from `start` to `end`.
pub(crate) fn recording(
    media: &MediaConfig,
    profile: &Profile<'_>,
    ffmpeg: &Path,
    request: &RecordingRequest,
) -> Vec<String> {
    let mut arguments = common(media, profile.route, ONE_VIDEO, &profile.extractor_args);
    arguments.extend(RECORDING.iter().map(|&it| it.to_owned()));
    let (start, end) = (request.start.as_secs_f64(), request.end.as_secs_f64());
    arguments.extend(["--ffmpeg-location".to_owned(), ffmpeg.display().to_string()]);
    arguments.extend(["--download-sections".to_owned(), format!("*{start:.3}-{end:.3}")]);
    last(arguments, request.video.watch_url())
}

/// No address, and no word that YouTube could have said.
pub(crate) fn separator(index: usize) -> String {
    format!("recap:end-of-video:{index}")
}

/// yt-dlp's arguments for the start of one playlist. Printing implies that
/// nothing is written. A second `--extractor-args` is no mistake if it is for
/// another extractor. With `page` the page of the playlist is read, else the API
/// is asked only.
pub(crate) fn playlist(
    media: &MediaConfig,
    route: &Route,
    extractor_args: &str,
    page: bool,
    request: &PlaylistRequest,
) -> Vec<String> {
    let mut arguments = common(media, route, ONE_PLAYLIST, extractor_args);
    if !page {
        arguments.extend(["--extractor-args", "youtubetab:skip=webpage"].map(str::to_owned));
    }
    arguments.extend(["--playlist-end".to_owned(), request.max_items.to_string()]);
    arguments.extend(["--print", PRINT_ENTRY, "--print", PRINT_END].map(str::to_owned));
    last(arguments, request.playlist.url())
}

fn common(
    media: &MediaConfig,
    route: &Route,
    what: [&str; 3],
    extractor_args: &str,
) -> Vec<String> {
    let mut arguments: Vec<String> = CLOSED.iter().map(|&it| it.to_owned()).collect();
    arguments.extend(route.arguments());
    arguments.extend(what.map(str::to_owned));
    // A refusal costs the time-out twice at most: once, and one repetition.
    let timeout = media.socket_timeout_seconds.to_string();
    let patience = ["--socket-timeout", &timeout, "--extractor-retries", "1", "--retries", "1"];
    arguments.extend(patience.map(str::to_owned));
    arguments.extend(["--extractor-args".to_owned(), extractor_args.to_owned()]);
    arguments
}

/// `--`: an id may begin with a hyphen, and nothing after it is an option.
fn last(mut arguments: Vec<String>, url: String) -> Vec<String> {
    arguments.extend(["--".to_owned(), url]);
    arguments
}

/// All of the child's environment; it inherits nothing, so no key of ours.
///
/// `PATH` leads nowhere, because yt-dlp would run `file` and `uname` on every
/// start. The proxy's names are lower case: Python ignores the others here.
pub(crate) fn environment(
    media: &MediaConfig,
    proxy: &str,
    home: &Path,
) -> Vec<(&'static str, OsString)> {
    let mut environment = vec![
        ("HOME", home.as_os_str().to_owned()),
        // A single-file yt-dlp unpacks itself there.
        ("TMPDIR", home.as_os_str().to_owned()),
        ("PATH", "/nonexistent".into()),
        ("LC_ALL", "C.UTF-8".into()),
    ];
    if !proxy.is_empty() {
        environment.push(("http_proxy", proxy.into()));
        environment.push(("https_proxy", proxy.into()));
    }
    if !media.ca_file.as_os_str().is_empty() {
        // The child works in another directory than the one this is relative to.
        let file = std::path::absolute(&media.ca_file).unwrap_or_else(|_| media.ca_file.clone());
        environment.push(("SSL_CERT_FILE", file.into_os_string()));
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(extractor_args: &str, track: Option<&str>) -> String {
        let media = MediaConfig::default();
        let (route, track) = (&Route::all(&media)[0], track.map(str::to_owned));
        let profile = Profile { route, extractor_args: extractor_args.to_owned(), track };
        captions(&media, &profile, "-bcdefghij_".parse().unwrap()).join("\n")
    }

    #[test]
    fn the_first_choice_skips_the_watch_page() {
        insta::assert_snapshot!(lines(&MediaConfig::default().extractor_args, None));
    }

    #[test]
    fn the_second_choice_reads_it() {
        insta::assert_snapshot!(lines(&MediaConfig::default().fallback_extractor_args, None));
    }

    #[test]
    fn one_track_can_be_asked_for() {
        let lines = lines("youtube:x=y", Some("de-orig"));
        assert!(lines.contains("\n--sub-langs\nde-orig\n--\nhttps://"), "{lines}");
    }

    #[test]
    fn another_way_has_cookies_and_what_a_plugin_is_told() {
        let mut media = MediaConfig::default();
        let line = "home proxy=http://10.0.0.7:3128 cookies=/c.txt args=youtubepot-x:base_url=y";
        media.egress = vec![line.to_owned().try_into().unwrap()];
        let route = &Route::all(&media)[1];
        let profile = Profile { route, extractor_args: "youtube:x=y".to_owned(), track: None };
        let lines = captions(&media, &profile, "-bcdefghij_".parse().unwrap()).join("\n");
        let own = "\n--extractor-args\nyoutubepot-x:base_url=y\n--cookies\ncookies.txt\n";
        assert!(lines.contains(own) && !lines.contains("--no-plugin-dirs"), "{lines}");
    }

    #[test]
    fn several_videos_are_told_apart() {
        let videos = ["-bcdefghij_", "ok_manual01"].map(|it| it.parse().unwrap());
        let media = MediaConfig::default();
        let lines = batch(&media, &Route::all(&media)[0], "youtube:x=y", &videos).join("\n");
        let (_, own) = lines.split_once("\n-o\n%(id)s/sub\n").unwrap();
        insta::assert_snapshot!(own, @r"
        --ignore-errors
        --
        https://www.youtube.com/watch?v=-bcdefghij_
        recap:end-of-video:0
        https://www.youtube.com/watch?v=ok_manual01
        recap:end-of-video:1
        ");
    }

    #[test]
    fn a_playlist_is_listed_and_bounded() {
        let media = MediaConfig::default();
        let request = PlaylistRequest { playlist: "PL-bcdefghij_".parse().unwrap(), max_items: 50 };
        let route = Route::all(&media).remove(0);
        let lines =
            |page| playlist(&media, &route, &media.extractor_args, page, &request).join("\n");
        insta::assert_snapshot!(lines(false));
        let with_page = lines(false).replace("--extractor-args\nyoutubetab:skip=webpage\n", "");
        assert_eq!(lines(true), with_page);
    }

    #[test]
    fn the_environment_is_ours_alone() {
        let mut media = MediaConfig::default();
        let home = Path::new("/data/runs/run-1-x");
        insta::assert_debug_snapshot!(environment(&media, &media.proxy, home));

        media.proxy = "http://127.0.0.1:3128".to_owned();
        media.ca_file = "/etc/ca.pem".into();
        insta::assert_debug_snapshot!(environment(&media, &media.proxy, home));
    }
}
