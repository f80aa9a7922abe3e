//! What past events look like: one file per type and version. A file that is there is never edited, for events like it
//! are in somebody's table.

use std::collections::BTreeSet;
use std::error::Error;

use domain::event::{VERSION, upcast};
use serde_json::Value;

use crate::holds;
use crate::tree;

/// Where the files are, each called `Type.v1.json`.
const FOLDER: &str = "tests/shape/events";

/// An event as it was written once.
struct Past {
    name: String,
    version: u32,
    json: Value,
}

fn past() -> Result<Vec<Past>, Box<dyn Error>> {
    let mut events = Vec::new();
    for path in tree::files(FOLDER)? {
        let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".json"));
        let parts = name.and_then(|name| name.split_once(".v"));
        let (name, version) = parts.ok_or_else(|| format!("{path} is not called like `Type.v1.json`"))?;
        let json = serde_json::from_str(&tree::read(&path)?)?;
        events.push(Past { name: name.to_owned(), version: version.parse()?, json });
    }
    Ok(events)
}

#[test]
fn every_past_event_can_be_read() {
    for Past { name, version, json } in past().unwrap() {
        let event = upcast(version, json).unwrap_or_else(|error| panic!("{name}.v{version}: {error}"));
        assert_eq!(event.fact.name(), name, "a file is called by the type of its event");
    }
}

#[test]
fn an_event_of_today_is_written_as_it_was_read() {
    for Past { name, version, json } in past().unwrap().into_iter().filter(|past| past.version == VERSION) {
        let event = upcast(version, json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), json, "{name}.v{version}");
    }
}

#[test]
fn every_type_of_event_has_a_file() {
    let types = tree::arms(&tree::read("shared/domain/src/event.rs").unwrap());
    assert!(types.len() > 20, "the names of types are read from `Fact::name`");
    let misnamed: Vec<_> =
        types.iter().filter(|(variant, name)| variant != name).map(|(name, _)| name.clone()).collect();
    holds("the name of a variant is its type on the wire", &misnamed);
    let events = past().unwrap();
    let written: BTreeSet<_> = events.iter().filter(|past| past.version == VERSION).map(|past| &past.name).collect();
    let missing = types.iter().filter(|(_, name)| !written.contains(name));
    let missing: Vec<_> = missing.map(|(_, name)| format!("{FOLDER}/{name}.v{VERSION}.json")).collect();
    holds("every type of event has a file of its newest version", &missing);
}
