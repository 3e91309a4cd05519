//! How many tokens a text costs, estimated without a model's tokenizer.
//!
//! Vocabularies are learned, so the cost of a text depends above all on its
//! script: what is common in the training text is one token a word, what is
//! rare is one token a character or even a byte. The estimate therefore counts
//! characters by class, in quarters of a token:
//!
//! | class | tokens per character | at least |
//! |---|---|---|
//! | letters A–Z | 1/4 | 1 a word |
//! | other Latin letters | 1/2 | 1 a word |
//! | Greek, Cyrillic, Hebrew, Arabic, Armenian, Georgian | 1/2 | 1 a word |
//! | scripts of India, Thai, Lao | 3/4 | 1 a word |
//! | Chinese, Japanese, Korean, digits | 1 | |
//! | other scripts and symbols | 3/2 | |
//! | emoji and all beyond the basic plane | 3 | |
//! | punctuation of ASCII | 3/4 | 1 a run |
//! | white space | the first space is free, then 1/4; a line break 1 | |
//!
//! Source: for English, Google documents "about 4 characters" a token and 100
//! tokens for 60 to 80 words (<https://ai.google.dev/gemini-api/docs/tokens>);
//! the estimate gives 73. Gemma, whose vocabulary is Gemini's relative, makes a
//! token of each digit. The other ratios are a judgement, not measured here:
//! rounded up from what vocabularies of 200,000 entries and more (Gemini,
//! `o200k`) are thought to need. Smaller ones may need twice as much for the
//! scripts of India and for Thai. The estimate is meant to be too high rather
//! than too low: by it a chunk is kept inside a limit.

/// What a character counts as, and its cost in quarters of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A run of these costs at least one token.
    Word,
    /// As [`Class::Word`].
    Punctuation,
    /// The first of a run is part of the word after it.
    Space,
    /// Every character for itself.
    Single,
}

/// Estimated tokens of `text`, rounded up.
///
/// Zero only for the empty text and a single space. A text costs no less than
/// any beginning of it, and two texts together at most one more than each
/// alone.
pub fn estimate(text: &str) -> usize {
    let mut quarters = 0;
    let mut run = (Class::Single, 0);
    for it in text.chars() {
        let (class, cost) = classify(it);
        if class == run.0 {
            run.1 += cost;
        } else {
            quarters += settle(run);
            run = (class, cost);
        }
    }
    (quarters + settle(run)).div_ceil(4)
}

fn settle((class, quarters): (Class, usize)) -> usize {
    match class {
        Class::Word | Class::Punctuation => quarters.max(4),
        Class::Space => quarters - 1,
        Class::Single => quarters,
    }
}

fn classify(it: char) -> (Class, usize) {
    match it {
        'a'..='z' | 'A'..='Z' => (Class::Word, 1),
        ' ' => (Class::Space, 1),
        '\t' => (Class::Space, 2),
        // General punctuation with the joiners of emoji; Hangul letters; Chinese
        // and Japanese; Hangul; their wide forms.
        '\n'
        | '\r'
        | '0'..='9'
        | '\u{1100}'..='\u{11FF}'
        | '\u{2000}'..='\u{206F}'
        | '\u{3000}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}' => (Class::Single, 4),
        '\0'..='\x7F' => (Class::Punctuation, 3),
        // Latin with marks to Arabic; Georgian; Latin and Greek again.
        '\u{C0}'..='\u{7BF}'
        | '\u{860}'..='\u{8FF}'
        | '\u{10A0}'..='\u{10FF}'
        | '\u{1E00}'..='\u{1FFF}' => (Class::Word, 2),
        // Devanagari to Sinhala, Thai, Lao.
        '\u{900}'..='\u{EFF}' => (Class::Word, 3),
        '\u{80}'..='\u{FFFF}' => (Class::Single, 6),
        _ => (Class::Single, 12),
    }
}
