//! What a page may look like.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Nobody reads a longer file from top to bottom.
const MOST_LINES: usize = 400;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn sources() -> Vec<(PathBuf, String)> {
    let files = WalkDir::new(crates()).into_iter().map(Result::unwrap);
    files
        .filter(|it| it.path().extension().is_some_and(|it| it == "rs"))
        .map(|it| (it.path().to_owned(), fs::read_to_string(it.path()).unwrap()))
        .collect()
}

#[test]
fn files_are_small() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
    }
}

#[test]
fn sources_say_what_they_are() {
    for (path, text) in sources() {
        let tested = path.components().any(|it| it.as_os_str() == "tests");
        assert!(tested || text.starts_with("//!"), "{} has no `//!`", path.display());
    }
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TODO", "FIXME", "XXX"].map(|it| format!("// {it}"));
    for (path, text) in sources() {
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{} has a {mark}", path.display());
        }
    }
}

#[test]
fn decisions_are_numbered_once() {
    let dir = crates().join("../docs/decisions");
    let names = fs::read_dir(dir).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<String> = names.map(|it| it[..4].to_owned()).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=numbers.len()).map(|it| format!("{it:04}")).collect();
    assert_eq!(numbers, expected);
}
