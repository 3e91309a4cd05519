//! What a value may be, in words.

use std::fmt::Write as _;

use serde_json::Value;

use super::html::{blocks, escape, inline};

/// The name that a reference leads to.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The type of a value, with links to those that have a name.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for union in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[union].as_array() {
            let parts: Vec<String> = parts.iter().map(kind).collect();
            return parts.join(if union == "allOf" { " and " } else { " or " });
        }
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any value"],
    };
    let shown = names.iter().map(|it| if *it == "array" { list(schema) } else { escape(it) });
    shown.collect::<Vec<_>>().join(" or ")
}

fn list(schema: &Value) -> String {
    format!("list of {}", kind(&schema["items"]))
}

/// What bounds a value, each in a few words.
pub(super) fn bounds(schema: &Value) -> String {
    let mut bounds = Vec::new();
    for (key, text) in [
        ("format", "format"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters at least"),
        ("maxLength", "characters at most"),
        ("minItems", "items at least"),
        ("maxItems", "items at most"),
        ("maxProperties", "fields at most"),
        ("pattern", "pattern"),
        ("default", "default"),
        ("const", "always"),
    ] {
        if let Some(value) = schema.get(key) {
            bounds.push(format!("{text} <code>{}</code>", escape(&plain(value))));
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> =
            words.iter().map(|it| format!("<code>{}</code>", escape(&plain(it)))).collect();
        bounds.push(format!("one of {}", words.join(", ")));
    }
    bounds.join("; ")
}

/// A string as it is, anything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// The fields of an object, those that it takes over from others included.
fn fields<'a>(document: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value, bool)> {
    if let Some(name) = name_of(schema) {
        return fields(document, &document["components"]["schemas"][name]);
    }
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|it| it.iter().any(|it| it == name));
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, it)| (name, it, required(name)));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    parts.flat_map(|it| fields(document, it)).chain(own).collect()
}

/// A section for one named schema.
pub(super) fn section(document: &Value, name: &str, schema: &Value) -> String {
    let name = escape(name);
    let mut html = format!("<section id=\"schema-{name}\"><h3>{name}</h3>");
    html += &blocks(schema["description"].as_str().unwrap_or_default());
    let table = table(document, schema);
    if table.is_empty() {
        let _ = write!(html, "<p>{} {}</p>", kind(schema), bounds(schema));
    }
    html + &table + "</section>"
}

/// The fields of an object as a table; empty if there are none.
pub(super) fn table(document: &Value, schema: &Value) -> String {
    let fields = fields(document, schema);
    if fields.is_empty() {
        return String::new();
    }
    let mut html = String::from(
        "<div class=\"table\"><table><thead><tr><th>field</th><th>type</th><th>meaning</th></tr>\
         </thead><tbody>",
    );
    for (name, schema, required) in fields {
        let _ = write!(
            html,
            "<tr><td><code>{}</code>{}</td><td>{}</td><td>{}<small>{}</small></td></tr>",
            escape(name),
            if required { "" } else { " <em>optional</em>" },
            kind(schema),
            inline(schema["description"].as_str().unwrap_or_default()),
            bounds(schema),
        );
    }
    html + "</tbody></table></div>"
}
