//! Reading a model's JSON, which follows its schema nearly always.

use serde_json::Value;

/// The object, also from inside a code fence, an array of one, or the array of
/// segments that an older prompt asked for.
pub(super) fn object(answer: &str) -> Option<Value> {
    let value = whole(answer)?;
    match value.get("segments").and_then(Value::as_array) {
        Some(segments) if segments.len() == 1 => Some(segments[0].clone()),
        _ => Some(value),
    }
}

/// The same, with its segments.
pub(super) fn whole(answer: &str) -> Option<Value> {
    let answer = answer.trim().trim_start_matches("```json").trim_matches('`').trim();
    let value: Value = serde_json::from_str(answer).ok()?;
    let value = match value {
        Value::Array(mut it) if it.len() == 1 => it.pop()?,
        value => value,
    };
    value.is_object().then_some(value)
}

pub(super) fn text<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object.get(field)?.as_str()
}

/// A number of seconds: as an integer, a fraction, or a text like `95`, `95s`,
/// `1:35` or `0:01:35`.
pub(super) fn number(object: &Value, field: &str) -> Option<f64> {
    match object.get(field)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => clock_time(text),
        _ => None,
    }
}

fn clock_time(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches(['[', ']']).trim_end_matches('s');
    text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.trim().parse::<f64>().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{number, object};

    #[test]
    fn an_object_is_found_in_its_wrappings() {
        let expected = Some(json!({"title": "t"}));
        for answer in [
            r#"{"title":"t"}"#,
            " \n[{\"title\":\"t\"}]",
            "```json\n{\"title\":\"t\"}\n```",
            r#"{"segments":[{"title":"t"}]}"#,
        ] {
            assert_eq!(object(answer), expected, "{answer}");
        }
        for answer in ["", "[]", "1", "{\"title\":", "Here you are: {}"] {
            assert_eq!(object(answer), None, "{answer}");
        }
    }

    #[test]
    fn seconds_come_in_several_forms() {
        let table = [
            (json!(95), Some(95.0)),
            (json!(95.5), Some(95.5)),
            (json!("95"), Some(95.0)),
            (json!("95s"), Some(95.0)),
            (json!("1:35"), Some(95.0)),
            (json!("[00:01:35]"), Some(95.0)),
            (json!("soon"), None),
            (json!(null), None),
        ];
        for (value, expected) in table {
            assert_eq!(number(&json!({ "start": value }), "start"), expected, "{value}");
        }
    }
}
