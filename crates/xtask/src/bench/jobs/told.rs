//! The tables.

use super::measure::Figures;
use super::own::Own;
use crate::bench::page::Page;
use crate::bench::table::{figure, head, row, spread};
use crate::lab::figures::{median, megabytes};

type Named = (String, Vec<Figures>);

pub(super) fn table(page: &mut Page, all: &[Named]) {
    page.say(&head(&[
        "worker",
        "jobs an hour",
        "CPU-s a job",
        "of it yt-dlp",
        "peak of the group",
        "resident",
        "OOM kills",
    ]));
    for (name, figures) in all {
        let of = |what: fn(&Figures) -> f64| spread(&each(figures, what));
        let most = |what: fn(&Figures) -> u64| {
            megabytes(figures.iter().map(what).max().unwrap_or_default())
        };
        let killed: u64 = figures.iter().map(|it| it.oom_kills).sum();
        page.say(&row(&[
            name.clone(),
            of(Figures::per_hour),
            of(Figures::cpu_per_job),
            share(figures),
            most(|it| it.peak),
            most(|it| it.resident),
            killed.to_string(),
        ]));
    }
}

fn each(figures: &[Figures], what: fn(&Figures) -> f64) -> Vec<f64> {
    figures.iter().map(what).collect()
}

/// Of all CPU, that of yt-dlp.
fn share(figures: &[Figures]) -> String {
    let share = |it: &Figures| Some(it.child_per_job()? / it.cpu_per_job());
    let shares: Option<Vec<f64>> = figures.iter().map(share).collect();
    shares.map_or_else(|| "–".to_owned(), |it| format!("{:.0} %", median(it) * 100.0))
}

/// Each one's jobs an hour against those of the others, by rounds.
pub(super) fn ratios(page: &mut Page, all: &[Named]) {
    let [(ours, first), others @ ..] = all else { return };
    page.say("");
    page.say(&head(&["ratio, median of rounds (least–largest)", "jobs an hour", "CPU-s a job"]));
    for (name, figures) in others {
        let against = |what: fn(&Figures) -> f64| {
            let pairs = first.iter().zip(figures);
            spread(&pairs.map(|(a, b)| what(a) / what(b)).collect::<Vec<_>>())
        };
        page.say(&row(&[
            format!("{ours} / {name}"),
            against(Figures::per_hour),
            against(Figures::cpu_per_job),
        ]));
    }
}

pub(super) fn costs(page: &mut Page, all: &[Named], naive: &[f64], own: &Own) {
    page.say(&head(&["CPU of", "measured"]));
    let mut tell = |what: &str, measured: String| page.say(&row(&[what.to_owned(), measured]));
    for (name, figures) in all {
        let child: Option<Vec<f64>> = figures.iter().map(Figures::child_per_job).collect();
        if let Some(child) = child {
            tell(&format!("a transcript, {name}, at 0.1 CPU"), format!("{} s", spread(&child)));
        }
    }
    let naive_text = format!("{} s", spread(naive));
    tell("a transcript by the naive command line, without a quota", naive_text);
    let milliseconds = |seconds: f64| format!("{} ms", figure(seconds * 1000.0));
    tell("recap's own, 25 minutes of transcript", milliseconds(own.ordinary));
    tell("recap's own, a transcript of one line", milliseconds(own.empty));
}
