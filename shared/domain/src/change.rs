//! A change: what a thing is afterwards, and the events that tell how it came to be so.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{Author, Entry, Event, Fact};
use crate::file::File;
use crate::text::Body;

/// One field that an event changed; texts are named only, so that events hold no copies of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name in the API.
    pub field: String,
    /// The value before; absent for texts and for fields that were empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// The value after; absent for texts and for fields that are empty now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// The fields of a thing that its history tells about.
#[derive(Debug, Default)]
pub struct Facts(BTreeMap<&'static str, (Value, bool)>);

impl Facts {
    /// A field whose values the history shows: an id, an enum, a number or a time.
    pub fn shown(&mut self, field: &'static str, value: &impl Serialize) {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.0.insert(field, (value, true));
    }

    /// A text: the history names it and no more.
    pub fn hidden(&mut self, field: &'static str, text: &str) {
        self.0.insert(field, (Value::from(text), false));
    }

    fn compare(&self, after: &Self) -> Vec<FieldChange> {
        let differs = |(field, (value, shown)): (&&'static str, &(Value, bool))| {
            let before = self.0.get(field).map_or(&Value::Null, |(before, _)| before);
            (before != value).then(|| FieldChange {
                field: (*field).to_owned(),
                from: Some(before.clone()).filter(|_| *shown).filter(|v| !v.is_null()),
                to: Some(value.clone()).filter(|_| *shown).filter(|v| !v.is_null()),
            })
        };
        after.0.iter().filter_map(differs).collect()
    }
}

/// A thing that is stored as one item with a version and a timeline.
pub trait Versioned: Clone {
    /// Grows with every change; 0 before the first.
    fn version(&self) -> u64;
    /// The sequence number of its newest event; 0 before the first.
    fn last_seq(&self) -> u32;
    /// Moves to the next version, its newest event being `seq`.
    fn advance(&mut self, seq: u32);
    /// What its history tells about.
    fn facts(&self) -> Facts;
}

/// What a decision leads to: nothing is true until it is committed.
#[must_use = "a change is only real once it is committed"]
#[derive(Clone, Debug)]
pub struct Change<T> {
    /// The thing as it was; `None` if it is new.
    pub before: Option<T>,
    /// The thing as it will be.
    pub after: T,
    /// What happened: first what was done, then what followed from it.
    pub events: Vec<Event>,
    /// What was written with earlier events and is replaced.
    pub rewrites: Vec<Rewrite>,
}

/// What an earlier event says from now on: an edited description or comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Which event.
    pub seq: u32,
    /// Its text from now on; `None` leaves it as it is.
    pub body: Option<Body>,
    /// The files that come to those it has.
    pub more: Vec<File>,
    /// Since when.
    pub at: Timestamp,
}

impl<T: Versioned> Change<T> {
    /// A new thing and the fact of its birth.
    pub fn born(mut after: T, by: Author, fact: Fact) -> Self {
        after.advance(1);
        let event = Event {
            seq: 1,
            by,
            fact,
            holder: None,
            changes: Vec::new(),
            body: None,
            files: Vec::new(),
            alarm_at: None,
        };
        Self { before: None, after, events: vec![event], rewrites: Vec::new() }
    }

    /// A change of something that exists, told by one fact.
    pub fn of(before: &T, mut after: T, by: Author, fact: Fact) -> Self {
        let seq = before.last_seq() + 1;
        let changes = before.facts().compare(&after.facts());
        after.advance(seq);
        let event = Event { seq, by, fact, holder: None, changes, body: None, files: Vec::new(), alarm_at: None };
        Self { before: Some(before.clone()), after, events: vec![event], rewrites: Vec::new() }
    }

    /// This change, and another that follows from it: together they are one.
    pub fn then(mut self, next: Self) -> Self {
        self.events.extend(next.events);
        self.rewrites.extend(next.rewrites);
        Self { after: next.after, ..self }
    }

    /// The same, its event carrying a text.
    pub fn saying(mut self, body: Option<Body>) -> Self {
        if let Some(event) = self.events.first_mut() {
            event.body = body;
        }
        self
    }

    /// The same, its event carrying a text and files.
    pub fn enclosing(mut self, entry: Entry) -> Self {
        if let Some(event) = self.events.first_mut() {
            event.files = entry.files;
        }
        self.saying(entry.body)
    }

    /// The same, an earlier event saying something else from now on: another text if there is one, and more files beside
    /// those it has. The new event names the `field` whose text it is, and carries the files that are new.
    pub fn rewriting(mut self, seq: u32, field: &str, entry: Entry) -> Self {
        let Entry { body, files } = entry;
        let rewritten = [(field, body.is_some()), ("attachments", !files.is_empty())];
        let fields: Vec<_> = rewritten.iter().filter(|(_, is)| *is).map(|(field, _)| (*field).to_owned()).collect();
        if !fields.is_empty() {
            let at = self.at();
            self.rewrites.push(Rewrite { seq, body, more: files.clone(), at });
        }
        if let Some(event) = self.events.first_mut() {
            event.changes.extend(fields.into_iter().map(|field| FieldChange { field, from: None, to: None }));
            event.files = files;
        }
        self
    }

    /// What an event says once this is committed, given what it says now.
    #[must_use]
    pub fn entry_of(&self, seq: u32, now: Entry) -> Entry {
        let mut entry = now;
        for rewrite in self.rewrites.iter().filter(|rewrite| rewrite.seq == seq) {
            entry.body = rewrite.body.clone().or(entry.body);
            entry.files.extend(rewrite.more.iter().cloned());
        }
        entry
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.events.first().map_or(Timestamp::UNIX_EPOCH, |event| event.by.at)
    }
}
