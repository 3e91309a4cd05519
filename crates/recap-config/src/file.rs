//! `recap.toml`.

use std::io::ErrorKind;
use std::path::Path;

use figment::Provider;
use figment::providers::{Format, Toml};

use crate::error::Problem;
use crate::setting::Setting;

/// The file that is read from the working directory when none is named.
const DEFAULT_FILE: &str = "recap.toml";

/// What the file sets. A file that was asked for and is missing, or one that
/// is not TOML, is a problem; no file at all is fine.
pub(crate) fn settings(file: Option<&Path>, problems: &mut Vec<Problem>) -> Vec<Setting> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let source = format!("file {}", path.display());
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            let repair = match file {
                Some(_) => "correct the path given to --config",
                None => "mend it, or move it out of the working directory",
            };
            let mend = format!("cannot be read ({}); {repair}", error.kind());
            problems.push(Problem::invalid("", mend).said_by(source));
            return Vec::new();
        }
    };
    let data = match Toml::string(&text).data() {
        Ok(data) => data,
        Err(error) => {
            let mend = format!("is not valid TOML: {}", without_excerpt(&error.kind.to_string()));
            problems.push(Problem::invalid("", mend).said_by(source));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (section, value) in data.into_values().flatten() {
        let Some(fields) = value.clone().into_dict() else {
            // A bare `port = 1` is in no section; it is unknown under its own name.
            found.push(Setting { key: section, source: source.clone(), meanings: vec![value] });
            continue;
        };
        for (field, value) in fields {
            let key = format!("{section}.{field}");
            found.push(Setting { key, source: source.clone(), meanings: vec![value] });
        }
    }
    found
}

/// The line that is wrong may hold a key, so it is not repeated.
fn without_excerpt(message: &str) -> String {
    let lines = message.lines().filter(|it| !it.contains(" |") && !it.trim().is_empty());
    lines.collect::<Vec<_>>().join(": ")
}
