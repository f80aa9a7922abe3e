//! Doors: where payloads come in. What a payload is, shows by looking at it; one function may have an HTTP door and an
//! events door.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::world::Clock;
use http::Response;
use http_body_util::BodyExt;
use jiff::Timestamp;
use lambda_http::request::LambdaRequest;
use lambda_runtime::{LambdaEvent, service_fn};
use queue::{Deadline, Delivery, Errand, Failure};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use store::Reader;
use store::replay::{Happened, Span, delivered};
use tower::ServiceExt;
use web::edge::RequestId;
use web::problem::Problem;

use crate::world::SystemClock;

type Handled = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// Where events come in.
#[derive(Clone)]
pub enum Events {
    /// Records of the table's stream, and replays of what the table still holds.
    Stream {
        /// Where replays read.
        reader: Reader,
        /// Handles one event.
        handle: Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
    },
    /// Messages of a queue.
    Queue {
        /// Handles one message's body.
        handle: Arc<dyn Fn(Value) -> Handled + Send + Sync>,
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
    /// A consumer of the table's stream.
    pub fn stream<W>(reader: Reader, handle: impl Fn(Happened) -> W + Send + Sync + 'static) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self::Stream { reader, handle: Arc::new(move |happened| Box::pin(handle(happened))) }
    }

    /// A consumer of a queue.
    pub fn queue<W>(handle: impl Fn(Value) -> W + Send + Sync + 'static) -> Self
    where
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self::Queue { handle: Arc::new(move |body| Box::pin(handle(body))) }
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

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "eventSource")]
    source: Option<String>,
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
            doors.enter(payload.get(), &context.request_id, &deadline).await
        }
    };
    lambda_runtime::run(service_fn(handler)).await
}

/// Logs as JSON lines, without times and targets, which Lambda adds.
pub(crate) fn log() {
    let subscriber = tracing_subscriber::fmt().json().without_time().with_target(false).finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::warn!("the log was set up before");
    }
}

impl Doors {
    /// Takes a payload to its door, and answers what Lambda is to hear.
    ///
    /// # Errors
    /// A payload for which there is no door; a replay that could not be read.
    pub async fn enter(
        &self,
        payload: &str,
        request_id: &str,
        deadline: &Deadline,
    ) -> Result<Box<RawValue>, lambda_runtime::Error> {
        let probe: Probe = serde_json::from_str(payload)?;
        let source = probe.records.first().and_then(|record| record.source.as_deref());
        if let (Some(Events::Bucket { handle }), Some(Due { at })) = (&self.events, probe.sweep) {
            handle(Errand::Sweep { at }).await?;
            return Ok(serde_json::value::to_raw_value(&Value::Null)?);
        }
        let answer = match (&self.http, &self.events, probe.request, source, probe.replay) {
            (Some(router), _, Some(_), _, _) => http(router.clone(), payload, request_id).await?,
            (_, Some(Events::Stream { handle, .. }), None, Some("aws:dynamodb"), None) => {
                stream(payload, deadline, handle).await?
            }
            (_, Some(Events::Queue { handle }), None, Some("aws:sqs"), None) => {
                messages(payload, deadline, handle).await?
            }
            (_, Some(Events::Bucket { handle }), None, Some("aws:s3"), None) => stored(payload, handle).await?,
            (_, Some(Events::Stream { reader, handle }), None, None, Some(span)) => {
                replay(reader, span, deadline, handle).await?
            }
            (None | Some(_), None | Some(_), None | Some(_), None | Some(_), None | Some(_)) => {
                return Err("there is no door for this payload".into());
            }
        };
        Ok(serde_json::value::to_raw_value(&answer)?)
    }
}

async fn stream(
    payload: &str,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::dynamodb::Event = serde_json::from_str(payload)?;
    let mut batch = Vec::new();
    for record in event.records {
        let id = record.change.sequence_number.unwrap_or_default();
        let message = delivered(record.change.new_image).map_err(Failure::retry);
        // Whatever else the stream carries is no event of a ticket.
        batch.extend(message.transpose().map(|message| Delivery { id, message }));
    }
    let failed = queue::in_order(batch, deadline, |happened| handle(happened)).await;
    let failures: Vec<_> = failed.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

async fn messages(
    payload: &str,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Value) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::sqs::SqsEvent = serde_json::from_str(payload)?;
    let batch = event.records.into_iter().map(|record| Delivery {
        id: record.message_id.unwrap_or_default(),
        message: serde_json::from_str(&record.body.unwrap_or_default()).map_err(Failure::retry),
    });
    let failed = queue::each(batch.collect(), deadline, |body| handle(body)).await;
    let failures: Vec<_> = failed.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

/// Does the errands of a bucket's events. Lambda calls again when one fails; what never works is logged and gone.
async fn stored(
    payload: &str,
    handle: &Arc<dyn Fn(Errand) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let event: aws_lambda_events::s3::S3Event = serde_json::from_str(payload)?;
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
fn decoded(key: &str) -> String {
    form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
}

/// Handles stored events again until they or the time are at an end; answers where to go on.
async fn replay(
    reader: &Reader,
    span: Span,
    deadline: &Deadline,
    handle: &Arc<dyn Fn(Happened) -> Handled + Send + Sync>,
) -> Result<Value, lambda_runtime::Error> {
    let mut left = Some(span);
    let (mut replayed, mut failed) = (0_usize, 0_usize);
    while let Some(span) = left.clone().filter(|_| !deadline.is_close()) {
        let (events, next) = reader.replay(span).await?;
        for happened in events {
            match handle(happened).await {
                Ok(()) => replayed += 1,
                Err(failure) => {
                    tracing::error!(%failure, "an event failed in a replay");
                    failed += 1;
                }
            }
        }
        left = next;
    }
    Ok(json!({ "replayed": replayed, "failed": failed, "left": left }))
}

async fn http(router: Router, payload: &str, request_id: &str) -> Result<Value, lambda_runtime::Error> {
    if !is_readable(payload) {
        let problem = Problem::malformed("malformed_body", "The body is not base64.");
        return answer(web::edge::sealed(problem.into_response(), request_id)).await;
    }
    let request: LambdaRequest = serde_json::from_str(payload)?;
    let (parts, body) = lambda_http::Request::from(request).into_parts();
    let mut request = http::Request::from_parts(parts, Body::new(body));
    request.extensions_mut().insert(RequestId(request_id.to_owned()));
    let Ok(response) = router.oneshot(request).await;
    answer(response).await
}

/// Whether a body that says it is base64 is (H013): the conversion behind this would panic.
fn is_readable(payload: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Encoded<'a> {
        #[serde(borrow)]
        body: Option<std::borrow::Cow<'a, str>>,
        #[serde(default)]
        is_base64_encoded: bool,
    }
    serde_json::from_str::<Encoded<'_>>(payload).is_ok_and(|encoded| {
        !encoded.is_base64_encoded || encoded.body.is_none_or(|body| STANDARD.decode(body.as_bytes()).is_ok())
    })
}

/// An answer as API Gateway wants it: header values joined, text as text and the rest as base64.
async fn answer(response: Response<Body>) -> Result<Value, lambda_runtime::Error> {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let mut headers = serde_json::Map::new();
    for name in parts.headers.keys() {
        let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        headers.insert(name.as_str().to_owned(), values.collect::<Vec<_>>().join(", ").into());
    }
    let text = std::str::from_utf8(&bytes);
    let is_base64 = text.is_err();
    let body = text.map_or_else(|_binary| STANDARD.encode(&bytes), str::to_owned);
    let status = parts.status.as_u16();
    Ok(json!({ "statusCode": status, "headers": headers, "body": body, "isBase64Encoded": is_base64 }))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use http::{HeaderMap, HeaderValue};

    use super::*;

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
        let doors = Doors { http: None, events: Some(Events::queue(picky)) };
        let mut records: Vec<_> = (0..9)
            .map(|n| json!({ "messageId": format!("m{n}"), "body": json!({ "n": n }).to_string(), "eventSource": "aws:sqs" }))
            .collect();
        records.push(json!({ "messageId": "poison", "body": "not JSON", "eventSource": "aws:sqs" }));
        let answer = entered(&doors, &json!({ "Records": records })).await;
        assert_eq!(
            answer,
            json!({ "batchItemFailures": [{ "itemIdentifier": "m7" }, { "itemIdentifier": "poison" }] })
        );
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
