//! One endpoint, or one message that recap sends.

use std::fmt::Write as _;

use serde_json::Value;

use super::example;
use super::html::{blocks, escape, inline};
use super::schema::{bounds, kind, name_of, table};

/// An endpoint with all that is known of it.
pub(super) fn section(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let method = method.to_uppercase();
    let mut html =
        head(operation, &format!("<b class=\"{0}\">{0}</b> {1}", escape(&method), escape(path)));
    let _ = write!(html, "<p class=\"who\">{}</p>", who(operation));
    html += &parameters(operation);
    html += &request(document, operation);
    let curl = example::curl(document, &method, path, operation);
    let _ = write!(html, "<pre>{}</pre>", escape(&curl));
    html += &responses(operation);
    html + "</section>"
}

/// A message that recap sends.
pub(super) fn message(document: &Value, event: &str, operation: &Value) -> String {
    let mut html = head(operation, &escape(event));
    html += &parameters(operation);
    html += &request(document, operation);
    let example = &operation["requestBody"]["content"]["application/json"]["example"];
    let example = serde_json::to_string_pretty(example).unwrap_or_default();
    let _ = write!(html, "<pre>{}</pre>", escape(&example));
    html += &responses(operation);
    html + "</section>"
}

fn head(operation: &Value, title: &str) -> String {
    let id = escape(operation["operationId"].as_str().unwrap_or_default());
    let summary = inline(operation["summary"].as_str().unwrap_or_default());
    let description = blocks(operation["description"].as_str().unwrap_or_default());
    format!(
        "<section id=\"{id}\"><h3><a href=\"#{id}\">{title}</a></h3>\
         <p><strong>{summary}</strong></p>{description}"
    )
}

fn who(operation: &Value) -> String {
    let scope = operation["security"][0].as_object().and_then(|it| it.values().next());
    match scope.and_then(|it| it[0].as_str()) {
        Some(scope) => {
            format!("Needs a key or token with the scope <code>{}</code>.", escape(scope))
        }
        None => "Open to anyone who reaches the server.".to_owned(),
    }
}

fn parameters(operation: &Value) -> String {
    let Some(parameters) = operation["parameters"].as_array() else { return String::new() };
    let mut html = String::from(
        "<h4>Parameters</h4><div class=\"table\"><table><thead><tr><th>name</th><th>in</th>\
         <th>type</th><th>meaning</th></tr></thead><tbody>",
    );
    for parameter in parameters {
        let schema = &parameter["schema"];
        let text = |name: &str| parameter[name].as_str().unwrap_or_default();
        let optional = if parameter["required"] == true { "" } else { " <em>optional</em>" };
        let _ = write!(
            html,
            "<tr><td><code>{}</code>{optional}</td><td>{}</td><td>{}</td><td>{}<small>{}</small>\
             </td></tr>",
            escape(text("name")),
            escape(text("in")),
            kind(schema),
            inline(text("description")),
            bounds(schema),
        );
    }
    html + "</tbody></table></div>"
}

fn request(document: &Value, operation: &Value) -> String {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return String::new();
    }
    let shown = name_of(schema).map_or(schema, |it| &document["components"]["schemas"][it]);
    let text = blocks(shown["description"].as_str().unwrap_or_default());
    format!("<h4>Body: {}</h4>{text}{}", kind(schema), table(document, shown))
}

fn responses(operation: &Value) -> String {
    let mut html = String::from("<h4>Answers</h4><dl>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let _ = write!(html, "<dt><code>{}</code> {}</dt>", escape(status), bodies(response));
        let text = response["description"].as_str().unwrap_or_default();
        let _ = write!(html, "<dd>{}{}</dd>", inline(text), headers(response));
    }
    html + "</dl>"
}

fn bodies(response: &Value) -> String {
    let content = response["content"].as_object().into_iter().flatten();
    let body = |(media_type, it): (&String, &Value)| match name_of(&it["schema"]) {
        Some(_) => kind(&it["schema"]),
        None => format!("<code>{}</code>", escape(media_type)),
    };
    content.map(body).collect::<Vec<_>>().join(", ")
}

fn headers(response: &Value) -> String {
    let headers = response["headers"].as_object().into_iter().flatten();
    let names: Vec<String> =
        headers.map(|(name, _)| format!("<code>{}</code>", escape(name))).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("<small>headers: {}</small>", names.join(", "))
}
