//! The edge: what every answer of every function has in common.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Json, Router, response::IntoResponse};
use http::{HeaderName, HeaderValue, header};

use crate::problem::Problem;

/// The id of a request, set by whoever hosts the router; clients cannot set it.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A function's router with what every answer has, and a 404 for every path that was not routed to it on purpose.
pub fn edge(router: Router) -> Router {
    finished(router.fallback(nothing_here).method_not_allowed_fallback(nothing_here))
}

/// A router with what every answer has: problems with bodies, ids, and headers that keep browsers careful.
pub fn finished(router: Router) -> Router {
    router.layer(from_fn(finish))
}

async fn nothing_here() -> Problem {
    Problem::not_found()
}

async fn finish(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |RequestId(id)| id.clone());
    sealed(next.run(request).await, &id)
}

/// An answer as it leaves: a problem is written down, now that the request id is known, and browsers are kept careful.
#[must_use]
pub fn sealed(response: Response, id: &str) -> Response {
    let mut response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) => written(response, &problem, id),
        None => response,
    };
    let headers = response.headers_mut();
    let careful = [
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in careful {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn written(response: Response, problem: &Problem, id: &str) -> Response {
    problem.log(id);
    let (mut parts, _) = response.into_parts();
    let (body_parts, body) = Json(problem.body(id)).into_response().into_parts();
    parts.headers.extend(body_parts.headers);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, Body::new(body))
}
