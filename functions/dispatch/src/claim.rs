//! Claim: an agent takes a ticket over to handle it (S0.17, S0.39).

use axum::extract::State;
use axum::response::Response;
use domain::status::Verb;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::command::Command;
use web::problem::{Problem, ProblemBody};

use crate::Ports;

/// What a claim says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct ClaimRequest {
    /// Take it from whoever handles it.
    take_over: bool,
}

/// Take a ticket over to handle it. Claiming what one handles already changes nothing.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/claim",
    tag = "dispatch",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = ClaimRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = web::view::Ticketed),
        (status = 409, description = "somebody else handles it, or it has ended", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn claim(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Claim).await? {
        let request: ClaimRequest = scene.request()?;
        let change = scene.decide(|ticket, doing| ticket.claim(doing, request.take_over))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, change).await?;
    }
    command.answer()
}
