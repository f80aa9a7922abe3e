//! Adds an agent to a group.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Group;
use domain::field::Fields;
use domain::id::PersonId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};
use crate::view::GroupResponse;

/// Who joins a group.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddMemberRequest {
    /// An active agent.
    #[schema(required = true, nullable = false)]
    user_id: Option<String>,
}

impl AddMemberRequest {
    fn parse(&self) -> Result<PersonId, Fields> {
        let mut fields = Fields::new();
        let user = fields.required("user_id", self.user_id.as_deref(), PersonId::parse);
        fields.finish(user)
    }
}

/// Add an agent to a group
///
/// Whoever belongs to it already stays, and the group is answered unchanged.
#[utoipa::path(
    post,
    path = "/v1/groups/{id}/members",
    params(
        ("id" = String, Path, description = "The group"),
        ("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")
    ),
    request_body = AddMemberRequest,
    responses(
        (
            status = 200,
            description = "The group as it is now",
            body = GroupResponse,
            headers(("ETag" = String, description = "Its version"))
        ),
        (
            status = 422,
            description = "`not_an_agent` for whoever is not an active agent",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn add_member(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Joining).await? {
        let user = keeping.request::<AddMemberRequest>()?.parse()?;
        let person = ports.store.reader().person(&user).await?;
        let decision = scene.catalog().add_member(scene.by.clone(), &scene.id, &user, person.as_slice());
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Group, _>(|group, _| GroupResponse::of(group))
}
