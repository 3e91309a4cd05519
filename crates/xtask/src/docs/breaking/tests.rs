//! What breaks a client, and what does not.

use serde_json::{Value, json};

use super::changes;

fn base() -> Value {
    json!({
        "paths": {"/jobs": {
            "get": {
                "operationId": "list",
                "parameters": [
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}},
                    {"in": "query", "name": "status", "schema": {"$ref": "#/components/schemas/Status"}},
                ],
                "responses": {
                    "200": {
                        "headers": {"etag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
                    },
                    "404": {"content": {}},
                },
                "security": [{"api_key": ["read"]}],
            },
            "post": {
                "operationId": "create",
                "requestBody": {
                    "required": true,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Create"}}},
                },
                "responses": {"202": {}},
            },
        }},
        "webhooks": {"job.done": {"post": {
            "parameters": [{"in": "header", "name": "webhook-id"}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
        }}},
        "components": {"schemas": {
            "Status": {"type": "string", "enum": ["queued", "done"]},
            "Code": {"type": "string", "enum": ["a", "b"], "description": "Codes are only added to."},
            "Job": {
                "type": "object",
                "required": ["id", "status", "code"],
                "properties": {
                    "id": {"type": "string"},
                    "status": {"$ref": "#/components/schemas/Status"},
                    "code": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Code"}]},
                    "batch": {"$ref": "#/components/schemas/Job"},
                    "count": {"type": "integer"},
                },
            },
            "Create": {
                "type": "object",
                "required": ["url"],
                "properties": {
                    "url": {"type": "string", "maxLength": 2048},
                    "style": {"type": "string", "enum": ["brief", "long"]},
                    "tags": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
                },
            },
        }},
    })
}

/// What is found when the value at `pointer` is another one, or gone.
#[track_caller]
fn check(pointer: &str, value: impl Into<Option<Value>>, expected: &[&str]) {
    let old = base();
    let mut new = base();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/");
    match (new.pointer_mut(parent).unwrap(), value.into()) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(last, value)),
        (Value::Object(fields), None) => drop(fields.remove(&last)),
        (Value::Array(items), Some(value)) => items.push(value),
        (Value::Array(items), None) => drop(items.remove(last.parse().unwrap())),
        (other, _) => panic!("{other}"),
    }
    assert_eq!(changes(&old, &new), expected);
}

const GET: &str = "/paths/~1jobs/get";
const POST: &str = "/paths/~1jobs/post";
const JOB: &str = "/components/schemas/Job";
const CREATE: &str = "/components/schemas/Create";

#[test]
fn the_same_is_the_same() {
    assert!(changes(&base(), &base()).is_empty());
}

#[test]
fn endpoints_and_messages_stay() {
    check("/paths/~1jobs", None, &["GET /jobs is gone", "POST /jobs is gone"]);
    check(POST, None, &["POST /jobs is gone"]);
    check("/webhooks/job.done", None, &["webhook job.done is gone"]);
    check("/paths/~1new", json!({"get": {}}), &[]);
    let renamed = "GET /jobs: operationId has another name, which clients are generated from";
    check(&format!("{GET}/operationId"), json!("x"), &[renamed]);
}

#[test]
fn nobody_is_shut_out() {
    let place = format!("{GET}/security");
    check(&place, json!([]), &[]);
    check(&place, json!([{"token": ["read"]}, {"api_key": ["read"]}]), &[]);
    let lost = r#"GET /jobs: security does not take {"api_key":["read"]} any more"#;
    check(&place, json!([{"api_key": ["admin"]}]), &[lost]);
    let open = "POST /jobs: security was open to anyone and is not any more";
    check(&format!("{POST}/security"), json!([{"api_key": ["submit"]}]), &[open]);
}

#[test]
fn parameters_stay_and_no_more_are_asked_for() {
    let all = format!("{GET}/parameters");
    check(&format!("{all}/0"), None, &["GET /jobs: query parameter limit is gone"]);
    let new = |required: bool| json!({"in": "query", "name": "new", "required": required});
    check(&format!("{all}/-"), new(false), &[]);
    check(&format!("{all}/-"), new(true), &["GET /jobs: query parameter new is new and required"]);
    let required = ["GET /jobs: query parameter limit is required now"];
    check(&format!("{all}/0/required"), json!(true), &required);
    let less = ["GET /jobs: query parameter limit takes less: maximum is 50 now"];
    check(&format!("{all}/0/schema/maximum"), json!(50), &less);
    check(&format!("{all}/0/schema/maximum"), json!(200), &[]);
    check(&format!("{all}/0/schema/maximum"), None, &[]);
}

#[test]
fn bodies_of_requests_are_asked_for_no_more() {
    let field = |name: &str| format!("{CREATE}/properties/{name}");
    check(&field("style"), None, &["POST /jobs: body/style is gone"]);
    check(&field("new"), json!({"type": "string"}), &[]);
    let required = ["POST /jobs: body/style is required now"];
    check(&format!("{CREATE}/required"), json!(["url", "style"]), &required);
    check(&format!("{CREATE}/required"), json!([]), &[]);
    let word = [r#"POST /jobs: body/style does not take "long" any more"#];
    check(&field("style/enum"), json!(["brief"]), &word);
    check(&field("style/enum"), json!(["brief", "long", "longer"]), &[]);
    let kind = ["POST /jobs: body/url is not taken any more as string"];
    check(&field("url/type"), json!("integer"), &kind);
    check(&field("url/type"), json!(["string", "null"]), &[]);
    let items = ["POST /jobs: body/tags/* is not taken any more as string"];
    check(&field("tags/items/type"), json!("integer"), &items);
    let short = ["POST /jobs: body/url takes less: maxLength is 9 now"];
    check(&field("url/maxLength"), json!(9), &short);
    let bounded = ["POST /jobs: body/url takes less: minLength is 1 now"];
    check(&field("url/minLength"), json!(1), &bounded);
    check("/paths/~1jobs/post/requestBody/required", json!(false), &[]);
}

#[test]
fn answers_keep_what_they_promised() {
    let both =
        |what: &str| [format!("GET /jobs: 200{what}"), format!("webhook job.done: body{what}")];
    let check_both = |pointer: &str, value: Option<Value>, what: &str| {
        let expected = both(what);
        check(pointer, value, &expected.each_ref().map(String::as_str));
    };
    let field = |name: &str| format!("{JOB}/properties/{name}");
    check_both(&field("count"), None, "/count is gone");
    check(&field("new"), json!({"type": "string"}), &[]);
    check_both(
        &format!("{JOB}/required"),
        Some(json!(["status", "code"])),
        "/id may be missing now",
    );
    check(&format!("{JOB}/required"), json!(["id", "status", "code", "count"]), &[]);
    check_both(&field("id/type"), Some(json!(["string", "null"])), "/id may now be null");
    check_both(&field("count/type"), Some(json!("number")), "/count may now be number");
    check(&field("code"), json!({"$ref": "#/components/schemas/Code"}), &[]);
    check(&format!("{GET}/responses/200"), None, &["GET /jobs: 200 is not answered any more"]);
    check(&format!("{GET}/responses/404"), None, &[]);
    check(&format!("{GET}/responses/429"), json!({}), &[]);
    let header = ["GET /jobs: 200 header etag is gone"];
    check(&format!("{GET}/responses/200/headers/etag"), None, &header);
    let form = ["GET /jobs: 200 as application/json is gone"];
    check(&format!("{GET}/responses/200/content/application~1json"), None, &form);
}

#[test]
fn a_list_of_words_grows_only_if_it_said_so() {
    let words = |name: &str| format!("/components/schemas/{name}/enum");
    check(&words("Code"), json!(["a", "b", "c"]), &[]);
    check(&words("Code"), json!(["a"]), &[]);
    let note = "; the description of the list did not say that it is \"only added to\"";
    let get = format!("GET /jobs: 200/status may now be \"lost\"{note}");
    let hook = format!("webhook job.done: body/status may now be \"lost\"{note}");
    check(&words("Status"), json!(["queued", "done", "lost"]), &[&get, &hook]);
    let taken = r#"GET /jobs: query parameter status does not take "done" any more"#;
    check(&words("Status"), json!(["queued"]), &[taken]);
}
