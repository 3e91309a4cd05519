//! Where the code reads a setting.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::shell::root;

/// More places than these tell nobody more.
const MOST: usize = 2;

/// What shows settings, or lays what was changed while running over them, does not do
/// as they say.
const PASSED_ON: [&str; 3] = [
    "recap-gateway/src/body/operator",
    "recap-gateway/src/control.rs",
    "recap-gateway/src/limit/in_force.rs",
];

/// Sections that have settings in common, which are read as `CallSettings`.
const CALLED: [&str; 2] = ["gemini", "openai"];

/// The crates that recap is, without those that it is tried with.
pub(super) struct Sources {
    /// By path from the root; tests are left out.
    files: Vec<(String, String)>,
}

impl Sources {
    pub(super) fn read() -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for crate_dir in fs::read_dir(root().join("crates"))? {
            let dir = crate_dir?.path();
            let name = dir.file_name().unwrap_or_default().to_string_lossy();
            if !["recap-testkit", "recap-simulator", "xtask"].contains(&&*name) {
                read_all(&dir.join("src"), &mut files)?;
            }
        }
        files.sort();
        Ok(Self { files })
    }

    /// The files that read `key`, by itself or through a method of its section.
    pub(super) fn uses(&self, key: &str) -> Vec<String> {
        let Some((section, field)) = key.split_once('.') else { return Vec::new() };
        let mut names = self.accessors(section, field);
        names.push(field.to_owned());
        let config = format!("{}Config", pascal(section));
        let reads = |text: &str| names.iter().any(|it| is_read(text, section, &config, it));
        let ours = |path: &str| path.starts_with("crates/recap-config/");
        let passed_on = |path: &str| PASSED_ON.iter().any(|it| path.contains(it));
        let outside = self.files.iter();
        let outside = outside.filter(|(path, _)| !ours(path) && !passed_on(path));
        let outside =
            outside.filter(|(path, text)| reads(text) || is_called(path, text, section, field));
        // Where recap runs is read by what lays the profiles over the defaults.
        let profiles = self.files.iter().filter(|(path, text)| {
            ours(path) && path.ends_with("/profiles.rs") && section == "runtime" && reads(text)
        });
        // Which of two servers is meant is asked of all settings together.
        let sections = self.files.iter().filter(|(path, text)| {
            path.ends_with("recap-config/src/sections.rs")
                && has_word(text, &format!("self.{section}.{field}"))
        });
        let found = outside.chain(profiles).chain(sections);
        found.map(|(path, _)| format!("`{}`", short(path))).take(MOST).collect()
    }

    /// The methods of the section that read the field.
    fn accessors(&self, section: &str, field: &str) -> Vec<String> {
        let folder = "crates/recap-config/src/sections/";
        let head = format!("impl {}Config {{", pascal(section));
        let mut files = self.files.iter().filter(|(path, _)| path.starts_with(folder));
        let Some(body) = files.find_map(|(_, text)| text.split(&head).nth(1)) else {
            return Vec::new();
        };
        let body = body.split("\n}").next().unwrap_or(body);
        let methods = body.split("pub fn ").skip(1).filter(|it| {
            // A field that is checked is not used by that.
            let own = it.split("\n    }").next().unwrap_or(it);
            has_word(own, &format!("self.{field}"))
        });
        methods.filter_map(|it| Some(it.split_once('(')?.0.to_owned())).collect()
    }
}

fn read_all(folder: &Path, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "rs") && !is_test(&path) {
            let text = fs::read_to_string(&path)?;
            // What follows is a test in the same file.
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let is_code = |it: &&str| !it.trim_start().starts_with("//");
            let text = text.lines().filter(is_code).collect::<Vec<_>>().join("\n");
            let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, text));
        }
    }
    Ok(())
}

fn is_test(path: &Path) -> bool {
    let named = |it: PathBuf| it.components().any(|it| it.as_os_str() == "tests");
    named(path.with_extension(""))
}

/// Whether a file reads what a section has in common with others, for all of them or
/// for this one.
fn is_called(path: &str, text: &str, section: &str, field: &str) -> bool {
    let name = field.trim_end_matches("_seconds").trim_end_matches("_ms");
    let others = CALLED.iter().filter(|it| **it != section);
    CALLED.contains(&section)
        && is_read(text, "calls", "CallSettings", name)
        && others.into_iter().all(|it| !path.contains(it))
}

/// Whether a file reads what is called `name` of a section: of one that is called as the
/// section is, or that has its type. What is set or told in words is not read.
fn is_read(text: &str, section: &str, config: &str, name: &str) -> bool {
    let typed =
        |owner: &str| ["", "&"].iter().any(|it| has_word(text, &format!("{owner}: {it}{config}")));
    let word = format!(".{name}");
    places(text, &word).any(|at| {
        let owner = text[..at].rsplit(|it| !is_part(it)).next().unwrap_or_default();
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let words = line.matches('"').count() % 2 == 1;
        (owner == section || typed(owner)) && !words && !text[at + word.len()..].starts_with(" = ")
    })
}

/// Whether `text` has `word`, and not as the beginning of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let begins = |at: usize| text[..at].chars().next_back().is_none_or(|it| !is_part(it));
    places(text, word).any(begins)
}

/// Where `word` is and ends.
fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let ends = |at: usize| text[at + word.len()..].chars().next().is_none_or(|it| !is_part(it));
    text.match_indices(word).map(|it| it.0).filter(move |at| ends(*at))
}

fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn pascal(section: &str) -> String {
    let parts = section.split('_').map(super::capital);
    parts.collect()
}

fn short(path: &str) -> String {
    path.trim_start_matches("crates/").replace("/src/", "/")
}
