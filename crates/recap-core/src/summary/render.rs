//! A summary as Markdown and as text.

mod escape;

use std::time::Duration;

use self::escape::{line, markdown_line, markdown_paragraphs, paragraphs};
use super::{ChapterSummary, KeyPoint, Style, Summary};
use crate::video::{VideoId, VideoMetadata};

/// `m:ss`, or `h:mm:ss` from one hour on, in whole seconds.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// The summary as Markdown (`CommonMark`), with a link to the video, if there is one, at every
/// time.
///
/// Titles and texts come from strangers and from models, so nothing in them is
/// Markdown or HTML any more; what was a paragraph remains one.
pub fn markdown(summary: &Summary, video: &VideoMetadata) -> String {
    render(summary, video, Format::Markdown)
}

/// The summary as plain text, with the same parts in the same order.
pub fn text(summary: &Summary, video: &VideoMetadata) -> String {
    render(summary, video, Format::Text)
}

#[derive(Clone, Copy)]
enum Format {
    Markdown,
    Text,
}

/// What each style shows is said at [`Style`]; an empty part has no heading.
fn render(summary: &Summary, video: &VideoMetadata, format: Format) -> String {
    let Summary { style, key_points, chapters, .. } = summary;
    let mut blocks = vec![format.title(&summary.title), format.video(video, &summary.title)];
    if *style != Style::Bullets {
        blocks.push(format.paragraphs(&summary.tldr));
    }
    if *style != Style::Chapters && !key_points.is_empty() {
        blocks.push(format.heading("Key points"));
        blocks.push(format.points(video.id, key_points));
    }
    if matches!(style, Style::Detailed | Style::Chapters) && !chapters.is_empty() {
        blocks.push(format.heading("Chapters"));
        for chapter in chapters {
            blocks.push(format.chapter(video.id, chapter));
            blocks.push(format.paragraphs(&chapter.summary));
            if *style == Style::Chapters {
                blocks.push(format.points(video.id, points_of(chapter, key_points)));
            }
        }
    }
    blocks.push(format.footer(summary));
    blocks.retain(|it| !it.is_empty());
    blocks.join("\n\n") + "\n"
}

/// The points that are said during a chapter; they are in order of time.
fn points_of<'a>(chapter: &ChapterSummary, points: &'a [KeyPoint]) -> &'a [KeyPoint] {
    let first = points.partition_point(|it| it.start < chapter.start);
    let end = points.partition_point(|it| it.start < chapter.end).max(first);
    &points[first..end]
}

impl Format {
    fn line(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown_line(text),
            Self::Text => line(text),
        }
    }

    fn paragraphs(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown_paragraphs(text),
            Self::Text => paragraphs(text),
        }
    }

    fn title(self, title: &str) -> String {
        match self {
            Self::Markdown => format!("# {}", markdown_line(title)),
            Self::Text => line(title),
        }
    }

    fn heading(self, heading: &str) -> String {
        match self {
            Self::Markdown => format!("## {heading}"),
            Self::Text => heading.to_uppercase(),
        }
    }

    /// The video's own title, unless it is the heading already, the channel,
    /// the length and the link.
    fn video(self, video: &VideoMetadata, heading: &str) -> String {
        let mut parts = Vec::new();
        if video.title != heading {
            parts.push(self.line(&video.title));
        }
        parts.extend(video.channel.as_deref().map(|it| self.line(it)));
        parts.extend(video.duration.map(clock));
        parts.extend(video.id.map(|it| match self {
            Self::Markdown => format!("[watch]({})", it.watch_url()),
            Self::Text => it.watch_url(),
        }));
        parts.join(" · ")
    }

    fn time(self, video: Option<VideoId>, time: Duration) -> String {
        match (self, video) {
            (Self::Markdown, Some(video)) => format!("[{}]({})", clock(time), video.link_at(time)),
            _ => clock(time),
        }
    }

    fn points(self, video: Option<VideoId>, points: &[KeyPoint]) -> String {
        let point =
            |it: &KeyPoint| format!("- {} {}", self.time(video, it.start), self.line(&it.text));
        points.iter().map(point).collect::<Vec<_>>().join("\n")
    }

    fn chapter(self, video: Option<VideoId>, chapter: &ChapterSummary) -> String {
        let mark = match self {
            Self::Markdown => "### ",
            Self::Text => "",
        };
        format!("{mark}{} {}", self.time(video, chapter.start), self.line(&chapter.title))
    }

    fn footer(self, summary: &Summary) -> String {
        let rule = match self {
            Self::Markdown => "---",
            Self::Text => "--",
        };
        let (model, percent) = (self.line(&summary.model), percent(summary.coverage));
        format!("{rule}\n\nSummarised by {model} from {percent}% of the transcript.")
    }
}

/// Rounded down, so that 100 means all of it.
fn percent(share: f64) -> String {
    // A share like 0.29 is a little less than that as a binary number.
    let percent = (share * 100.0 + 1e-9).floor();
    format!("{:.0}", if percent.is_nan() { 0.0 } else { percent.clamp(0.0, 100.0) })
}
