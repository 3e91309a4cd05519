//! The grammar of the headers of a submit.

use std::time::Duration;

/// Longest `Idempotency-Key`, in characters.
const MAX_KEY: usize = 255;

/// Longest wait that may be preferred, in seconds.
const MAX_WAIT: u64 = 60;

/// A key: a string as structured fields (RFC 9651) have it, or bare as most
/// clients send it.
pub(super) fn key(text: &str) -> Option<String> {
    let text = text.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"')?)?,
        None => text.to_owned(),
    };
    let visible = key.bytes().all(|it| it.is_ascii_graphic());
    ((1..=MAX_KEY).contains(&key.len()) && visible).then_some(key)
}

/// What stands between the quotes of a string.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.push(letters.next().filter(|it| matches!(it, '"' | '\\'))?),
            '"' => return None,
            letter => plain.push(letter),
        }
    }
    Some(plain)
}

/// The `wait` among the preferences (RFC 7240), whose first one counts. Other
/// preferences, and a wait that is none, are not errors; one that is too long is
/// cut.
pub(super) fn wait<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Duration> {
    let preference = lines.flat_map(|it| parts(it, ',')).find_map(|it| {
        let (name, value) = parts(it, ';').next()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim())
    })?;
    let seconds = preference.trim_matches('"');
    let digits = (1..=9).contains(&seconds.len()) && seconds.bytes().all(|it| it.is_ascii_digit());
    let seconds: u64 = seconds.parse().ok().filter(|it| digits && *it > 0)?;
    Some(Duration::from_secs(seconds.min(MAX_WAIT)))
}

/// What stands between separators that are not inside a quoted string.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |it: char| {
        let ends = it == separator && !quoted;
        quoted ^= it == '"' && !escaped;
        escaped = it == '\\' && quoted && !escaped;
        ends
    })
}

/// A number and its unit: `90s`, `10m`, `2h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = match text.bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3600,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let sane = (1..=9).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| sane)?;
    Some(Duration::from_secs(number * unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_quoted_or_bare() {
        for (text, expected) in [
            ("abc", Some("abc")),
            ("\"abc\"", Some("abc")),
            (" \"a\\\"b\\\\c\" ", Some("a\"b\\c")),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("", None),
            ("\"\"", None),
            ("\"", None),
            ("\"abc", None),
            ("\"a\"b\"", None),
            ("\"a\\n\"", None),
            ("a b", None),
            ("\"a b\"", None),
            ("ä", None),
        ] {
            assert_eq!(key(text).as_deref(), expected, "{text}");
        }
        assert!(key(&"x".repeat(255)).is_some());
        assert!(key(&"x".repeat(256)).is_none());
    }

    #[test]
    fn a_wait_is_found_among_preferences() {
        for (lines, expected) in [
            (&["wait=10"][..], Some(10)),
            (&["respond-async, wait=10"], Some(10)),
            (&["handling=lenient", "Wait = 10; foo=bar"], Some(10)),
            (&["foo=\"a, wait=1\", wait=\"7\""], Some(7)),
            (&["foo=\"a\\\", wait=1\", wait=7"], Some(7)),
            (&["wait=5, wait=9"], Some(5)),
            (&["wait=600"], Some(60)),
            (&["wait=0"], None),
            (&["wait"], None),
            (&["wait=soon"], None),
            (&["wait=-1"], None),
            (&["waiting=3"], None),
            (&["\""], None),
            (&[], None),
        ] {
            let found = wait(lines.iter().copied()).map(|it| it.as_secs());
            assert_eq!(found, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_time_has_a_unit() {
        for (text, expected) in [("90s", Some(90)), ("10m", Some(600)), (" 2h", Some(7200))] {
            assert_eq!(duration(text).map(|it| it.as_secs()), expected, "{text}");
        }
        for wrong in ["", "s", "10", "1d", "-1s", "+1s", "1.5h", "1234567890s", "1 m", "１m"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
