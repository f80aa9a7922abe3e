//! Alarms: what waits for the clock, found by when it is due.
//!
//! A ticket's head carries its next alarm as the key of a sparse index; whatever changes the head sets it anew, so there
//! is nothing else to keep. An alarm that cannot be acted on time and again is parked: it leaves the index, and the head
//! says why. The next change of the ticket puts it back.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::number::TicketNumber;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, known_key, number, text};
use crate::keys::{Key, moment, number_of, partition};
use crate::table::{Table, attributes};

/// After how many failures an alarm is parked.
const PATIENCE: u32 = 5;

/// The most alarms on a page.
const PAGE: i32 = 500;

/// One alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Whose.
    pub ticket: TicketNumber,
    /// When it rings.
    pub at: Timestamp,
}

/// The alarms of one shard that are due within a span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// Which shard, from 0.
    pub shard: usize,
    /// After this moment; from the beginning if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
    /// Up to this moment.
    pub until: Timestamp,
    /// Behind this ticket's alarm, where an earlier page ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<(TicketNumber, Timestamp)>,
}

/// What became of an alarm that could not be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It will ring again; so often it has failed.
    Times(u32),
    /// It rings no more until its ticket changes.
    Parked,
    /// It was not set any more.
    Gone,
}

/// One page, and what is left of the span.
pub(crate) async fn due(table: &Table, due: &Due) -> Result<(Vec<Alarm>, Option<Due>), StoreError> {
    let Some(shard) = partition::ALARMS.get(due.shard) else {
        return Ok((Vec::new(), None));
    };
    let first = due.after.and_then(|after| after.checked_add(SignedDuration::from_millis(1)).ok());
    let answer = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("by_alarm")
        .key_condition_expression("by_alarm = :shard AND alarm_key BETWEEN :first AND :last")
        .expression_attribute_values(":shard", text(*shard))
        .expression_attribute_values(":first", text(first.map_or_else(|| "0".to_owned(), moment)))
        .expression_attribute_values(":last", text(moment(due.until)))
        .limit(PAGE)
        .set_exclusive_start_key(due.behind.as_ref().map(|(ticket, at)| behind(shard, ticket, *at)))
        .send()
        .await
        .map_err(StoreError::of)?;
    let items = answer.items.unwrap_or_default();
    let alarms: Vec<_> = items.iter().filter_map(alarm).collect();
    let goes_on = answer.last_evaluated_key.as_ref().and_then(alarm);
    let left = goes_on.map(|last| Due { behind: Some((last.ticket, last.at)), ..due.clone() });
    Ok((alarms, left))
}

fn alarm(item: &Item) -> Option<Alarm> {
    let at = item.get("alarm_key")?.as_s().ok()?.parse().ok()?;
    Some(Alarm { ticket: number_of(&known_key(item).pk)?, at })
}

fn behind(shard: &str, ticket: &TicketNumber, at: Timestamp) -> Item {
    let mut key = attributes(&Key::ticket(ticket));
    key.insert("by_alarm".to_owned(), text(shard));
    key.insert("alarm_key".to_owned(), text(moment(at)));
    key
}

/// Counts a failure on the head itself, beside whatever it says: it may be the head that cannot be read.
pub(crate) async fn fail(table: &Table, ticket: &TicketNumber, why: &str) -> Result<Failed, StoreError> {
    let counted = update(table, ticket, COUNT, HashMap::from([(":why", text(why)), (":one", number(1))])).await?;
    let Some(item) = counted else {
        return Ok(Failed::Gone);
    };
    let times = item.get("alarm_failures").and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(1);
    if times < PATIENCE {
        return Ok(Failed::Times(times));
    }
    let parked = HashMap::from([(":why", text(why)), (":patience", number(PATIENCE))]);
    let parked = update(table, ticket, PARK, parked).await?;
    Ok(parked.map_or(Failed::Gone, |_| Failed::Parked))
}

/// A condition, and what is done to the head if it holds. Whatever changes the ticket takes count and reason away.
type Step = (&'static str, &'static str);

const COUNT: Step = ("attribute_exists(by_alarm)", "SET alarm_failed_why = :why ADD alarm_failures :one");

const PARK: Step =
    ("alarm_failures >= :patience", "SET alarm_parked_why = :why REMOVE by_alarm, alarm_key, alarm_failures");

/// `None` if the condition does not hold: the alarm is not set any more.
async fn update(
    table: &Table,
    ticket: &TicketNumber,
    (condition, expression): Step,
    values: HashMap<&'static str, AttributeValue>,
) -> Result<Option<Item>, StoreError> {
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let request = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(attributes(&Key::ticket(ticket))))
        .update_expression(expression)
        .condition_expression(condition)
        .set_expression_attribute_values(Some(values))
        .return_values(ReturnValue::UpdatedNew);
    match request.send().await {
        Ok(answer) => Ok(Some(answer.attributes.unwrap_or_default())),
        Err(error) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Ok(None)
        }
        Err(error) => Err(StoreError::of(error)),
    }
}
