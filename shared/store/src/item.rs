//! Items and what they stand for. An item is a domain type's own fields plus keys; this is the only place that knows.

use std::collections::HashMap;
use std::io::{Read, Write};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::catalog::Catalog;
use domain::change::Versioned;
use domain::event::{Event, VERSION, upcast};
use domain::id::{CategoryId, GroupId, ServiceId};
use domain::number::TicketNumber;
use domain::person::{OrganizationRef, Person, PersonRef};
use domain::priority::Priority;
use domain::reset::Reset;
use domain::sla::clock::{Sla, SlaState};
use domain::status::Status;
use domain::text::{Body, Subject};
use domain::ticket::{Kind, LastRewrite, Ticket};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys::{Key, moment, number_of, partition};

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The most bytes of the compressed catalog; an item may have 400 KB in all.
const MOST_CATALOG_BYTES: usize = 350_000;

/// How long a password reset is kept after it has expired: as long as somebody may ask what became of it.
const RESET_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Bodies longer than this are deflated.
const DEFLATE_ABOVE: usize = 1024;

/// A thing with a head item, a version and a timeline.
pub(crate) trait Stored: Versioned {
    /// Where its head is.
    fn key(&self) -> Key;
    /// Its head.
    fn head(&self) -> Result<Item, StoreError>;
    /// When it goes by itself, with its events; most things stay for ever.
    fn goes_at(&self) -> Option<Timestamp> {
        None
    }
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The seconds of a moment, as TTL attributes hold it.
pub(crate) fn seconds(at: Timestamp) -> AttributeValue {
    number(at.as_second())
}

/// An item that the table removes by itself at a time, if there is one.
pub(crate) fn going(mut item: Item, at: Option<Timestamp>) -> Item {
    item.extend(at.map(|at| ("expires_at".to_owned(), seconds(at))));
    item
}

pub(crate) fn keyed(key: &Key, mut item: Item) -> Item {
    item.insert("pk".to_owned(), text(key.pk.clone()));
    item.insert("sk".to_owned(), text(key.sk.clone()));
    item
}

pub(crate) fn key_of(item: &Item) -> Option<Key> {
    let part = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(Key { pk: part("pk")?, sk: part("sk")? })
}

/// The key of an item from the table, which always has one.
pub(crate) fn known_key(item: &Item) -> Key {
    key_of(item).unwrap_or_else(|| Key { pk: "?".to_owned(), sk: "?".to_owned() })
}

pub(crate) fn write<T: Serialize>(value: &T) -> Result<Item, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(value).map_err(StoreError::unwritable)
}

/// A list of things as one attribute.
pub(crate) fn list<T: Serialize>(values: &[T]) -> Result<AttributeValue, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(values).map_err(StoreError::unwritable)
}

pub(crate) fn read<T: DeserializeOwned>(key: &Key, item: Item) -> Result<T, StoreError> {
    let map = serde_dynamo::AttributeValue::M(serde_dynamo::Item::from(item).into());
    let deserializer = serde_dynamo::Deserializer::from_attribute_value(map);
    serde_path_to_error::deserialize(deserializer).map_err(|error| StoreError::corrupt(key, error.path().to_string()))
}

#[derive(Serialize)]
struct TicketItem<'a> {
    #[serde(flatten)]
    ticket: &'a Ticket,
    by_requester: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_group: Option<String>,
    by_month: String,
    created_key: String,
    queue_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_alarm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sla_state: Option<SlaState>,
}

impl Stored for Ticket {
    fn key(&self) -> Key {
        Key::ticket(&self.number)
    }

    fn head(&self) -> Result<Item, StoreError> {
        let live = self.status().is_live();
        let created = moment(self.created_at);
        let alarm = self.alarm_at();
        let item = TicketItem {
            ticket: self,
            by_requester: partition::requester(&self.requester.id, live),
            by_organization: self.organization.as_ref().map(|own| partition::organization(&own.id, live)),
            by_holder: self.assignee.as_ref().filter(|_| live).map(|agent| partition::holder(&agent.id)),
            by_group: match &self.group {
                Some(group) => Some(partition::group(group, live)),
                None => live.then(|| partition::UNASSIGNED.to_owned()),
            },
            by_month: partition::month(self.created_at),
            queue_key: format!("{}#{created}", self.priority.rank()),
            created_key: created,
            by_alarm: alarm.map(|_| partition::alarm(&self.number)),
            alarm_key: alarm.map(moment),
            due_at: self.sla.as_ref().and_then(Sla::due_at).map(moment),
            sla_state: self.sla.as_ref().and_then(Sla::state),
        };
        Ok(keyed(&self.key(), write(&item)?))
    }
}

impl Stored for Person {
    fn key(&self) -> Key {
        Key::person(&self.id)
    }

    fn head(&self) -> Result<Item, StoreError> {
        Ok(keyed(&self.key(), write(self)?))
    }
}

impl Stored for Reset {
    fn key(&self) -> Key {
        Key::reset(&self.id)
    }

    fn head(&self) -> Result<Item, StoreError> {
        Ok(keyed(&self.key(), write(self)?))
    }

    fn goes_at(&self) -> Option<Timestamp> {
        self.expires_at.checked_add(RESET_KEPT).ok()
    }
}

impl Stored for Catalog {
    fn key(&self) -> Key {
        Key::catalog()
    }

    /// The version alone: the document itself is the bundle beside it.
    fn head(&self) -> Result<Item, StoreError> {
        let item = HashMap::from([("version".to_owned(), number(self.version))]);
        Ok(keyed(&self.key(), item))
    }
}

/// The catalog, compressed.
pub(crate) fn catalog_bundle(catalog: &Catalog) -> Result<Item, StoreError> {
    let json = serde_json::to_vec(catalog).map_err(StoreError::unwritable)?;
    let document = deflate(&json).map_err(StoreError::unwritable)?;
    if document.len() > MOST_CATALOG_BYTES {
        return Err(StoreError::TooLarge("the catalog"));
    }
    let document = AttributeValue::B(document.into());
    let item = HashMap::from([("version".to_owned(), number(catalog.version)), ("document".to_owned(), document)]);
    Ok(keyed(&Key::catalog_bundle(), item))
}

/// One version of something of the catalog, compressed.
pub(crate) fn version_item<T: Serialize>(key: &Key, thing: &T) -> Result<Item, StoreError> {
    let json = serde_json::to_vec(thing).map_err(StoreError::unwritable)?;
    let document = AttributeValue::B(deflate(&json).map_err(StoreError::unwritable)?.into());
    Ok(keyed(key, HashMap::from([("document".to_owned(), document)])))
}

/// The catalog from its bundle, or one version of something in it.
pub(crate) fn read_document<T: DeserializeOwned>(key: &Key, item: &Item) -> Result<T, StoreError> {
    let corrupt = || StoreError::corrupt(key, "document");
    let document = item.get("document").and_then(|value| value.as_b().ok()).ok_or_else(corrupt)?;
    let json = inflate(document.as_ref()).ok_or_else(corrupt)?;
    serde_json::from_slice(&json).map_err(|_ignored| corrupt())
}

/// An event as its timeline item.
pub(crate) fn event_item(subject: &str, event: &Event) -> Result<Item, StoreError> {
    let mut item = write(event)?;
    item.insert("v".to_owned(), number(VERSION));
    if let Some(body) = &event.body {
        item.remove("body");
        let (name, value) = body_attribute(body)?;
        item.insert(name.to_owned(), value);
    }
    Ok(keyed(&Key::event(subject, event.seq), item))
}

/// The attribute that holds a body: plain, or deflated when that is shorter.
pub(crate) fn body_attribute(body: &Body) -> Result<(&'static str, AttributeValue), StoreError> {
    let plain = body.as_str();
    if plain.len() > DEFLATE_ABOVE {
        let deflated = deflate(plain.as_bytes()).map_err(StoreError::unwritable)?;
        if deflated.len() < plain.len() {
            return Ok(("body_deflated", AttributeValue::B(deflated.into())));
        }
    }
    Ok(("body", text(plain)))
}

/// An event read from its timeline item, whatever version wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// When its text was replaced last.
    pub edited_at: Option<Timestamp>,
}

impl Told {
    /// Whether the text is the one that a ticket's newest replacement left, if it was this text that was replaced.
    pub(crate) fn is_as_new_as(&self, last: Option<&LastRewrite>) -> bool {
        last.is_none_or(|last| last.seq != self.event.seq || self.edited_at.is_some_and(|at| at >= last.at))
    }
}

#[derive(Deserialize)]
struct EditedAt {
    edited_at: Option<Timestamp>,
}

pub(crate) fn read_event(mut item: Item) -> Result<Told, StoreError> {
    let key = known_key(&item);
    let version = item.remove("v").and_then(|value| value.as_n().ok().and_then(|v| v.parse().ok()));
    let version = version.ok_or_else(|| StoreError::corrupt(&key, "v"))?;
    if let Some(AttributeValue::B(deflated)) = item.remove("body_deflated") {
        let body = inflate(deflated.as_ref()).and_then(|bytes| String::from_utf8(bytes).ok());
        let body = body.ok_or_else(|| StoreError::corrupt(&key, "body_deflated"))?;
        item.insert("body".to_owned(), text(body));
    }
    let edited: EditedAt = read(&key, item.clone())?;
    let json: serde_json::Value = read(&key, item)?;
    let event = upcast(version, json).map_err(|error| StoreError::corrupt(&key, error.to_string()))?;
    Ok(Told { event, edited_at: edited.edited_at })
}

/// What a list shows of a ticket: exactly what the indexes project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which ticket.
    pub number: TicketNumber,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub status: Status,
    /// In which order it is handled.
    pub priority: Priority,
    /// What kind of help is wanted.
    pub kind: Kind,
    /// Who needs help.
    pub requester: PersonRef,
    /// Who has it.
    #[serde(default)]
    pub assignee: Option<PersonRef>,
    /// Whether they claimed it.
    #[serde(default)]
    pub handled: bool,
    /// Whose queue it stands in.
    #[serde(default)]
    pub group: Option<GroupId>,
    /// What is asked for.
    pub service: ServiceId,
    /// More precisely.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// The requester's organization.
    #[serde(default)]
    pub organization: Option<OrganizationRef>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// When its next promise is due.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// How it stands with its promises.
    #[serde(default)]
    pub sla_state: Option<SlaState>,
}

pub(crate) fn read_row(mut item: Item) -> Result<Row, StoreError> {
    let key = known_key(&item);
    let number = number_of(&key.pk).ok_or_else(|| StoreError::corrupt(&key, "pk"))?;
    item.insert("number".to_owned(), text(number.to_string()));
    read(&key, item)
}

fn deflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    DeflateDecoder::new(bytes).read_to_end(&mut plain).ok().map(|_| plain)
}
