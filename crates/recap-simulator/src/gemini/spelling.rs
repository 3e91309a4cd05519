//! Google reads `file_uri` as `fileUri`, and its SDK writes both.

use serde_json::{Map, Value};

/// The request with all its names in `camelCase`. Schemas are left alone: there,
/// names are data.
pub(super) fn camel_case(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(field).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(camel_case).collect(),
        plain => plain,
    }
}

fn field((name, value): (String, Value)) -> (String, Value) {
    let name = camel(&name);
    let is_schema = matches!(name.as_str(), "responseSchema" | "responseJsonSchema" | "schema");
    (name, if is_schema { value } else { camel_case(value) })
}

/// A leading underscore goes too: `_responseJsonSchema` is the same field.
fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|it| !it.is_empty());
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        joined.push_str(&first.to_uppercase());
        joined.push_str(rest);
    }
    joined
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::camel_case;

    #[test]
    fn names_are_changed_but_not_those_of_a_schema() {
        let request = json!({"a_b": [{"file_uri": "x_y"}], "_responseJsonSchema": {"key_points": 1}, "cD": 2});
        let expected =
            json!({"aB": [{"fileUri": "x_y"}], "responseJsonSchema": {"key_points": 1}, "cD": 2});
        assert_eq!(camel_case(request), expected);
    }
}
