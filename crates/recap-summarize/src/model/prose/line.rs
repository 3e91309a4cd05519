//! The text of one field as it goes out: sentence by sentence, like [`tidy::text`]
//! makes them of the whole.
//!
//! A sentence is told when the next one has ended, because only then it is known to
//! be no half of an instruction.

use crate::tidy;

/// A field that is longer, in bytes, is not told to its end: it is cut in the result.
const LONGEST: usize = 4 * tidy::LONGEST_SUMMARY;

#[derive(Debug, Default)]
pub(super) struct Line {
    /// As the model writes it.
    raw: String,
    told: String,
    /// A sentence may have ended.
    marked: bool,
}

impl Line {
    pub(super) fn add(&mut self, char: char, told: &mut String) {
        if self.raw.len() > LONGEST {
            return;
        }
        self.raw.push(char);
        if matches!(char, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '。' | '！' | '？') {
            self.marked = true;
        } else if self.marked && char.is_alphanumeric() {
            self.marked = false;
            self.tell(&tidy::beginning(&self.raw), told);
        }
    }

    pub(super) fn end(&mut self, told: &mut String) {
        self.tell(&tidy::text(&self.raw, usize::MAX), told);
        told.extend((!self.told.is_empty()).then_some('\n'));
        *self = Self::default();
    }

    /// What `text` has and was not told.
    fn tell(&mut self, text: &str, told: &mut String) {
        if let Some(new) = text.strip_prefix(&self.told) {
            told.push_str(new);
            self.told.push_str(new);
        }
    }
}
