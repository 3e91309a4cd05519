//! Which links are taken for a video, and which are not.

use proptest::prelude::*;
use recap_core::VideoId;
use recap_core::video::VideoUrlError::{
    Empty, Host, InvalidId, NotAUrl, NotAVideo, Port, Scheme, TooLong, UserInfo,
};
use recap_core::video::{MAX_URL_LENGTH, VideoUrl, VideoUrlError};

const ID: &str = "dQw4w9WgXcQ";

const SCHEMES: [&str; 7] = ["", "//", "http://", "https://", "HTTP://", "HTTPS://", "hTtPs://"];
const PORTS: [&str; 4] = ["", ":", ":80", ":443"];
const HOSTS: [&str; 7] = [
    "youtube.com",
    "www.youtube.com",
    "WWW.YouTube.COM",
    "m.youtube.com",
    "music.youtube.com",
    "youtube-nocookie.com",
    "www.youtube-nocookie.com",
];
const SHORT_HOSTS: [&str; 3] = ["youtu.be", "www.youtu.be", "YOUTU.BE"];
/// Behind a page's host; the id follows.
const PATHS: [&str; 13] = [
    "/watch?v=",
    "/watch/?v=",
    "//watch?v=",
    "/?v=",
    "/watch?list=PL0&index=2&v=",
    "/watch?feature=youtu.be&v=",
    "/watch?%76=",
    "/watch/",
    "/shorts/",
    "/live/",
    "/embed/",
    "/v/",
    "/e/",
];
/// Behind the id.
const SUFFIXES: [&str; 8] =
    ["", "&t=42s", "&list=PL0&v=aaaaaaaaaaa", "&", "#", "#t=1", "#?v=other", "&x=%00%ff"];

#[track_caller]
fn check(link: &str, expected: Result<&str, VideoUrlError>) {
    let actual = VideoUrl::parse(link).map(|it| it.id().watch_url());
    let expected = expected.map(|id| format!("https://www.youtube.com/watch?v={id}"));
    assert_eq!(actual, expected, "{link:?}");
    assert_eq!(link.parse::<VideoUrl>().map(|it| it.to_string()), expected);
}

/// Returns how many links were checked.
#[track_caller]
fn check_all(links: Vec<String>, expected: Result<&str, VideoUrlError>) -> usize {
    // An empty port before an empty path part makes a scheme of a host.
    let host_is_scheme = |it: &str| it.split_once("://").is_some_and(|(it, _)| it.len() > 5);
    let links: Vec<String> = links.into_iter().filter(|it| !host_is_scheme(it)).collect();
    for link in &links {
        check(link, expected);
    }
    links.len()
}

/// Every string made of one of each.
fn product(parts: &[&[&str]]) -> Vec<String> {
    parts.iter().fold(vec![String::new()], |begun, next| {
        begun.iter().flat_map(|it| next.iter().map(move |more| format!("{it}{more}"))).collect()
    })
}

#[test]
fn every_form_is_a_video() {
    let pages = product(&[&SCHEMES, &HOSTS, &PORTS, &PATHS, &[ID], &SUFFIXES]);
    let short = product(&[&SCHEMES, &SHORT_HOSTS, &PORTS, &["/", "//"], &[ID], &SUFFIXES]);
    let slash =
        product(&[&SCHEMES, &HOSTS, &["/shorts/", "/live/", "/embed/"], &[ID], &["/", "/?x"]]);
    let count = check_all(pages, Ok(ID)) + check_all(short, Ok(ID)) + check_all(slash, Ok(ID));
    assert!(count > 20_000, "only {count} links");

    check(ID, Ok(ID));
    check("  \t\n dQw4w9WgXcQ\u{a0}\r\n", Ok(ID));
    check("\u{3000}https://youtu.be/dQw4w9WgXcQ?si=abc ", Ok(ID));
    check("https://www.youtube.com/watch?v=%64%51w4w9WgXcQ", Ok(ID));
    check("https://www.youtube.com/shorts/../watch?v=dQw4w9WgXcQ", Ok(ID));
}

#[test]
fn an_id_may_look_like_an_option() {
    for id in ["-----------", "___________", "-abcdefghij", "--exec=echo", "00000000000"] {
        let valid = id.parse::<VideoId>().is_ok();
        check(id, if valid { Ok(id) } else { Err(NotAUrl) });
        check(&format!("youtu.be/{id}"), if valid { Ok(id) } else { Err(InvalidId) });
    }
}

#[test]
fn other_hosts_are_refused() {
    const OTHERS: [&str; 36] = [
        "evilyoutube.com",
        "youtube.com.evil.example",
        "www.youtube.com.evil.example",
        "youtube.comevil.example",
        "youtube.co",
        "youtube.co.uk",
        "youtube.community",
        "youtube.com.",
        "www.youtube.com.",
        "youtu.be.",
        "youtu.be.evil.example",
        "notyoutu.be",
        "youtu.bee",
        "a.youtu.be",
        "evil.youtube.com",
        "studio.youtube.com",
        "www.www.youtube.com",
        "m.youtube-nocookie.com",
        "youtube-nocookie.com.evil.example",
        "youtube.googleapis.com",
        "googlevideo.com",
        "y0utube.com",
        "yout\u{443}be.com",
        "yout\u{75}\u{301}be.com",
        "\u{fffd}youtube.com",
        "youtube\u{3002}com",
        "\u{ff59}outube.com",
        "youtube.com\u{2044}watch.evil.example",
        "xn--outube-b0b.com",
        "%79outube.com",
        "youtube%2ecom",
        "youtube.com%00.evil.example",
        "youtube.com%2f.evil.example",
        "127.0.0.1",
        "169.254.169.254",
        "evil.example",
    ];
    let links = product(&[&SCHEMES, &OTHERS, &PORTS, &PATHS, &[ID], &SUFFIXES[..3]]);
    let count = check_all(links, Err(Host));
    assert!(count > 20_000, "only {count} links");
    check("https://[::1]/watch?v=dQw4w9WgXcQ", Err(Host));
    check("https://2130706433/watch?v=dQw4w9WgXcQ", Err(Host));
    check("https://localhost/watch?v=dQw4w9WgXcQ", Err(Host));
    check("https://evil.example/https://youtube.com/watch?v=dQw4w9WgXcQ", Err(Host));
    check("https://evil.example/?youtube.com/watch?v=dQw4w9WgXcQ", Err(Host));
    check("https://evil.example#@youtube.com/watch?v=dQw4w9WgXcQ", Err(Host));
}

#[test]
fn a_user_name_is_refused() {
    const USERS: [&str; 9] =
        ["@", "a@", "a:b@", ":@", "youtube.com@", "www.youtube.com:443@", "a@b@", "%40@", "é@"];
    let hosts = ["youtube.com", "evil.example", "youtu.be", "127.0.0.1"];
    let count =
        check_all(product(&[&SCHEMES, &USERS, &hosts, &PORTS, &PATHS, &[ID]]), Err(UserInfo));
    assert!(count > 5_000, "only {count} links");
    check("https://youtube.com/@user/watch?v=dQw4w9WgXcQ", Err(NotAVideo));
}

#[test]
fn other_ports_are_refused() {
    const OTHERS: [&str; 9] =
        [":0", ":1", ":22", ":8080", ":4430", ":65535", ":65536", ":x", ":443x"];
    let hosts = ["youtube.com", "www.youtube.com", "youtu.be", "evil.example"];
    let count = check_all(product(&[&SCHEMES, &hosts, &OTHERS, &PATHS, &[ID]]), Err(Port));
    assert!(count > 3_000, "only {count} links");
}

#[test]
fn other_schemes_are_refused() {
    const OTHERS: [&str; 18] = [
        "ftp://",
        "file://",
        "ws://",
        "wss://",
        "httpss://",
        "http+unix://",
        "://",
        "youtube://",
        "vnd.youtube://",
        "ytsearch:",
        "javascript:",
        "data:",
        "view-source:",
        "https:",
        "http:",
        "https:/",
        "blob:",
        "h ttps:",
    ];
    for link in product(&[&OTHERS, &HOSTS, &PATHS, &[ID]]) {
        let expected = if link.contains(' ') { NotAUrl } else { Scheme };
        check(&link, Err(expected));
    }
    check("mailto:someone", Err(Scheme));
    check("localhost:8080/watch?v=dQw4w9WgXcQ", Err(Scheme));
}

#[test]
fn pages_that_are_not_one_video_are_refused() {
    const OTHERS: [&str; 33] = [
        "",
        "/",
        "/?",
        "/#v=dQw4w9WgXcQ",
        "/watch",
        "/watch?",
        "/watch?list=PL0",
        "/watch?V=dQw4w9WgXcQ",
        "/watch?vv=dQw4w9WgXcQ",
        "/watch#v=dQw4w9WgXcQ",
        "/WATCH?v=dQw4w9WgXcQ",
        "/watch/dQw4w9WgXcQ/x",
        "/watch;v=dQw4w9WgXcQ",
        "/playlist?list=PL0",
        "/playlist?v=dQw4w9WgXcQ&list=PL0",
        "/results?search_query=dQw4w9WgXcQ",
        "/channel/UCdQw4w9WgXcQ",
        "/c/dQw4w9WgXcQ",
        "/user/dQw4w9WgXcQ",
        "/@dQw4w9WgXcQ",
        "/dQw4w9WgXcQ",
        "/clip/UgkxdQw4w9WgXcQ",
        "/shorts",
        "/shorts/",
        "/embed/?v=dQw4w9WgXcQ",
        "/embed/videoseries?list=PL0",
        "/embed/live_stream?channel=UC0",
        "/shorts/dQw4w9WgXcQ/comments",
        "/feed/subscriptions",
        "/redirect?q=https%3A%2F%2Fyoutu.be%2FdQw4w9WgXcQ",
        "/attribution_link?u=%2Fwatch%3Fv%3DdQw4w9WgXcQ",
        "/oembed?url=https://youtu.be/dQw4w9WgXcQ",
        "/v%2FdQw4w9WgXcQ",
    ];
    let count = check_all(product(&[&SCHEMES, &HOSTS, &PORTS, &OTHERS]), Err(NotAVideo));
    assert!(count > 5_000, "only {count} links");
    let short =
        product(&[&SCHEMES, &SHORT_HOSTS, &["", "/", "/dQw4w9WgXcQ/x", "/shorts/dQw4w9WgXcQ"]]);
    check_all(short, Err(NotAVideo));
}

#[test]
fn other_ids_are_refused() {
    const OTHERS: [&str; 20] = [
        "dQw4w9WgXc",
        "dQw4w9WgXcQQ",
        "dQw4w9WgXc!",
        "dQw4w9WgXc.",
        "dQw4w9WgXc%20",
        "dQw4w9WgXc+",
        "dQw4w9WgXc%00",
        "dQw4w9WgXc%0a",
        "%2564Qw4w9WgXcQ",
        "%C3%A9w4w9WgXcQ",
        "%ff%fe4w9WgXcQ",
        "%ZZw4w9WgXcQ",
        "dQw4w9WgX\u{e9}Q",
        "\u{ff44}Qw4w9WgXcQ",
        "dQw4w9WgXcQ%26",
        "dQw4w9WgXcQ%23",
        "dQw4w9WgXcQ;t=1",
        "'dQw4w9WgXcQ'",
        "$(id)",
        "--exec=true",
    ];
    let count = check_all(product(&[&SCHEMES, &HOSTS, &PATHS, &OTHERS]), Err(InvalidId))
        + check_all(product(&[&SCHEMES, &SHORT_HOSTS, &["/"], &OTHERS]), Err(InvalidId));
    assert!(count > 5_000, "only {count} links");
    check("https://youtube.com/watch?v=", Err(InvalidId));
    check("https://youtu.be/%64Qw4w9WgXcQ", Err(InvalidId));
    check("https://youtu.be/watch?v=dQw4w9WgXcQ", Err(InvalidId));
    // The first `v` counts, and no other one is guessed.
    check("https://youtube.com/watch?v=&v=dQw4w9WgXcQ", Err(InvalidId));
    check("https://youtube.com/watch?v=short&v=dQw4w9WgXcQ", Err(InvalidId));
}

#[test]
fn what_a_browser_would_mend_is_no_link() {
    for link in [
        "https://youtube.com/wa\ttch?v=dQw4w9WgXcQ",
        "https://you\ntube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/watch?v=dQw4w9WgXcQ https://youtu.be/dQw4w9WgXcQ",
        "https://youtube.com/watch?v=dQw4w\u{0}9WgXcQ",
        "https:\\\\youtube.com\\watch?v=dQw4w9WgXcQ",
        "https://evil.example\\@youtube.com/watch?v=dQw4w9WgXcQ",
        "https:///youtube.com/watch?v=dQw4w9WgXcQ",
        "///youtube.com/watch?v=dQw4w9WgXcQ",
        "/watch?v=dQw4w9WgXcQ",
        "?v=dQw4w9WgXcQ",
        "watch?v=dQw4w9WgXcQ",
        "https://",
        "http://?v=dQw4w9WgXcQ",
        "how to boil an egg",
        "hello",
        "dQw4w9WgXc",
        ".",
        "-",
    ] {
        assert!(VideoUrl::parse(link).is_err(), "{link:?}");
    }
    check("watch?v=dQw4w9WgXcQ", Err(NotAUrl));
    check("how to boil an egg", Err(NotAUrl));
    check("https:///youtube.com/watch?v=dQw4w9WgXcQ", Err(NotAUrl));
}

#[test]
fn length_is_counted_in_characters_without_the_space_around() {
    let link = |length: usize| {
        let link = format!("https://youtu.be/{ID}?x=");
        let rest = "é".repeat(length - link.chars().count());
        format!("  {link}{rest}\n")
    };
    check(&link(MAX_URL_LENGTH), Ok(ID));
    check(&link(MAX_URL_LENGTH + 1), Err(TooLong));
    check(&" ".repeat(10 * MAX_URL_LENGTH), Err(Empty));
    check("", Err(Empty));
    check("\u{2003}\n", Err(Empty));
}

fn any_id() -> impl Strategy<Value = String> {
    "[0-9A-Za-z_-]{11}"
        .prop_filter("the player's own pages", |it| it != "videoseries" && it != "live_stream")
}

/// Texts that are links, nearly.
fn near_link() -> impl Strategy<Value = String> {
    let scheme = "(https?:/{0,3}|HTTP://|//|[a-z]{0,5}:)?";
    let host = r"(www\.|m\.|[a-z@:%.]{0,9})(youtube\.com|youtu\.be|YOUTUBE-nocookie\.com)[.:@%/\\]?\PC{0,5}";
    let path = r"(/watch\?v=|/shorts/|/embed/|/|[/?#&=%\\]{0,3})([0-9A-Za-z_-]{11}|\PC{0,14})";
    let rest = r"[&?#/]?\PC{0,12}";
    (scheme, host, path, rest).prop_map(|(scheme, host, path, rest)| scheme + &host + &path + &rest)
}

/// Whatever came in, only the one form goes out.
fn only_canonical(text: &str) -> Result<(), TestCaseError> {
    if let Ok(link) = VideoUrl::parse(text) {
        let url = link.id().watch_url();
        let id = url.strip_prefix("https://www.youtube.com/watch?v=").unwrap_or_default();
        let plain = id.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it));
        prop_assert!(plain && id.len() == 11, "{text:?} became {url:?}");
        prop_assert_eq!(VideoUrl::parse(&url), Ok(link));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_becomes_canonical(text in any::<String>()) {
        only_canonical(&text)?;
    }

    #[test]
    fn any_near_link_is_refused_or_becomes_canonical(text in near_link()) {
        only_canonical(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn every_id_survives_every_form(id in any_id()) {
        for link in product(&[&["", "http://", "https://"], &HOSTS, &PATHS, &[&id], &["", "&t=1"]]) {
            prop_assert_eq!(VideoUrl::parse(&link).map(|it| it.id().to_string()), Ok(id.clone()));
        }
        let short = format!("https://youtu.be/{id}?si=x");
        prop_assert_eq!(VideoUrl::parse(&short).map(|it| it.id().to_string()), Ok(id.clone()));
        prop_assert_eq!(VideoUrl::parse(&id).map(|it| it.id().to_string()), Ok(id));
    }
}
