//! Where a sentence ends, without knowing the language.

/// Whether the last thing in `text`, quotes and brackets aside, is a mark that
/// ends a sentence in some script. An abbreviation counts too: a cut after one
/// does no harm.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let closing = |it: char| {
        it.is_whitespace()
            || matches!(it, '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '」' | '』' | '）')
    };
    text.trim_end_matches(closing).ends_with(is_end)
}

/// Full stops of Latin, Greek (whose question mark is `;`, so it is not here),
/// Cyrillic, Chinese, Japanese, Arabic, Urdu, Devanagari, Ethiopic, Burmese,
/// Khmer and Armenian.
fn is_end(it: char) -> bool {
    matches!(
        it,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '．'
            | '！'
            | '？'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '።'
            | '။'
            | '។'
            | '։'
    )
}
