//! The HTTP door: a request as API Gateway hands it over becomes one for a router, and its answer one for API Gateway.

use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use http_body_util::BodyExt;
use lambda_http::request::LambdaRequest;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use web::edge::RequestId;
use web::problem::Problem;

use super::read;

/// What a router answers.
///
/// # Errors
/// A payload that cannot be read; a body that breaks off.
pub(super) async fn answer(router: Router, payload: &str, request_id: &str) -> Result<Value, lambda_runtime::Error> {
    if !is_readable(payload) {
        let problem = Problem::malformed("malformed_body", "The body is not base64.");
        return written(web::edge::unroutable(problem, request_id)).await;
    }
    let request: LambdaRequest = read(payload)?;
    let (parts, body) = lambda_http::Request::from(request).into_parts();
    let mut request = http::Request::from_parts(parts, Body::new(body));
    request.extensions_mut().insert(RequestId(request_id.to_owned()));
    let Ok(response) = router.oneshot(request).await;
    written(response).await
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
async fn written(response: Response<Body>) -> Result<Value, lambda_runtime::Error> {
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
