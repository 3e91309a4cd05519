//! Files with every setting, for three kinds of place.

use std::fmt::Write as _;

use serde_json::Value;

use super::sections;
use crate::load::load;
use crate::variables::{ALIASES, EnvironmentVariables};

/// A file for one kind of place.
pub struct EnvironmentFile {
    /// As in `prod.env`.
    pub name: &'static str,
    what: &'static str,
    /// What it has beside the defaults and the profiles that it names.
    variables: &'static [(&'static str, &'static str)],
}

/// Those of `deploy/env/`.
pub const ENVIRONMENT_FILES: [EnvironmentFile; 3] = [
    EnvironmentFile {
        name: "dev.env",
        what: "For the machine of who works on recap, or tries it.",
        variables: &[("ENVIRONMENT", "development"), ("OPTIMIZATION_LEVEL", "standard")],
    },
    EnvironmentFile {
        name: "test.env",
        what: "For the tests of a client: messages may go to receivers on the same machine.",
        variables: &[
            ("ENVIRONMENT", "testing"),
            ("OPTIMIZATION_LEVEL", "basic"),
            ("RECAP_DATA__DIR", ".recap-test"),
        ],
    },
    EnvironmentFile {
        name: "prod.env",
        what: "For the images of deploy/Dockerfile, where recap serves others.",
        variables: &[
            ("ENVIRONMENT", "production"),
            ("OPTIMIZATION_LEVEL", "standard"),
            ("RECAP_DATA__DIR", "/data"),
            ("RECAP_SERVER__HOST", "0.0.0.0"),
        ],
    },
];

const ABOUT: &str = "#
# Written by `cargo xtask docs` from the settings; do not edit. Every setting is here with
# its value; what is empty, secrets among them, is a comment. As what is set by itself wins
# over a profile, another OPTIMIZATION_LEVEL needs its lines left out: docs/config.md has
# them, and says what each setting is.
";

impl EnvironmentFile {
    /// Every setting with its value; those that are empty, secrets among them, as
    /// comments to fill in.
    pub fn text(&self) -> String {
        let variables: EnvironmentVariables =
            self.variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let loaded = load(Some("/dev/null".as_ref()), &variables).expect("what is written here");
        let mut text = format!("# {}\n{ABOUT}", self.what);
        for (section, fields) in sections(&loaded.config) {
            let _ = writeln!(text, "\n# [{section}]");
            for (field, value) in fields {
                let empty = value.as_str() == Some("");
                let (name, value) = (name(&section, &field), plain(&value));
                let _ = writeln!(text, "{}{name}={value}", if empty { "# " } else { "" });
            }
        }
        text
    }
}

/// The name that platforms have for it, or else ours.
fn name(section: &str, field: &str) -> String {
    let key = format!("{section}.{field}");
    // What a platform sets by itself is not for a file.
    let ours = |(name, it): &&(&str, &str)| *it == key && !name.starts_with("RENDER_");
    match ALIASES.iter().find(ours) {
        Some((name, _)) => (*name).to_owned(),
        None => format!("RECAP_{section}__{field}").to_uppercase(),
    }
}

/// Without quotes: some who read such files take them for a part of the value.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(plain).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}
