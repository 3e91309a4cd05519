//! A talk of our own: text with marks for what is said where, and for pauses.
//!
//! Three lines of header (`title`, `language`, `minutes`) and a blank one; `# Title` begins
//! a chapter; `{3: words}` is where the third point of the reference is made; `(1.2)` is a
//! silence of so many seconds.

use anyhow::{Context as _, bail};

use super::forms::{Word, is_spaced};

/// What is said, and when. Times are seconds.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) title: String,
    pub(super) language: String,
    pub(super) words: Vec<Word>,
    /// Where each chapter begins.
    pub(super) headings: Vec<f64>,
    /// Number of the point, from 1, and where it is made.
    pub(super) evidence: Vec<(usize, [f64; 2])>,
    pub(super) seconds: f64,
}

/// A piece of the text, before times are known.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Heading,
    Words(&'a str),
    Pause(f64),
    Opens(usize),
    Closes,
}

/// # Errors
///
/// Names what is missing or not closed.
pub(super) fn parse(source: &str) -> anyhow::Result<Talk> {
    let (header, body) = source.split_once("\n\n").context("a blank line follows the header")?;
    let field = |name: &str| {
        let value = header.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
        value.map(str::trim).with_context(|| format!("`{name}:` is missing"))
    };
    let (title, language) = (field("title")?.to_owned(), field("language")?.to_owned());
    let seconds = 60.0 * field("minutes")?.parse::<f64>().context("`minutes` is a number")?;
    let mut pieces = Vec::new();
    for line in body.lines() {
        if line.starts_with('#') {
            pieces.push(Piece::Heading);
        } else {
            pieces_of(line, &mut pieces)?;
        }
    }
    let mut talk = Talk {
        title,
        seconds,
        words: Vec::new(),
        headings: Vec::new(),
        evidence: Vec::new(),
        language,
    };
    talk.spread(&pieces)?;
    Ok(talk)
}

fn pieces_of<'a>(line: &'a str, pieces: &mut Vec<Piece<'a>>) -> anyhow::Result<()> {
    let (mut rest, mut text) = (line, 0);
    while let Some(at) = rest[text..].find(['{', '}', '(']).map(|it| text + it) {
        let after = &rest[at + 1..];
        let (piece, behind) = match rest.as_bytes()[at] {
            b'}' => (Piece::Closes, after),
            b'{' => {
                let (number, words) = after.split_once(':').context("`{3: words}`")?;
                let number = number.trim().parse().with_context(|| format!("{{{number}:"))?;
                (Piece::Opens(number), words)
            }
            _ => {
                let inside = after.split_once(')').map(|it| (it.0.parse::<f64>(), it.1));
                let Some((Ok(pause), behind)) = inside else {
                    // A bracket of the text itself.
                    text = at + 1;
                    continue;
                };
                (Piece::Pause(pause), behind)
            }
        };
        pieces.extend([Piece::Words(&rest[..at]), piece]);
        (rest, text) = (behind, 0);
    }
    pieces.push(Piece::Words(rest));
    Ok(())
}

impl Talk {
    /// Each word takes as long as its letters do, and all of them, with the
    /// pauses, as long as the talk.
    fn spread(&mut self, pieces: &[Piece<'_>]) -> anyhow::Result<()> {
        let spaced = is_spaced(&self.language);
        let letters = |it: &Piece<'_>| match it {
            Piece::Words(text) => units(text, spaced).into_iter().map(weight).sum(),
            _ => 0.0,
        };
        let letters: f64 = pieces.iter().map(letters).sum();
        let pause = |it: &Piece<'_>| if let Piece::Pause(it) = it { *it } else { 0.0 };
        let silent: f64 = pieces.iter().map(pause).sum();
        let each = ((self.seconds - silent) / letters.max(1.0)).max(0.0);
        let (mut now, mut open) = (0.0, Vec::new());
        for piece in pieces {
            match piece {
                Piece::Heading => self.headings.push(now),
                Piece::Pause(pause) => now += pause,
                Piece::Opens(number) => open.push((*number, now)),
                Piece::Closes => {
                    let (number, from) = open.pop().context("`}` closes nothing")?;
                    self.evidence.push((number, [from, now]));
                }
                Piece::Words(text) => {
                    for unit in units(text, spaced) {
                        let end = now + each * weight(unit);
                        self.words.push(Word { start: now, end, text: unit.to_owned() });
                        now = end;
                    }
                }
            }
        }
        if let Some((number, _)) = open.pop() {
            bail!("`{{{number}:` is not closed");
        }
        Ok(())
    }
}

/// A word and the breath after it.
fn weight(unit: &str) -> f64 {
    let letters = unit.chars().filter(|it| it.is_alphanumeric()).count();
    f64::from(u32::try_from(letters + 1).unwrap_or(u32::MAX))
}

/// Words, or characters where no blanks are written, with the marks after them.
pub(super) fn units(text: &str, spaced: bool) -> Vec<&str> {
    if spaced {
        return text.split_whitespace().collect();
    }
    let mut found = Vec::new();
    for run in text.split_whitespace() {
        let mut start = 0;
        let mut last = ' ';
        for (at, char) in run.char_indices() {
            let one_word = last.is_ascii_alphanumeric() && char.is_ascii_alphanumeric();
            if at > 0 && char.is_alphanumeric() && !one_word {
                found.push(&run[start..at]);
                start = at;
            }
            last = char;
        }
        found.push(&run[start..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{parse, units};

    const HEADER: &str = "title: T\nlanguage: en\nminutes: 0.5\n\n";

    #[test]
    fn marks_become_times() {
        let source = format!("{HEADER}# One\nab ab {{2: ab ab}} (18)\n# Two\nab (see) ab");
        let talk = parse(&source).unwrap();
        let words: Vec<&str> = talk.words.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(words, ["ab", "ab", "ab", "ab", "ab", "(see)", "ab"]);
        // Twelve seconds for seven words of 22 letters and breaths.
        let each = 12.0 / 22.0;
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} is not {b}");
        close(talk.evidence[0].1[0], 6.0 * each);
        close(talk.evidence[0].1[1], 12.0 * each);
        close(talk.headings[1], 12.0 * each + 18.0);
        close(talk.words[6].end, 30.0);
    }

    #[test]
    fn what_is_not_closed_is_told() {
        for body in ["{1: words", "words }", "{x: words}"] {
            assert!(parse(&format!("{HEADER}{body}")).is_err(), "{body}");
        }
        assert!(parse("title: T\n\nwords").is_err());
    }

    #[test]
    fn scripts_without_blanks_are_cut_into_characters() {
        assert_eq!(units("「紙」は、3000年。", false), ["「", "紙」", "は、", "3000", "年。"]);
    }
}
