//! Takes an agent out of a group.

use axum::extract::State;
use axum::http::StatusCode;
use domain::catalog::Group;
use domain::id::PersonId;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Take an agent out of a group
///
/// The agent keeps the tickets that were handed out before.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}/members/{person}",
    params(
        ("id" = String, Path, description = "The group"),
        ("person" = String, Path, description = "The agent")
    ),
    responses(
        (status = 204, description = "The agent does not belong to the group any more"),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_member(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Joining).await? {
        let person = keeping.path("person", PersonId::parse)?;
        let decision = scene.catalog().remove_member(scene.by.clone(), &scene.id, &person);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
