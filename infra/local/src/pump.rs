//! The pump: carries records from the table's stream, messages from queues, and notices of new objects, to the
//! functions that the template names.
//!
//! It does what Lambda's event source mappings do: filters, batches, partial failures, a bounded number of tries. What
//! fails too often is set aside in the folder `failures`, as the failure prefix does in the cloud. A notice is
//! delivered as Lambda does when nobody waits for the answer: three times at most, then it is gone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use domain::world::Clock;
use jiff::{SignedDuration, Timestamp};
use queue::Deadline;
use runtime::Doors;
use serde_json::{Value, json};

use crate::bucket::Notices;
use crate::delay::Delays;
use crate::positions::Positions;
use crate::schedule::SchedulePump;
use crate::services::TABLE;
use crate::table::{Record, Table};
use crate::template::{QueueMapping, StreamMapping};

/// How long a function of this host may take for a batch.
const PATIENCE: SignedDuration = SignedDuration::from_secs(25);

/// How often Lambda tries again when nobody waits for the answer.
const NOTICE_RETRIES: u32 = 2;

/// Why a pump stopped.
#[derive(Debug, thiserror::Error)]
pub enum PumpError {
    /// The stream cannot be read.
    #[error("the stream cannot be read: {0}")]
    Stream(String),
    /// A queue cannot be read.
    #[error("the queue cannot be read: {0}")]
    Queue(String),
    /// A file cannot be written.
    #[error("a position cannot be kept: {0}")]
    File(#[from] std::io::Error),
}

/// A reader of the stream, where it is, and how often its next record has failed.
#[derive(Debug)]
pub(crate) struct StreamPump {
    pub(crate) mapping: StreamMapping,
    pub(crate) doors: Doors,
    pub(crate) table: Table,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where what cannot be handled is set aside.
    pub(crate) failures: Option<PathBuf>,
    pub(crate) position: i64,
    pub(crate) tries: u32,
    /// How many records were set aside since the start.
    pub(crate) set_aside: usize,
}

impl StreamPump {
    /// Delivers one batch; answers whether there was anything to deliver.
    pub(crate) async fn turn(&mut self) -> Result<bool, PumpError> {
        let (table, position) = (self.table.clone(), self.position);
        let read = tokio::task::spawn_blocking(move || table.records(TABLE, position, 100)).await;
        let records = read.map_err(stream_error)?.map_err(stream_error)?;
        let Some(last) = records.last().map(|record| record.sequence) else {
            return Ok(false);
        };
        let wanted: Vec<&Record> = records.iter().filter(|record| self.wants(record)).collect();
        let batch: Vec<&Record> = wanted.iter().copied().take(self.mapping.batch_size).collect();
        // Everything up to the last record of the batch is passed, and all of what was read if the batch held it all.
        let passed = if batch.len() == wanted.len() { last } else { batch.last().map_or(last, |last| last.sequence) };
        if batch.is_empty() {
            self.position = passed;
            return Ok(true);
        }
        match self.deliver(&batch).await {
            None => {
                self.position = passed;
                self.tries = 0;
            }
            Some(failed) => self.failed(&batch, failed)?,
        }
        Ok(true)
    }

    /// Passes everything that the stream holds, as if it had been off for longer than the stream keeps anything.
    pub(crate) async fn skip(&mut self) -> Result<(), PumpError> {
        loop {
            let (table, position) = (self.table.clone(), self.position);
            let read = tokio::task::spawn_blocking(move || table.records(TABLE, position, 1000)).await;
            let records = read.map_err(stream_error)?.map_err(stream_error)?;
            let Some(last) = records.last() else {
                return Ok(());
            };
            self.position = last.sequence;
        }
    }

    fn wants(&self, record: &Record) -> bool {
        let filters = &self.mapping.filters;
        filters.is_empty() || filters.iter().any(|filter| filter.matches(&record.json))
    }

    /// The sequence number of the first record that failed, if one did.
    async fn deliver(&self, batch: &[&Record]) -> Option<i64> {
        let records: Vec<Value> = batch.iter().map(|record| of_the_stream(record.json.clone())).collect();
        let payload = json!({ "Records": records }).to_string();
        let answer = enter(&self.doors, &payload, &self.clock).await;
        match failures(answer).first() {
            None => None,
            Some(id) => {
                let named = batch
                    .iter()
                    .find(|record| record.json.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str) == Some(id));
                named.or(batch.first()).map(|record| record.sequence)
            }
        }
    }

    /// What came before the failed record is done; the record itself is tried again, or set aside after too many tries.
    fn failed(&mut self, batch: &[&Record], failed: i64) -> Result<(), PumpError> {
        let before = batch.iter().take_while(|record| record.sequence < failed).last();
        if let Some(before) = before {
            self.position = before.sequence;
            self.tries = 0;
        }
        self.tries += 1;
        if self.tries <= self.mapping.retries {
            return Ok(());
        }
        tracing::error!(mapping = self.mapping.logical_id, sequence = failed, "record set aside");
        if let (Some(folder), Some(record)) = (&self.failures, batch.iter().find(|one| one.sequence == failed)) {
            let folder = folder.join(&self.mapping.logical_id);
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(format!("{failed}.json")), record.json.to_string())?;
        }
        self.set_aside += 1;
        self.position = failed;
        self.tries = 0;
        Ok(())
    }
}

/// A reader of a queue.
#[derive(Debug)]
pub(crate) struct QueuePump {
    pub(crate) mapping: QueueMapping,
    pub(crate) doors: Doors,
    pub(crate) client: aws_sdk_sqs::Client,
    pub(crate) url: String,
    pub(crate) clock: Arc<dyn Clock>,
    /// Messages that failed and are hidden, with how often they failed.
    pub(crate) hidden: BTreeMap<String, u32>,
    /// Messages that were handled and are still to be removed, by id and receipt.
    pub(crate) handled: Vec<(String, String)>,
    /// After how many failures a message goes to the dead-letter queue.
    pub(crate) tries: u32,
    /// How many messages went there since the start.
    pub(crate) dead: usize,
}

impl QueuePump {
    /// Delivers one batch; answers whether there was anything to deliver.
    pub(crate) async fn turn(&mut self) -> Result<bool, PumpError> {
        self.remove_handled().await?;
        let request = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(self.mapping.batch_size).unwrap_or(10))
            .wait_time_seconds(0);
        let messages = request.send().await.map_err(queue_error)?.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(false);
        }
        // Until a message is done with, it counts as on its way: the desk may be stopped in between.
        for message in &messages {
            self.hidden.entry(message.message_id().unwrap_or_default().to_owned()).or_default();
        }
        let records: Vec<Value> = messages.iter().map(|message| of_a_queue(&self.mapping.queue, message)).collect();
        let payload = json!({ "Records": records }).to_string();
        let failed = failures(enter(&self.doors, &payload, &self.clock).await);
        for message in &messages {
            let id = message.message_id().unwrap_or_default();
            if failed.iter().any(|failed| failed == id || failed == "*") {
                self.count_failure(id);
            } else {
                self.handled.push((id.to_owned(), message.receipt_handle().unwrap_or_default().to_owned()));
            }
        }
        self.remove_handled().await?;
        Ok(true)
    }

    /// Removes what was handled from the queue; what the queue does not remove now is removed before the next batch.
    async fn remove_handled(&mut self) -> Result<(), PumpError> {
        while let Some((id, receipt)) = self.handled.last() {
            let delete = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt);
            delete.send().await.map_err(queue_error)?;
            self.hidden.remove(id);
            self.handled.pop();
        }
        Ok(())
    }

    /// The queue itself moves a message that was received too often; here it is only counted.
    fn count_failure(&mut self, id: &str) {
        let failures = self.hidden.entry(id.to_owned()).or_default();
        *failures += 1;
        if *failures >= self.tries {
            tracing::error!(queue = self.mapping.queue, id, "message goes to the dead-letter queue");
            self.hidden.remove(id);
            self.dead += 1;
        }
    }

    /// Whether nothing that was sent to the queue is still on its way; ask after a turn that found nothing.
    pub(crate) fn is_settled(&self) -> bool {
        self.hidden.is_empty()
    }
}

/// A function that is told of new objects.
#[derive(Debug)]
pub(crate) struct BucketPump {
    pub(crate) notices: Notices,
    pub(crate) doors: Doors,
    pub(crate) clock: Arc<dyn Clock>,
    /// How often the next notice has failed.
    pub(crate) tries: u32,
    /// How many notices were given up since the start.
    pub(crate) set_aside: usize,
}

impl BucketPump {
    /// Delivers one notice; answers whether there was one. The pauses that Lambda makes between tries are left out.
    pub(crate) async fn turn(&mut self) -> bool {
        let Some(payload) = self.notices.first() else {
            return false;
        };
        if let Err(error) = enter(&self.doors, &payload, &self.clock).await {
            tracing::error!(error, "the function failed");
            self.tries += 1;
            if self.tries <= NOTICE_RETRIES {
                return true;
            }
            tracing::error!(function = self.notices.function(), "notice set aside");
            self.set_aside += 1;
        }
        self.notices.drop_first();
        self.tries = 0;
        true
    }
}

/// A record with the name of its stream, written as `!GetAtt` gives it to a function of this host.
fn of_the_stream(mut record: Value) -> Value {
    if let Some(members) = record.as_object_mut() {
        members.insert("eventSourceARN".to_owned(), format!("{TABLE}.StreamArn").into());
    }
    record
}

/// A message as a record, with the name of its queue, written as `!GetAtt` gives it to a function of this host.
fn of_a_queue(queue: &str, message: &Message) -> Value {
    json!({
        "messageId": message.message_id(),
        "receiptHandle": message.receipt_handle(),
        "body": message.body(),
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("{queue}.Arn"),
        "awsRegion": "us-east-1",
    })
}

pub(crate) async fn enter(doors: &Doors, payload: &str, clock: &Arc<dyn Clock>) -> Result<Value, String> {
    let end = clock.now().checked_add(PATIENCE).unwrap_or(clock.now());
    let deadline = Deadline::until(end, Arc::clone(clock));
    let answer = doors.enter(payload, "local", &deadline).await.map_err(|error| error.to_string())?;
    serde_json::from_str(answer.get()).map_err(|error| error.to_string())
}

/// The ids of what failed; `*` is everything, when the function itself did.
fn failures(answer: Result<Value, String>) -> Vec<String> {
    match answer {
        Ok(answer) => {
            let failures = answer.get("batchItemFailures").and_then(Value::as_array).cloned().unwrap_or_default();
            let id = |failure: &Value| failure.get("itemIdentifier").and_then(Value::as_str).map(str::to_owned);
            failures.iter().filter_map(id).collect()
        }
        Err(error) => {
            tracing::error!(error, "the function failed");
            vec!["*".to_owned()]
        }
    }
}

fn stream_error(error: impl std::fmt::Display) -> PumpError {
    PumpError::Stream(error.to_string())
}

pub(crate) fn queue_error(error: impl std::fmt::Debug) -> PumpError {
    PumpError::Queue(format!("{error:?}"))
}

/// All pumps of a desk, and where the readers of the stream go on after a restart.
#[derive(Debug)]
pub(crate) struct Pumps {
    pub(crate) streams: Vec<StreamPump>,
    pub(crate) queues: Vec<QueuePump>,
    pub(crate) buckets: Vec<BucketPump>,
    pub(crate) schedules: Vec<SchedulePump>,
    pub(crate) delays: Delays,
    pub(crate) positions: Positions,
}

impl Pumps {
    /// Gives every pump one turn; answers whether any of them had something to deliver.
    pub(crate) async fn turn(&mut self) -> Result<bool, PumpError> {
        let mut busy = false;
        for pump in &mut self.schedules {
            busy |= pump.turn().await;
        }
        busy |= self.delays.turn().await?;
        for pump in &mut self.streams {
            busy |= pump.turn().await?;
        }
        for pump in &mut self.buckets {
            busy |= pump.turn().await;
        }
        let mut queues_busy = false;
        for pump in &mut self.queues {
            queues_busy |= pump.turn().await?;
        }
        // Only when the queues are empty is everything settled that the streams led to. A notice that waits for its time
        // would be forgotten with the process; what waits for the clock is found again by the tick.
        let holds_notices =
            |pump: &QueuePump| pump.mapping.function == "notify" && self.delays.holds_some_of(&pump.url);
        if !queues_busy && self.queues.iter().all(|pump| pump.is_settled() && !holds_notices(pump)) {
            for pump in &self.streams {
                self.positions.settle(&pump.mapping.logical_id, pump.position)?;
            }
        }
        Ok(busy || queues_busy)
    }

    /// How long to wait before what failed is tried again; a little longer each time.
    pub(crate) fn pause(&self) -> Option<Duration> {
        let records = self.streams.iter().map(|pump| pump.tries);
        let notices = self.buckets.iter().map(|pump| pump.tries);
        let tries = records.chain(notices).max().filter(|tries| *tries > 0)?;
        Some(Duration::from_millis(50 << tries.min(6)))
    }

    /// When something is due by the clock, if anything will be: a call of a schedule, or a message that was delayed.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.schedules.iter().map(SchedulePump::next).chain(self.delays.next()).min()
    }

    /// Whether a message is hidden after a failure, and will come again. One that was delayed does not count: its time
    /// has not come.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.queues.iter().all(QueuePump::is_settled)
    }
}
