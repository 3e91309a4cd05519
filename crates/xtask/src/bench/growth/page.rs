//! The page and its plots.

use std::fs;

use super::Point;
use crate::bench::page::{Page, dir};
use crate::bench::svg::{Plot, Series};
use crate::bench::table::{figure, head, row, spread, whole};
use crate::lab::figures::median;

/// A further column: its head, and what it says of a point, which is one of all.
type Column = (&'static str, fn(&Point, &[Point]) -> f64);

/// One figure.
pub(super) struct Part {
    /// Of the plot, without its ending.
    file: &'static str,
    title: &'static str,
    /// What grows.
    x: &'static str,
    /// What is said of it.
    text: &'static str,
    more: Column,
    points: Vec<Point>,
}

impl Part {
    pub(super) fn length(points: Vec<Point>) -> Self {
        Self {
            file: "job-by-length",
            title: "A job by the length of its video",
            x: "minutes of video",
            text: "recap's own CPU from the request to the end of the job, without yt-dlp: the \
                   transcript is brought. Linear is a constant last column.",
            more: ("µs a minute of video", |it, _| cost(it) / f64::from(it.x)),
            points,
        }
    }

    pub(super) fn stored(points: Vec<Point>) -> Self {
        Self {
            file: "poll-by-stored",
            title: "A poll by the number of stored jobs",
            x: "stored jobs",
            text: "Each poll is of another job and nothing is cached, so that the database, SQLite, \
                   is asked each time: the dearest poll there is.",
            more: ("against the first", against_first),
            points,
        }
    }

    pub(super) fn waiting(points: Vec<Point>) -> Self {
        Self {
            file: "submit-by-waiting",
            title: "A submit by the number of jobs that wait",
            x: "jobs that wait",
            text: "Of 500 clients with keys, one after the other; SQLite, nobody works.",
            more: ("against the first", against_first),
            points,
        }
    }

    fn table(&self) -> String {
        let mut lines = vec![head(&[self.x, "CPU of one, µs", self.more.0])];
        for point in &self.points {
            let more = (self.more.1)(point, &self.points);
            lines.push(row(&[whole(point.x), spread(&point.cpu), figure(more)]));
        }
        lines.join("\n")
    }

    fn plot(&self) -> String {
        let points = self.points.iter().map(|it| (f64::from(it.x), cost(it))).collect();
        let series = [Series { name: "recap".to_owned(), points }];
        Plot { title: self.title, x: self.x, y: "CPU of one, µs", series: &series }.draw()
    }
}

fn cost(point: &Point) -> f64 {
    median(point.cpu.clone())
}

fn against_first(point: &Point, all: &[Point]) -> f64 {
    cost(point) / all.first().map_or(1.0, cost)
}

const TEXT: &str = "\
Written by `cargo xtask bench growth`: what becomes dearer as there is more of it. CPU of \
the process, as its control group counts it; medians of five, the least and the largest in \
brackets. Both axes of the plots are logarithmic.";

/// Prints the tables, and writes the page if all is in it.
pub(super) fn tell(parts: &[Part], write: bool) -> anyhow::Result<()> {
    let mut page = Page::new("Growth", TEXT);
    for part in parts {
        let (title, file) = (part.title, part.file);
        page.say(&format!("## {title}\n\n{}\n\n![{title}]({file}.svg)\n", part.text));
        page.say(&format!("{}\n", part.table()));
        if write {
            fs::write(dir().join(file).with_extension("svg"), part.plot())?;
        }
    }
    page.write("growth.md", write)
}
