//! The contract, and the answer to whatever it does not name: 405 with `Allow` for a path that has other methods, 404 for
//! a path that has none (H010, H015).

use std::sync::LazyLock;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;
use web::problem::Problem;

/// The document that a test writes from the code of every function.
const DOCUMENT: &str = include_str!("../../../infra/openapi.json");

/// Every path of the contract with its methods; parameters stand in braces.
static PATHS: LazyLock<Vec<(Vec<String>, String)>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap_or_default();
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.into_iter().flatten().map(|(path, operations)| {
        let methods = operations.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
        (segments(path), methods.collect::<Vec<_>>().join(", "))
    });
    paths.collect()
});

/// The contract, as OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    tag = "query",
    responses((status = 200, description = "this document", content_type = "application/json"))
)]
pub(crate) async fn contract() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], DOCUMENT).into_response()
}

/// Answers whatever no route names.
pub(crate) async fn nothing_here(request: Request) -> Problem {
    let asked = segments(request.uri().path());
    let known = PATHS.iter().find(|(path, _)| {
        let fits = |(own, given): (&String, &String)| own == given || (own.starts_with('{') && !given.is_empty());
        path.len() == asked.len() && path.iter().zip(&asked).all(fits)
    });
    match known {
        Some((_, methods)) => {
            let detail = format!("Here only {methods} can be used.");
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
                .with_header(header::ALLOW, methods)
        }
        None => Problem::not_found(),
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}
