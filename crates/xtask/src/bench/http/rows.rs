//! What the harness measured.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

/// All windows of some runs.
pub(super) struct Rows(Vec<Value>);

/// Which windows: those of a phase, and of a route if it has some.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which {
    pub(super) phase: &'static str,
    pub(super) route: Option<&'static str>,
}

impl Rows {
    pub(super) fn read(files: &[PathBuf]) -> anyhow::Result<Self> {
        let mut rows = Vec::new();
        for (run, file) in files.iter().enumerate() {
            let mut text: Value = serde_json::from_str(&lenient(&std::fs::read_to_string(file)?))?;
            for row in text["rows"].as_array_mut().into_iter().flatten() {
                row["run"] = run.into();
                rows.push(row.take());
            }
        }
        // Jobs are run with a quota, too, in the same rounds.
        rows.retain(|it| it["phase"] != "jobs-rate" || it["setting"] == "one core");
        Ok(Self(rows))
    }

    /// Names in the order in which they first appear.
    pub(super) fn servers(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.0.iter().filter_map(|it| it["server"].as_str()) {
            if !names.iter().any(|it| it == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// A metric of a server, by run and round.
    pub(super) fn of(&self, server: &str, which: Which, metric: &str) -> BTreeMap<(u64, u64), f64> {
        let wanted = |it: &&Value| {
            it["server"] == server
                && it["phase"] == which.phase
                && which.route.is_none_or(|route| it["route"] == route)
        };
        let rows = self.0.iter().filter(wanted);
        let key = |it: &Value| Some((it["run"].as_u64()?, it["round"].as_u64()?));
        rows.filter_map(|it| Some((key(it)?, it[metric].as_f64()?))).collect()
    }

    /// The same of two servers, one divided by the other in each round.
    pub(super) fn ratio(&self, servers: (&str, &str), which: Which, metric: &str) -> Vec<f64> {
        let (ours, theirs) = (self.of(servers.0, which, metric), self.of(servers.1, which, metric));
        let pairs = ours.iter().filter_map(|(round, it)| Some((it, theirs.get(round)?)));
        pairs.filter(|it| *it.1 > 0.0).map(|(a, b)| a / b).collect()
    }
}

/// Python writes `NaN`, which JSON does not know.
fn lenient(text: &str) -> String {
    text.replace(": NaN", ": null")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Rows {
        let row = |server: &str, run: u64, round: u64, rps: f64| json!({"phase": "core", "server": server, "route": "job", "run": run, "round": round, "rps": rps});
        Rows(vec![
            row("a", 0, 0, 8.0),
            row("b", 0, 0, 2.0),
            row("a", 0, 1, 9.0),
            row("c", 0, 1, 1.0),
            row("b", 1, 1, 3.0),
        ])
    }

    #[test]
    fn a_ratio_is_of_neighbours_in_time() {
        let which = Which { phase: "core", route: Some("job") };
        assert_eq!(rows().ratio(("a", "b"), which, "rps"), [4.0]);
        assert!(rows().ratio(("b", "c"), which, "rps").is_empty());
        assert!(rows().ratio(("a", "b"), Which { route: Some("x"), ..which }, "rps").is_empty());
        let whole = Which { phase: "core", route: None };
        assert_eq!(rows().ratio(("a", "c"), whole, "rps"), [9.0]);
        assert_eq!(rows().servers(), ["a", "b", "c"]);
    }

    #[test]
    fn python_has_a_number_that_is_none() {
        assert_eq!(lenient(r#"{"p50_ms": NaN}"#), r#"{"p50_ms": null}"#);
    }
}
