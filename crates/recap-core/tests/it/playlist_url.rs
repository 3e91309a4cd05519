//! Which links are taken for a playlist, and which are not.

use recap_core::video::PlaylistUrlError::{Empty, InvalidId, Link, NotAPlaylist, TooLong};
use recap_core::video::{MAX_URL_LENGTH, PlaylistId, PlaylistUrlError, VideoUrlError};

const ID: &str = "PLbpi6ZahtOH6Blw3RGYpWkSByi_T7Rygb";

#[track_caller]
fn check(link: &str, expected: Result<&str, PlaylistUrlError>) {
    let actual = PlaylistId::parse_url(link).map(|it| it.to_string());
    assert_eq!(actual, expected.map(ToOwned::to_owned), "{link:?}");
}

#[test]
fn every_form_of_a_link_is_read() {
    let forms = [
        "https://www.youtube.com/playlist?list=",
        "http://youtube.com/playlist?list=",
        "HTTPS://WWW.YouTube.com/playlist/?list=",
        "m.youtube.com/playlist?si=abc&list=",
        "//music.youtube.com/playlist?list=",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=",
        "https://www.youtube.com/watch?list=",
        "https://youtu.be/dQw4w9WgXcQ?list=",
        "https://www.youtube.com/embed/videoseries?list=",
        "https://www.youtube-nocookie.com/embed/videoseries?list=",
        "",
    ];
    for form in forms {
        check(&format!("{form}{ID}"), Ok(ID));
        check(&format!(" {form}{ID}\n"), Ok(ID));
    }
    check("https://www.youtube.com/playlist?list=PL1&list=PL2&index=3#top", Ok("PL1"));
    check("UU-lHJZR3Gqxm24_Vd_AJ5Yw", Ok("UU-lHJZR3Gqxm24_Vd_AJ5Yw"));
}

#[test]
fn what_is_none_is_refused() {
    check("", Err(Empty));
    check(" \t", Err(Empty));
    check(&"x".repeat(MAX_URL_LENGTH + 1), Err(TooLong));
    check("https://www.youtube.com/playlist", Err(NotAPlaylist));
    check("https://www.youtube.com/watch?v=dQw4w9WgXcQ", Err(NotAPlaylist));
    check("https://www.youtube.com/@somebody/videos", Err(NotAPlaylist));
    check("https://www.youtube.com/playlist?list=", Err(InvalidId));
    check("https://www.youtube.com/playlist?list=a%20b", Err(InvalidId));
    check(&format!("https://www.youtube.com/playlist?list={}", "x".repeat(65)), Err(InvalidId));
    for (link, error) in [
        ("https://example.com/playlist?list=PL1", VideoUrlError::Host),
        ("https://www.youtube.com.example.com/playlist?list=PL1", VideoUrlError::Host),
        ("ftp://www.youtube.com/playlist?list=PL1", VideoUrlError::Scheme),
        ("https://a:b@www.youtube.com/playlist?list=PL1", VideoUrlError::UserInfo),
        ("https://www.youtube.com:8080/playlist?list=PL1", VideoUrlError::Port),
        ("not a playlist", VideoUrlError::NotAUrl),
        ("x", VideoUrlError::NotAUrl),
    ] {
        check(link, Err(Link(error)));
    }
}
