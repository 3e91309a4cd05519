//! What of the API a client of the last release could not live with.
//!
//! Only what is surely so: a rule that cried wolf would be switched off. Requests
//! may be asked for less and take more, answers may say more and be sure of more;
//! the other way round breaks somebody.

mod schema;

use serde_json::{Map, Value};

use self::schema::{Direction, Walk};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What of `old` is no longer true in `new`, one line each.
pub(super) fn changes(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in object(&old["paths"]) {
        for method in METHODS.iter().filter(|it| item[**it].is_object()) {
            let name = format!("{} {path}", method.to_uppercase());
            let after = &new["paths"][path][method];
            if after.is_null() {
                found.push(format!("{name} is gone"));
                continue;
            }
            let mut walk = Walk::new(old, new, name, &mut found);
            operation(&mut walk, &item[*method], after);
        }
    }
    for (event, item) in object(&old["webhooks"]) {
        let after = &new["webhooks"][event]["post"];
        if after.is_null() {
            found.push(format!("webhook {event} is gone"));
            continue;
        }
        let mut walk = Walk::new(old, new, format!("webhook {event}"), &mut found);
        message(&mut walk, &item["post"], after);
    }
    found
}

fn operation<'a>(walk: &mut Walk<'a>, before: &'a Value, after: &'a Value) {
    if before["operationId"] != after["operationId"] {
        walk.report("operationId", "has another name, which clients are generated from");
    }
    security(walk, &before["security"], &after["security"]);
    parameters(walk, &before["parameters"], &after["parameters"]);
    request(walk, &before["requestBody"], &after["requestBody"]);
    let answers = object(&before["responses"]);
    for (status, answer) in answers.filter(|(it, _)| it.starts_with(['2', '3'])) {
        let now = &after["responses"][status];
        if now.is_null() {
            walk.report(status, "is not answered any more");
        } else {
            response(walk, status, answer, now);
        }
    }
}

/// Every way in that there was has to be one still.
fn security(walk: &mut Walk<'_>, before: &Value, after: &Value) {
    let ways = |it: &Value| it.as_array().cloned().unwrap_or_default();
    let (before, after) = (ways(before), ways(after));
    if after.is_empty() {
        return;
    }
    if before.is_empty() {
        return walk.report("security", "was open to anyone and is not any more");
    }
    for way in before.iter().filter(|it| !after.contains(it)) {
        walk.report("security", &format!("does not take {way} any more"));
    }
}

fn parameters<'a>(walk: &mut Walk<'a>, before: &'a Value, after: &'a Value) {
    for old in list(before) {
        let place = format!("{} parameter {}", text(&old["in"]), text(&old["name"]));
        match find(after, old) {
            // What is not known is refused.
            None => walk.report(&place, "is gone"),
            Some(new) => {
                if new["required"] == true && old["required"] != true {
                    walk.report(&place, "is required now");
                }
                walk.compare(Direction::Request, &place, &old["schema"], &new["schema"]);
            }
        }
    }
    for new in list(after).iter().filter(|it| it["required"] == true) {
        if find(before, new).is_none() {
            let place = format!("{} parameter {}", text(&new["in"]), text(&new["name"]));
            walk.report(&place, "is new and required");
        }
    }
}

/// The one of `all` that is meant by `one`.
fn find<'a>(all: &'a Value, one: &Value) -> Option<&'a Value> {
    list(all).iter().find(|it| it["in"] == one["in"] && it["name"] == one["name"])
}

fn request<'a>(walk: &mut Walk<'a>, before: &'a Value, after: &'a Value) {
    if before.is_null() {
        if after["required"] == true {
            walk.report("body", "is new and required");
        }
        return;
    }
    if after["required"] == true && before["required"] != true {
        walk.report("body", "is required now");
    }
    contents(walk, Direction::Request, "body", before, after);
}

fn response<'a>(walk: &mut Walk<'a>, status: &str, before: &'a Value, after: &'a Value) {
    contents(walk, Direction::Response, status, before, after);
    for (header, _) in object(&before["headers"]) {
        if after["headers"][header].is_null() {
            walk.report(&format!("{status} header {header}"), "is gone");
        }
    }
}

/// What recap sends is to its receiver what an answer is.
fn message<'a>(walk: &mut Walk<'a>, before: &'a Value, after: &'a Value) {
    contents(walk, Direction::Response, "body", &before["requestBody"], &after["requestBody"]);
    for header in list(&before["parameters"]) {
        if !list(&after["parameters"]).iter().any(|it| it["name"] == header["name"]) {
            walk.report(&format!("header {}", text(&header["name"])), "is gone");
        }
    }
}

fn contents<'a>(
    walk: &mut Walk<'a>,
    to: Direction,
    place: &str,
    before: &'a Value,
    after: &'a Value,
) {
    for (kind, body) in object(&before["content"]) {
        let now = &after["content"][kind];
        if now.is_null() {
            walk.report(&format!("{place} as {kind}"), "is gone");
        } else {
            walk.compare(to, place, &body["schema"], &now["schema"]);
        }
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
