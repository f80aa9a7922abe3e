//! Me: who the caller is.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::call::Call;
use web::command::versioned;
use web::problem::{Problem, ProblemBody};
use web::view::person::UserView;

use crate::Ports;

/// A person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// The caller.
    user: UserView,
}

/// Who the caller is.
#[utoipa::path(
    get,
    path = "/v1/users/me",
    tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the caller, with an ETag", body = Me),
        (status = 401, description = "the token does not count", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn me(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    let person = caller.person()?;
    Ok(versioned(StatusCode::OK, person.version, false, json!({ "user": UserView::from(person) })))
}
