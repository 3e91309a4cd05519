//! `docs/numbers.md`: every number that recap was asked to be made to, the setting
//! that it is, and where that is used.

mod rows;
mod uses;

use std::fmt::Write as _;

use recap_config::Config;
use serde_json::Value;

use self::rows::ROWS;
use self::uses::Sources;

/// A number that was asked for.
struct Row {
    area: &'static str,
    number: &'static str,
    held: Held,
    reason: &'static str,
}

/// What makes it true.
enum Held {
    /// A setting, and the value that was asked for, as JSON.
    Setting(&'static str, &'static str),
    /// A file, and the text in it.
    Text(&'static str, &'static str),
    /// Neither; says why.
    Elsewhere(&'static str),
}

const INTRO: &str = "# The numbers\n\nWritten by `cargo xtask docs` from the list in \
    `crates/xtask/src/docs/numbers`; do not edit.\n\nThe numbers that recap was asked to be made \
    to. Each is the default of a setting; where a default is another number, \
    [ADR 0011](decisions/0011-where-numbers-differ-from-the-plan.md) says why. *Used in* is where \
    the code reads the setting. [config.md](config.md) has all settings.\n";

/// Beside a default that is another number.
const DIFFERS: &str = " ([why](decisions/0011-where-numbers-differ-from-the-plan.md))";

/// The page.
pub(super) fn page() -> anyhow::Result<String> {
    let sources = Sources::read()?;
    let defaults = serde_json::to_value(Config::default())?;
    let mut text = String::from(INTRO);
    let mut area = "";
    for row in ROWS {
        if row.area != area {
            area = row.area;
            let _ = writeln!(text, "\n## {}\n", capital(area));
            text.push_str(
                "| number | setting | default | used in | because |\n| --- | --- | --- | --- | --- |\n",
            );
        }
        let (number, reason) = (row.number, row.reason);
        let _ = match row.held {
            Held::Setting(key, asked) => {
                let default = default(&defaults, key).to_string();
                let differs = if default == asked { "" } else { DIFFERS };
                let used = sources.uses(key).join(", ");
                writeln!(text, "| {number} | `{key}` | `{default}`{differs} | {used} | {reason} |")
            }
            Held::Text(file, part) => {
                writeln!(text, "| {number} | none: `{part}` | | `{file}` | {reason} |")
            }
            Held::Elsewhere(why) => writeln!(text, "| {number} | {why} | | | {reason} |"),
        };
    }
    Ok(text)
}

/// `Null` if there is no such setting.
fn default<'a>(defaults: &'a Value, key: &str) -> &'a Value {
    key.split('.').fold(defaults, |value, name| &value[name])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
