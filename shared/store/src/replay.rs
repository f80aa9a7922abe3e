//! Replay: the stored events of a span of time, read again by a segmented scan, the only scan there is.

use domain::event::Event;
use domain::id::ResetId;
use domain::number::TicketNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, known_key, read_event, text};
use crate::keys::{moment, number_of, reset_of};
use crate::table::Table;

/// A span of time and a share of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// From this moment on.
    pub from: Timestamp,
    /// Up to this moment, exclusive.
    pub to: Timestamp,
    /// Which share, from 0.
    #[serde(default)]
    pub segment: i32,
    /// Of how many shares.
    #[serde(default = "one")]
    pub segments: i32,
    /// Behind this key, when a replay goes on where one stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<(String, String)>,
}

fn one() -> i32 {
    1
}

/// What an event is about, as far as somebody acts on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A ticket.
    Ticket(TicketNumber),
    /// A password reset.
    Reset(ResetId),
}

/// An event that somebody acts on, as streams and replays deliver it.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// To what.
    pub subject: Subject,
    /// What.
    pub event: Event,
}

/// Reads the item that a stream delivered; `None` for anything but the event of a ticket or a reset.
///
/// # Errors
/// [`StoreError::Corrupt`] for an event of a version or shape that this build does not know.
pub fn delivered(item: serde_dynamo::Item) -> Result<Option<Happened>, StoreError> {
    happened(item.into())
}

fn happened(item: Item) -> Result<Option<Happened>, StoreError> {
    let key = known_key(&item);
    let subject = number_of(&key.pk).map(Subject::Ticket).or_else(|| reset_of(&key.pk).map(Subject::Reset));
    let Some(subject) = subject.filter(|_| key.sk.starts_with("E#")) else {
        return Ok(None);
    };
    let told = read_event(item)?;
    Ok(Some(Happened { subject, event: told.event }))
}

/// The events of a span that somebody acts on.
const FILTER: &str = "begins_with(sk, :events) AND (begins_with(pk, :tickets) OR begins_with(pk, :resets)) \
                      AND #at >= :from AND #at < :to";

/// One page of a span, and the span that is left; `None` when it is done.
pub(crate) async fn replay(table: &Table, span: Span) -> Result<(Vec<Happened>, Option<Span>), StoreError> {
    let start = span
        .after
        .as_ref()
        .map(|(pk, sk)| crate::table::attributes(&crate::keys::Key { pk: pk.clone(), sk: sk.clone() }));
    let request = table
        .client
        .scan()
        .table_name(&table.name)
        .filter_expression(FILTER)
        .expression_attribute_names("#at", "at")
        .expression_attribute_values(":events", text("E#"))
        .expression_attribute_values(":tickets", text("TICKET#"))
        .expression_attribute_values(":resets", text("RESET#"))
        .expression_attribute_values(":from", text(moment(span.from)))
        .expression_attribute_values(":to", text(moment(span.to)))
        .segment(span.segment)
        .total_segments(span.segments)
        .limit(100)
        .set_exclusive_start_key(start);
    let answer = request.send().await.map_err(StoreError::of)?;
    let mut events = Vec::new();
    for item in answer.items.unwrap_or_default() {
        match happened(item) {
            Ok(happened) => events.extend(happened),
            // The others are replayed all the same; this one is for somebody to look at.
            Err(error) => tracing::error!(%error, "an event cannot be replayed"),
        }
    }
    let left = answer.last_evaluated_key.map(|key| {
        let key = known_key(&key);
        Span { after: Some((key.pk, key.sk)), ..span }
    });
    Ok((events, left))
}
