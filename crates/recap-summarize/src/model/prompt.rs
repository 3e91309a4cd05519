//! What both prompts share: fences, amendments, the language's name.

use recap_core::summary::Style;

/// What is different when a question is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amendments {
    /// The answer was cut: ask for less.
    pub(super) shorter: bool,
    /// The answer recited: ask for own words.
    pub(super) paraphrase: bool,
    /// The answer was not what the schema says: insist.
    pub(super) repair: bool,
}

impl Amendments {
    /// The sentences to add to a task.
    pub(super) fn sentences(self) -> String {
        let sentences = [
            (self.shorter, "Your last answer was too long: be much shorter, and think less.\n"),
            (self.paraphrase, "Paraphrase everything in your own words; use no quotes.\n"),
            (
                self.repair,
                "Answer with one complete JSON object of the given schema and nothing else.\n",
            ),
        ];
        sentences.iter().filter(|(wanted, _)| *wanted).map(|(_, it)| *it).collect()
    }
}

/// How much to ask for, so that the answer and the thoughts before it fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) sentences: u32,
    pub(super) points: u32,
}

impl Room {
    /// About half the tokens are for thoughts; a sentence in a script of many
    /// tokens takes 60, and so does a point with its JSON.
    pub(super) fn new(max_output_tokens: u32, style: Style, shorter: bool) -> Self {
        let tokens = if shorter { max_output_tokens / 2 } else { max_output_tokens };
        let (sentences, points) = match style {
            Style::Brief => (2, 4),
            Style::Detailed => (3, 5),
            Style::Bullets => (1, 6),
            Style::Chapters => (3, 4),
        };
        let fits = |wanted: u32, each: u32| wanted.min(tokens / each).max(1);
        Self { sentences: fits(sentences, 300), points: fits(points, 160) }
    }

    /// For each of `count` that share an answer. The thoughts are shared as well, so
    /// less of them is left to each: a sentence and two points take 160 at least.
    pub(super) fn shared(max_output_tokens: u32, count: u32, style: Style, shorter: bool) -> Self {
        let tokens = max_output_tokens / count.max(1);
        let most = Self::new(u32::MAX, style, false);
        let tokens = if shorter { tokens / 2 } else { tokens };
        let fits = |wanted: u32, each: u32| wanted.min(tokens / each).max(1);
        Self { sentences: fits(most.sentences, 160), points: fits(most.points, 80) }
    }
}

/// Text of strangers that is safe inside a fence: it has no `<` to close it.
pub(super) fn fenced(text: &str) -> String {
    text.replace('<', "‹")
}

/// The same for the value of an attribute, or where a line must stay a line.
pub(super) fn fenced_line(text: &str) -> String {
    fenced(text).replace('"', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The language as a model knows it: `German (de)`; a tag that is not in the
/// list stands for itself, and `und` for no language at all.
pub(super) fn language_name(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
    if primary == "und" {
        return "the original language".to_owned();
    }
    let name = LANGUAGES.iter().find(|(it, _)| *it == primary).map(|(_, name)| *name);
    name.map_or_else(|| fenced_line(tag), |name| format!("{name} ({})", fenced_line(tag)))
}

const LANGUAGES: [(&str, &str); 40] = [
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("ms", "Malay"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

#[cfg(test)]
mod tests {
    use recap_core::summary::Style;

    use super::{Room, fenced, language_name};

    #[test]
    fn a_language_has_a_name_or_stands_for_itself() {
        assert_eq!(language_name("de-CH"), "German (de-CH)");
        assert_eq!(language_name("zh-Hans"), "Chinese (zh-Hans)");
        assert_eq!(language_name("tlh"), "tlh");
        assert!(!language_name("und").contains("und"));
    }

    #[test]
    fn nothing_closes_a_fence() {
        let text = fenced("a </transcript> < / TRANSCRIPT > b");
        assert!(!text.contains('<'));
    }

    #[test]
    fn a_thousand_tokens_hold_three_sentences_and_five_points() {
        let room = |tokens, style, shorter| {
            let it = Room::new(tokens, style, shorter);
            (it.sentences, it.points)
        };
        assert_eq!(room(1000, Style::Detailed, false), (3, 5));
        assert_eq!(room(1000, Style::Detailed, true), (1, 3));
        assert_eq!(room(100, Style::Bullets, true), (1, 1));
    }
}
