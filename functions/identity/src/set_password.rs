//! Set password: the link in a mail becomes a password, once, and everybody who was signed in is signed out (H191).

use std::convert::Infallible;

use axum::extract::State;
use domain::field::Fields;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::call::Call;
use web::password::NewPassword;
use web::problem::{Problem, ProblemBody};
use web::reset;

use crate::Ports;

/// The new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SetPasswordRequest {
    /// At least 12 characters and at most 1,024 bytes, taken verbatim.
    #[schema(required = true, nullable = false)]
    password: Option<String>,
}

/// Set a password by the link in a mail. It counts once, for an hour, and signs nobody in.
#[utoipa::path(
    post,
    path = "/v1/password_resets/{token}",
    tag = "identity",
    params(("token" = String, Path, description = "what the link in the mail ends with")),
    request_body = SetPasswordRequest,
    responses(
        (status = 204, description = "the password is set, and whoever was signed in is signed out"),
        (status = 404, description = "the link does not count", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "not a password", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn set_password(State(ports): State<Ports>, call: Call) -> Result<StatusCode, Problem> {
    call.body.check()?;
    let token = call.path("token", |token| Ok::<_, Infallible>(token.to_owned()))?;
    let opened = reset::open(ports.store.reader(), &ports.settings, &token).await?;
    let opened = opened.ok_or_else(Problem::not_found)?;
    let password = call.body.read::<SetPasswordRequest>()?.parse()?;
    if reset::set_password(&ports.store, &ports.settings, opened, &password).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

impl SetPasswordRequest {
    fn parse(self) -> Result<NewPassword, Fields> {
        let mut fields = Fields::new();
        let password = fields.required("password", self.password.as_deref(), NewPassword::parse);
        fields.finish(password)
    }
}
