//! The whole page.

use std::fmt::Write as _;

use recap_core::ErrorCode;
use serde_json::Value;
use strum::VariantArray as _;

use super::html::{blocks, escape, inline};
use super::{operation, schema};
use crate::error::status_of;

/// The page that shows `document`.
pub(super) fn render(document: &Value) -> String {
    let info = &document["info"];
    let title = escape(info["title"].as_str().unwrap_or_default());
    let version = escape(info["version"].as_str().unwrap_or_default());
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"stylesheet\" href=\"docs/style.css\"></head><body>{}<main>\
         <h1>{title} <small>{version}</small></h1>",
        navigation(document),
    );
    html += &blocks(info["description"].as_str().unwrap_or_default());
    html += "<p>This page as data: <a href=\"openapi.json\">openapi.json</a>.</p>";
    for tag in tags(document) {
        html += &tag_section(document, tag);
    }
    html += &errors();
    html += "<h2 id=\"schemas\">Types</h2>";
    for (name, it) in document["components"]["schemas"].as_object().into_iter().flatten() {
        html += &schema::section(document, name, it);
    }
    html + "</main></body></html>\n"
}

fn tags(document: &Value) -> impl Iterator<Item = &Value> {
    document["tags"].as_array().into_iter().flatten()
}

/// An endpoint: its method, path and description.
type Endpoint<'a> = (&'a str, &'a str, &'a Value);

fn endpoints<'a>(document: &'a Value, tag: &'a str) -> Vec<Endpoint<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, it)| (method.as_str(), path.as_str(), it))
    });
    all.filter(|(_, _, it)| it["tags"][0] == tag).collect()
}

fn messages(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let events = document["webhooks"].as_object().into_iter().flatten();
    events.map(|(event, item)| (event.as_str(), &item["post"]))
}

fn tag_section(document: &Value, tag: &Value) -> String {
    let name = tag["name"].as_str().unwrap_or_default();
    let mut html = format!("<h2 id=\"tag-{0}\">{0}</h2>", escape(name));
    html += &blocks(tag["description"].as_str().unwrap_or_default());
    for (method, path, it) in endpoints(document, name) {
        html += &operation::section(document, method, path, it);
    }
    if name == "webhooks" {
        for (event, it) in messages(document) {
            html += &operation::message(document, event, it);
        }
    }
    html
}

fn navigation(document: &Value) -> String {
    let mut html = String::from("<nav><ul>");
    for tag in tags(document) {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(html, "<li><a href=\"#tag-{0}\">{0}</a><ul>", escape(name));
        for (method, path, it) in endpoints(document, name) {
            let label = format!("{} {path}", method.to_uppercase());
            html += &link(it, &label);
        }
        if name == "webhooks" {
            html.extend(messages(document).map(|(event, it)| link(it, event)));
        }
        html += "</ul></li>";
    }
    html + "<li><a href=\"#errors\">errors</a></li><li><a href=\"#schemas\">types</a></li></ul></nav>"
}

fn link(operation: &Value, label: &str) -> String {
    let id = operation["operationId"].as_str().unwrap_or_default();
    format!("<li><a href=\"#{}\">{}</a></li>", escape(id), escape(label))
}

/// Every code, where the `type` of a problem leads.
fn errors() -> String {
    let mut html = String::from(
        "<h2 id=\"errors\">errors</h2><p>Whatever is not a success is \
         <code>application/problem+json</code> with one of these in <code>code</code>; a job that \
         failed has one in <code>error.code</code>. Codes are never renamed or reused.</p>\
         <div class=\"table\"><table><thead><tr><th>code</th><th>status</th><th>meaning</th></tr>\
         </thead><tbody>",
    );
    for &code in ErrorCode::VARIANTS {
        let status = status_of(code).as_u16();
        let again = if code.retryable() { " May succeed later, unchanged." } else { "" };
        let meaning = inline(&format!("{}.{again}", code.title()));
        let _ = write!(
            html,
            "<tr id=\"error-{code}\"><td><code>{code}</code></td><td>{status}</td>\
             <td>{meaning}</td></tr>"
        );
    }
    html + "</tbody></table></div>"
}
