//! Refresh: a refresh token becomes the next pair of tokens, once. Used again, it ends the sign-in it belongs to (H190).

use axum::extract::State;
use axum::response::Response;
use domain::field::{Fields, Invalid};
use http::StatusCode;
use serde::Deserialize;
use store::session::Token;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::sign_in::{SignedIn, signed_in};

/// The token of the pair before.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RefreshRequest {
    /// The refresh token.
    #[schema(required = true, nullable = false)]
    refresh_token: Option<String>,
}

/// Get the next pair of tokens.
#[utoipa::path(
    post,
    path = "/v1/sessions/refresh",
    tag = "identity",
    request_body = RefreshRequest,
    responses(
        (status = 201, description = "the next pair", body = SignedIn),
        (status = 401, description = "the token does not count", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn refresh(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let token = call.body.read::<RefreshRequest>()?.parse()?.ok_or_else(Problem::unauthorized)?;
    let person = ports.store.reader().person(token.person()).await?.filter(|person| person.active);
    let person = person.ok_or_else(Problem::unauthorized)?;
    let pair = ports.store.refresh_session(&token, &person).await?.ok_or_else(Problem::unauthorized)?;
    Ok(signed_in(StatusCode::CREATED, &pair, &person))
}

impl RefreshRequest {
    fn parse(self) -> Result<Option<Token>, Fields> {
        let text =
            self.refresh_token.ok_or_else(|| Fields::one("refresh_token", Invalid::new("required", "is required")))?;
        Ok(Token::parse(&text))
    }
}
