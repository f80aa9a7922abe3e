//! The weather: what befalls requests on their way to the services.
//!
//! The embedded services answer at once and always. Here, before a request reaches one of them, it is decided what becomes
//! of it ([`Fate`]): refused, in conflict, done in part, done with the answer lost or late, met by a service that is away,
//! or by none. Tests decide; without them the weather is fair.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::table::lost;

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// DynamoDB.
    Table,
    /// SQS.
    Queue,
    /// SES.
    Mail,
    /// S3.
    Files,
}

/// A request on its way.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// To whom.
    pub service: Service,
    /// What for, as the service calls it, such as `TransactWriteItems`; the HTTP method, for files.
    pub operation: &'a str,
    /// Its body, unless it is a stream.
    pub body: &'a [u8],
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Done,
    /// It is not done; the service answers with this error code.
    Refused(&'static str),
    /// It is not done; the transaction is canceled because another one met it.
    Conflict,
    /// It is a batch of messages, of which the last so many are not taken.
    Partly(usize),
    /// It is done, but the answer is lost.
    AnswerLost,
    /// It is done, and answered so much later.
    Slow(Duration),
    /// It is not done: the service is away.
    Down,
    /// It is not done: no connection to the service comes about.
    Unreachable,
}

impl Fate {
    /// It is not done; the service asks to slow down, in its own words.
    #[must_use]
    pub fn throttled(service: Service) -> Self {
        Self::Refused(match service {
            Service::Table => "ProvisionedThroughputExceededException",
            Service::Queue => "RequestThrottled",
            Service::Mail => "TooManyRequestsException",
            Service::Files => "SlowDown",
        })
    }
}

type Fates = Arc<dyn Fn(&Call<'_>) -> Fate + Send + Sync>;

/// The weather over a desk.
#[derive(Clone, Default)]
pub struct Weather(Arc<Mutex<Option<Fates>>>);

impl std::fmt::Debug for Weather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Weather")
    }
}

impl Weather {
    /// Decides from now on what becomes of requests.
    pub fn befall(&self, fates: impl Fn(&Call<'_>) -> Fate + Send + Sync + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(fates));
    }

    /// Nothing unusual befalls requests any more.
    pub fn calm(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn fate(&self, call: &Call<'_>) -> Fate {
        let fates = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        fates.map_or(Fate::Done, |fates| fates(call))
    }
}

type Answer = Result<HttpResponse, ConnectorError>;

/// Lets a request meet its fate; `pass` hands it to its service.
pub(crate) fn meet(
    fate: Fate,
    service: Service,
    request: HttpRequest,
    pass: impl FnOnce(HttpRequest) -> HttpConnectorFuture,
) -> HttpConnectorFuture {
    match fate {
        Fate::Done => pass(request),
        Fate::Refused(code) => HttpConnectorFuture::ready(refused(service, code)),
        Fate::Conflict => HttpConnectorFuture::ready(conflict(&request)),
        Fate::Partly(left_out) => partly(left_out, request, pass),
        Fate::AnswerLost => {
            let answer = pass(request);
            HttpConnectorFuture::new(async move {
                drop(answer.await?);
                Err(ConnectorError::io("the answer was lost".into()))
            })
        }
        Fate::Slow(late) => {
            let answer = pass(request);
            HttpConnectorFuture::new(async move {
                let answer = answer.await?;
                tokio::time::sleep(late).await;
                Ok(answer)
            })
        }
        Fate::Down => HttpConnectorFuture::ready(response(503, String::new())),
        Fate::Unreachable => in_vain(request),
    }
}

/// Looks for a connection where none comes about: who speaks no TLS is asked for it. So the error is that of the client
/// that functions have in the cloud.
fn in_vain(mut request: HttpRequest) -> HttpConnectorFuture {
    match request.set_uri("https://nowhere.invalid/") {
        Ok(()) => Connector::builder().build_http().call(request),
        Err(error) => HttpConnectorFuture::ready(Err(lost(error))),
    }
}

fn response(status: u16, body: String) -> Answer {
    Ok(HttpResponse::new(StatusCode::try_from(status).map_err(lost)?, SdkBody::from(body)))
}

/// A refusal as the service words it.
fn refused(service: Service, code: &'static str) -> Answer {
    let of_json =
        |namespace: &str| json!({ "__type": format!("{namespace}#{code}"), "message": "injected" }).to_string();
    match service {
        Service::Table => response(400, of_json("com.amazonaws.dynamodb.v20120810")),
        Service::Queue => response(400, of_json("com.amazonaws.sqs")),
        Service::Mail => {
            let status = if code == "TooManyRequestsException" { 429 } else { 400 };
            let mut refusal = response(status, json!({ "message": "injected" }).to_string())?;
            refusal.headers_mut().insert("x-amzn-errortype", code);
            Ok(refusal)
        }
        Service::Files => {
            let status = if code == "SlowDown" { 503 } else { 400 };
            response(status, format!("<Error><Code>{code}</Code><Message>injected</Message></Error>"))
        }
    }
}

/// The answer to a transaction that met another one.
fn conflict(request: &HttpRequest) -> Answer {
    let parts = read(request).get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len);
    let reasons: Vec<_> =
        (0..parts).map(|part| json!({ "Code": if part == 0 { "TransactionConflict" } else { "None" } })).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    response(400, json!({ "__type": kind, "message": "injected", "CancellationReasons": reasons }).to_string())
}

/// Hands on a batch of messages without its last ones, and tells of those as failed.
fn partly(
    left_out: usize,
    mut request: HttpRequest,
    pass: impl FnOnce(HttpRequest) -> HttpConnectorFuture,
) -> HttpConnectorFuture {
    let mut batch = read(&request);
    let Some(entries) = batch.get_mut("Entries").and_then(Value::as_array_mut) else {
        return pass(request);
    };
    let taken = entries.len().saturating_sub(left_out);
    let failed: Vec<_> = entries.split_off(taken).iter().map(failure).collect();
    *request.body_mut() = SdkBody::from(batch.to_string());
    let answer = pass(request);
    HttpConnectorFuture::new(async move {
        let answer = answer.await?;
        let mut told: Value = serde_json::from_slice(answer.body().bytes().unwrap_or_default()).unwrap_or_default();
        if let Some(told) = told.as_object_mut() {
            told.insert("Failed".to_owned(), failed.into());
        }
        response(answer.status().as_u16(), told.to_string())
    })
}

fn failure(entry: &Value) -> Value {
    json!({ "Id": entry.get("Id"), "SenderFault": false, "Code": "InternalError", "Message": "injected" })
}

fn read(request: &HttpRequest) -> Value {
    serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answer: Answer) -> (u16, String) {
        let answer = answer.unwrap();
        (answer.status().as_u16(), String::from_utf8(answer.body().bytes().unwrap().to_vec()).unwrap())
    }

    fn request(body: &Value) -> HttpRequest {
        HttpRequest::new(SdkBody::from(body.to_string()))
    }

    #[test]
    fn a_canceled_transaction_has_a_reason_for_each_part() {
        let (status, text) = told(conflict(&request(&json!({ "TransactItems": [{}, {}] }))));
        assert_eq!(status, 400);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["CancellationReasons"], json!([{ "Code": "TransactionConflict" }, { "Code": "None" }]));
    }

    #[test]
    fn each_service_asks_to_slow_down_in_its_own_words() {
        let services = [Service::Table, Service::Queue, Service::Mail, Service::Files];
        let statuses = services.map(|service| {
            let Fate::Refused(code) = Fate::throttled(service) else { panic!("it is a refusal") };
            told(refused(service, code)).0
        });
        assert_eq!(statuses, [400, 400, 429, 503]);
    }

    #[tokio::test]
    async fn of_a_batch_that_is_done_in_part_the_rest_is_named() {
        let batch = json!({ "Entries": [{ "Id": "a" }, { "Id": "b" }, { "Id": "c" }] });
        let answer = meet(Fate::Partly(2), Service::Queue, request(&batch), |request| {
            assert_eq!(read(&request), json!({ "Entries": [{ "Id": "a" }] }));
            HttpConnectorFuture::ready(response(200, json!({ "Successful": [{ "Id": "a" }] }).to_string()))
        });
        let (_, text) = told(answer.await);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&answer["Failed"][0]["Id"], &answer["Failed"][1]["Id"]), (&json!("b"), &json!("c")));
    }

    #[tokio::test]
    async fn where_no_connection_comes_about_nothing_is_passed_on() {
        let answer = meet(Fate::Unreachable, Service::Mail, request(&json!({})), |_| panic!("it is not passed on"));
        let error = answer.await.unwrap_err();
        assert!(error.is_io(), "{error:?}");
        assert!(format!("{error:?}").contains("Connect"), "{error:?}");
    }

    #[tokio::test]
    async fn fair_weather_is_not_noticed_and_a_calm_ends_any_other() {
        let weather = Weather::default();
        let call = Call { service: Service::Queue, operation: "SendMessage", body: b"" };
        assert_eq!(weather.fate(&call), Fate::Done);
        weather.befall(|call| if call.service == Service::Queue { Fate::Down } else { Fate::Done });
        assert_eq!(weather.fate(&call), Fate::Down);
        weather.calm();
        assert_eq!(weather.fate(&call), Fate::Done);
    }
}
