//! Bytes to a value, or the place of what is wrong as a JSON pointer.

use recap_core::ErrorCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use crate::error::{ApiError, ApiResult, FieldError};

/// Longest explanation and pointer, in characters: they may repeat what was sent.
const MAX_DETAIL: usize = 200;

pub(in crate::extract) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(invalid_json("The body is not UTF-8."));
    };
    // A derived struct would also be read from an array of its fields.
    if !text.trim_start().starts_with('{') {
        return Err(not_an_object(text));
    }
    let mut source = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|it| explain(&it))?;
    source.end().map_err(|it| syntax(&it))?;
    Ok(value)
}

fn not_an_object(text: &str) -> ApiError {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => ApiError::invalid(vec![FieldError::new("", "must be a JSON object")]),
        Err(error) => syntax(&error),
    }
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    if !error.inner().is_data() {
        return syntax(error.inner());
    }
    let message = without_position(error.inner());
    let pointer = pointer(error.path(), &message);
    ApiError::invalid(vec![FieldError::new(pointer, message)])
}

/// `/a/0/b`; a field that is missing or there twice is not on the path yet,
/// only in the message.
fn pointer(path: &Path, message: &str) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push_key(&mut pointer, &index.to_string()),
            Segment::Map { key } => push_key(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let field = message
        .strip_prefix("missing field `")
        .or_else(|| message.strip_prefix("duplicate field `"))
        .and_then(|it| it.strip_suffix('`'));
    if let Some(field) = field {
        push_key(&mut pointer, field);
    }
    pointer.chars().take(MAX_DETAIL).collect()
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

fn syntax(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    let problem = without_position(error);
    invalid_json(format!("Line {line}, column {column}: {problem}."))
}

fn invalid_json(detail: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::new(ErrorCode::InvalidJson, detail)
}

/// `serde_json` puts the position at the end; we say it in front or not at all.
fn without_position(error: &serde_json::Error) -> String {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    message.trim_end_matches(&position).chars().take(MAX_DETAIL).collect()
}
