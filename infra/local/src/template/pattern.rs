//! Which records of the stream a function gets.

use std::collections::BTreeMap;
use std::slice;

use serde_json::{Map, Value as Json};

/// A filter of a stream: an object of the record's fields, whose innermost values are lists of what may be there.
///
/// A list holds plain values (equality), `{"prefix": "…"}` and `{"exists": true | false}`; one of them must hold, and
/// so must every field. As in the cloud, `exists` asks about a plain value, never about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(BTreeMap<String, Rule>);

/// What is wrong with the text of a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a filter cannot be read: {0}")]
pub struct PatternError(String);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Inside(BTreeMap<String, Rule>),
    AnyOf(Vec<Test>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Equals(Json),
    Prefix(String),
    Exists(bool),
}

impl Pattern {
    /// Reads a filter from its JSON.
    ///
    /// # Errors
    ///
    /// When the text is no JSON object or uses another operator than those above.
    pub fn parse(json: &str) -> Result<Self, PatternError> {
        let pattern: Map<String, Json> = serde_json::from_str(json).map_err(|error| PatternError(error.to_string()))?;
        rules(&pattern).map(Self)
    }

    /// Whether a record, in the form in which Lambda delivers it, passes.
    #[must_use]
    pub fn matches(&self, record: &Json) -> bool {
        all_hold(&self.0, Some(record))
    }
}

fn rules(fields: &Map<String, Json>) -> Result<BTreeMap<String, Rule>, PatternError> {
    fields.iter().map(|(name, written)| Ok((name.clone(), rule(name, written)?))).collect()
}

fn rule(name: &str, written: &Json) -> Result<Rule, PatternError> {
    match written {
        Json::Object(fields) => rules(fields).map(Rule::Inside),
        Json::Array(tests) => tests.iter().map(test).collect::<Result<_, _>>().map(Rule::AnyOf),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            Err(PatternError(format!("`{name}` needs a list of what may be there")))
        }
    }
}

fn test(written: &Json) -> Result<Test, PatternError> {
    match written {
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(Test::Equals(written.clone())),
        Json::Object(operator) => operation(operator).ok_or_else(|| unsupported(written)),
        Json::Array(_) => Err(unsupported(written)),
    }
}

fn operation(operator: &Map<String, Json>) -> Option<Test> {
    let mut entries = operator.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return None;
    };
    match name.as_str() {
        "prefix" => value.as_str().map(|prefix| Test::Prefix(prefix.to_owned())),
        "exists" => value.as_bool().map(Test::Exists),
        _ => None,
    }
}

fn unsupported(written: &Json) -> PatternError {
    PatternError(format!("`{written}` is not supported"))
}

fn all_hold(rules: &BTreeMap<String, Rule>, within: Option<&Json>) -> bool {
    rules.iter().all(|(name, rule)| {
        let value = within.and_then(|within| within.get(name));
        match rule {
            Rule::Inside(rules) => all_hold(rules, value),
            Rule::AnyOf(tests) => tests.iter().any(|test| passes(test, plain(value))),
        }
    })
}

/// The plain values of a field: itself, or the items of a list of them.
fn plain(value: Option<&Json>) -> &[Json] {
    match value {
        Some(Json::Array(items)) => items,
        Some(Json::Object(_)) | None => &[],
        Some(single @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_))) => slice::from_ref(single),
    }
}

fn passes(test: &Test, values: &[Json]) -> bool {
    match test {
        Test::Equals(expected) => values.contains(expected),
        Test::Prefix(prefix) => values.iter().filter_map(Json::as_str).any(|text| text.starts_with(prefix.as_str())),
        Test::Exists(expected) => values.is_empty() != *expected,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(of: &str) -> Json {
        json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"pk": {"S": "TICKET#7K3QM9XV"}, "type": {"S": of}}}})
    }

    fn item() -> Json {
        json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"pk": {"S": "TICKET#7K3QM9XV"}}}})
    }

    fn by_type(tests: &str) -> Pattern {
        let types = format!(r#"{{"eventName":["INSERT"],"dynamodb":{{"NewImage":{{"type":{{"S":{tests}}}}}}}}}"#);
        Pattern::parse(&types).unwrap()
    }

    #[test]
    fn one_of_several_values_is_enough() {
        let pattern = by_type(r#"["TicketOpened","TicketReleased"]"#);
        assert!(pattern.matches(&event("TicketOpened")));
        assert!(pattern.matches(&event("TicketReleased")));
        assert!(!pattern.matches(&event("TicketClaimed")));
        assert!(!pattern.matches(&item()));
    }

    #[test]
    fn every_field_must_hold() {
        let mut removed = event("TicketOpened");
        removed["eventName"] = json!("REMOVE");
        assert!(!by_type(r#"["TicketOpened"]"#).matches(&removed));
        assert!(!by_type(r#"["TicketOpened"]"#).matches(&json!("TicketOpened")));
        assert!(Pattern::parse("{}").unwrap().matches(&removed));
    }

    #[test]
    fn a_prefix_is_of_a_text() {
        let pattern = by_type(r#"[{"prefix":"Ticket"}]"#);
        assert!(pattern.matches(&event("TicketOpened")));
        assert!(!pattern.matches(&event("CommentAdded")));
        assert!(!pattern.matches(&item()));
    }

    #[test]
    fn existence_is_of_a_plain_value() {
        assert!(by_type(r#"[{"exists":true}]"#).matches(&event("CommentAdded")));
        assert!(!by_type(r#"[{"exists":true}]"#).matches(&item()));
        assert!(by_type(r#"[{"exists":false}]"#).matches(&item()));
        let above = Pattern::parse(r#"{"dynamodb":{"NewImage":{"type":[{"exists":true}]}}}"#).unwrap();
        assert!(!above.matches(&event("CommentAdded")), "the cloud looks at plain values only");
    }

    #[test]
    fn a_list_matches_by_an_item() {
        let pattern = Pattern::parse(r#"{"tags":{"SS":["vip", null]}}"#).unwrap();
        assert!(pattern.matches(&json!({"tags": {"SS": ["new", "vip"]}})));
        assert!(pattern.matches(&json!({"tags": {"SS": null}})));
        assert!(!pattern.matches(&json!({"tags": {"SS": ["new"]}})));
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "[]",
            "{",
            r#"{"a": 1}"#,
            r#"{"a": [[1]]}"#,
            r#"{"a": [{}]}"#,
            r#"{"a": [{"suffix": "b"}]}"#,
            r#"{"a": [{"prefix": 1}]}"#,
            r#"{"a": [{"exists": "yes"}]}"#,
            r#"{"a": [{"prefix": "b", "exists": true}]}"#,
            r#"{"$or": [{"a": [1]}]}"#,
        ] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
