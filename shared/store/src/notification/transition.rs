//! From one state to the next: each step is one write, made if the state is what it is taken from.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::contact::EmailAddress;
use domain::world::Ids;
use jiff::Timestamp;

use super::{Attempt, Claim, MOST_MAILS, Notification, Outcome, SILENCE, Standing, State, hashed};
use crate::digest::Hour;
use crate::error::StoreError;
use crate::item::{Item, keyed, number, read, seconds, text};
use crate::keys::{Key, moment};
use crate::table::{Table, attributes};

/// A change of a notification, made if its condition holds; every change says what the state is then.
struct Step<'a> {
    notification: &'a Notification,
    set: String,
    rest: &'static str,
    condition: &'static str,
    values: HashMap<String, AttributeValue>,
}

/// Whether a change was made, and what was there before.
struct Taken {
    done: bool,
    before: Option<Standing>,
}

impl<'a> Step<'a> {
    fn to(state: &str, notification: &'a Notification, now: Timestamp) -> Self {
        let set = "SET #state = :state, changed_at = :now".to_owned();
        let values = HashMap::from([(":state".to_owned(), text(state)), (":now".to_owned(), text(moment(now)))]);
        let step = Self { notification, set, rest: "", condition: "", values };
        match notification.expires_at(now) {
            Some(expires) => step.set("expires_at = :expires", ":expires", seconds(expires)),
            None => step,
        }
    }

    fn set(mut self, what: &str, name: &str, value: AttributeValue) -> Self {
        self.set = format!("{}, {what}", self.set);
        self.with(name, value)
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// What it removes and adds.
    fn and(self, rest: &'static str) -> Self {
        Self { rest, ..self }
    }

    fn only_if(self, condition: &'static str) -> Self {
        Self { condition, ..self }
    }

    async fn take(self, table: &Table) -> Result<Taken, StoreError> {
        let key = self.notification.key();
        let request = table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(attributes(&key)))
            .update_expression(format!("{} {}", self.set, self.rest))
            .set_condition_expression((!self.condition.is_empty()).then(|| self.condition.to_owned()))
            .expression_attribute_names("#state", "state")
            .set_expression_attribute_values(Some(self.values))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match request.send().await {
            Ok(answer) => return Ok(Taken { done: true, before: before(&key, answer.attributes)? }),
            Err(error) => error,
        };
        let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
            return Err(StoreError::of(error));
        };
        Ok(Taken { done: false, before: before(&key, failed.item.clone())? })
    }
}

/// What was there. Where nothing was, the embedded table answers the bare key, and DynamoDB nothing.
fn before(key: &Key, item: Option<Item>) -> Result<Option<Standing>, StoreError> {
    item.filter(|item| item.contains_key("state")).map(|item| read(key, item)).transpose()
}

pub(crate) async fn claim(
    table: &Table,
    ids: &dyn Ids,
    notification: &Notification,
    to: &EmailAddress,
    now: Timestamp,
) -> Result<Claim, StoreError> {
    let retry_at = now.checked_add(SILENCE).unwrap_or(now);
    let claimant = URL_SAFE_NO_PAD.encode(ids.bytes());
    let step = Step::to("claimed", notification, now)
        .set("retry_at = :retry", ":retry", text(moment(retry_at)))
        .set("claimant = :claimant", ":claimant", text(&claimant))
        .set("address_hash = :hash, first_at = if_not_exists(first_at, :now)", ":hash", text(hashed(to)))
        .and("REMOVE why ADD attempts :one, mails :one")
        .only_if("attribute_not_exists(pk) OR (retry_at <= :now AND mails < :most)")
        .with(":one", number(1))
        .with(":most", number(MOST_MAILS));
    let Taken { done, before } = step.take(table).await?;
    let Some(before) = before else {
        return Ok(Claim::Won(Attempt { number: 1, first_at: now, retry_at, mails: 1 }));
    };
    let first_at = before.first_at.unwrap_or(now);
    let won = |more| Attempt { number: before.attempts + more, first_at, retry_at, mails: before.mails + more };
    if done {
        return Ok(Claim::Won(won(1)));
    }
    Ok(match before.retry_at {
        // The answer was lost and the request sent again: it met its own claim.
        Some(_) if before.claimant.as_ref() == Some(&claimant) => Claim::Won(won(0)),
        Some(at) if at > now => Claim::Busy(at),
        Some(_) => Claim::Spent,
        None => Claim::Settled,
    })
}

/// Says that a claimed notification was not taken, and may be tried again from a moment on.
pub(crate) async fn put_off(
    table: &Table,
    notification: &Notification,
    (until, why): (Timestamp, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let step = Step::to("held", notification, now)
        .set("retry_at = :until", ":until", text(moment(until)))
        .set("why = :why", ":why", text(why))
        .and("ADD mails :less")
        .with(":less", number(-1))
        .only_if("#state = :claimed")
        .with(":claimed", text("claimed"));
    step.take(table).await.map(|_| ())
}

/// Leaves a claimed notification to the digest of an hour.
pub(crate) async fn hold(
    table: &Table,
    notification: &Notification,
    hour: Hour,
    now: Timestamp,
) -> Result<(), StoreError> {
    let step = Step::to("held", notification, now)
        .set("held_until = :until", ":until", text(moment(hour.ends_at())))
        .set("why = :why", ":why", text("Digest"))
        .and("REMOVE retry_at ADD mails :less")
        .with(":less", number(-1))
        .only_if("#state = :claimed")
        .with(":claimed", text("claimed"));
    step.take(table).await.map(|_| ())
}

/// Says that the answer was lost. When it may be tried again stands since the claim.
pub(crate) async fn leave_open(
    table: &Table,
    notification: &Notification,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let step = Step::to("unconfirmed", notification, now)
        .set("why = :why", ":why", text(why))
        .only_if("#state = :claimed")
        .with(":claimed", text("claimed"));
    step.take(table).await.map(|_| ())
}

/// Says how it ended; answers whether that was news. What was sent does not fail by what a slower sender says, and of a
/// mail that the carrier has spoken of already, its word counts.
pub(crate) async fn settle(
    table: &Table,
    notification: &Notification,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let step = match outcome {
        Outcome::Sent(id) => {
            sent(notification, id, now).only_if("attribute_not_exists(message_id) OR message_id <> :id")
        }
        Outcome::Failed(why) => Step::to("failed", notification, now)
            .set("why = :why", ":why", text(why))
            .and("REMOVE retry_at, held_until")
            .only_if("attribute_not_exists(#state) OR #state <> :sent")
            .with(":sent", text("sent")),
    };
    let Taken { done, before } = step.take(table).await?;
    Ok(done && before.is_none_or(|before| before.state != State::Sent))
}

fn sent<'a>(notification: &'a Notification, id: &str, now: Timestamp) -> Step<'a> {
    Step::to("sent", notification, now).set("message_id = :id", ":id", text(id)).and("REMOVE retry_at, held_until, why")
}

/// Settles what the digest of an hour has told, unless that is done.
pub(crate) async fn release(
    table: &Table,
    notification: &Notification,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let step = match outcome {
        Outcome::Sent(id) => sent(notification, id, now),
        Outcome::Failed(why) => {
            Step::to("failed", notification, now).set("why = :why", ":why", text(why)).and("REMOVE held_until")
        }
    };
    step.only_if("#state = :held").with(":held", text("held")).take(table).await.map(|_| ())
}

/// Takes the carrier's word that a mail was taken whose answer nobody has, as [`Standing::waits_for_an_answer`] says;
/// answers whether that was news.
pub(crate) async fn confirm(
    table: &Table,
    notification: &Notification,
    id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let step = sent(notification, id, now)
        .only_if("attribute_not_exists(message_id) AND mails > :none AND attribute_not_exists(held_until)")
        .with(":none", number(0));
    step.take(table).await.map(|taken| taken.done)
}

/// Takes the carrier's word that a mail of this id did not arrive, or was not wanted; also of one whose answer nobody has.
pub(crate) async fn deny(
    table: &Table,
    notification: &Notification,
    (id, why): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let step = Step::to("failed", notification, now)
        .set("why = :why", ":why", text(why))
        .set("message_id = :id", ":id", text(id))
        .and("REMOVE retry_at, held_until")
        .only_if(
            "message_id = :id OR \
             (attribute_not_exists(message_id) AND mails > :none AND attribute_not_exists(held_until))",
        )
        .with(":none", number(0));
    step.take(table).await.map(|_| ())
}

/// Notes that no mail is to go to an address any more; answers whether that was news.
pub(crate) async fn suppress(
    table: &Table,
    address: &EmailAddress,
    why: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let noted = HashMap::from([("why".to_owned(), text(why)), ("changed_at".to_owned(), text(moment(now)))]);
    table.put_new(keyed(&Key::suppressed(address), noted)).await
}
