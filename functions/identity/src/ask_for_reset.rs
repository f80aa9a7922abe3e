//! Ask for reset: whoever has forgotten a password, or never had one, asks for a mail with a link to set one.
//!
//! Nobody is looked up: a reset is written for whatever address is asked for, and whether it has an owner is found out
//! when the mail is written. So the answer says nothing, and takes as long, whoever has the address (H181).

use axum::extract::State;
use domain::contact::EmailAddress;
use domain::field::Fields;
use domain::id::ResetId;
use domain::reset::Reset;
use http::StatusCode;
use serde::Deserialize;
use store::count::Guess;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::sign_in::counted;

/// Who wants a new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AskForResetRequest {
    /// The mail address of the account.
    #[schema(required = true, nullable = false)]
    email: Option<String>,
}

/// Ask for a mail with a link to set a password. The answer is the same for every address; at most three mails an hour
/// are sent to one.
#[utoipa::path(
    post,
    path = "/v1/password_resets",
    tag = "identity",
    request_body = AskForResetRequest,
    responses(
        (status = 202, description = "if somebody has this address, a mail is on its way to it"),
        (status = 422, description = "not an address", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ask_for_reset(State(ports): State<Ports>, call: Call) -> Result<StatusCode, Problem> {
    let address = call.body.read::<AskForResetRequest>()?.parse()?;
    let reader = ports.store.reader();
    // Whoever asks too often is told the same (H194).
    if reader.count_guess(Guess::Reset, &counted(&address)).await?.is_none() {
        let change = Reset::asked(ResetId::fresh(reader.ids()), address, reader.now());
        ports.store.commit(&change, None).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

impl AskForResetRequest {
    fn parse(self) -> Result<EmailAddress, Fields> {
        let mut fields = Fields::new();
        let email = fields.required("email", self.email.as_deref(), EmailAddress::parse);
        fields.finish(email)
    }
}
