//! Release: the handler gives a ticket back, and it is dispatched again.

use axum::extract::State;
use axum::response::Response;
use domain::status::Verb;
use domain::ticket::Ticket;
use http::StatusCode;
use web::command::Command;
use web::problem::{Problem, ProblemBody};
use web::view::Nothing;

use crate::Ports;

/// Give a ticket back; it is dispatched again, to somebody else if there is anybody.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/release",
    tag = "dispatch",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = Nothing,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = web::view::Ticketed),
        (status = 409, description = "nobody or somebody else handles it", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn release(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Release).await? {
        let Nothing {} = scene.request()?;
        let change = scene.decide(Ticket::release)?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}
