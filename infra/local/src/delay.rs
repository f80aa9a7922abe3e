//! Delayed messages: SQS inside the process, but for the time that a message waits.
//!
//! The embedded SQS lets a delayed message wait by the machine's time, while a desk has a clock of its own, which tests
//! move. So the service here stands in front of it. A message with `DelaySeconds` is answered and kept; when its time
//! has come by the desk's clock, it goes in as an ordinary one. It is a service of the embedded AWS, as the outbox is,
//! because a request comes in there whole, headers and body as bytes: it can be kept as it is, and sent on with another
//! body. The SDK's HTTP client, one step before, would have to take its own requests and answers apart.
//!
//! A batch goes in message by message. What SQS refuses whole is refused here too, for the embedded one takes anything.
//!
//! Two things differ from SQS: a message that was kept has another id when it goes in, and the answer to it has no
//! checksum, which the SDK does not look at. What is kept is in memory only, as the queues are.

use std::collections::btree_map::OccupiedEntry;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::world::Clock;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_sqs::SqsService;

use crate::pump::PumpError;

/// The longest delay there is, in seconds.
const LONGEST: i64 = 900;

/// How many messages a batch has at most.
const MOST: usize = 10;

/// The queues, and the messages that wait before they go in.
#[derive(Clone)]
pub(crate) struct Delays {
    queues: Arc<SqsService>,
    clock: Arc<dyn Clock>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Requests that send one message each, by when they are due and in the order they came.
    waiting: BTreeMap<(Timestamp, u64), MockRequest>,
    /// How many messages were kept since the start.
    count: u64,
}

impl std::fmt::Debug for Delays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Delays")
    }
}

impl Delays {
    /// No queues yet, and nothing that waits.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { queues: Arc::new(SqsService::new()), clock, kept: Arc::default() }
    }

    /// Lets every message go in whose time has come; answers whether there was one.
    pub(crate) async fn turn(&self) -> Result<bool, PumpError> {
        let mut busy = false;
        while let Some((place, message)) = self.due() {
            busy = true;
            let answer = self.queues.handle(message.clone()).await;
            if answer.status != 200 {
                self.kept().waiting.insert(place, message);
                return Err(PumpError::Queue(String::from_utf8_lossy(&answer.body).into_owned()));
            }
        }
        Ok(busy)
    }

    /// When the next message goes in, if one waits.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.kept().waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Whether a message waits that goes into this queue.
    pub(crate) fn holds_some_of(&self, url: &str) -> bool {
        let url = json!(url).to_string();
        let goes_there = |message: &MockRequest| String::from_utf8_lossy(&message.body).contains(&url);
        self.kept().waiting.values().any(goes_there)
    }

    fn due(&self) -> Option<((Timestamp, u64), MockRequest)> {
        let now = self.clock.now();
        let mut kept = self.kept();
        let first = kept.waiting.first_entry().filter(|first| first.key().0 <= now);
        first.map(OccupiedEntry::remove_entry)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one message, or keeps it until its time has come.
    async fn send(&self, request: &MockRequest, mut message: Value) -> MockResponse {
        let delay = message.as_object_mut().and_then(|message| message.remove("DelaySeconds"));
        let ordinary = of_one(request, &message);
        match delay.as_ref().and_then(Value::as_i64).unwrap_or_default() {
            0 => self.queues.handle(ordinary).await,
            seconds @ 1..=LONGEST => self.keep(SignedDuration::from_secs(seconds), ordinary),
            _ => refusal("InvalidParameterValue"),
        }
    }

    fn keep(&self, delay: SignedDuration, message: MockRequest) -> MockResponse {
        let due = self.clock.now().checked_add(delay).unwrap_or(Timestamp::MAX);
        let mut kept = self.kept();
        kept.count += 1;
        let count = kept.count;
        kept.waiting.insert((due, count), message);
        MockResponse::json(200, json!({ "MessageId": format!("delayed-{count}") }).to_string())
    }

    /// Sends a batch message by message. One that is refused ends it: whoever sent the batch sends it again.
    async fn send_batch(&self, request: &MockRequest, batch: &Value) -> MockResponse {
        let entries = batch.get("Entries").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(code) = fault(&entries) {
            return refusal(code);
        }
        let mut sent = Vec::new();
        for mut entry in entries {
            let id = entry.as_object_mut().and_then(|fields| {
                fields.insert("QueueUrl".to_owned(), batch.get("QueueUrl").cloned().unwrap_or_default());
                fields.remove("Id")
            });
            let answer = self.send(request, entry).await;
            if answer.status != 200 {
                return answer;
            }
            let mut told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if let Some(fields) = told.as_object_mut() {
                fields.insert("Id".to_owned(), id.unwrap_or_default());
            }
            sent.push(told);
        }
        MockResponse::json(200, json!({ "Successful": sent, "Failed": [] }).to_string())
    }
}

impl MockService for Delays {
    fn service_name(&self) -> &str {
        self.queues.service_name()
    }

    fn url_patterns(&self) -> Vec<&str> {
        self.queues.url_patterns()
    }

    fn handle(&self, request: MockRequest) -> Pin<Box<dyn Future<Output = MockResponse> + Send + '_>> {
        Box::pin(async move {
            let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
            match request.headers.get("x-amz-target").map(HeaderValue::as_bytes) {
                Some(b"AmazonSQS.SendMessage") => self.send(&request, body()).await,
                Some(b"AmazonSQS.SendMessageBatch") => self.send_batch(&request, &body()).await,
                Some(_) | None => self.queues.handle(request).await,
            }
        })
    }
}

/// The request that sends one message, made of another one for the same service.
fn of_one(request: &MockRequest, message: &Value) -> MockRequest {
    let mut one = MockRequest { body: message.to_string().into(), ..request.clone() };
    one.headers.insert("x-amz-target", HeaderValue::from_static("AmazonSQS.SendMessage"));
    one
}

/// Why SQS refuses a batch whole, if it does.
fn fault(entries: &[Value]) -> Option<&'static str> {
    let ids: BTreeSet<_> = entries.iter().map(|entry| entry.get("Id").and_then(Value::as_str)).collect();
    if entries.is_empty() {
        Some("EmptyBatchRequest")
    } else if entries.len() > MOST {
        Some("TooManyEntriesInBatchRequest")
    } else if ids.len() < entries.len() {
        Some("BatchEntryIdsNotDistinct")
    } else {
        None
    }
}

fn refusal(code: &str) -> MockResponse {
    let kind = format!("com.amazonaws.sqs#{code}");
    MockResponse::json(400, json!({ "__type": kind, "message": "SQS would refuse this." }).to_string())
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::Client;
    use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
    use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
    use aws_smithy_async::rt::sleep::TokioSleep;
    use aws_smithy_types::retry::RetryConfig;
    use winterbaume_core::MockAws;

    use super::*;
    use crate::clock::ManualClock;

    /// A queue, the SDK's client for it, and the desk's clock.
    struct Sides {
        delays: Delays,
        clock: ManualClock,
        client: Client,
        url: String,
    }

    impl Sides {
        async fn opened() -> Self {
            let clock = ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap());
            let delays = Delays::new(Arc::new(clock.clone()));
            let config = aws_sdk_sqs::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new("nobody", "nothing", None, None, "test"))
                .http_client(MockAws::builder().with_service(delays.clone()).build().http_client())
                .retry_config(RetryConfig::disabled())
                .sleep_impl(TokioSleep::new())
                .build();
            let client = Client::from_conf(config);
            let made = client.create_queue().queue_name("SlaQueue").send().await.unwrap();
            Self { delays, clock, client, url: made.queue_url.unwrap() }
        }

        /// Sends one message; answers whether it was taken.
        async fn sends(&self, body: &str, delay: i32) -> bool {
            let message = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(delay);
            message.send().await.is_ok()
        }

        /// Sends a batch, each message with its id as its body; answers the ids of those that were taken.
        async fn sends_all(&self, entries: &[(&str, i32)]) -> Option<Vec<String>> {
            let entries = entries.iter().map(|(id, delay)| {
                let entry = SendMessageBatchRequestEntry::builder().id(*id).message_body(*id).delay_seconds(*delay);
                entry.build().unwrap()
            });
            let batch = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries.collect()));
            let taken = batch.send().await.ok()?;
            assert!(taken.failed.is_empty());
            Some(taken.successful.into_iter().map(|one| one.id).collect())
        }

        /// What has arrived after so many more seconds.
        async fn after(&self, seconds: i64) -> Vec<String> {
            self.clock.advance(SignedDuration::from_secs(seconds));
            self.delays.turn().await.unwrap();
            let request = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10);
            let messages = request.wait_time_seconds(0).send().await.unwrap().messages.unwrap_or_default();
            messages.into_iter().filter_map(|message| message.body).collect()
        }
    }

    #[tokio::test]
    async fn a_message_waits_by_the_clock_of_the_desk() {
        let sides = Sides::opened().await;
        assert!(sides.sends("later", 90).await && sides.sends("now", 0).await);
        assert_eq!(sides.delays.next().unwrap().to_string(), "2026-03-02T09:01:30Z");
        assert_eq!(sides.after(0).await, ["now"]);
        assert_eq!(sides.after(89).await, Vec::<String>::new());
        assert_eq!(sides.after(1).await, ["later"]);
        assert_eq!(sides.delays.next(), None);
        assert!(!sides.delays.turn().await.unwrap());
    }

    #[tokio::test]
    async fn each_message_of_a_batch_waits_for_itself_and_the_earliest_comes_first() {
        let sides = Sides::opened().await;
        let taken = sides.sends_all(&[("c", 180), ("a", 0), ("d", 180), ("b", 5)]).await;
        assert_eq!(taken.unwrap(), ["c", "a", "d", "b"]);
        assert_eq!(sides.after(0).await, ["a"]);
        assert_eq!(sides.after(200).await, ["b", "c", "d"]);
    }

    #[tokio::test]
    async fn what_sqs_refuses_is_refused() {
        let sides = Sides::opened().await;
        let eleven: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map(|id| (id, 1)).to_vec();
        assert_eq!(sides.sends_all(&eleven).await, None);
        assert_eq!(sides.sends_all(&[("a", 1), ("a", 2)]).await, None);
        assert_eq!(sides.sends_all(&[]).await, None);
        assert!(!sides.sends("a", 901).await && !sides.sends("a", -1).await);
        assert_eq!(sides.after(1000).await, Vec::<String>::new());
        assert!(sides.sends("a", 900).await);
    }
}
