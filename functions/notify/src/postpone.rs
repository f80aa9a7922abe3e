//! What this function says to its own queue, to be heard later. A message that failed would come back by itself, but four
//! times at most, and all within minutes; one that is said again may wait for hours, and is no failure.

use jiff::Timestamp;
use queue::{Failure, delay};
use store::told;

use crate::Ports;
use crate::message::Message;

/// Says a message, to be heard at a moment: as near to it as a queue keeps anything back.
///
/// # Errors
/// A [`Failure`] to be retried when the queue does not take it.
pub(crate) async fn postpone(ports: &Ports, message: &Message, until: Timestamp) -> Result<(), Failure> {
    let body = serde_json::to_string(message).map_err(Failure::retry)?;
    let delay = delay(until, ports.store.reader().now());
    let request = ports.queues.send_message().queue_url(&ports.queue_url).message_body(body).delay_seconds(delay);
    request.send().await.map(|_| ()).map_err(|error| Failure::retry(told(&error)))
}
