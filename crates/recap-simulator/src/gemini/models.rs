//! The models that exist, and what the API says about them.

use serde_json::{Value, json};

const MODELS: [(&str, &str); 4] = [
    ("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite"),
    ("gemini-3.6-flash", "Gemini 3.6 Flash"),
    ("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite"),
    ("gemini-3.8-flash", "Gemini 3.8 Flash"),
];

/// As on the real API, when the request does not say.
const USUAL_PAGE: usize = 50;

/// What is known of a model; `None` if it is retired or never was.
pub(super) fn find(name: &str) -> Option<Value> {
    MODELS.iter().find(|it| it.0 == name).map(|(name, title)| described(name, title))
}

/// Whether the model refuses the thinking level `MINIMAL`.
pub(super) fn always_thinks(name: &str) -> bool {
    name == "gemini-3.8-flash"
}

/// A page of the list; `page_token` is where the last page ended.
pub(super) fn list(page_size: Option<usize>, page_token: Option<usize>) -> Value {
    let first = page_token.unwrap_or(0).min(MODELS.len());
    let last = first.saturating_add(page_size.unwrap_or(USUAL_PAGE).max(1)).min(MODELS.len());
    let models: Vec<Value> =
        MODELS[first..last].iter().map(|(name, title)| described(name, title)).collect();
    let mut page = json!({"models": models});
    if last < MODELS.len() {
        page["nextPageToken"] = json!(last.to_string());
    }
    page
}

fn described(name: &str, title: &str) -> Value {
    json!({
        "name": format!("models/{name}"),
        "version": "001",
        "displayName": title,
        "description": "Simulated",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": true,
    })
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let first = list(Some(3), None);
        assert_eq!(
            (first["models"].as_array().unwrap().len(), first["nextPageToken"].as_str()),
            (3, Some("3"))
        );
        let last = list(Some(3), Some(3));
        assert_eq!(
            (last["models"].as_array().unwrap().len(), last.get("nextPageToken")),
            (1, None)
        );
        assert!(list(Some(3), Some(99))["models"].as_array().unwrap().is_empty());
    }
}
