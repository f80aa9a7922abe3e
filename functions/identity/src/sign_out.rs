//! Sign out: the sign-in that the token belongs to ends at once (H191).

use axum::extract::State;
use http::StatusCode;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;

/// Sign out. The access token and its refresh token stop counting at once.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "signed out"),
        (status = 401, description = "the token does not count", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_out(State(ports): State<Ports>, call: Call) -> Result<StatusCode, Problem> {
    call.caller(ports.store.reader()).await?;
    ports.store.end_session(&call.token()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
