//! Resolve: an agent says that a ticket is solved, and how (S4.51).

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

/// The solution.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ResolveRequest {
    /// How it was solved; everyone on the ticket reads it.
    #[schema(required = true, nullable = false)]
    solution: Option<String>,
}

/// Say that a ticket is solved. Its requester is asked to confirm; without an answer it closes by itself.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/resolve",
    tag = "messaging",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = ResolveRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "it is resolved already, or has ended", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn resolve(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Resolve).await? {
        let solution = scene.request::<ResolveRequest>()?.parse()?;
        let change = scene.decide(|ticket, doing| ticket.resolve(doing, solution))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl ResolveRequest {
    fn parse(self) -> Result<Body, Fields> {
        let mut fields = Fields::new();
        let solution = fields.required("solution", self.solution.as_deref(), Body::parse);
        fields.finish(solution)
    }
}
