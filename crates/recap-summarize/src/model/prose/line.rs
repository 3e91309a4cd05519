//! The text of one field as it goes out: words with single blanks between them,
//! without links, like [`tidy::text`] makes it of the whole.

use crate::tidy;

/// A word that is longer, as in a script without blanks, is told in parts.
const LONGEST_WORD: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Line {
    /// The word that has begun.
    word: String,
    /// The rest of it belongs to a link.
    in_link: bool,
    /// Something was told.
    begun: bool,
    /// A blank goes before the next word.
    blank: bool,
}

impl Line {
    pub(super) fn add(&mut self, char: char, told: &mut String) {
        if char.is_whitespace() || char.is_control() {
            self.tell_word(told);
            (self.in_link, self.blank) = (false, self.begun);
        } else if !self.in_link && !tidy::is_invisible(char) {
            self.word.push(char);
            if self.word.len() > LONGEST_WORD {
                self.in_link = tidy::is_url(&self.word);
                self.tell_word(told);
            }
        }
    }

    pub(super) fn end(&mut self, told: &mut String) {
        self.tell_word(told);
        told.extend(self.begun.then_some('\n'));
        *self = Self::default();
    }

    fn tell_word(&mut self, told: &mut String) {
        if !self.word.is_empty() && !tidy::is_url(&self.word) {
            told.extend(self.blank.then_some(' '));
            told.push_str(&self.word);
            (self.begun, self.blank) = (true, false);
        }
        self.word.clear();
    }
}
