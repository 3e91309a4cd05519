//! A summary as people read it.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;
use recap_core::VideoMetadata;
use recap_core::summary::render::{clock, markdown, text};
use recap_core::summary::{ChapterSummary, KeyPoint, Style, Summary};

fn video() -> VideoMetadata {
    VideoMetadata {
        id: Some("dQw4w9WgXcQ".parse().expect("it is an id")),
        title: "How bees keep warm".to_owned(),
        channel: Some("Garden & Field".to_owned()),
        duration: Some(Duration::from_secs(3_725)),
        language: None,
        published: None,
        chapters: Vec::new(),
        thumbnail: None,
    }
}

fn summary(style: Style) -> Summary {
    let at = Duration::from_secs;
    let point = |start, text: &str| KeyPoint { start: at(start), text: text.to_owned() };
    let chapter = |start, end, title: &str, summary: &str| ChapterSummary {
        start: at(start),
        end: at(end),
        title: title.to_owned(),
        summary: summary.to_owned(),
    };
    Summary {
        title: "Bees in winter".to_owned(),
        tldr: "Bees stay awake in winter.\nThey eat honey, and shiver.".to_owned(),
        key_points: vec![
            point(0, "A hive is never empty."),
            point(754, "Bees shiver to keep warm."),
            point(3_661, "In spring they fly out."),
        ],
        chapters: vec![
            chapter(0, 600, "The hive", "What a hive is.\n\nAnd what is in it."),
            chapter(600, 3_725, "The winter", "How bees keep warm."),
        ],
        language: "en".to_owned(),
        style,
        model: "extractive".to_owned(),
        coverage: 0.999,
    }
}

#[test]
fn a_detailed_summary_has_every_part() {
    assert_snapshot!("detailed_markdown", markdown(&summary(Style::Detailed), &video()));
    assert_snapshot!("detailed_text", text(&summary(Style::Detailed), &video()));
}

#[test]
fn chapters_have_their_points() {
    assert_snapshot!("chapters_markdown", markdown(&summary(Style::Chapters), &video()));
    assert_snapshot!("chapters_text", text(&summary(Style::Chapters), &video()));
}

#[test]
fn a_brief_summary_has_no_chapters() {
    assert_snapshot!("brief_markdown", markdown(&summary(Style::Brief), &video()));
}

#[test]
fn bullets_are_points_only() {
    assert_snapshot!("bullets_text", text(&summary(Style::Bullets), &video()));
}

#[test]
fn the_title_of_the_video_is_not_said_twice() {
    let summary = Summary { title: video().title, ..summary(Style::Brief) };
    assert_eq!(text(&summary, &video()).matches(&summary.title).count(), 1);
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut video = video();
    (video.channel, video.duration) = (None, None);
    let mut summary = summary(Style::Detailed);
    (summary.key_points, summary.chapters, summary.tldr) = (Vec::new(), Vec::new(), String::new());
    assert_snapshot!(markdown(&summary, &video), @r"
    # Bees in winter

    How bees keep warm · [watch](https://www.youtube.com/watch?v=dQw4w9WgXcQ)

    ---

    Summarised by extractive from 99% of the transcript.
    ");
}

#[test]
fn times_are_read_as_on_a_clock() {
    for (seconds, expected) in [
        (0, "0:00"),
        (9, "0:09"),
        (754, "12:34"),
        (3_599, "59:59"),
        (3_600, "1:00:00"),
        (359_999, "99:59:59"),
        (360_000, "100:00:00"),
    ] {
        assert_eq!(clock(Duration::from_secs(seconds) + Duration::from_millis(999)), expected);
    }
}

#[test]
fn the_share_that_was_read_is_rounded_down() {
    for (coverage, expected) in [
        (0.0, "0%"),
        (0.29, "29%"),
        (0.999, "99%"),
        (1.0, "100%"),
        (7.0, "100%"),
        (-1.0, "0%"),
        (f64::NAN, "0%"),
        (f64::INFINITY, "100%"),
    ] {
        let summary = Summary { coverage, ..summary(Style::Brief) };
        let rendered = text(&summary, &video());
        assert!(rendered.contains(&format!(" {expected} ")), "{coverage}: {rendered}");
    }
}

/// Checks how an outside text stands in Markdown, as a title and as a paragraph.
#[track_caller]
fn check_escaped(outside: &str, expected: &str) {
    let mut summary = summary(Style::Brief);
    (summary.title, summary.tldr) = (outside.to_owned(), outside.to_owned());
    outside.clone_into(&mut summary.key_points[0].text);
    let video = VideoMetadata { title: format!("x {outside}"), ..video() };
    let rendered = markdown(&summary, &video);
    assert!(rendered.starts_with(&format!("# {expected}\n\nx ")), "{rendered}");
    assert!(rendered.contains(&format!("\n\n{expected}\n\n")), "{rendered}");
    assert!(rendered.contains(&format!("&t=0s) {expected}\n")), "{rendered}");
}

#[test]
fn nothing_from_outside_is_markdown_or_html() {
    check_escaped("plain, with (marks): 3.5 - 2 = 1.5!", "plain, with (marks): 3.5 - 2 = 1.5!");
    check_escaped("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    check_escaped("&lt;b&gt; AT&T", "&amp;lt;b&amp;gt; AT&amp;T");
    check_escaped("](javascript:alert(1))", r"\](javascript:alert(1))");
    check_escaped("![x](https://a.example/x.png)", r"!\[x\](https://a.example/x.png)");
    check_escaped("<https://a.example>", "&lt;https://a.example&gt;");
    check_escaped(
        "`code` ``` *b* __u__ ~~s~~ |t|",
        r"\`code\` \`\`\` \*b\* \_\_u\_\_ \~\~s\~\~ \|t\|",
    );
    check_escaped(r"\<b> \\", r"\\&lt;b&gt; \\\\");
    check_escaped("# one\n## two", r"\# one \#\# two");
    check_escaped("- item", r"\- item");
    check_escaped("+ item", r"\+ item");
    check_escaped("---", r"\---");
    check_escaped("===", r"\===");
    check_escaped("1. one", r"1\. one");
    check_escaped("2026) one", r"2026\) one");
    check_escaped("C# at 1.5", r"C\# at 1.5");
    check_escaped("  \t indented\r\n\u{0}code\u{2028}x ", "indented code x");
}

#[test]
fn a_text_keeps_its_paragraphs_and_no_other_breaks() {
    let mut summary = summary(Style::Brief);
    summary.tldr = "\n one\r\ntwo\r\n \r\n\r\n# three\u{7}\rfour\n\n\n".to_owned();
    assert!(markdown(&summary, &video()).contains("\n\none two\n\n\\# three four\n\n## Key"));
    assert!(text(&summary, &video()).contains("\n\none two\n\n# three four\n\nKEY"));
}

proptest! {
    #[test]
    fn no_outside_text_makes_a_tag_a_link_or_a_line(outside in "[\\PC\n]{0,40}|[]\\[()<>\\\\`!#\n -]{0,20}") {
        let plain = markdown(&summary(Style::Detailed), &video());
        let mut summary = summary(Style::Detailed);
        summary.title.push_str(&outside);
        summary.key_points[0].text.push_str(&outside);
        summary.chapters[0].title.push_str(&outside);
        summary.model.push_str(&outside);
        let rendered = markdown(&summary, &video());
        prop_assert!(!rendered.contains(['<', '>']));
        prop_assert_eq!(rendered.lines().count(), plain.lines().count());
        // Behind an even number of backslashes a bracket would still be one.
        let bare = rendered.replace("\\\\", "").replace("\\[", "").replace("\\]", "");
        let brackets = |text: &str| text.matches(['[', ']']).count();
        prop_assert_eq!(brackets(&bare), brackets(&plain));
    }
}
