//! Keys as a table.

use std::fmt::Write as _;

use jiff::Timestamp;
use recap_core::key::ApiKey;

const HEAD: [&str; 7] = ["ID", "STATE", "SCOPES", "OWNER", "CREATED", "LAST USED", "NAME"];

/// One line a key, in columns as wide as they need to be; nothing if there are no
/// keys.
pub(super) fn table(keys: &[ApiKey], now: Timestamp) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(keys.iter().map(|it| row(it, now)))
        .collect();
    let width = |column: usize| rows.iter().map(|it| it[column].chars().count()).max();
    let widths: [usize; 7] = std::array::from_fn(|it| width(it).unwrap_or_default());
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(key: &ApiKey, now: Timestamp) -> [String; 7] {
    let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
    let used = key.last_used_at.map_or_else(|| "never".to_owned(), seconds);
    let (owner, created) = (key.owner.as_str().to_owned(), seconds(key.created_at));
    [key.id.to_string(), state(key, now), scopes.join(","), owner, created, used, key.name.clone()]
}

fn state(key: &ApiKey, now: Timestamp) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(at)) if at <= now => "expired".to_owned(),
        (None, Some(at)) => format!("until {}", seconds(at)),
        (None, None) => "valid".to_owned(),
    }
}

/// Nobody needs to know it more exactly.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use recap_testkit::samples;

    use super::*;

    #[test]
    fn a_line_for_each_key() {
        let mut key = samples::api_key().key;
        key.id = "key_01JGFJJZ00000000000000000A".parse().expect("an id");
        key.owner = recap_core::job::Owner::new("team");
        let now: Timestamp = "2026-02-01T00:00:00Z".parse().expect("a time");
        let expired = ApiKey { expires_at: Some(now), ..key.clone() };
        let revoked = ApiKey { revoked_at: Some(now), last_used_at: Some(now), ..key.clone() };
        insta::assert_snapshot!(table(&[key, expired, revoked], now), @"
        ID                              STATE    SCOPES       OWNER  CREATED               LAST USED             NAME
        key_01JGFJJZ00000000000000000A  valid    read,submit  team   2026-01-01T00:00:00Z  never                 sample
        key_01JGFJJZ00000000000000000A  expired  read,submit  team   2026-01-01T00:00:00Z  never                 sample
        key_01JGFJJZ00000000000000000A  revoked  read,submit  team   2026-01-01T00:00:00Z  2026-02-01T00:00:00Z  sample
        ");
        assert_eq!(table(&[], now), "");
    }
}
