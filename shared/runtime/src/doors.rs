//! Doors: where payloads come in. What a payload is, shows by looking at it; one function may have an HTTP door and an
//! events door.
//!
//! Records of a stream or a queue are taken from the one source that the template names, and from no other (H059): one
//! foreign record refuses its whole payload, so that the function counts as failed and its alarm rings.

mod events;
mod gateway;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use domain::world::Clock;
use futures_util::FutureExt;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use queue::{Deadline, Errand, Failure};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use store::Reader;
use store::replay::{Happened, Span};
use tracing::Instrument;

use crate::world::SystemClock;

type Handled = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// Where events come in.
#[derive(Clone)]
pub enum Events {
    /// Records of the table's stream, and replays of what the table still holds.
    Stream {
        /// The stream that records must come from, by its ARN.
        source_arn: String,
        /// Where replays read.
        reader: Reader,
        /// Handles one event.
        handle: Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
    },
    /// Messages of a queue.
    Queue {
        /// The queue that messages must come from, by its ARN.
        source_arn: String,
        /// Handles one message's body, in the time that there is.
        handle: Arc<dyn Fn(Value, Deadline) -> Handled + Send + Sync>,
    },
    /// What a bucket says was stored in it, and the schedule of its keeper.
    Bucket {
        /// Does one errand.
        handle: Arc<dyn Fn(Errand) -> Handled + Send + Sync>,
    },
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream { .. } => "Events::Stream",
            Self::Queue { .. } => "Events::Queue",
            Self::Bucket { .. } => "Events::Bucket",
        })
    }
}

impl Events {
    /// A consumer of the table's stream, and of no other.
    pub fn stream<W>(
        source_arn: impl Into<String>,
        reader: Reader,
        handle: impl Fn(Happened) -> W + Send + Sync + 'static,
    ) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let handle = Arc::new(move |happened: Happened| -> Handled { Box::pin(handle(happened)) });
        Self::Stream { source_arn: source_arn.into(), reader, handle }
    }

    /// A consumer of a queue, and of no other.
    pub fn queue<W>(source_arn: impl Into<String>, handle: impl Fn(Value) -> W + Send + Sync + 'static) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self::queue_in_time(source_arn, move |body, _deadline| handle(body))
    }

    /// A consumer of a queue, and of no other, whose messages may be long: it looks at the time itself.
    pub fn queue_in_time<W>(
        source_arn: impl Into<String>,
        handle: impl Fn(Value, Deadline) -> W + Send + Sync + 'static,
    ) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let handle = Arc::new(move |body: Value, deadline: Deadline| -> Handled { Box::pin(handle(body, deadline)) });
        Self::Queue { source_arn: source_arn.into(), handle }
    }

    /// A keeper of a bucket.
    pub fn bucket<W>(handle: impl Fn(Errand) -> W + Send + Sync + 'static) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self::Bucket { handle: Arc::new(move |errand| Box::pin(handle(errand))) }
    }
}

/// The doors of a function.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    /// Where HTTP requests come in.
    pub http: Option<Router>,
    /// Where events come in.
    pub events: Option<Events>,
}

/// What shows what a payload is.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "Records", default)]
    records: Vec<Source>,
    #[serde(rename = "requestContext")]
    request: Option<Value>,
    replay: Option<Span>,
    sweep: Option<Due>,
}

/// The time that a schedule calls for.
#[derive(Deserialize)]
struct Due {
    at: Timestamp,
}

/// Where a record comes from.
#[derive(Deserialize)]
struct Source {
    #[serde(rename = "eventSource")]
    service: Option<String>,
    #[serde(rename = "eventSourceARN")]
    arn: Option<String>,
}

/// Why a payload is refused. Nothing of it is quoted, for it may hold what people wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Refused {
    /// It is nothing that this function takes.
    #[error("there is no door for this payload")]
    NoDoor,
    /// It comes from elsewhere.
    #[error("a record comes from a foreign source")]
    Foreign,
    /// It is not what it seems to be.
    #[error("it cannot be read (line {line}, column {column})")]
    Unreadable { line: usize, column: usize },
}

/// Reads JSON.
fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Refused> {
    serde_json::from_str(json).map_err(|error| Refused::Unreadable { line: error.line(), column: error.column() })
}

/// Serves HTTP alone.
///
/// # Errors
/// When Lambda cannot be reached.
pub async fn serve(router: Router) -> Result<(), lambda_runtime::Error> {
    run(Doors { http: Some(router), events: None }).await
}

/// Handles events alone.
///
/// # Errors
/// When Lambda cannot be reached.
pub async fn consume(events: Events) -> Result<(), lambda_runtime::Error> {
    run(Doors { http: None, events: Some(events) }).await
}

/// Opens the doors, until Lambda ends the sandbox.
///
/// # Errors
/// When Lambda cannot be reached.
pub async fn run(doors: Doors) -> Result<(), lambda_runtime::Error> {
    let handler = |event: LambdaEvent<Box<RawValue>>| {
        let doors = doors.clone();
        async move {
            let LambdaEvent { payload, context } = event;
            let end = i64::try_from(context.deadline).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let deadline = Deadline::until(end.unwrap_or_else(|| clock.now()), clock);
            let entered = AssertUnwindSafe(doors.enter(payload.get(), &context.request_id, &deadline));
            // The runtime would tell Lambda what the panic says.
            entered.catch_unwind().await.unwrap_or_else(|_panic| Err("the function panicked".into()))
        }
    };
    lambda_runtime::run(service_fn(handler)).await
}

impl Doors {
    /// Takes a payload to its door, and answers what Lambda is to hear.
    ///
    /// # Errors
    /// A payload for which there is no door, or with records of a foreign source.
    pub async fn enter(
        &self,
        payload: &str,
        request_id: &str,
        deadline: &Deadline,
    ) -> Result<Box<RawValue>, lambda_runtime::Error> {
        let span = tracing::info_span!("invocation", request_id);
        let answer = self.answer(payload, request_id, deadline).instrument(span).await?;
        Ok(serde_json::value::to_raw_value(&answer)?)
    }

    async fn answer(
        &self,
        payload: &str,
        request_id: &str,
        deadline: &Deadline,
    ) -> Result<Value, lambda_runtime::Error> {
        let Probe { records, request, replay: span, sweep } = read(payload)?;
        let service = records.first().and_then(|record| record.service.as_deref());
        if let (Some(Events::Bucket { handle }), Some(Due { at })) = (&self.events, sweep) {
            handle(Errand::Sweep { at }).await?;
            return Ok(Value::Null);
        }
        match (&self.http, &self.events, request, service, span) {
            (Some(router), _, Some(_), _, _) => gateway::answer(router.clone(), payload, request_id).await,
            (_, Some(Events::Stream { source_arn, handle, .. }), None, Some("aws:dynamodb"), None) => {
                events::check(&records, source_arn)?;
                events::stream(payload, deadline, handle).await
            }
            (_, Some(Events::Queue { source_arn, handle }), None, Some("aws:sqs"), None) => {
                events::check(&records, source_arn)?;
                events::messages(payload, deadline, handle).await
            }
            (_, Some(Events::Bucket { handle }), None, Some("aws:s3"), None) => events::stored(payload, handle).await,
            (_, Some(Events::Stream { reader, handle, .. }), None, None, Some(span)) => {
                Ok(events::replay(reader, span, deadline, handle).await)
            }
            (None | Some(_), None | Some(_), None | Some(_), None | Some(_), None | Some(_)) => {
                Err(Refused::NoDoor.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use http::{HeaderMap, HeaderValue};
    use serde_json::json;

    use super::events::{about, decoded};
    use super::*;

    /// The queue that messages must come from.
    const OURS: &str = "arn:aws:sqs:eu-central-1:123456789012:desk-notify";

    fn minute() -> Deadline {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let end = clock.now() + jiff::SignedDuration::from_mins(1);
        Deadline::until(end, clock)
    }

    async fn entered(doors: &Doors, payload: &Value) -> Value {
        let answer = doors.enter(&payload.to_string(), "req-1", &minute()).await.unwrap();
        serde_json::from_str(answer.get()).unwrap()
    }

    #[tokio::test]
    async fn h049_of_ten_messages_only_the_poison_comes_again() {
        let picky =
            |body: Value| std::future::ready(if body["n"] == 7 { Err(Failure::retry("seven")) } else { Ok(()) });
        let doors = Doors { http: None, events: Some(Events::queue(OURS, picky)) };
        let mut records: Vec<_> =
            (0..9).map(|n| message(&format!("m{n}"), &json!({ "n": n }).to_string(), OURS)).collect();
        records.push(message("poison", "not JSON", OURS));
        let answer = entered(&doors, &json!({ "Records": records })).await;
        assert_eq!(
            answer,
            json!({ "batchItemFailures": [{ "itemIdentifier": "m7" }, { "itemIdentifier": "poison" }] })
        );
    }

    fn message(id: &str, body: &str, source_arn: &str) -> Value {
        json!({ "messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": source_arn })
    }

    #[tokio::test]
    async fn h059_one_record_of_a_foreign_source_refuses_its_payload() {
        let handled = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = Arc::clone(&handled);
        let events = Events::queue(OURS, move |_| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::future::ready(Ok(()))
        });
        let doors = Doors { http: None, events: Some(events) };
        let mut unsigned = message("m2", "{}", OURS);
        unsigned["eventSourceARN"].take();
        for other in [message("m2", "{}", "arn:aws:sqs:eu-central-1:666666666666:desk-notify"), unsigned] {
            let payload = json!({ "Records": [message("m1", "{}", OURS), other] });
            let refused = doors.enter(&payload.to_string(), "req-1", &minute()).await.unwrap_err();
            assert_eq!(refused.to_string(), "a record comes from a foreign source");
        }
        assert_eq!(handled.load(std::sync::atomic::Ordering::Relaxed), 0);
        entered(&doors, &json!({ "Records": [message("m1", "{}", OURS)] })).await;
        assert_eq!(handled.load(std::sync::atomic::Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn h232_a_payload_that_cannot_be_read_is_not_quoted() {
        let doors = Doors { http: Some(Router::new()), events: None };
        for payload in [r#"{"Records": "what somebody wrote"}"#, r#"{"replay": "what somebody wrote"}"#] {
            let refused = doors.enter(payload, "req-1", &minute()).await.unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("wrote"), "{refused:?}");
        }
    }

    #[test]
    fn whatever_a_message_says_looking_for_its_ticket_does_not_fail() {
        for body in [json!({ "ticket": 7 }), json!({ "wake": { "ticket": "x" } }), json!([1]), json!({}), Value::Null] {
            about(&body);
        }
    }

    #[tokio::test]
    async fn h059_a_payload_without_a_door_is_refused() {
        let doors = Doors { http: Some(Router::new()), events: None };
        for payload in [json!({}), json!({ "Records": [{ "eventSource": "aws:ses" }] }), json!({ "hello": 1 })] {
            assert!(doors.enter(&payload.to_string(), "req-1", &minute()).await.is_err(), "{payload}");
        }
    }

    #[test]
    fn h109_a_key_is_decoded_once() {
        assert_eq!(decoded("a+b%20%C3%A9.png"), "a b é.png");
        assert_eq!(decoded("a%252520%26b%3Dc"), "a%2520&b=c");
    }

    #[tokio::test]
    async fn headers_that_stand_twice_are_joined_and_the_request_id_is_the_invocations() {
        let answer = || async {
            let mut headers = HeaderMap::new();
            headers.append("vary", HeaderValue::from_static("origin"));
            headers.append("vary", HeaderValue::from_static("accept"));
            (headers, "text")
        };
        let router = web::edge::edge(Router::new().route("/v1/x", get(answer)));
        let doors = Doors { http: Some(router), events: None };
        let payload = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/v1/x", "rawQueryString": "", "isBase64Encoded": false,
            "headers": { "host": "desk.test" },
            "requestContext": { "stage": "$default", "requestId": "gateway", "http": { "method": "GET", "path": "/v1/x" } },
        });
        let answer = entered(&doors, &payload).await;
        assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!("text")));
        assert_eq!(answer["headers"]["vary"], "origin, accept");
        assert_eq!(answer["headers"]["x-request-id"], "req-1");
    }
}
