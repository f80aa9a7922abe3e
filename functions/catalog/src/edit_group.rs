//! Changes a group of agents.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Group;
use domain::catalog::keeping::GroupEdit;
use domain::catalog::reading::{or_none, parse_line};
use domain::field::Fields;
use domain::id::PersonId;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};
use crate::view::GroupResponse;

/// What to change of a group; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditGroupRequest {
    /// The name shown, different from those of all other groups.
    pub(crate) name: Option<String>,
    /// The support line it stands on.
    #[schema(minimum = 1, maximum = 3)]
    pub(crate) line: Option<i64>,
    /// Who is told when a promise is about to be missed, or was: an active lead; `none` for nobody.
    pub(crate) lead_id: Option<String>,
}

impl EditGroupRequest {
    /// What it says; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> GroupEdit {
        let line = self.line.map(parse_line);
        GroupEdit {
            name: fields.optional("name", self.name.as_deref(), Name::parse),
            line: line.and_then(|line| fields.check("line", line)),
            lead: fields.optional("lead_id", self.lead_id.as_deref(), |text| or_none(text, PersonId::parse)),
        }
    }

    fn parse(&self) -> Result<GroupEdit, Fields> {
        let mut fields = Fields::new();
        let edit = self.read(&mut fields);
        fields.finish(Some(edit))
    }
}

/// Whom an edit names as lead.
pub(crate) fn lead_named(edit: &GroupEdit) -> &[PersonId] {
    edit.lead.as_ref().and_then(Option::as_ref).map(std::slice::from_ref).unwrap_or_default()
}

/// Change a group of agents
#[utoipa::path(
    patch,
    path = "/v1/groups/{id}",
    params(
        ("id" = String, Path, description = "The group"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    request_body = EditGroupRequest,
    responses(
        (
            status = 200,
            description = "The group as it is now",
            body = GroupResponse,
            headers(("ETag" = String, description = "Its version"))
        ),
        (
            status = 409,
            description = "`name_taken`",
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
pub(crate) async fn edit_group(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Changing).await? {
        let edit = keeping.request::<EditGroupRequest>()?.parse()?;
        let people = ports.store.reader().people(lead_named(&edit)).await?;
        let decision = scene.catalog().edit_group(scene.by.clone(), &scene.id, edit, &people);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Group, _>(|group, _| GroupResponse::of(group))
}
