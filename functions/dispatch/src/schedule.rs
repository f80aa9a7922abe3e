//! Schedule: its handler plans a ticket for a date, for a reason that the requester reads (S3.15, S4.30).

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::status::Verb;
use domain::text::Body;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::time;
use web::command::Command;
use web::problem::{Problem, ProblemBody};

use crate::Ports;

/// Until when, and why.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ScheduleRequest {
    /// When work on it goes on by itself; to come, and within ten years.
    #[schema(required = true, nullable = false, format = DateTime)]
    until: Option<String>,
    /// Everyone on the ticket reads it.
    #[schema(required = true, nullable = false)]
    reason: Option<String>,
}

/// Plan a ticket for a date. It wakes by itself, and its clocks stand still until then.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/schedule",
    tag = "dispatch",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = ScheduleRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = web::view::Ticketed),
        (status = 409, description = "the caller does not handle it, or it cannot be planned as it stands", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn schedule(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Schedule).await? {
        let (until, reason) = scene.request::<ScheduleRequest>()?.parse()?;
        let change = scene.decide(|ticket, doing| ticket.schedule(doing, until, reason))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl ScheduleRequest {
    fn parse(self) -> Result<(Timestamp, Body), Fields> {
        let mut fields = Fields::new();
        let until = fields.required("until", self.until.as_deref(), time);
        let reason = fields.required("reason", self.reason.as_deref(), Body::parse);
        fields.finish(until.zip(reason))
    }
}
