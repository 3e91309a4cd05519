//! The tables.

use super::rows::{Rows, Which};
use crate::bench::page::Page;
use crate::bench::table::{head, row, spread};

const ROUTES: [&str; 4] = ["cached", "job", "submit", "health"];

/// Those that recap is compared with.
const PEERS: [&str; 5] = ["fastapi", "actix-limit", "arq", "rq", "job-limit"];

/// A column: its name, the metric, and what it is multiplied by.
type Column = (&'static str, &'static str, f64);

const MB: f64 = 1.0 / 1_048_576.0;

const LOAD: [Column; 4] = [
    ("req/s", "rps", 1.0),
    ("CPU-s / 1000", "cpu_s_per_1000", 1.0),
    ("p95, ms", "p95_ms", 1.0),
    ("errors", "errors", 1.0),
];
const START: [Column; 2] =
    [("s to first 200", "startup_s", 1.0), ("CPU-s to first 200", "startup_cpu_s", 1.0)];
const IDLE: [Column; 3] = [
    ("idle RSS, MB", "rss", MB),
    ("idle PSS, MB", "pss", MB),
    ("idle CPU, ms a minute", "idle_cpu_ms_per_min", 1.0),
];
const JOBS: [Column; 2] = [("jobs/s", "jobs_per_s", 1.0), ("CPU-ms a job", "cpu_s_per_1000", 1.0)];
const END: [Column; 2] =
    [("peak of the group, MB", "memory_peak", MB), ("OOM kills", "oom_kills", 1.0)];

pub(super) fn all(page: &mut Page, rows: &Rows) {
    for (title, phase) in [
        ("One core, saturated", "core"),
        ("0.1 CPU, saturated", "free-closed"),
        ("0.1 CPU, 30 a minute and 20 a second", "free-open"),
    ] {
        let routes: &[&'static str] =
            if phase == "free-open" { &["steady", "burst"] } else { &ROUTES };
        for route in routes {
            figures(
                page,
                rows,
                &format!("{title}: {route}"),
                Some(route),
                &LOAD.map(|it| (phase, it)),
            );
        }
    }
    let columns: Vec<(&str, Column)> = [
        START.map(|it| ("free-start", it)).to_vec(),
        IDLE.map(|it| ("free-idle", it)).to_vec(),
        END.map(|it| ("free-end", it)).to_vec(),
    ]
    .concat();
    figures(page, rows, "0.1 CPU: start, idle and memory", None, &columns);
    figures(page, rows, "Jobs that do nothing", None, &JOBS.map(|it| ("jobs-rate", it)));
    ratios(page, rows);
}

fn figures(
    page: &mut Page,
    rows: &Rows,
    title: &str,
    route: Option<&'static str>,
    columns: &[(&'static str, Column)],
) {
    let mut lines = Vec::new();
    for server in rows.servers() {
        let cells: Vec<Vec<f64>> = columns
            .iter()
            .map(|(phase, (_, metric, scale))| {
                let values = rows.of(&server, Which { phase, route }, metric);
                values.into_values().map(|it| it * scale).collect()
            })
            .collect();
        if cells.iter().any(|it| !it.is_empty()) {
            let cells = cells.iter().map(|it| spread(it));
            lines.push(row(&std::iter::once(server).chain(cells).collect::<Vec<_>>()));
        }
    }
    let names: Vec<&str> =
        std::iter::once("server").chain(columns.iter().map(|it| it.1.0)).collect();
    print(page, title, &names, &lines);
}

fn ratios(page: &mut Page, rows: &Rows) {
    let servers = rows.servers();
    let ours: Vec<&String> = servers.iter().filter(|it| it.starts_with("recap")).collect();
    let theirs: Vec<&str> =
        PEERS.into_iter().filter(|it| servers.iter().any(|there| there == it)).collect();
    let pairs = ours.iter().flat_map(|a| theirs.iter().map(|b| (a.as_str(), *b)));
    let is_any = |pair| compared().iter().any(|it| !rows.ratio(pair, it.1, it.2).is_empty());
    let pairs: Vec<(&str, &str)> = pairs.filter(|it| is_any(*it)).collect();
    let mut lines = Vec::new();
    for (name, which, metric) in compared() {
        let cells: Vec<String> =
            pairs.iter().map(|it| spread(&rows.ratio(*it, which, metric))).collect();
        if cells.iter().any(|it| it != "–") {
            lines.push(row(&[vec![name], cells].concat()));
        }
    }
    let names: Vec<String> = pairs.iter().map(|(a, b)| format!("{a} / {b}")).collect();
    let names: Vec<&str> =
        std::iter::once("ratio").chain(names.iter().map(String::as_str)).collect();
    print(page, "Ratios of the same round: median (least–largest)", &names, &lines);
}

/// Name, windows and metric of each ratio.
fn compared() -> Vec<(String, Which, &'static str)> {
    let mut all = Vec::new();
    for (place, phase) in [("one core", "core"), ("0.1 CPU", "free-closed")] {
        for route in ROUTES {
            for (what, metric) in [("CPU-s / 1000", "cpu_s_per_1000"), ("req/s", "rps")] {
                let which = Which { phase, route: Some(route) };
                all.push((format!("{what}, {place}: {route}"), which, metric));
            }
        }
    }
    for (what, phase, metric) in [
        ("s to first 200", "free-start", "startup_s"),
        ("idle memory (RSS)", "free-idle", "rss"),
        ("idle CPU", "free-idle", "idle_cpu_ms_per_min"),
        ("peak of the group", "free-end", "memory_peak"),
    ] {
        all.push((format!("{what}, 0.1 CPU"), Which { phase, route: None }, metric));
    }
    for (what, metric) in [("CPU of a job", "cpu_s_per_1000"), ("jobs/s", "jobs_per_s")] {
        let which = Which { phase: "jobs-rate", route: None };
        all.push((format!("{what} that does nothing"), which, metric));
    }
    all
}

fn print(page: &mut Page, title: &str, names: &[&str], lines: &[String]) {
    if !lines.is_empty() {
        page.say(&format!("## {title}\n\n{}\n{}\n", head(names), lines.join("\n")));
    }
}
