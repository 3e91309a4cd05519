//! Makes outside text harmless in Markdown and in plain text.

/// One line: every run of white space and control characters is one space.
pub(super) fn line(text: &str) -> String {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control());
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    words.join(" ")
}

/// Paragraphs, which a blank line parts; each is one line.
pub(super) fn paragraphs(text: &str) -> String {
    each_paragraph(text, line)
}

/// One line in which nothing is Markdown or HTML.
///
/// Any mark of ASCII may be escaped by a backslash (`CommonMark` 2.4). `&`, `<`
/// and `>` become entities instead, which are safe too where Markdown is shown
/// as HTML without being parsed.
pub(super) fn markdown_line(text: &str) -> String {
    let text = line(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    for (index, it) in text.char_indices() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ if is_inline_mark(it) || is_line_mark(&text, index) => escaped.extend(['\\', it]),
            _ => escaped.push(it),
        }
    }
    escaped
}

/// Paragraphs in which nothing is Markdown or HTML.
pub(super) fn markdown_paragraphs(text: &str) -> String {
    each_paragraph(text, markdown_line)
}

fn each_paragraph(text: &str, render: impl Fn(&str) -> String) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut paragraphs = vec![String::new()];
    for line in text.split('\n') {
        let last = paragraphs.last_mut().expect("there is always one");
        if !line.trim().is_empty() {
            last.push_str(line);
            last.push('\n');
        } else if !last.is_empty() {
            paragraphs.push(String::new());
        }
    }
    let rendered: Vec<String> =
        paragraphs.iter().map(|it| render(it)).filter(|it| !it.is_empty()).collect();
    rendered.join("\n\n")
}

/// Marks that mean something anywhere in a line.
fn is_inline_mark(it: char) -> bool {
    matches!(it, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~')
}

/// Whether the character is a mark that makes a heading, list or rule of the
/// line, as `# `, `- `, `+ `, `=`, `1. ` and `1) ` do, or closes a heading.
fn is_line_mark(text: &str, index: usize) -> bool {
    let before = &text[..index];
    match text.as_bytes()[index] {
        b'#' => true,
        b'-' | b'+' | b'=' => before.is_empty(),
        b'.' | b')' => {
            (1..=9).contains(&before.len()) && before.bytes().all(|it| it.is_ascii_digit())
        }
        _ => false,
    }
}
