//! A queue for proofs: each message is taken and deleted in the same short time, however many are waiting.
//!
//! The embedded SQS looks at every message that waits for each one that is taken. That is nothing to a desk, and most of
//! the time of a proof with a hundred thousand of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Region, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// The most messages that are handed out at once.
const BATCH: usize = 10;

/// Messages, first in, first out. What is handed out is gone: whoever takes it handles it, or the proof fails.
#[derive(Clone, Debug, Default)]
struct Line(Arc<Mutex<VecDeque<Value>>>);

/// A client of a new queue.
pub(super) fn client() -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("proof", "proof", None, None, "proof"))
        .http_client(SharedHttpClient::new(Line::default()))
        .build();
    Client::from_conf(config)
}

impl Line {
    fn answer(&self, operation: &str, body: &Value) -> Value {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match operation {
            "SendMessage" => {
                waiting.push_back(body["MessageBody"].clone());
                json!({ "MessageId": "1", "MD5OfMessageBody": "" })
            }
            "SendMessageBatch" => {
                let entries = body["Entries"].as_array().unwrap();
                waiting.extend(entries.iter().map(|entry| entry["MessageBody"].clone()));
                let sent = |entry: &Value| json!({ "Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "" });
                json!({ "Successful": entries.iter().map(sent).collect::<Vec<_>>(), "Failed": [] })
            }
            "ReceiveMessage" => {
                let count = waiting.len().min(BATCH);
                let message = |body| json!({ "MessageId": "1", "ReceiptHandle": "1", "Body": body });
                json!({ "Messages": waiting.drain(..count).map(message).collect::<Vec<_>>() })
            }
            other => panic!("{other} is not asked for in a proof"),
        }
    }
}

impl HttpClient for Line {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap();
        let answer = self.answer(operation, &body).to_string();
        let mut response = HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::from(answer));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        HttpConnectorFuture::ready(Ok(response))
    }
}
