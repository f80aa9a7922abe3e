//! Notifications: one item per event, person and channel. It is claimed before anything is sent, and never expires,
//! so nobody is told the same thing twice however often the message comes.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::id::PersonId;
use domain::number::TicketNumber;
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::item::{number, seconds, text};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// How long a claim keeps others off: longer than a function may run.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// One thing to tell one person on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Of which ticket.
    pub ticket: TicketNumber,
    /// Because of which event.
    pub seq: u32,
    /// Whom.
    pub person: PersonId,
    /// How: `email`.
    pub channel: &'static str,
}

/// What became of an attempt to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours to send.
    Won,
    /// Somebody is sending it now, or died while doing so: come back when the lease is over.
    Leased,
    /// It is settled: sent, or failed for good.
    Settled,
}

/// How a notification ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted, under the carrier's id.
    Sent(String),
    /// Refused for good.
    Failed(String),
}

impl Notification {
    fn key(&self) -> Key {
        Key::notification(&self.ticket, self.seq, &self.person, self.channel)
    }
}

pub(crate) async fn claim(table: &Table, notification: &Notification, now: Timestamp) -> Result<Claim, StoreError> {
    let until = now.checked_add(LEASE).unwrap_or(now);
    let request = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(attributes(&notification.key())))
        .update_expression("SET #state = :claimed, lease_until = :until ADD attempts :one")
        .condition_expression("attribute_not_exists(pk) OR (#state = :claimed AND lease_until <= :now)")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":claimed", text("claimed"))
        .expression_attribute_values(":until", seconds(until))
        .expression_attribute_values(":now", seconds(now))
        .expression_attribute_values(":one", number(1))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let Err(error) = request.send().await else {
        return Ok(Claim::Won);
    };
    let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
        return Err(StoreError::of(error));
    };
    let state = failed.item().and_then(|item| item.get("state")?.as_s().ok());
    Ok(if state.is_some_and(|state| state == "claimed") { Claim::Leased } else { Claim::Settled })
}

/// Gives a claim back, so that the next attempt need not wait for the lease.
pub(crate) async fn give_back(table: &Table, notification: &Notification) -> Result<(), StoreError> {
    update(table, notification, "SET lease_until = :none", HashMap::from([(":none".to_owned(), number(0))])).await
}

pub(crate) async fn settle(table: &Table, notification: &Notification, outcome: &Outcome) -> Result<(), StoreError> {
    let (state, name, detail) = match outcome {
        Outcome::Sent(id) => ("sent", "message_id", id),
        Outcome::Failed(why) => ("failed", "why", why),
    };
    let values = HashMap::from([(":state".to_owned(), text(state)), (":detail".to_owned(), text(detail))]);
    let expression = format!("SET #state = :state, {name} = :detail REMOVE lease_until");
    update(table, notification, &expression, values).await
}

async fn update(
    table: &Table,
    notification: &Notification,
    expression: &str,
    values: HashMap<String, AttributeValue>,
) -> Result<(), StoreError> {
    let names = expression.contains("#state").then(|| HashMap::from([("#state".to_owned(), "state".to_owned())]));
    let request = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(attributes(&notification.key())))
        .update_expression(expression)
        .set_expression_attribute_names(names)
        .set_expression_attribute_values(Some(values));
    request.send().await.map(|_| ()).map_err(StoreError::of)
}
