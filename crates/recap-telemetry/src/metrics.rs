//! What is counted and measured, for Prometheus.
//!
//! The only place where a metric is declared; other crates call the functions
//! of this module and know neither names nor Prometheus. Metrics are the one
//! thing that is static: they belong to the process, whatever it does.

mod family;
mod list;
mod record;

use std::fmt::Write as _;
use std::sync::LazyLock;

use prometheus::{Registry, TextEncoder};

use self::list::ALL;

pub use self::record::*;

/// The media type of [`render`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Ours alone: nothing that a library counts gets in by itself.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let registry = Registry::new();
    for family in ALL {
        registry.register(family.collector()).expect("names are declared once");
    }
    registry
});

/// All metrics, in the text exposition format 0.0.4. Its length is bounded: a
/// metric has a limited number of series, and a label comes from a closed set.
pub fn render() -> String {
    TextEncoder::new().encode_to_string(&REGISTRY.gather()).expect("a string takes everything")
}

/// The page that lists all metrics, in Markdown.
pub fn reference() -> String {
    let mut text = String::from(
        "# Metrics\n\nWritten by `cargo xtask docs` from the declarations in \
         `crates/recap-telemetry`; do not edit.\n\nEvery process shows its own at `/metrics`, in \
         the text format of Prometheus, and counts from its start. Times are in seconds. Labels \
         come from closed sets: no id, address or text of an error is ever one. Names are only \
         added, never changed.\n\n\
         | name | type | labels | meaning |\n| --- | --- | --- | --- |\n",
    );
    for family in ALL {
        let declared = family.declared();
        let labels: Vec<String> = declared.labels.iter().map(|it| format!("`{it}`")).collect();
        let (name, kind) = (declared.name, family.kind());
        let _ = writeln!(
            text,
            "| `{name}` | {kind} | {} | {} |",
            labels.join(", "),
            declared.meaning()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_say_kind_and_unit() {
        for family in ALL {
            let name = family.declared().name;
            assert!(name.starts_with("recap_"), "{name}");
            assert_eq!(name.ends_with("_total"), family.kind() == "counter", "{name}");
            assert_eq!(name.ends_with("_seconds"), family.kind() == "histogram", "{name}");
            assert!(!family.declared().meaning().is_empty(), "{name}");
        }
    }

    #[test]
    fn what_was_recorded_is_shown() {
        http_request("/v1/jobs/{id}", "GET", 200, Duration::from_millis(7));
        jobs_requeued(3);
        events_dropped(5);
        events_dropped(4);
        reconciler_leads(true);
        let text = render();
        for line in [
            r#"recap_http_requests_total{method="GET",route="/v1/jobs/{id}",status="200"} 1"#,
            r#"recap_http_seconds_bucket{route="/v1/jobs/{id}",le="0.01"} 1"#,
            "# TYPE recap_jobs_requeued_total counter",
            "recap_jobs_requeued_total 3",
            "recap_events_dropped_total 5",
            "recap_reconciler_leads 1",
            "recap_store_errors_total 0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_label_from_an_open_set_does_not_fill_the_memory() {
        for index in 0..10_000 {
            fetched("first", &format!("outcome {index}"));
        }
        let text = render();
        let series = text.lines().filter(|it| it.starts_with("recap_fetches_total{"));
        assert!(series.count() <= 1001);
        assert!(text.contains(r#"recap_fetches_total{outcome="other",route="other"}"#));
    }

    #[test]
    fn the_page_lists_every_metric() {
        let page = reference();
        for family in ALL {
            assert!(page.contains(&format!("| `{}` |", family.declared().name)));
        }
        assert!(page.contains("| `recap_http_seconds` | histogram | `route` | "), "{page}");
    }
}
