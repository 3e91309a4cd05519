//! `docs/evaluation.md`: written from what was found, or compared with it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::lab::note;
use crate::shell;

/// Before the tables.
const INTRODUCTION: &str = include_str!("../../eval/introduction.md");
/// What a score may differ by; another processor rounds otherwise.
const TOLERANCE: f64 = 0.005;
/// From here on the page is about time, which is another in every run.
const OF_TIME: &str = "## CPU";

fn path() -> PathBuf {
    shell::root().join("docs/evaluation.md")
}

fn page(found: &str) -> String {
    format!("{}\n{}", INTRODUCTION, found.trim_start())
}

pub(super) fn write(found: &str) -> anyhow::Result<()> {
    fs::write(path(), page(found))?;
    note("docs/evaluation.md is written");
    Ok(())
}

/// # Errors
///
/// Names the first line that says something else, and what was found.
pub(super) fn check(found: &str) -> anyhow::Result<()> {
    let written = fs::read_to_string(path()).context("docs/evaluation.md cannot be read")?;
    if let Some((said, found)) = difference(&written, &page(found)) {
        bail!(
            "docs/evaluation.md says\n  {said}\nbut found was\n  {found}\nIf that is better, run \
             `cargo xtask eval`, and commit the page."
        );
    }
    note("docs/evaluation.md says what was found");
    Ok(())
}

/// What is not about time.
fn lasting(page: &str) -> &str {
    page.split(OF_TIME).next().unwrap_or(page).trim_end()
}

/// The first two lines that are not the same, numbers aside that are nearly.
fn difference<'a>(written: &'a str, found: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut written, mut found) = (lasting(written).lines(), lasting(found).lines());
    loop {
        match (written.next(), found.next()) {
            (None, None) => return None,
            (a, b) if a.is_some() != b.is_some() || !alike(a?, b?) => {
                return Some((a.unwrap_or_default(), b.unwrap_or_default()));
            }
            _ => {}
        }
    }
}

fn alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || nearly(a, b))
}

/// A count may differ by one in a hundred.
fn nearly(a: &str, b: &str) -> bool {
    let number = |it: &str| it.trim_matches(['*', ',', '(', ')']).parse::<f64>();
    let (Ok(a), Ok(b)) = (number(a), number(b)) else { return false };
    (a - b).abs() <= TOLERANCE.max(a.abs() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn scores_may_differ_a_little_and_time_altogether() {
        let page = "# Page\n| lead | 0.312 | 118 |\n\n## CPU\n| lead | 3 |";
        let table = [
            ("# Page\n| lead | 0.316 | 119 |\n\n## CPU\n| lead | 7 | 8 |", true),
            ("# Page\n| lead | 0.318 | 118 |", false),
            ("# Page\n| lead | 0.312 | 120 |", false),
            ("# Page\n| last | 0.312 | 118 |", false),
            ("# Page", false),
            ("# Page\n| lead | 0.312 | 118 |\nMore.", false),
        ];
        for (found, same) in table {
            assert_eq!(difference(page, found).is_none(), same, "{found}");
        }
    }
}
