//! The settings for people: those in force, and all there are.

mod env;

use std::fmt::Write as _;

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

pub use self::env::{ENVIRONMENT_FILES, EnvironmentFile};
use crate::load::Loaded;
use crate::profiles::{PLACES, Profiles, SIZES};
use crate::sections::Config;
use crate::variables::ALIASES;

/// The settings in force as TOML, secrets as `***`, each that is not a default
/// with its source.
pub fn effective(loaded: &Loaded) -> String {
    let mut text = String::new();
    for (section, fields) in sections(&loaded.config) {
        let _ = writeln!(text, "[{section}]");
        for (field, value) in fields {
            let source = loaded.sources.get(&format!("{section}.{field}"));
            let source = source.map(|it| format!("  # {it}")).unwrap_or_default();
            let _ = writeln!(text, "{field} = {value}{source}");
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The reference of all settings, as Markdown.
pub fn reference() -> String {
    let mut text = String::from(include_str!("show/intro.md"));
    let mut schemas = Vec::new();
    <Config as ToSchema>::schemas(&mut schemas);
    let named = |wanted: &str| -> Value {
        let schema = schemas.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        schema.map(|(_, schema)| json(schema)).unwrap_or_default()
    };
    for (section, fields) in sections(&Config::default()) {
        let schema = named(&format!("{section}config"));
        let about = one_line(schema["description"].as_str().unwrap_or_default());
        let about = about.replace(&format!(": `[{section}]`"), "");
        let _ = writeln!(text, "\n## `[{section}]`\n\n{about}\n");
        text.push_str("| setting | default | meaning |\n| --- | --- | --- |\n");
        for (field, value) in fields {
            let property = &schema["properties"][&field];
            let about = one_line(property["description"].as_str().unwrap_or_default());
            let (default, about) =
                (cell(&value.to_string()), cell(&(about + &choices(property, named))));
            let _ = writeln!(text, "| `{field}` | `{default}` | {about} |");
        }
    }
    text.push_str(include_str!("show/profiles.md"));
    text.push_str(&profiles(&SIZES));
    text.push_str(include_str!("show/places.md"));
    text.push_str(&profiles(&PLACES));
    text.push_str("\n## Names without the prefix\n\n| variable | setting |\n| --- | --- |\n");
    for (name, key) in ALIASES {
        let _ = writeln!(text, "| `{name}` | `{key}` |");
    }
    text
}

/// What each profile sets, beside the defaults.
fn profiles(profiles: &Profiles) -> String {
    let [first, second] = profiles.names;
    let mut text = format!(
        "| setting | default | {first} | {second} | because |\n| {} |\n",
        ["---"; 5].join(" | ")
    );
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    for row in profiles.rows {
        let default = row.key.split('.').fold(&defaults, |value, name| &value[name]);
        let [first, second] = row.values.map(|it| match it {
            "" => String::new(),
            value => format!("`{value}`"),
        });
        let (key, default) = (row.key, cell(&default.to_string()));
        let _ = writeln!(text, "| `{key}` | `{default}` | {first} | {second} | {} |", row.reason);
    }
    text
}

/// What a setting that is one of a list may be.
fn choices(property: &Value, named: impl Fn(&str) -> Value) -> String {
    let reference = property["$ref"].as_str().or(property["allOf"][0]["$ref"].as_str());
    let reference = reference.or(property["oneOf"][0]["$ref"].as_str());
    let name = reference.and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    let values = named(name)["enum"].as_array().cloned().unwrap_or_default();
    let values: Vec<String> =
        values.iter().filter_map(Value::as_str).map(|it| format!("`{it}`")).collect();
    if values.is_empty() { String::new() } else { format!(" One of {}.", values.join(", ")) }
}

fn sections(config: &Config) -> Vec<(String, Vec<(String, Value)>)> {
    let Ok(Value::Object(sections)) = serde_json::to_value(config) else {
        unreachable!("the settings are plain data");
    };
    sections
        .into_iter()
        .map(|(name, fields)| match fields {
            Value::Object(fields) => (name, fields.into_iter().collect()),
            _ => unreachable!("every section is a struct"),
        })
        .collect()
}

fn json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A bar would end a cell of the table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
