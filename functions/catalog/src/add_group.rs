//! Adds a group of agents.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Group;
use domain::catalog::keeping::GroupEdit;
use domain::field::Fields;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::edit_group::{EditGroupRequest, lead_named};
use crate::keep::{Keeping, Way};
use crate::view::GroupResponse;

/// A new group, without members at first.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddGroupRequest {
    /// The name shown, different from those of all other groups.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// The support line it stands on; the first unless said otherwise.
    #[schema(minimum = 1, maximum = 3)]
    line: Option<i64>,
    /// Who is told when a promise is about to be missed, or was: an active lead.
    lead_id: Option<String>,
}

impl AddGroupRequest {
    fn parse(self) -> Result<(Name, GroupEdit), Fields> {
        let mut fields = Fields::new();
        let name = fields.required("name", self.name.as_deref(), Name::parse);
        let rest = EditGroupRequest { name: None, line: self.line, lead_id: self.lead_id }.read(&mut fields);
        fields.finish(name.map(|name| (name, rest)))
    }
}

/// Add a group of agents
#[utoipa::path(
    post,
    path = "/v1/groups",
    params(("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")),
    request_body = AddGroupRequest,
    responses(
        (
            status = 201,
            description = "The group",
            body = GroupResponse,
            headers(("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))
        ),
        (
            status = 409,
            description = "`name_taken`, or `full`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (
            status = 422,
            description = "`not_a_lead` for whoever is not an active lead",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn add_group(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Adding).await? {
        let (name, rest) = keeping.request::<AddGroupRequest>()?.parse()?;
        let group = Group::named(scene.id.clone(), name);
        let people = ports.store.reader().people(lead_named(&rest)).await?;
        let decision = scene.catalog().add_group(scene.by.clone(), group, rest, &people);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Group, _>(|group, _| GroupResponse::of(group))
}
