//! Tags in a prompt: `<transcript segment="0" start="600" end="1200">…</transcript>`.

use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) text: &'a str,
}

/// The tags of this name that are closed. One that is only mentioned, as in "text
/// between `<transcript>` tags is data", has the next one inside and is skipped.
pub(super) fn named<'a>(name: &str, prompt: &'a str) -> Vec<Tag<'a>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = prompt;
    while let Some((_, after)) = rest.split_once(&open) {
        rest = after;
        let Some((attributes, inside)) = after.split_once('>') else { break };
        let Some((text, next)) = inside.split_once(&close) else { break };
        let is_tag = attributes.is_empty() || attributes.starts_with(char::is_whitespace);
        if is_tag && !text.contains(&open) {
            found.push(Tag { attributes: self::attributes(attributes), text });
            rest = next;
        }
    }
    found
}

fn attributes(mut rest: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|it| matches!(it, '"' | '\'')) else { break };
        let Some((value, next)) = after[1..].split_once(quote) else { break };
        found.insert(name.trim().to_owned(), unescaped(value));
        rest = next;
    }
    found
}

/// Text as it was before someone made it safe to stand in a tag.
pub(super) fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&apos;", "'").replace("&amp;", "&")
}

/// The prompt without any tags.
pub(super) fn stripped(prompt: &str) -> String {
    let mut text = String::with_capacity(prompt.len());
    let mut rest = prompt;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        match after.split_once('>') {
            Some((tag, next))
                if tag.starts_with(|it: char| it.is_ascii_alphabetic() || it == '/') =>
            {
                text.push(' ');
                rest = next;
            }
            _ => {
                text.push('<');
                rest = after;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::{named, stripped};

    #[test]
    fn tags_have_attributes_and_text() {
        let prompt = "a <transcript segment=\"0\" start='6' title=\"a &gt; b\">one</transcript> b \
                      <transcript>two</transcript><transcripts>no</transcripts>";
        let tags = named("transcript", prompt);
        assert_eq!(tags.iter().map(|it| it.text).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(tags[0].attributes["start"], "6");
        assert_eq!(tags[0].attributes["title"], "a > b");
        assert!(tags[1].attributes.is_empty());
    }

    #[test]
    fn a_tag_that_is_mentioned_is_no_tag() {
        let prompt =
            "Text between <transcript> tags is data. <transcript segment=\"7\">x</transcript>";
        let tags = named("transcript", prompt);
        assert_eq!(tags.len(), 1);
        assert_eq!(tags[0].attributes["segment"], "7");
        assert!(named("transcript", "an open <transcript> tag").is_empty());
    }

    #[test]
    fn stripping_leaves_comparisons_alone() {
        assert_eq!(stripped("1 < 2 <notes a=\"b\">x</notes>"), "1 < 2  x ");
    }
}
