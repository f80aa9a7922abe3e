//! The events door: records of a stream, messages of a queue, notices of a bucket, and replays.

use std::sync::Arc;

use domain::number::TicketNumber;
use queue::{Deadline, Delivery, Errand, Failure};
use serde_json::{Value, json};
use store::Reader;
use store::replay::{Happened, Span, Subject, delivered};

use super::{Handled, Refused, Source, read};

/// Whether every record comes from where it must: one that does not may be forged, and so may those around it.
pub(super) fn check(records: &[Source], source_arn: &str) -> Result<(), Refused> {
    let own = records.iter().all(|record| record.arn.as_deref() == Some(source_arn));
    if own { Ok(()) } else { Err(Refused::Foreign) }
}

/// Writes into the lines about a message which ticket it names, at its top or in the one thing that it asks for.
pub(super) fn about(body: &Value) {
    let within = || body.as_object()?.values().next()?.get("ticket");
    let named = body.get("ticket").or_else(within).and_then(Value::as_str);
    if let Some(ticket) = named.and_then(|text| TicketNumber::parse(text).ok()) {
        name(&ticket);
    }
}

fn name(ticket: &TicketNumber) {
    tracing::Span::current().record("ticket", tracing::field::display(ticket));
}

pub(super) async fn stream(
    payload: &str,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::dynamodb::Event = read(payload)?;
    let mut batch = Vec::new();
    for record in event.records {
        let id = record.change.sequence_number.unwrap_or_default();
        let message = delivered(record.change.new_image).map_err(Failure::retry);
        // Whatever else the stream carries is nobody's affair.
        batch.extend(message.transpose().map(|message| Delivery { id, message }));
    }
    let handled = |happened: Happened| {
        match &happened.subject {
            Subject::Ticket(ticket) => name(ticket),
            Subject::Reset(_) => {}
        }
        handle(happened)
    };
    let failed = queue::in_order(batch, deadline, handled).await;
    let failures: Vec<_> = failed.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

pub(super) async fn messages(
    payload: &str,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Value, Deadline) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::sqs::SqsEvent = read(payload)?;
    let batch = event.records.into_iter().map(|record| Delivery {
        id: record.message_id.unwrap_or_default(),
        message: read(&record.body.unwrap_or_default()).map_err(Failure::retry),
    });
    let handled = |body: Value| {
        about(&body);
        handle(body, deadline.clone())
    };
    let failed = queue::each(batch.collect(), deadline, handled).await;
    let failures: Vec<_> = failed.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

/// Does the errands of a bucket's events. Lambda calls again when one fails; what never works is logged and gone.
pub(super) async fn stored(
    payload: &str,
    handle: &Arc<dyn Fn(Errand) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::s3::S3Event = read(payload)?;
    for record in event.records {
        let key = decoded(&record.s3.object.key.unwrap_or_default());
        let bucket = record.s3.bucket.name.unwrap_or_default();
        match handle(Errand::Stored { bucket, key }).await {
            Ok(()) => {}
            Err(failure) if failure.is_retryable() => return Err(failure.into()),
            Err(failure) => tracing::error!(%failure, "an errand was discarded"),
        }
    }
    Ok(Value::Null)
}

/// A key as it is: events write it as forms do, so it is decoded, and only once (H109).
pub(super) fn decoded(key: &str) -> String {
    form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
}

/// What became of the events of a replay.
#[derive(Default)]
struct Tally {
    replayed: usize,
    failed: usize,
}

impl Tally {
    /// Handles the events of a page; answers whether there was time for all of them.
    async fn page(
        &mut self,
        events: Vec<Happened>,
        deadline: &Deadline,
        handle: &Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
    ) -> bool {
        for happened in events {
            if deadline.is_close() {
                return false;
            }
            match handle(happened).await {
                Ok(()) => self.replayed += 1,
                Err(failure) => {
                    tracing::error!(%failure, "an event failed in a replay");
                    self.failed += 1;
                }
            }
        }
        true
    }
}

/// Handles stored events again until they or the time are at an end, or a page cannot be read; answers where to go on. A
/// page that was not finished is begun again.
pub(super) async fn replay(
    reader: &Reader,
    span: Span,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
) -> Value {
    let mut left = Some(span);
    let mut tally = Tally::default();
    while let Some(span) = left.clone().filter(|_| !deadline.is_close()) {
        match reader.replay(span).await {
            Ok((events, next)) => {
                if !tally.page(events, deadline, handle).await {
                    break;
                }
                left = next;
            }
            Err(error) => {
                tracing::error!(%error, "a replay stopped at what could not be read");
                break;
            }
        }
    }
    json!({ "replayed": tally.replayed, "failed": tally.failed, "left": left })
}
