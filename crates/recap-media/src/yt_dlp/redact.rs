//! What may be written to a log of what a stranger printed.

/// Longest text that is kept, in characters.
const LIMIT: usize = 200;

/// One line without addresses and control characters, cut to 200 characters.
///
/// Addresses go whole: those of captions carry signatures, and those of a
/// package index may carry a password.
pub(crate) fn line(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let address = word.contains("://") || word.contains("youtube.com") || word.contains('@');
        if address { "<address>" } else { word }
    });
    let joined = words.collect::<Vec<_>>().join(" ");
    joined.chars().filter(|it| !it.is_control()).take(LIMIT).collect()
}

/// The last line that says something, redacted; the first choice is one that
/// begins with `ERROR`.
pub(crate) fn last_line(text: &str) -> String {
    let said = || text.lines().rev().filter(|it| !it.trim().is_empty());
    let chosen = said().find(|it| it.starts_with("ERROR")).or_else(|| said().next());
    chosen.map_or_else(|| "it said nothing".to_owned(), line)
}

#[cfg(test)]
mod tests {
    use super::{last_line, line};

    #[test]
    fn addresses_and_control_characters_go() {
        let text =
            "ERROR: see https://www.youtube.com/api/timedtext?signature=SECRET \u{1b}[31mnow";
        assert_eq!(line(text), "ERROR: see <address> [31mnow");
        assert_eq!(line(&"x".repeat(500)).len(), 200);
    }

    #[test]
    fn the_last_error_is_chosen() {
        assert_eq!(last_line("ERROR: no\nnotice: pip\n"), "ERROR: no");
        assert_eq!(last_line("one\ntwo\n\n"), "two");
        assert_eq!(last_line(""), "it said nothing");
    }
}
