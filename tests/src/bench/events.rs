//! Events as Lambda delivers them.

use domain::world::Clock;
use http::Method;
use runtime::world::SystemClock;
use serde_json::{Value, json};

use crate::Person;

/// What says which program sends a request.
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Where the API is.
const HOST: &str = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";

/// A request of somebody, as an HTTP API hands it over.
pub(super) fn request(by: &Person, method: &Method, address: &str, body: Option<&Value>) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(by, body),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": HOST,
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": AGENT,
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:09:00:00 +0000",
            "timeEpoch": SystemClock.now().as_millisecond(),
        },
        "body": body.map(Value::to_string),
        "isBase64Encoded": false,
    })
}

/// The headers that a browser sends, and those that the gateway adds.
fn headers(by: &Person, body: Option<&Value>) -> Value {
    let mut headers = json!({
        "accept": "application/json",
        "accept-encoding": "gzip, deflate, br",
        "content-length": body.map_or(0, |body| body.to_string().len()).to_string(),
        "host": HOST,
        "user-agent": AGENT,
        "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    if !by.token().is_empty() {
        headers["authorization"] = json!(format!("Bearer {}", by.token()));
    }
    if body.is_some() {
        headers["content-type"] = json!("application/json");
    }
    headers
}

/// A record of the table's stream, alone in its batch.
pub(super) fn record(record: &Value, source: &str) -> Value {
    let mut record = record.clone();
    record["eventSourceARN"] = json!(source);
    json!({ "Records": [record] })
}

/// A message of a queue, alone in its batch.
pub(super) fn message(body: &Value, source: &str) -> Value {
    let now = SystemClock.now().as_millisecond().to_string();
    json!({
        "Records": [{
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": now,
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": now,
            },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": source,
            "awsRegion": "us-east-1",
        }]
    })
}
