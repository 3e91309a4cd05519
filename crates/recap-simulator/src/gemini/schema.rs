//! A value for a JSON schema, made of the text of the prompt.

use serde_json::{Map, Value, json};

use super::prompt::{Block, Prompt};

/// Deeper than any schema Gemini accepts; it ends those that contain themselves.
const DEEPEST: usize = 24;
/// Below this depth only what is required is filled.
const REQUIRED_ONLY: usize = 10;
const USUAL_ITEMS: usize = 3;
const MOST_ITEMS: usize = 500;

/// Fills `schema`: a JSON schema, or Google's own with types in capitals.
pub(super) fn fill(schema: &Value, prompt: &Prompt) -> Value {
    let place = Place { name: "", block: None, part: 0, parts: 1, depth: 0 };
    Filler { root: schema, prompt, segments: &prompt.segments() }.value(schema, place)
}

struct Filler<'a> {
    root: &'a Value,
    prompt: &'a Prompt,
    /// The blocks, those of a segment put together.
    segments: &'a [Block],
}

/// Where in the answer, and so about which part of which block.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The property, or the list, that is being filled.
    name: &'a str,
    /// `None` while it is about all of them.
    block: Option<&'a Block>,
    part: usize,
    parts: usize,
    depth: usize,
}

impl<'a> Filler<'a> {
    fn value(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let schema = self.resolved(schema);
        if place.depth > DEEPEST {
            return Value::Null;
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(choices) = schema["enum"].as_array().filter(|it| !it.is_empty()) {
            return choices[place.part % choices.len()].clone();
        }
        match kind(schema).as_str() {
            "object" => self.object(schema, place),
            "array" => self.array(schema, place),
            "integer" => json!(self.within(schema, place)),
            "number" => self.number(schema, place),
            "boolean" => json!(true),
            "null" => Value::Null,
            _ => json!(self.string(schema, place)),
        }
    }

    /// The schema behind `$ref`, and the first of several that is not `null`.
    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEEPEST {
            let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
            let choices = ["anyOf", "oneOf", "allOf"].iter().find_map(|it| schema[*it].as_array());
            schema = if let Some(target) = reference.and_then(|it| self.root.pointer(it)) {
                target
            } else if let Some(choice) =
                choices.and_then(|it| it.iter().find(|it| it["type"] != "null"))
            {
                choice
            } else {
                break;
            };
        }
        schema
    }

    fn object(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let required = |name: &String| {
            schema["required"].as_array().is_some_and(|it| it.contains(&json!(name)))
        };
        let Some(properties) = schema["properties"].as_object() else { return json!({}) };
        let wanted =
            properties.iter().filter(|(name, _)| place.depth < REQUIRED_ONLY || required(name));
        let filled = wanted.map(|(name, schema)| {
            (name.clone(), self.value(schema, Place { name, depth: place.depth + 1, ..place }))
        });
        Value::Object(filled.collect::<Map<_, _>>())
    }

    fn array(&self, schema: &'a Value, place: Place<'a>) -> Value {
        let items = &schema["items"];
        if let Some(prefix) = schema["prefixItems"].as_array() {
            let place = Place { depth: place.depth + 1, ..place };
            return prefix.iter().map(|it| self.value(it, place)).collect();
        }
        let each_block = place.block.is_none() && self.is_about_a_segment(items);
        let blocks = if each_block { self.segments } else { &self.prompt.blocks };
        let usual = if each_block { blocks.len() } else { USUAL_ITEMS };
        let (least, most) = (size(schema, "minItems"), size(schema, "maxItems"));
        // Lists of lists grow too fast to be as long as usual all the way down.
        let usual = if place.depth < REQUIRED_ONLY { usual } else { 0 };
        let count = usual.max(least.unwrap_or(0)).min(most.unwrap_or(MOST_ITEMS)).min(MOST_ITEMS);
        let item = |index: usize| {
            // Several blocks share the items of a list that is about all of them.
            let shared =
                if each_block { index.min(blocks.len() - 1) } else { index * blocks.len() / count };
            let block = place.block.or(blocks.get(shared));
            let (part, parts) = if each_block { (0, 1) } else { (index, count) };
            self.value(items, Place { block, part, parts, depth: place.depth + 1, ..place })
        };
        (0..count).map(item).collect()
    }

    /// Whether there is to be one such item for each transcript in the prompt.
    fn is_about_a_segment(&self, items: &'a Value) -> bool {
        let properties = self.resolved(items)["properties"].as_object();
        properties.is_some_and(|it| it.keys().any(|name| names_segment(name)))
    }

    fn string(&self, schema: &Value, place: Place<'a>) -> String {
        match schema["format"].as_str() {
            Some("date-time") => return "2024-01-02T03:04:05Z".to_owned(),
            Some("date") => return "2024-01-02".to_owned(),
            Some("time") => return "03:04:05Z".to_owned(),
            _ => {}
        }
        let text = self.words(place);
        match schema["maxLength"].as_u64().and_then(|it| usize::try_from(it).ok()) {
            Some(longest) => text.chars().take(longest).collect(),
            None => text,
        }
    }

    fn words(&self, place: Place<'a>) -> String {
        let (passage, part, parts) = (&self.block(place).passage, place.part, place.parts);
        let name = place.name.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|it| name.contains(it));
        if has(&["lang"]) {
            "en".to_owned()
        } else if has(&["keyword", "tag"]) {
            passage.keyword(part, parts)
        } else if has(&["title", "head", "topic", "name", "label"]) {
            passage.heading(part, parts)
        } else if has(&["summary", "overview", "abstract", "description", "paragraph"])
            && parts == 1
        {
            let blocks = self.blocks(place);
            let told: Vec<&str> = match blocks {
                [block] => (0..2).map(|it| block.passage.sentence(it, 2)).collect(),
                many => many.iter().take(4).map(|it| it.passage.sentence(0, 1)).collect(),
            };
            told.join(" ")
        } else {
            passage.sentence(part, parts).to_owned()
        }
    }

    fn number(&self, schema: &Value, place: Place<'a>) -> Value {
        let fraction = schema["maximum"].as_f64().is_some_and(|it| it <= 1.0);
        if fraction {
            json!(0.5_f64.max(schema["minimum"].as_f64().unwrap_or(0.0)))
        } else {
            json!(self.within(schema, place))
        }
    }

    fn within(&self, schema: &Value, place: Place<'a>) -> i64 {
        let number = i64::try_from(self.integer(place)).unwrap_or(i64::MAX);
        let number = schema["minimum"].as_i64().map_or(number, |it| number.max(it));
        schema["maximum"].as_i64().map_or(number, |it| number.min(it))
    }

    /// Numbers whose name says what they count, else 1.
    fn integer(&self, place: Place<'a>) -> u64 {
        let block = self.block(place);
        let at = |part: usize| {
            let (part, parts) = (part as u64, place.parts.max(1) as u64);
            block.start + (block.end - block.start) * part / parts
        };
        let name = place.name.to_ascii_lowercase();
        let unit = if name.ends_with("_ms") { 1_000 } else { 1 };
        if names_segment(&name) {
            block.index
        } else if name.starts_with("end") {
            at(place.part + 1) * unit
        } else if ["start", "time", "second", "offset"].iter().any(|it| name.contains(it))
            || name == "at"
            || name == "t"
        {
            let named = block.times.get(block.times.len() * place.part / place.parts.max(1));
            named.copied().unwrap_or_else(|| at(place.part)) * unit
        } else {
            1
        }
    }

    fn block(&self, place: Place<'a>) -> &'a Block {
        place.block.unwrap_or(&self.prompt.blocks[0])
    }

    fn blocks(&self, place: Place<'a>) -> &'a [Block] {
        place.block.map_or(&self.prompt.blocks, std::slice::from_ref)
    }
}

fn names_segment(name: &str) -> bool {
    matches!(name, "index" | "segment" | "segment_index" | "segment_id" | "chunk" | "chunk_index")
}

/// The type of a schema, in small letters; what has none is known by its parts.
fn kind(schema: &Value) -> String {
    let named = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|it| *it != "null"),
        one => one.as_str(),
    };
    let guessed = if schema.get("properties").is_some() {
        "object"
    } else if schema.get("items").is_some() || schema.get("prefixItems").is_some() {
        "array"
    } else {
        "string"
    };
    named.unwrap_or(guessed).to_ascii_lowercase()
}

/// Google's schema writes `minItems` as a string.
fn size(schema: &Value, name: &str) -> Option<usize> {
    let number = schema[name].as_u64().or_else(|| schema[name].as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Prompt, fill};

    fn prompt() -> Prompt {
        let text = |it: u64| {
            format!(
                "<transcript segment=\"{it}\" start=\"{}\" end=\"{}\">The part with number {it} says how water \
                 comes to the city. Then it goes on to speak of pipes and pumps at length.</transcript>",
                it * 600,
                (it + 1) * 600,
            )
        };
        let parts = [json!({"text": text(3)}), json!({"text": text(4)})];
        Prompt::of(&json!({"contents": [{"role": "user", "parts": parts}]})).unwrap()
    }

    #[track_caller]
    fn check(schema: &Value, expected: &Value) {
        assert_eq!(&fill(schema, &prompt()), expected);
    }

    #[test]
    fn each_transcript_gets_its_own_item_with_points_in_its_range() {
        let point = json!({"type": "object", "properties": {"start": {"type": "integer"}, "text": {"type": "string"}}});
        let segment = json!({"type": "object", "properties": {
            "index": {"type": "integer"}, "title": {"type": "string"}, "points": {"type": "array", "items": point},
        }});
        let schema = json!({"type": "object", "properties": {"segments": {"type": "array", "items": segment}}});
        let filled = fill(&schema, &prompt());
        let segments = filled["segments"].as_array().unwrap();
        assert_eq!(
            segments.iter().map(|it| it["index"].as_u64().unwrap()).collect::<Vec<_>>(),
            [3, 4]
        );
        let starts = segments[1]["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["start"].as_u64().unwrap());
        assert_eq!(starts.collect::<Vec<_>>(), [2_400, 2_600, 2_800]);
        assert_eq!(segments[0]["title"], "The part with number 3 says how");
    }

    #[test]
    fn limits_and_choices_are_kept() {
        check(&json!({"enum": ["low", "high"]}), &json!("low"));
        check(&json!({"const": 7}), &json!(7));
        check(&json!({"type": "integer", "minimum": 5}), &json!(5));
        check(&json!({"type": "integer", "maximum": 0}), &json!(0));
        check(&json!({"type": "number", "maximum": 1}), &json!(0.5));
        check(&json!({"type": ["null", "boolean"]}), &json!(true));
        check(&json!({"anyOf": [{"type": "null"}, {"type": "boolean"}]}), &json!(true));
        check(
            &json!({"type": "array", "items": {"const": 1}, "minItems": 5}),
            &json!([1, 1, 1, 1, 1]),
        );
        check(&json!({"type": "ARRAY", "items": {"const": 1}, "maxItems": "1"}), &json!([1]));
        check(&json!({"type": "array", "items": {"const": 1}, "maxItems": 0}), &json!([]));
        check(
            &json!({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}]}),
            &json!([1, 2]),
        );
        check(&json!({"type": "string", "maxLength": 8}), &json!("The part"));
    }

    #[test]
    fn references_are_followed_even_in_circles() {
        let schema = json!({
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "required": ["children"], "properties": {
                "leaf": {"type": "boolean"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            }}},
        });
        let filled = fill(&schema, &prompt());
        assert_eq!(filled["children"][2]["children"][0]["leaf"], true);
    }
}
