//! The lines `ITEM {…}` of a playlist, and `LIST {…}` at its end.

use recap_core::ports::PlaylistItem;
use serde::Deserialize;

use super::metadata::plain;

/// A playlist, as far as it came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) items: Vec<PlaylistItem>,
    /// Its end was printed.
    pub(crate) is_complete: bool,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(default)]
    title: Option<String>,
}

impl Listed {
    /// Reads the lines in order. What has no id of a video (another playlist, or
    /// a line that was cut) is not there.
    pub(crate) fn read(stdout: &[u8]) -> Self {
        let mut listed = Self::default();
        for line in String::from_utf8_lossy(stdout).lines() {
            listed.is_complete |= line.starts_with("LIST ");
            listed.items.extend(line.strip_prefix("ITEM ").and_then(item));
        }
        listed
    }
}

fn item(json: &str) -> Option<PlaylistItem> {
    let Item { id, title } = serde_json::from_str(json).ok()?;
    Some(PlaylistItem { video: id.parse().ok()?, title: title.as_deref().and_then(plain) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, expected: &[(&str, Option<&str>)], is_complete: bool) {
        let item = |(id, title): &(&str, Option<&str>)| PlaylistItem {
            video: id.parse().unwrap(),
            title: title.map(str::to_owned),
        };
        let items = expected.iter().map(item).collect();
        assert_eq!(Listed::read(printed.as_bytes()), Listed { items, is_complete });
    }

    #[test]
    fn videos_are_read_and_all_else_is_not() {
        let first = r#"ITEM {"id": "ok_manual01", "title": "A\u0000 b"}"#;
        let private = r#"ITEM {"id": "er_private1"}"#;
        let (a, b) = (("ok_manual01", Some("A b")), ("er_private1", None));
        check(&format!("{first}\n{private}\nLIST {{}}"), &[a, b], true);
        check(&format!("{private}\nnoise\n{first}"), &[b, a], false);
        let odd = r#"ITEM {"id": "PLanother", "title": "x"}"#;
        check(&format!("{odd}\nITEM NA\nITEM {{}}\n{first}\nITEM {{\"id\": \"er_"), &[a], false);
        check("LIST NA", &[], true);
        check("", &[], false);
    }
}
