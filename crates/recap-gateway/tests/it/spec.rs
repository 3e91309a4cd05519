//! The OpenAPI document: whole, and true.

use std::sync::LazyLock;

use recap_core::ErrorCode;
use serde_json::Value;
use strum::VariantArray;

use crate::app::TestGateway;
use crate::client::Reply;

pub(crate) static SPEC: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(recap_gateway::openapi()).unwrap());

/// Each answer of each test is one that the document announces, with its code
/// and with all of its fields.
#[track_caller]
pub(crate) fn check_is_documented(method: &str, path: &str, reply: &Reply) {
    let path = path.split('?').next().unwrap();
    let template = SPEC["paths"].as_object().unwrap().keys().find(|it| matches(it, path));
    let method = method.replace("HEAD", "GET").to_lowercase();
    let Some(operation) = template.map(|it| &SPEC["paths"][it][&method]) else { return };
    if operation.is_null() {
        return;
    }
    let response = &operation["responses"][reply.status.to_string()];
    assert!(response.is_object(), "{method} {path} does not document {}", reply.status);
    let media_type = reply.header("content-type").map(|it| it.split(';').next().unwrap());
    let Some(media_type) = media_type.filter(|_| !reply.body.is_empty()) else { return };
    let content = &response["content"][media_type];
    assert!(content.is_object(), "{method} {path}: {media_type} is not documented");
    if media_type == "application/problem+json" {
        let code = reply.json()["code"].as_str().unwrap().to_owned();
        assert!(content["examples"][&code].is_object(), "{method} {path}: {code}");
    }
    let is_plain = reply.header("content-encoding").is_none();
    if media_type.ends_with("json") && is_plain && path != "/openapi.json" {
        check_value(&reply.json(), &content["schema"], path);
    }
}

/// Each operation there is: its method in upper case, and its path.
pub(crate) fn operations() -> impl Iterator<Item = (String, String)> {
    let paths = SPEC["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        let methods = methods.filter(|it| *it != "parameters" && *it != "description");
        methods.map(|it| (it.to_uppercase(), path.clone()))
    })
}

/// One of them.
pub(crate) fn operation(method: &str, path: &str) -> &'static Value {
    &SPEC["paths"][path][method.to_lowercase()]
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(it, part)| it == part || it.starts_with('{') && !part.is_empty())
}

/// As much of JSON Schema as the document uses.
#[track_caller]
pub(crate) fn check_value(value: &Value, schema: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        return check_value(value, &SPEC["components"]["schemas"][name], place);
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        let part = parts.iter().find(|it| (it["type"] == "null") == value.is_null());
        return check_value(value, part.unwrap_or_else(|| panic!("{place}: {value}")), place);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place}/{name} is missing");
    }
    let properties = properties(schema);
    match value {
        Value::Object(fields) if !properties.is_empty() => {
            for (name, value) in fields {
                let known = properties.iter().find(|(it, _)| *it == name);
                let (_, schema) = known.unwrap_or_else(|| panic!("{place}/{name} is undocumented"));
                check_value(value, schema, &format!("{place}/{name}"));
            }
        }
        Value::Array(items) => {
            for item in items {
                check_value(item, &schema["items"], place);
            }
        }
        _ => assert!(has_type(value, &schema["type"]), "{place}: {value} is not {schema}"),
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{place}: {value} is not one of {allowed:?}");
    }
}

fn properties(schema: &Value) -> Vec<(&String, &Value)> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let resolve = |it: &'static Value| properties(it);
    let inherited = parts.flat_map(|it| match it["$ref"].as_str() {
        Some(name) => resolve(&SPEC["components"]["schemas"][name.rsplit('/').next().unwrap()]),
        None => properties(it),
    });
    own.chain(inherited).collect()
}

fn has_type(value: &Value, expected: &Value) -> bool {
    let names = expected.as_array().cloned().unwrap_or_else(|| vec![expected.clone()]);
    names.iter().any(|it| match it.as_str() {
        Some("null") => value.is_null(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64(),
        Some("number") => value.is_number(),
        Some("object") => value.is_object(),
        _ => false,
    })
}

#[test]
fn the_document_is_what_was_promised() {
    let promised: Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    assert!(*SPEC == promised, "a promise has changed: run `cargo xtask docs` and read the diff");
}

#[test]
fn every_code_is_in_the_document() {
    let listed = SPEC["components"]["schemas"]["ErrorCode"]["enum"].as_array().unwrap();
    for code in ErrorCode::VARIANTS {
        assert!(listed.contains(&code.to_string().into()), "{code}");
    }
    assert_eq!(listed.len(), ErrorCode::VARIANTS.len());
}

#[test]
fn every_reference_leads_somewhere() {
    let text = SPEC.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(SPEC.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn the_examples_are_true() {
    for (name, schema) in SPEC["components"]["schemas"].as_object().unwrap() {
        if let Some(example) = schema.get("example") {
            check_value(example, schema, name);
        }
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let app = TestGateway::spawn();
    let reply = app.get("/openapi.json").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), *SPEC);
    assert_eq!(SPEC["openapi"], "3.1.0");
}
