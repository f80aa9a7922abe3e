//! Cancel: the requester withdraws a ticket before anybody handles it (S0.9).

use axum::extract::State;
use axum::response::Response;
use domain::status::Verb;
use domain::ticket::Ticket;
use http::StatusCode;
use web::command::Command;
use web::problem::{Problem, ProblemBody};
use web::view::{Nothing, Ticketed};

use crate::Ports;

/// Withdraw a ticket that nobody handles yet.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/cancel",
    tag = "intake",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = Nothing,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "somebody handles it, or it has ended", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn cancel(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Cancel).await? {
        let Nothing {} = scene.request()?;
        let change = scene.decide(Ticket::cancel)?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}
