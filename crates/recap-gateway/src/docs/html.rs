//! Text as HTML. Everything goes through [`escape`], also what is our own.

use std::fmt::Write as _;

/// Text that cannot be markup, in an element or in an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text with `code` between back-ticks, which is all the markup inside of a line
/// that descriptions use.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 0 {
            html.push_str(&escape(part));
        } else {
            let _ = write!(html, "<code>{}</code>", escape(part));
        }
    }
    html
}

/// Paragraphs, and lists of lines that begin with `- `.
pub(super) fn blocks(text: &str) -> String {
    let mut html = String::new();
    for block in text.split("\n\n").map(str::trim).filter(|it| !it.is_empty()) {
        match block.strip_prefix("- ") {
            Some(list) => {
                let items = list.split("\n- ").map(|it| format!("<li>{}</li>", inline(it)));
                let _ = write!(html, "<ul>{}</ul>", items.collect::<String>());
            }
            None => {
                let _ = write!(html, "<p>{}</p>", inline(block));
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_through() {
        let hostile = "<script>alert(\"1\" & '2')</script>";
        let safe = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";
        assert_eq!(escape(hostile), safe);
        assert_eq!(inline(&format!("`{hostile}`")), format!("<code>{safe}</code>"));
    }

    #[test]
    fn descriptions_have_paragraphs_and_lists() {
        let text = "One `a`.\n\n- two\n  more\n- three\n\nfour";
        let html = "<p>One <code>a</code>.</p><ul><li>two\n  more</li><li>three</li></ul>\
                    <p>four</p>";
        assert_eq!(blocks(text), html);
    }
}
