//! Close: the desk ends a ticket from its side, for a reason (S2.30, S2.51).

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::status::Verb;
use domain::text::Body;
use domain::ticket::closing::Closing;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;
use web::command::Command;
use web::problem::{Problem, ProblemBody};
use web::view::Ticketed;

use crate::Ports;

/// Why it is closed.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CloseRequest {
    /// `solved`, `duplicate`, `spam`, `done_elsewhere`, `confirmed_elsewhere` or `other`.
    #[schema(required = true, nullable = false)]
    reason: Option<String>,
    /// How it was solved; goes with `solved` alone.
    solution: Option<String>,
    /// What else to say to the requester.
    comment: Option<String>,
}

/// End a ticket from the desk's side. A resolved one can only be `confirmed_elsewhere`.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/close",
    tag = "messaging",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = CloseRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "it has ended, or the reason does not fit its status", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn close(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Close).await? {
        let closing = scene.request::<CloseRequest>()?.parse()?;
        let change = scene.decide(|ticket, doing| ticket.close(doing, closing))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl CloseRequest {
    fn parse(self) -> Result<Closing, Fields> {
        let mut fields = Fields::new();
        let reason = fields.required("reason", self.reason.as_deref(), one_of);
        let solution = fields.optional("solution", self.solution.as_deref(), Body::parse);
        let comment = fields.optional("comment", self.comment.as_deref(), Body::parse);
        fields.finish(reason).map(|reason| Closing { reason, solution, comment })
    }
}
