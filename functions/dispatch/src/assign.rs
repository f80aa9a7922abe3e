//! Assign: an agent or a lead hands a ticket to an agent or a group (S0.19, S0.41, S2.31, S2.43, S2.45).

use axum::extract::State;
use axum::response::Response;
use domain::field::{Fields, Invalid};
use domain::id::{GroupId, PersonId};
use domain::status::Verb;
use domain::text::Body;
use domain::ticket::handling::Recipient;
use http::StatusCode;
use serde::Deserialize;
use store::Reader;
use utoipa::ToSchema;
use web::command::Command;
use web::problem::{Problem, ProblemBody};

use crate::Ports;

/// To whom a ticket goes: exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AssignRequest {
    /// The agent who gets it.
    assignee_id: Option<String>,
    /// The group that gets it.
    group_id: Option<String>,
    /// What to tell whoever gets it; only the desk reads it.
    note: Option<String>,
}

enum Target {
    Agent(PersonId),
    Group(GroupId),
}

/// Hand a ticket to an agent or a group. Nobody handles it afterwards, until it is claimed.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/assign",
    tag = "dispatch",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = AssignRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = web::view::Ticketed),
        (status = 422, description = "no such agent or group", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn assign(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Assign).await? {
        let (target, note) = scene.request::<AssignRequest>()?.parse()?;
        let recipient = target.find(ports.store.reader()).await?;
        let change = scene.decide(|ticket, doing| ticket.assign(doing, &recipient, note))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl AssignRequest {
    fn parse(self) -> Result<(Target, Option<Body>), Fields> {
        let mut fields = Fields::new();
        let agent = fields.optional("assignee_id", self.assignee_id.as_deref(), PersonId::parse);
        let group = fields.optional("group_id", self.group_id.as_deref(), GroupId::parse);
        let note = fields.optional("note", self.note.as_deref(), Body::parse);
        let target = match (agent, group) {
            (Some(agent), None) => Some(Target::Agent(agent)),
            (None, Some(group)) => Some(Target::Group(group)),
            (Some(_), Some(_)) | (None, None) if fields.is_empty() => {
                fields.refuse("assignee_id", Invalid::new("one_of", "name either an assignee_id or a group_id"));
                None
            }
            (Some(_), Some(_)) | (None, None) => None,
        };
        fields.finish(target).map(|target| (target, note))
    }
}

impl Target {
    async fn find(self, reader: &Reader) -> Result<Recipient, Problem> {
        Ok(match self {
            Self::Agent(id) => Recipient::Agent(reader.person(&id).await?.map(Box::new)),
            Self::Group(id) => Recipient::Group(id),
        })
    }
}
