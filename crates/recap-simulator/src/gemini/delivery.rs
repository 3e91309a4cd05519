//! How an answer reaches the client: whole, as events, as a growing list, or not to its end.

use hyper::StatusCode;
use serde_json::Value;

use crate::ending::{self, Ending};
use crate::http::{self, Reply};

/// What the client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `generateContent`.
    Whole,
    /// `streamGenerateContent?alt=sse`.
    Events,
    /// `streamGenerateContent`.
    List,
}

pub(super) fn deliver(form: Form, responses: &[Value], ending: Ending) -> Reply {
    let (content_type, texts) = match form {
        Form::Events => ("text/event-stream", responses.iter().map(event).collect()),
        Form::List => ("application/json; charset=UTF-8", list(responses, ending)),
        Form::Whole => ("application/json; charset=UTF-8", whole(responses, ending)),
    };
    if form == Form::Whole && ending == Ending::Proper {
        return http::reply(StatusCode::OK, content_type, texts.concat());
    }
    ending::stream(content_type, texts, ending)
}

fn event(response: &Value) -> String {
    format!("data: {response}\r\n\r\n")
}

fn list(responses: &[Value], ending: Ending) -> Vec<String> {
    let item =
        |(index, it): (usize, &Value)| format!("{}{it}", if index == 0 { "[" } else { ",\r\n" });
    let mut texts: Vec<String> = responses.iter().enumerate().map(item).collect();
    if ending == Ending::Proper {
        texts.push("]".to_owned());
    }
    texts
}

/// One response, of which only half arrives if it does not end properly.
fn whole(responses: &[Value], ending: Ending) -> Vec<String> {
    let mut text = responses.first().map(Value::to_string).unwrap_or_default();
    if ending != Ending::Proper {
        text.truncate(text.floor_char_boundary(text.len() / 2));
    }
    vec![text]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Ending, event, list};

    #[test]
    fn events_end_with_an_empty_line_and_lists_are_json() {
        let responses = [json!({"a": 1}), json!({"b": 2})];
        assert_eq!(event(&responses[0]), "data: {\"a\":1}\r\n\r\n");
        let whole: Value =
            serde_json::from_str(&list(&responses, Ending::Proper).concat()).unwrap();
        assert_eq!(whole, json!(responses));
        assert!(serde_json::from_str::<Value>(&list(&responses, Ending::Cut).concat()).is_err());
    }
}
