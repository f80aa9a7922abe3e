//! Files on their way: slots reserved before the first byte, and what became of each upload.
//!
//! An upload is one item for all its life. It expires by itself until it is attached to a ticket, which happens in the
//! transaction of the ticket's own change ([`crate::commit`]).

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use domain::file::submission::{Reserving, Submission, TooManyFiles};
use domain::file::{TO_ATTACH, Upload, UploadState};
use domain::id::UploadId;
use domain::world::Ids;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::commit::jitter;
use crate::error::StoreError;
use crate::item::{Item, keyed, number, read, seconds, text, write};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// How often a slot is asked for again because somebody else took one meanwhile.
const TRIES: u32 = 10;

/// What becomes of an upload once its file was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// What was said now.
    Now,
    /// Somebody else was faster, or the slot's time was over: look again.
    Before,
}

/// An upload as its item: it expires until it belongs to a ticket.
fn item(upload: &Upload) -> Result<Item, StoreError> {
    let mut item = write(upload)?;
    let expires = match &upload.state {
        UploadState::Reserved { until } | UploadState::Accepted { until, .. } => Some(*until + TO_ATTACH),
        UploadState::Refused { .. } => Some(upload.created_at + TO_ATTACH),
        UploadState::Attached { .. } => None,
    };
    item.extend(expires.map(|at| ("expires_at".to_owned(), seconds(at))));
    Ok(keyed(&Key::upload(&upload.id), item))
}

/// Those of these uploads that exist, in no order.
pub(crate) async fn uploads(table: &Table, ids: &[UploadId]) -> Result<Vec<Upload>, StoreError> {
    let mut keys: Vec<_> = ids.iter().map(Key::upload).collect();
    keys.sort();
    keys.dedup();
    let found = table.get_many(&keys, true).await?;
    found.into_iter().map(|(key, item)| read(&key, item)).collect()
}

/// Reserves a slot of a submission: the slots as they were are the condition, so ten at once get exactly five.
pub(crate) async fn reserve(
    table: &Table,
    ids: &dyn Ids,
    reserving: Reserving,
) -> Result<Result<Upload, TooManyFiles>, StoreError> {
    let key = Key::submission(&reserving.person, &reserving.name);
    for attempt in 1..=TRIES {
        let stored = table.get(&key, true).await?;
        let submission: Submission = stored.map(|item| read(&key, item)).transpose()?.unwrap_or_default();
        let version = submission.version;
        let reservation = match submission.reserve(reserving.clone()) {
            Ok(reservation) => reservation,
            Err(too_many) => return Ok(Err(too_many)),
        };
        let mut slots = write(&reservation.submission)?;
        let forgotten = reservation.submission.forgotten_at().map(seconds);
        slots.extend(forgotten.map(|at| ("expires_at".to_owned(), at)));
        let slots = put(table, keyed(&key, slots))
            .condition_expression("attribute_not_exists(pk) OR version = :version")
            .expression_attribute_values(":version", number(version));
        let upload = put(table, item(&reservation.upload)?).condition_expression("attribute_not_exists(pk)");
        let parts = [slots, upload].map(|put| put.build().map(|put| TransactWriteItem::builder().put(put).build()));
        if transact(table, parts.into_iter().collect::<Result<_, _>>().map_err(StoreError::unwritable)?).await?
            == Outcome::Done
        {
            return Ok(Ok(reservation.upload));
        }
        tokio::time::sleep(jitter(ids, attempt)).await;
    }
    Err(StoreError::Conflict)
}

/// Says what became of an upload that was reserved: accepted, it keeps its slot for longer; refused, the slot is free.
pub(crate) async fn settle(table: &Table, ids: &dyn Ids, upload: &Upload) -> Result<Settled, StoreError> {
    let slot = Key::submission(&upload.person, &upload.submission);
    let slots = Update::builder()
        .table_name(&table.name)
        .set_key(Some(attributes(&slot)))
        .expression_attribute_names("#slots", "slots")
        .expression_attribute_names("#upload", upload.id.as_str())
        .expression_attribute_values(":one", number(1));
    let slots = match &upload.state {
        UploadState::Accepted { until, .. } => slots
            .condition_expression("attribute_exists(#slots.#upload)")
            .update_expression("SET #slots.#upload.#until = :until, expires_at = :expires ADD version :one")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":until", text(until.to_string()))
            .expression_attribute_values(":expires", seconds(*until + TO_ATTACH)),
        UploadState::Reserved { .. } | UploadState::Refused { .. } | UploadState::Attached { .. } => {
            let slots = slots.condition_expression("attribute_exists(#slots)");
            slots.update_expression("REMOVE #slots.#upload ADD version :one")
        }
    };
    let upload = put(table, item(upload)?)
        .condition_expression("#state = :reserved")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":reserved", text("reserved"));
    let parts = vec![
        TransactWriteItem::builder().put(upload.build().map_err(StoreError::unwritable)?).build(),
        TransactWriteItem::builder().update(slots.build().map_err(StoreError::unwritable)?).build(),
    ];
    // Five files of one submission may be settled at the same moment, and meet at their slots.
    for attempt in 1..=TRIES {
        match transact(table, parts.clone()).await? {
            Outcome::Done => return Ok(Settled::Now),
            Outcome::Refused => return Ok(Settled::Before),
            Outcome::Met => tokio::time::sleep(jitter(ids, attempt)).await,
        }
    }
    Err(StoreError::Conflict)
}

/// The part of a ticket's transaction by which an accepted upload becomes its file.
pub(crate) fn attach(table: &str, id: &UploadId, ticket: &str, public: bool) -> Result<Update, StoreError> {
    Update::builder()
        .table_name(table)
        .set_key(Some(attributes(&Key::upload(id))))
        .update_expression("SET #state = :attached, ticket = :ticket, #public = :public REMOVE #until, expires_at")
        .condition_expression("#state = :accepted")
        .set_expression_attribute_names(Some(names(&["state", "public", "until"])))
        .expression_attribute_values(":attached", text("attached"))
        .expression_attribute_values(":accepted", text("accepted"))
        .expression_attribute_values(":ticket", text(ticket))
        .expression_attribute_values(":public", AttributeValue::Bool(public))
        .build()
        .map_err(StoreError::unwritable)
}

fn names(attributes: &[&str]) -> HashMap<String, String> {
    attributes.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect()
}

fn put(table: &Table, item: Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    Put::builder().table_name(&table.name).set_item(Some(item))
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All of it is written.
    Done,
    /// A condition did not hold: nothing is.
    Refused,
    /// It met another one: nothing is, and it may be tried again as it was.
    Met,
}

/// All of it or nothing.
async fn transact(table: &Table, parts: Vec<TransactWriteItem>) -> Result<Outcome, StoreError> {
    let Err(error) = table.client.transact_write_items().set_transact_items(Some(parts)).send().await else {
        return Ok(Outcome::Done);
    };
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            let refused =
                canceled.cancellation_reasons().iter().any(|one| one.code() == Some("ConditionalCheckFailed"));
            Ok(if refused { Outcome::Refused } else { Outcome::Met })
        }
        Some(_) | None => Err(StoreError::of(error)),
    }
}

/// Days whose uploads are all attached or forgotten by then: those of a day wait for less than two more. A month of them,
/// so that what one sweep has missed a later one finds.
pub fn settled_days(now: Timestamp) -> impl Iterator<Item = Date> {
    let today = now.to_zoned(TimeZone::UTC).date();
    (3..=30).rev().map(move |days: i32| today.saturating_sub(days.days()))
}
