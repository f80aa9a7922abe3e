//! Reopen: somebody disagrees that a ticket is solved, and says why (S1.23, S1.24).

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::status::Verb;
use domain::text::Body;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::command::Command;
use web::problem::{Problem, ProblemBody};
use web::view::Ticketed;

use crate::Ports;

/// Why it is not solved.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReopenRequest {
    /// Everyone on the ticket reads it.
    #[schema(required = true, nullable = false)]
    comment: Option<String>,
}

/// Disagree that a ticket is solved.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/reopen",
    tag = "messaging",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = ReopenRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "it is not resolved", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn reopen(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Reopen).await? {
        let comment = scene.request::<ReopenRequest>()?.parse()?;
        let change = scene.decide(|ticket, doing| ticket.reopen(doing, comment))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl ReopenRequest {
    fn parse(self) -> Result<Body, Fields> {
        let mut fields = Fields::new();
        let comment = fields.required("comment", self.comment.as_deref(), Body::parse);
        fields.finish(comment)
    }
}
