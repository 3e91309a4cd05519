//! What a client sees at one step.

use serde_json::json;

use crate::bench::recap::Recap;

pub(super) const HEAD: &str = "\
| memory | left off | level | submit | stream | read | ready | warnings of an ended job |
| ---: | --- | --- | --- | --- | --- | --- | --- |";

/// From so much on, an ended job is shown without its picture.
const PICTURES: usize = 1;
const STREAMS: usize = 4;
const NEW_WORK: usize = 6;

pub(super) struct Look {
    left_off: Vec<String>,
    level: String,
    /// Status and `retry-after`.
    submit: (u16, bool),
    stream: u16,
    read: u16,
    ready: u16,
    warnings: usize,
    /// The id of the job, if it was taken.
    pub(super) accepted: Option<String>,
}

impl Look {
    /// `ended` is a job that has, and `open` one that is at work.
    pub(super) async fn take(
        recap: &Recap,
        ended: &str,
        open: &str,
        step: usize,
    ) -> anyhow::Result<Self> {
        let text = metrics(recap).await?;
        let level = text.lines().find_map(|it| it.strip_prefix("recap_load_level "));
        let line = json!({"text": format!("At step {step}."), "format": "text", "language": "en"});
        let answer = recap.post(&json!({"transcript": line})).await?;
        let submit = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let body: serde_json::Value = answer.json().await?;
        let job = recap.raw(&format!("/v1/jobs/{ended}")).await?;
        let read = job.status().as_u16();
        let job: serde_json::Value = job.json().await?;
        Ok(Self {
            left_off: left_off(&text),
            level: level.unwrap_or_default().to_owned(),
            submit,
            stream: recap.raw(&format!("/v1/jobs/{open}/events")).await?.status().as_u16(),
            read,
            ready: recap.raw("/health/ready").await?.status().as_u16(),
            warnings: job["warnings"].as_array().map_or(0, Vec::len),
            accepted: (submit.0 == 202).then(|| body["id"].as_str().map(str::to_owned)).flatten(),
        })
    }

    pub(super) fn row(&self, percent: u64) -> String {
        let after = if self.submit.0 == 503 && self.submit.1 { ", Retry-After" } else { "" };
        format!(
            "| {percent} % | {} | {} | {}{after} | {} | {} | {} | {} |",
            self.left_off.join(", "),
            self.level,
            self.submit.0,
            self.stream,
            self.read,
            self.ready,
            self.warnings,
        )
    }

    /// What is not as it must be with so many things left off.
    pub(super) fn wrong(&self, percent: u64, gone: usize) -> Vec<String> {
        let level = if gone == NEW_WORK { "2" } else { &usize::from(gone > 0).to_string() };
        let submit = if gone == NEW_WORK { 503 } else { 202 };
        let stream = if gone >= STREAMS { 503 } else { 200 };
        let checks = [
            ("number of things left off", self.left_off.len() == gone),
            ("level", self.level == level),
            ("submit", self.submit == (submit, true)),
            ("event stream", self.stream == stream),
            ("read", self.read == 200),
            ("readiness", self.ready == 200),
            ("warnings", (self.warnings > 0) == (gone >= PICTURES)),
        ];
        let failed = checks.into_iter().filter(|(_, held)| !held);
        failed.map(|(what, _)| format!("{what} at {percent} %")).collect()
    }
}

pub(super) async fn metrics(recap: &Recap) -> anyhow::Result<String> {
    Ok(recap.raw("/metrics").await?.error_for_status()?.text().await?)
}

/// Names of what is left off.
pub(super) fn left_off(metrics: &str) -> Vec<String> {
    let lines = metrics.lines().filter_map(|it| it.strip_prefix("recap_left_off{luxury=\""));
    lines.filter_map(|it| it.strip_suffix("\"} 1").map(str::to_owned)).collect()
}

/// What the log of the whole run does not say as often as it must.
pub(super) fn log(text: &str) -> Vec<String> {
    let expected = [("less is done", 2), ("there is memory again", 2)];
    let mut wrong = Vec::new();
    for (words, times) in expected {
        let found = text.matches(words).count();
        if found != times {
            wrong.push(format!("the log says {found} times, not {times}: {words}"));
        }
    }
    if !text.contains("\"resources\"") {
        wrong.push("the log does not say what is used".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_off_is_read_from_the_metrics() {
        let text = "recap_left_off{luxury=\"a\"} 1\nrecap_left_off{luxury=\"b\"} 0\nother 1\n";
        assert_eq!(left_off(text), ["a"]);
    }

    #[test]
    fn a_log_says_each_change_once() {
        let up = "memory is short; less is done\n".repeat(2);
        let down = "there is memory again\n".repeat(2);
        assert!(log(&format!("{up}{down}\"resources\"")).is_empty());
        assert_eq!(log(&up).len(), 2);
    }
}
