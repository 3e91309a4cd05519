//! A request as it would be typed.

use serde_json::Value;

use super::schema::{name_of, plain};

/// The request of an operation, for curl.
pub(super) fn curl(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let mut line = String::from("curl");
    if method != "GET" {
        line.push_str(" -X ");
        line.push_str(method);
    }
    if operation["security"].as_array().is_some_and(|it| !it.is_empty()) {
        line += " -H \"Authorization: Bearer $RECAP_KEY\"";
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    if !body.is_null() {
        let example = body_example(document, body);
        line += " \\\n  -H 'Content-Type: application/json' \\\n  -d ";
        // The shell's way to have a quote between quotes.
        line.push('\'');
        line.push_str(&example.replace('\'', r"'\''"));
        line.push_str("' \\\n ");
    }
    format!("{line} \"$RECAP_URL{}\"", with_values(path, operation))
}

fn body_example(document: &Value, body: &Value) -> String {
    let schema = match name_of(&body["schema"]) {
        Some(name) => &document["components"]["schemas"][name],
        None => &body["schema"],
    };
    let own = [&body["example"], &schema["example"]].into_iter().find(|it| !it.is_null());
    own.map_or_else(|| "{}".to_owned(), Value::to_string)
}

/// The path with an example in place of each parameter.
fn with_values(path: &str, operation: &Value) -> String {
    let mut filled = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] != "path" {
            continue;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        let given = [&parameter["example"], &parameter["schema"]["example"]];
        let example = given.into_iter().find(|it| !it.is_null());
        let value = example.map_or_else(|| format!("${}", name.to_uppercase()), plain);
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    filled
}
