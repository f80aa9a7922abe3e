//! Confirm: the requester agrees that a ticket is solved, and says how satisfied they are (S0.13, S0.14, S1.25).

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::status::Verb;
use domain::text::Remark;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::command::Command;
use web::problem::{Problem, ProblemBody};
use web::view::Ticketed;

use crate::Ports;

/// How satisfied the requester is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConfirmRequest {
    /// From 1 to 5; required where the service says so.
    satisfaction: Option<u8>,
    /// In words, at most 500 characters.
    comment: Option<String>,
}

/// Agree that a ticket is solved. It is closed for good.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/confirm",
    tag = "messaging",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = ConfirmRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "it is not resolved", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn confirm(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Confirm).await? {
        let (score, comment) = scene.request::<ConfirmRequest>()?.parse()?;
        let change = scene.decide(|ticket, doing| ticket.confirm(doing, score, comment))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl ConfirmRequest {
    fn parse(self) -> Result<(Option<u8>, Option<Remark>), Fields> {
        let mut fields = Fields::new();
        let comment = fields.optional("comment", self.comment.as_deref(), Remark::parse);
        fields.finish(Some((self.satisfaction, comment)))
    }
}
