//! The endpoint: the services of a desk on a wire, for functions that run as processes of their own.
//!
//! Whom a request is for, its signature says. Whether the signature is right, only the bucket asks: whoever serves this
//! serves it to this machine alone.

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use tower::ServiceExt;
use winterbaume_core::auth::extract_service_from_headers;
use winterbaume_core::{MockRequest, MockService};

use crate::delay::Delays;
use crate::outbox::Outbox;
use crate::table::Table;

/// How an address of AWS begins; the embedded services read the region from it.
const SOMEWHERE: &str = "https://service.us-east-1.amazonaws.com";

/// Who answers.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// DynamoDB.
    pub(crate) table: Table,
    /// SQS.
    pub(crate) queues: Delays,
    /// SES.
    pub(crate) mail: Outbox,
    /// S3.
    pub(crate) files: Router,
}

impl Endpoint {
    /// The door to all of them.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(answer).with_state(self)
    }
}

async fn answer(State(endpoint): State<Endpoint>, request: Request) -> Response {
    let answered = match extract_service_from_headers(request.headers()).as_deref() {
        Some("dynamodb") => of_table(&endpoint.table, request).await,
        Some("sqs") => of_service(&endpoint.queues, request).await,
        Some("ses") => of_service(&endpoint.mail, request).await,
        // An address that was signed bears its signature itself, and only files have such addresses.
        Some(_) | None => {
            let Ok(response) = endpoint.files.oneshot(request).await;
            Ok(response)
        }
    };
    answered.unwrap_or_else(|error| (StatusCode::INTERNAL_SERVER_ERROR, error).into_response())
}

async fn of_table(table: &Table, request: Request) -> Result<Response, String> {
    let (parts, body) = whole(request).await?;
    let request = http::Request::from_parts(parts, SdkBody::from(body));
    let request = HttpRequest::try_from(request).map_err(as_text)?;
    let response = table.call(request).await.map_err(as_text)?;
    Ok(response.try_into_http1x().map_err(as_text)?.map(Body::new))
}

async fn of_service(service: &impl MockService, request: Request) -> Result<Response, String> {
    let (Parts { method, uri, headers, .. }, body) = whole(request).await?;
    let request = MockRequest { method: method.to_string(), uri: format!("{SOMEWHERE}{uri}"), headers, body };
    let answer = service.handle(request).await;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(as_text)?;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

async fn whole(request: Request) -> Result<(Parts, Bytes), String> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(as_text)?;
    Ok((parts, body))
}

fn as_text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::world::Clock;
    use runtime::world::SystemClock;
    use serde_json::{Value, json};

    use super::*;

    fn endpoint() -> Endpoint {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let shape = json!({
            "TableName": "Table",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
        });
        Endpoint {
            table: Table::open(None, &shape).unwrap(),
            queues: Delays::new(Arc::clone(&clock)),
            mail: Outbox::open(None, clock).unwrap(),
            files: Router::new().fallback(|| async { StatusCode::IM_A_TEAPOT }),
        }
    }

    async fn asked(service: &str, target: &str, body: &Value) -> (u16, String) {
        let scope = format!("AWS4-HMAC-SHA256 Credential=KEY/20260302/us-east-1/{service}/aws4_request, Signature=00");
        let request = http::Request::post("/").header("authorization", scope).header("x-amz-target", target);
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = endpoint().router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    #[tokio::test]
    async fn each_service_answers_what_was_signed_for_it() {
        let key = json!({ "TableName": "Table", "Key": { "pk": { "S": "nothing" } } });
        assert_eq!(asked("dynamodb", "DynamoDB_20120810.GetItem", &key).await.0, 200);
        let (status, made) = asked("sqs", "AmazonSQS.CreateQueue", &json!({ "QueueName": "Near" })).await;
        assert!(status == 200 && made.contains("/Near"), "{made}");
        assert_eq!(asked("ses", "", &json!("no mail")).await.0, 400);
        assert_eq!(asked("s3", "", &Value::Null).await.0, 418);
    }
}
