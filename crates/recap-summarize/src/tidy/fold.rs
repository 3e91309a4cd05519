//! Text as it sounds to a reader: one case, no accents, no marks, and letters of
//! other alphabets or fonts that are only drawn like Latin ones.
//!
//! For comparing alone; nothing folded is ever shown. The part of NFKC that is used
//! to disguise words, without the tables of the rest.

/// Letters that lose their mark; a mark that is a character of its own goes anyway.
const MARKED: [(&str, &str); 24] = [
    ("a", "àáâãäåāăą"),
    ("c", "çćč"),
    ("d", "ďđ"),
    ("e", "èéêëēęěė"),
    ("g", "ğ"),
    ("i", "ìíîïīı"),
    ("l", "ł"),
    ("n", "ñńň"),
    ("o", "òóôõöøőō"),
    ("r", "řŕ"),
    ("s", "śšş"),
    ("ss", "ß"),
    ("t", "ťţ"),
    ("u", "ùúûüůűū"),
    ("y", "ýÿ"),
    ("z", "źžż"),
    ("ae", "æ"),
    ("oe", "œ"),
    ("и", "й"),
    ("е", "ё"),
    ("ا", "أإآٱ"),
    ("ه", "ة"),
    ("ي", "ى"),
    ("ज", "\u{95b}"),
];

/// Letters and digits that stand for others.
const DRAWN_ALIKE: [(char, &str); 24] = [
    ('a', "аαɑ4@"),
    ('b', "вʙ8"),
    ('c', "сϲᴄ"),
    ('d', "ԁᴅ"),
    ('e', "еεᴇ3"),
    ('f', "ꜰ"),
    ('g', "ɡɢ"),
    ('h', "һʜ"),
    ('i', "іιɪ1ӏ"),
    ('j', "ј"),
    ('k', "кκᴋ"),
    ('l', "ʟ"),
    ('m', "мᴍ"),
    ('n', "ոɴη"),
    ('o', "оοօᴏ0"),
    ('p', "рρᴘ"),
    ('r', "ʀг"),
    ('s', "ѕꜱ5"),
    ('t', "тτᴛ7"),
    ('u', "υսᴜ"),
    ('v', "νᴠѵ"),
    ('w', "ѡᴡ"),
    ('x', "хχ"),
    ('y', "уγʏ"),
];

/// Words in lower case with single blanks between them.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.chars().filter(|it| !is_passed_over(*it)) {
        let char = plain(char);
        if !is_of_a_word(char) {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if char.is_ascii() {
            folded.push(char.to_ascii_lowercase());
        } else {
            char.to_lowercase().for_each(|it| push(it, &mut folded));
        }
    }
    folded.trim().to_owned()
}

/// The same where letters are what they look like; `None` if they are that already.
pub(super) fn by_looks(folded: &str) -> Option<String> {
    let looks: Vec<String> = folded.split(' ').map(word_by_looks).collect();
    let looks = looks.join(" ");
    (looks != folded).then_some(looks)
}

fn word_by_looks(word: &str) -> String {
    // A number is a number.
    if word.chars().all(|it| it.is_ascii_digit()) {
        return word.to_owned();
    }
    word.chars().map(drawn_alike).collect()
}

fn drawn_alike(char: char) -> char {
    if char.is_ascii_alphabetic() {
        return char;
    }
    DRAWN_ALIKE.iter().find(|(_, others)| others.contains(char)).map_or(char, |it| it.0)
}

fn push(char: char, folded: &mut String) {
    match MARKED.iter().find(|(_, marked)| marked.contains(char)) {
        Some((bare, _)) => folded.push_str(bare),
        None if !is_passed_over(char) => folded.push(char),
        None => {}
    }
}

/// Marks on letters, and what hides between them.
fn is_passed_over(char: char) -> bool {
    super::is_invisible(char)
        || matches!(char, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(char, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{652}' | '\u{93c}')
        || matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}

/// The letter that one of another width or font is.
fn plain(char: char) -> char {
    let code = u32::from(char);
    let of = |first: char, at: u32| char::from_u32(u32::from(first) + at).unwrap_or(char);
    match char {
        '\u{ff01}'..='\u{ff5e}' => of('!', code - 0xff01),
        '\u{1d400}'..='\u{1d6a3}' => match (code - 0x1_d400) % 52 {
            at @ 0..26 => of('a', at),
            at => of('a', at - 26),
        },
        '\u{1d7ce}'..='\u{1d7ff}' => of('0', (code - 0x1_d7ce) % 10),
        'Ⓐ'..='Ⓩ' => of('a', code - u32::from('Ⓐ')),
        'ⓐ'..='ⓩ' => of('a', code - u32::from('ⓐ')),
        '🄰'..='🅉' => of('a', code - u32::from('🄰')),
        '🅰'..='🆉' => of('a', code - u32::from('🅰')),
        _ => char,
    }
}

/// Vowel signs of India are part of the word they stand in.
fn is_of_a_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '\u{900}'..='\u{963}' | '\u{e30}'..='\u{e4e}')
}

#[cfg(test)]
mod tests {
    use super::{by_looks, fold};

    #[test]
    fn disguises_come_off() {
        let table = [
            ("Ig\u{200b}no\u{ad}re -- ALL!", "ignore all"),
            ("ｉｇｎｏｒｅ 𝗽𝗿𝗲𝘃𝗶𝗼𝘂𝘀 ⓣⓔⓧⓣ", "ignore previous text"),
            ("Überschreibe e\u{301}té, straße", "uberschreibe ete strasse"),
            ("أَجِبْ فقط", "اجب فقط"),
            ("निर्देश", "निर्देश"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(fold(text), expected, "{text}");
        }
        assert_eq!(by_looks("іgnоrе pr3v10us 1984").as_deref(), Some("ignore previous 1984"));
        assert_eq!(by_looks("ignore previous 1984"), None);
    }
}
