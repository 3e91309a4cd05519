//! Which problems an endpoint may answer with, each with its real body as the
//! example.

mod resources;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use recap_core::ErrorCode;
use utoipa::Modify;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use super::gates::{Gates, add_scheme};
use super::header;
use crate::error::{ApiError, FieldError, PROBLEM_JSON, Problem, status_of};

/// Any endpoint may end so.
const ALWAYS: [ErrorCode; 2] = [ErrorCode::Internal, ErrorCode::Unavailable];

/// What an endpoint adds to that.
fn problems_of(operation: &str) -> &'static [ErrorCode] {
    use ErrorCode as Code;
    match operation {
        "list_jobs" | "get_limits" | "list_keys" => &[Code::ValidationFailed],
        "get_job" => &[Code::JobNotFound, Code::ValidationFailed],
        "stream_job" => &[Code::JobNotFound, Code::TooManyStreams, Code::ValidationFailed],
        "cancel_job" => &[Code::JobNotFound, Code::JobFinished, Code::ValidationFailed],
        "create_key" => &[
            Code::InvalidJson,
            Code::RequestTimeout,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
            Code::ValidationFailed,
        ],
        "get_key" | "revoke_key" => &[Code::KeyNotFound, Code::ValidationFailed],
        "get_summary" | "get_transcript" => {
            &[Code::JobNotFound, Code::ResultNotReady, Code::ValidationFailed]
        }
        "explain_error" => &[Code::NotFound],
        _ => resources::problems_of(operation),
    }
}

/// Adds the problems, and the headers that every answer has.
pub(super) struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut OpenApi) {
        let gates = Gates::new();
        add_scheme(document);
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in super::operations(item) {
                add_problems(path, operation, gates.problems(path, method));
                gates.describe(path, method, operation);
                add_request_id(operation);
            }
        }
    }
}

fn add_problems(path: &str, operation: &mut Operation, gate: &[ErrorCode]) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let mut by_status: BTreeMap<StatusCode, Vec<ErrorCode>> = BTreeMap::new();
    // Nothing is named in other characters than those of ASCII.
    let unnamed = path.contains('{').then_some(ErrorCode::NotFound);
    let own = problems_of(&id).iter().filter(|it| Some(**it) != unnamed);
    for code in own.chain(gate).chain(&ALWAYS).chain(&unnamed) {
        by_status.entry(status_of(*code)).or_default().push(*code);
    }
    for (status, codes) in by_status {
        let response = response(path, operation, &codes);
        operation.responses.responses.insert(status.as_str().to_owned(), response.into());
    }
}

fn response(path: &str, operation: &Operation, codes: &[ErrorCode]) -> Response {
    let titles: Vec<String> = codes.iter().map(|it| format!("`{it}`: {}.", it.title())).collect();
    let examples = codes.iter().map(|it| (it.to_string(), example(path, operation, *it)));
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let response =
        ResponseBuilder::new().description(titles.join(" ")).content(PROBLEM_JSON, content);
    if codes.iter().any(|it| names_a_time(*it)) {
        return response
            .header("retry-after", header::seconds(1, "Seconds until trying again makes sense."))
            .build();
    }
    response.build()
}

/// Whether the answer says when to try again; if the job may still get there,
/// in the case of a result.
fn names_a_time(code: ErrorCode) -> bool {
    use ErrorCode as Code;
    matches!(
        code,
        Code::Unavailable
            | Code::RateLimited
            | Code::TooManyJobs
            | Code::QueueFull
            | Code::Overloaded
            | Code::TooManyStreams
            | Code::IdempotencyInFlight
            | Code::ResultNotReady
    )
}

fn example(path: &str, operation: &Operation, code: ErrorCode) -> RefOr<Example> {
    let error = match code {
        ErrorCode::ValidationFailed if operation.request_body.is_some() => {
            ApiError::invalid(vec![FieldError::new("/url", "missing field `url`")])
        }
        ErrorCode::ValidationFailed => {
            ApiError::invalid(vec![FieldError::new("?colour", "is not known here")])
        }
        code => ApiError::new(code, format!("{}.", code.title())),
    };
    let problem = Problem::new(&error, path, "req_01JGFJJZ00000000000000000A");
    let value = serde_json::to_value(problem).expect("a problem is plain data");
    ExampleBuilder::new().summary(code.title()).value(Some(value)).build().into()
}

fn add_request_id(operation: &mut Operation) {
    let header = header::text("Names the request in the server's log.");
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert("x-request-id".to_owned(), header.clone().into());
        }
    }
}
