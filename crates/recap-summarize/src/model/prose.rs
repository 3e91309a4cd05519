//! From pieces of a JSON answer to the text for people in it, as it comes.
//!
//! Bounded: what is held back is the word that has begun. Nothing depends on it:
//! the answer itself is parsed when it is whole.

mod line;

use self::line::Line;

/// The fields that are text for people, wherever they stand.
const FIELDS: [&str; 3] = ["summary", "tldr", "text"];
/// Longer than the name of any field.
const LONGEST_KEY: usize = 16;

/// Where in the JSON the last piece ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Between,
    /// In a string that may be the name of a field.
    Key,
    /// In the value of one of [`FIELDS`].
    Text,
    /// In any other string.
    Other,
}

/// An escape sequence that has begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    Backslash,
    /// So many hexadecimal digits are missing.
    Unicode {
        missing: u32,
        value: u32,
    },
}

/// Reads an answer piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    place: Place,
    escape: Escape,
    /// The first half of a character that is escaped in two.
    high: Option<u32>,
    key: String,
    /// A value comes next.
    after_colon: bool,
    line: Line,
}

impl Prose {
    /// What `piece` adds: words as in the result, a line for each field.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        let mut told = String::new();
        for char in piece.chars() {
            match self.place {
                Place::Between => self.between(char),
                _ => self.inside(char, &mut told),
            }
        }
        told
    }

    /// What ends the line if the answer ends here.
    pub(crate) fn end(mut self) -> String {
        let mut told = String::new();
        if self.place == Place::Text {
            self.close(&mut told);
        }
        told
    }

    fn between(&mut self, char: char) {
        match char {
            '"' if self.after_colon => {
                let is_text = FIELDS.contains(&self.key.as_str());
                self.place = if is_text { Place::Text } else { Place::Other };
            }
            '"' => {
                self.place = Place::Key;
                self.key.clear();
            }
            _ if char.is_whitespace() => return,
            _ => {}
        }
        self.after_colon = char == ':';
    }

    fn inside(&mut self, char: char, told: &mut String) {
        if self.escape == Escape::None && char != '\\' {
            self.high = None;
        }
        match self.escape {
            Escape::None if char == '\\' => self.escape = Escape::Backslash,
            Escape::None if char == '"' => self.close(told),
            Escape::None => self.add(char, told),
            Escape::Backslash if char == 'u' => {
                self.escape = Escape::Unicode { missing: 4, value: 0 };
            }
            Escape::Backslash => {
                self.escape = Escape::None;
                // Breaks and the like are blanks in the result.
                let is_blank = matches!(char, 'b' | 'f' | 'n' | 'r' | 't');
                self.add(if is_blank { ' ' } else { char }, told);
            }
            Escape::Unicode { missing, value } => {
                let value = value << 4 | char.to_digit(16).unwrap_or(0);
                self.escape = match missing {
                    1 => Escape::None,
                    _ => Escape::Unicode { missing: missing - 1, value },
                };
                if missing == 1 {
                    self.unit(value, told);
                }
            }
        }
    }

    /// A unit of UTF-16.
    fn unit(&mut self, unit: u32, told: &mut String) {
        let code = match (self.high.take(), unit) {
            (_, 0xD800..0xDC00) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xDC00..0xE000) => 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00),
            (_, unit) => unit,
        };
        self.add(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), told);
    }

    fn add(&mut self, char: char, told: &mut String) {
        match self.place {
            Place::Key if self.key.len() < LONGEST_KEY => self.key.push(char),
            Place::Text => self.line.add(char, told),
            _ => {}
        }
    }

    /// The end of a string.
    fn close(&mut self, told: &mut String) {
        if self.place == Place::Text {
            self.line.end(told);
        }
        (self.place, self.escape, self.high) = (Place::Between, Escape::None, None);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::Prose;

    fn told(pieces: &[&str]) -> String {
        let mut prose = Prose::default();
        let mut told: String = pieces.iter().map(|it| prose.push(it)).collect();
        told.push_str(&prose.end());
        told
    }

    #[track_caller]
    fn check(answer: &str, expected: &str) {
        assert_eq!(told(&[answer]), expected, "{answer}");
        let characters: Vec<String> = answer.chars().map(String::from).collect();
        let pieces: Vec<&str> = characters.iter().map(String::as_str).collect();
        assert_eq!(told(&pieces), expected, "{answer}, piece by piece");
    }

    #[test]
    fn only_text_for_people_is_told() {
        check("", "");
        check(r#"{"title": "T", "summary": "A b."}"#, "A b.\n");
        check(r#"```json{"tldr" : "A",  "points": [1, 22]}```"#, "A\n");
        let points =
            r#"{"summary":"A","points":[{"start":1,"text":"B"},{"text":"C","start":"2"}]}"#;
        check(points, "A\nB\nC\n");
        check(r#"{"summary": ["summary", "text"], "x": {"summary": 1}}"#, "");
        check(r#"{"a name that is longer than any summary": "no", "text": "yes"}"#, "yes\n");
        check(r#"{"title": "\"summary\": \"no\"", "summary": ""}"#, "");
        check("\"summary\" \"text\": no quotes", "");
    }

    #[test]
    fn escapes_are_read_and_what_is_no_text_is_left_out() {
        check(r#"{"text": "a\"b\\c\/d"}"#, "a\"b\\c/d\n");
        check(r#"{"text": "a\n\tb\u0007 c"}"#, "a b c\n");
        check(r#"{"text": "\u00e4\u6c34\ud83c\udf88"}"#, "ä水🎈\n");
        check(r#"{"text": " \ud83c x \udf88\uzzzz"}"#, "x\n");
        check(r#"{"text": "see https://evil.example/?a=b now"}"#, "see now\n");
        check(
            &format!(r#"{{"text": "see https://evil.example/{} now"}}"#, "x".repeat(500)),
            "see now\n",
        );
        check("{\"text\": \"a\u{202e}b\"}", "ab\n");
    }

    #[test]
    fn an_answer_that_is_cut_ends_its_line() {
        check(r#"{"summary": "A b"#, "A b\n");
        check(r#"{"summary": "A \u00"#, "A\n");
        check(r#"{"summ"#, "");
    }

    proptest! {
        #[test]
        fn what_was_written_is_told(texts in prop::collection::vec("[a-zä水🎈\"\\\\/]{1,90}", 1..5)) {
            let points: Vec<_> = texts.iter().map(|it| json!({"text": it, "start": 7})).collect();
            let lines: String = texts.iter().flat_map(|it| [it, "\n"]).collect();
            prop_assert_eq!(told(&[&json!({ "points": points }).to_string()]), lines);
        }

        #[test]
        fn anything_is_read_without_panic(text in "[\"\\\\:u0-9a-f,{}\\[\\] ]{0,200}") {
            told(&[&text]);
        }
    }
}
