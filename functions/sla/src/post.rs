//! Post: what this function says to its own queue, and how.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::number::TicketNumber;
use futures_util::TryStreamExt;
use futures_util::stream;
use jiff::Timestamp;
use queue::{Failure, delay};
use serde::{Deserialize, Serialize};
use store::alarm::{Alarm, Due};
use store::told;

use crate::Ports;
use crate::apply::Job;

/// The most messages that a queue takes at once.
const BATCH: usize = 10;

/// How many batches are on their way at once.
const AT_ONCE: usize = 8;

/// How often what the queue did not take of a batch is sent.
const TRIES: u32 = 3;

/// What a message on the queue says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// The minute has come: the scheduler says so.
    Tick {
        /// Which minute.
        at: Timestamp,
    },
    /// Ring the alarms of a span, where a tick could not ring them all.
    Sweep(Due),
    /// It is time to look at a ticket.
    Wake {
        /// Which.
        ticket: TicketNumber,
    },
    /// Put a page of open tickets under the policy in force.
    Apply(Job),
}

/// Says one thing, as soon as possible.
pub(crate) async fn say(ports: &Ports, message: &Message) -> Result<(), Failure> {
    let body = serde_json::to_string(message).map_err(Failure::retry)?;
    let request = ports.queues.send_message().queue_url(&ports.queue_url).message_body(body);
    request.send().await.map(|_| ()).map_err(|error| Failure::retry(told(&error)))
}

/// Has a ticket looked at when its alarm is due.
pub(crate) async fn ring(ports: &Ports, alarms: &[Alarm], now: Timestamp) -> Result<(), Failure> {
    let batches = stream::iter(alarms.chunks(BATCH).map(Ok::<_, Failure>));
    batches.try_for_each_concurrent(AT_ONCE, |batch| send(ports, batch, now)).await
}

async fn send(ports: &Ports, alarms: &[Alarm], now: Timestamp) -> Result<(), Failure> {
    let entry = |(n, alarm): (usize, &Alarm)| {
        let message = Message::Wake { ticket: alarm.ticket.clone() };
        let body = serde_json::to_string(&message).map_err(Failure::retry)?;
        let entry = SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body(body);
        entry.delay_seconds(delay(alarm.at, now)).build().map_err(Failure::retry)
    };
    let mut left = alarms.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
    let mut why = String::new();
    for _ in 0..TRIES {
        let request = ports.queues.send_message_batch().queue_url(&ports.queue_url).set_entries(Some(left.clone()));
        let failed = request.send().await.map_err(|error| Failure::retry(told(&error)))?.failed;
        // What was taken would ring twice.
        left.retain(|entry| failed.iter().any(|failed| failed.id == entry.id));
        match failed.first() {
            None => return Ok(()),
            Some(failed) => why.clone_from(&failed.code),
        }
    }
    Err(Failure::retry(format!("{} were not taken: {why}", left.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_more_in_it_is_not_believed() {
        assert!(serde_json::from_str::<Message>(r#"{"wake":{"ticket":"7K3Q-M9XV"}}"#).is_ok());
        assert!(serde_json::from_str::<Message>(r#"{"wake":{"ticket":"7K3Q-M9XV","at":0}}"#).is_err());
    }
}
