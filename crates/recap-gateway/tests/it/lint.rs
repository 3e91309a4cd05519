//! What every part of the OpenAPI document has to say.

use serde_json::Value;

use crate::spec::{SPEC, check_value};

/// All operations, as `METHOD path`.
fn operations() -> Vec<(String, &'static Value)> {
    let paths = SPEC["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, it)| (format!("{} {path}", method.to_uppercase()), it))
    });
    all.collect()
}

fn messages() -> impl Iterator<Item = (String, &'static Value)> {
    let all = SPEC["webhooks"].as_object().unwrap().iter();
    all.map(|(event, item)| (event.clone(), &item["post"]))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn every_operation_says_what_it_does() {
    let tags: Vec<&str> =
        SPEC["tags"].as_array().unwrap().iter().map(|it| text(it, "name")).collect();
    let mut ids = Vec::new();
    for (name, it) in operations().into_iter().chain(messages()) {
        let summary = text(it, "summary");
        assert!(summary.ends_with('.'), "{name}: summary {summary:?}");
        assert!(!summary.contains('\n'), "{name}: summary {summary:?}");
        let tag = it["tags"][0].as_str().unwrap_or_default();
        assert!(tags.contains(&tag), "{name}: tag {tag:?}");
        ids.push(text(it, "operationId"));
        let answers = it["responses"].as_object().unwrap();
        let success = answers.keys().any(|it| it.starts_with('2') || it.starts_with('3'));
        assert!(success, "{name}: no success");
        for (status, answer) in answers {
            assert!(!text(answer, "description").is_empty(), "{name}: {status}");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an operationId is there twice");
    assert!(!ids.contains(&""));
}

#[test]
fn every_parameter_and_header_is_described() {
    for (name, it) in operations().into_iter().chain(messages()) {
        let parameters = it["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.clone() {
            let which = format!("{name}: {}", parameter["name"]);
            assert!(!text(parameter, "description").is_empty(), "{which}");
            assert!(parameter["schema"].is_object(), "{which}");
        }
        let in_path =
            |wanted: &str| parameters.clone().any(|it| it["in"] == "path" && it["name"] == wanted);
        for part in name.split('/').filter_map(|it| it.strip_prefix('{')) {
            let part = part.trim_end_matches('}');
            assert!(in_path(part), "{name}: {part}");
        }
        for (status, answer) in it["responses"].as_object().unwrap() {
            for (header, it) in answer["headers"].as_object().into_iter().flatten() {
                assert!(!text(it, "description").is_empty(), "{name}: {status} {header}");
            }
        }
    }
}

#[test]
fn what_is_not_open_says_who_may_and_how_others_are_refused() {
    for (name, it) in operations() {
        let open = ["/health", "/metrics", "/openapi.json", "/docs", "/errors/"];
        let open = open.iter().any(|it| name.contains(it));
        assert_eq!(it["security"].is_null(), open, "{name}");
        for status in ["401", "403", "429"].iter().filter(|_| !open) {
            assert!(it["responses"][status].is_object(), "{name}: {status}");
        }
        for way in it["security"].as_array().into_iter().flatten() {
            let (scheme, scopes) = way.as_object().unwrap().iter().next().unwrap();
            assert!(SPEC["components"]["securitySchemes"][scheme].is_object(), "{name}");
            assert_eq!(scopes.as_array().unwrap().len(), 1, "{name}");
        }
    }
}

#[test]
fn every_field_of_a_request_is_bounded() {
    for (name, it) in operations() {
        let schema = &it["requestBody"]["content"]["application/json"]["schema"];
        if !schema.is_null() {
            check_bounds(schema, &name);
        }
    }
}

fn check_bounds(schema: &Value, place: &str) {
    if let Some(pointer) = schema["$ref"].as_str() {
        return check_bounds(SPEC.pointer(&pointer[1..]).unwrap(), place);
    }
    for part in ["oneOf", "anyOf", "allOf"] {
        for it in schema[part].as_array().into_iter().flatten() {
            check_bounds(it, place);
        }
    }
    let has = |names: &[&str]| names.iter().any(|it| schema.get(it).is_some());
    let is = |kind: &str| {
        schema["type"] == kind
            || schema["type"].as_array().is_some_and(|it| it.contains(&kind.into()))
    };
    if is("string") {
        assert!(has(&["maxLength", "enum", "pattern", "format", "const"]), "{place} has no length");
    }
    if is("array") {
        assert!(has(&["maxItems"]), "{place} has no length");
        check_bounds(&schema["items"], &format!("{place}/*"));
    }
    if is("integer") || is("number") {
        assert!(has(&["maximum"]), "{place} has no maximum");
    }
    for (name, it) in schema["properties"].as_object().into_iter().flatten() {
        check_bounds(it, &format!("{place}/{name}"));
    }
}

#[test]
fn the_examples_of_bodies_are_true() {
    let mut checked = 0;
    for (name, it) in operations().into_iter().chain(messages()) {
        let answers = it["responses"].as_object().unwrap().values();
        for body in answers.chain([&it["requestBody"]]) {
            for (kind, body) in body["content"].as_object().into_iter().flatten() {
                let json = kind.ends_with("json");
                let examples = body["examples"].as_object().into_iter().flatten();
                let examples = examples.map(|(_, it)| &it["value"]).chain(body.get("example"));
                for example in examples.filter(|_| json) {
                    check_value(example, &body["schema"], &name);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn every_link_leads_to_an_operation() {
    let ids: Vec<&str> = operations().iter().map(|(_, it)| text(it, "operationId")).collect();
    let mut links = 0;
    for (name, it) in operations() {
        for answer in it["responses"].as_object().unwrap().values() {
            for (_, link) in answer["links"].as_object().into_iter().flatten() {
                let target = text(link, "operationId");
                assert!(ids.contains(&target), "{name}: {target}");
                links += 1;
            }
        }
    }
    assert!(links > 10, "{links}");
}
