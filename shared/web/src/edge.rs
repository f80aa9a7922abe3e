//! The edge: what every answer of every function has in common.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Json, Router, response::IntoResponse};
use domain::number::TicketNumber;
use http::{HeaderName, HeaderValue, Method, header};
use tracing::Instrument;

use crate::problem::Problem;

/// The methods that a line names.
const KNOWN: [Method; 7] =
    [Method::DELETE, Method::GET, Method::HEAD, Method::OPTIONS, Method::PATCH, Method::POST, Method::PUT];

/// What stands in a line for a method or a route that is not known.
const NONE: &str = "-";

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
    let span = tracing::info_span!("request", request_id = id, ticket = tracing::field::Empty);
    answered(request, next, &id).instrument(span).await
}

/// Writes into the lines about a request which ticket it is about.
pub fn about(ticket: &TicketNumber) {
    tracing::Span::current().record("ticket", tracing::field::display(ticket));
}

/// The answer, and the one line about it. The path itself is not told, nor is a method that nobody knows: a path may hold
/// the token of a link, and both what a stranger likes.
async fn answered(request: Request, next: Next, id: &str) -> Response {
    let begun = Instant::now();
    let method = KNOWN.into_iter().find(|known| known == request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = sealed(next.run(request).await, id);
    let method = method.as_ref().map_or(NONE, Method::as_str);
    tell(method, route.as_ref().map_or(NONE, MatchedPath::as_str), &response, begun);
    response
}

/// The answer to a request that no router can be asked about.
#[must_use]
pub fn unroutable(problem: Problem, id: &str) -> Response {
    let begun = Instant::now();
    let response = sealed(problem.into_response(), id);
    tell(NONE, NONE, &response, begun);
    response
}

fn tell(method: &str, route: &str, response: &Response, begun: Instant) {
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method, route, status, ms, "answered");
}

/// An answer as it leaves: a problem is written down, now that the request id is known, and browsers are kept careful.
fn sealed(response: Response, id: &str) -> Response {
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
    problem.log();
    let (mut parts, _) = response.into_parts();
    let (body_parts, body) = Json(problem.body(id)).into_response().into_parts();
    parts.headers.extend(body_parts.headers);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, Body::new(body))
}
