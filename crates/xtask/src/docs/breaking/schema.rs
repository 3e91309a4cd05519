//! Whether values that were right before are right now.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::list;

/// Who writes the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// The client: what was taken has to be taken still.
    Request,
    /// recap: what was promised has to be kept.
    Response,
}

/// A walk through two documents at once.
pub(super) struct Walk<'a> {
    old: &'a Value,
    new: &'a Value,
    /// What everything is found in.
    name: String,
    found: &'a mut Vec<String>,
    /// References that have been followed: a schema may have itself in it.
    seen: BTreeSet<(Direction, String, String)>,
}

/// Bounds, and whether a lower number allows less.
const BOUNDS: [(&str, bool); 8] = [
    ("maximum", true),
    ("maxLength", true),
    ("maxItems", true),
    ("maxProperties", true),
    ("minimum", false),
    ("minLength", false),
    ("minItems", false),
    ("minProperties", false),
];

impl<'a> Walk<'a> {
    pub(super) fn new(
        old: &'a Value,
        new: &'a Value,
        name: String,
        found: &'a mut Vec<String>,
    ) -> Self {
        Self { old, new, name, found, seen: BTreeSet::new() }
    }

    pub(super) fn report(&mut self, place: &str, what: &str) {
        self.found.push(format!("{}: {place} {what}", self.name));
    }

    /// Reports where `new` breaks what `old` said.
    pub(super) fn compare(&mut self, to: Direction, place: &str, old: &'a Value, new: &'a Value) {
        if let (Some(before), Some(after)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((to, before.to_owned(), after.to_owned()))
        {
            return;
        }
        let (old, new) = (Shape::of(self.old, old), Shape::of(self.new, new));
        self.types(to, place, &old, &new);
        self.words(to, place, &old, &new);
        if to == Direction::Request {
            self.bounds(place, &old, &new);
        }
        if let (Some(old), Some(new)) = (old.items, new.items) {
            self.compare(to, &format!("{place}/*"), old, new);
        }
        self.fields(to, place, &old, &new);
    }

    fn types(&mut self, to: Direction, place: &str, old: &Shape<'_>, new: &Shape<'_>) {
        let (narrow, wide, what) = match to {
            Direction::Request => (old, new, "is not taken any more as"),
            Direction::Response => (new, old, "may now be"),
        };
        if wide.types.is_empty() {
            return;
        }
        if narrow.types.is_empty() {
            return self.report(place, "was of one type and may be anything, or the other way");
        }
        let fits =
            |it: &str| wide.types.contains(it) || it == "integer" && wide.types.contains("number");
        for name in narrow.types.iter().filter(|it| !fits(it)) {
            self.report(place, &format!("{what} {name}"));
        }
    }

    fn words(&mut self, to: Direction, place: &str, old: &Shape<'_>, new: &Shape<'_>) {
        let (Some(before), Some(after)) = (&old.words, &new.words) else {
            if to == Direction::Request && old.words.is_none() && new.words.is_some() {
                self.report(place, "takes certain words only now");
            }
            return;
        };
        match to {
            Direction::Request => {
                for word in before.iter().filter(|it| !after.contains(it)) {
                    self.report(place, &format!("does not take {word} any more"));
                }
            }
            Direction::Response if !old.grows => {
                for word in after.iter().filter(|it| !before.contains(it)) {
                    let what = format!(
                        "may now be {word}; the description of the list did not say \
                                        that it is \"only added to\""
                    );
                    self.report(place, &what);
                }
            }
            Direction::Response => {}
        }
    }

    fn bounds(&mut self, place: &str, old: &Shape<'_>, new: &Shape<'_>) {
        for (name, lower_is_less) in BOUNDS {
            let Some(after) = new.bounds.get(name) else { continue };
            let tighter = match old.bounds.get(name) {
                None => true,
                Some(before) if lower_is_less => after < before,
                Some(before) => after > before,
            };
            if tighter {
                self.report(place, &format!("takes less: {name} is {after} now"));
            }
        }
    }

    fn fields(&mut self, to: Direction, place: &str, old: &Shape<'a>, new: &Shape<'a>) {
        for (name, before) in &old.fields {
            let place = format!("{place}/{name}");
            let Some(after) = new.fields.get(name) else {
                if !old.fields.is_empty() && !new.open {
                    self.report(&place, "is gone");
                }
                continue;
            };
            if to == Direction::Response
                && old.required.contains(name)
                && !new.required.contains(name)
            {
                self.report(&place, "may be missing now");
            }
            self.compare(to, &place, before, after);
        }
        if to == Direction::Request {
            for name in new.required.iter().filter(|it| !old.required.contains(*it)) {
                self.report(&format!("{place}/{name}"), "is required now");
            }
        }
    }
}

/// A schema with its references followed and its parts put together.
#[derive(Default)]
struct Shape<'a> {
    /// Empty: anything.
    types: BTreeSet<&'a str>,
    words: Option<Vec<&'a Value>>,
    /// It says of itself that words may be added.
    grows: bool,
    bounds: BTreeMap<&'static str, f64>,
    items: Option<&'a Value>,
    fields: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    /// It is an object whose fields are not listed.
    open: bool,
}

impl<'a> Shape<'a> {
    fn of(document: &'a Value, schema: &'a Value) -> Self {
        let mut shape = Self::default();
        shape.add(document, schema, 0);
        shape.open = shape.fields.is_empty();
        shape
    }

    fn add(&mut self, document: &'a Value, schema: &'a Value, depth: usize) {
        // Deeper than any schema of ours: one that refers to itself.
        if depth > 16 {
            return;
        }
        if let Some(pointer) = schema["$ref"].as_str() {
            if let Some(target) = document.pointer(pointer.trim_start_matches('#')) {
                self.add(document, target, depth + 1);
            }
            return;
        }
        for part in ["allOf", "oneOf", "anyOf"] {
            for it in list(&schema[part]) {
                self.add(document, it, depth + 1);
            }
        }
        self.add_own(schema);
    }

    fn add_own(&mut self, schema: &'a Value) {
        self.types.extend(schema["type"].as_str());
        self.types.extend(list(&schema["type"]).iter().filter_map(Value::as_str));
        if let Some(words) = schema["enum"].as_array() {
            self.words.get_or_insert_default().extend(words);
        }
        let text = schema["description"].as_str().unwrap_or_default().to_lowercase();
        self.grows |= text.contains("only add");
        for (name, _) in BOUNDS {
            if let Some(bound) = schema[name].as_f64() {
                self.bounds.insert(name, bound);
            }
        }
        if schema["items"].is_object() {
            self.items = Some(&schema["items"]);
        }
        let fields = schema["properties"].as_object().into_iter().flatten();
        self.fields.extend(fields.map(|(name, it)| (name.as_str(), it)));
        self.required.extend(list(&schema["required"]).iter().filter_map(Value::as_str));
    }
}
