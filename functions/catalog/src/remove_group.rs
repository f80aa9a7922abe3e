//! Removes a group that answers no service, chooses no category and gets nothing that a policy escalates any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::catalog::Group;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove a group
///
/// It must not answer a service, nor be who may choose a category, nor be where a policy escalates to any more.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}",
    params(
        ("id" = String, Path, description = "The group"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (
            status = 409,
            description = "`in_use`: a service, a category or an SLA policy still names it",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_group(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Changing).await? {
        let decision = scene.catalog().remove_group(scene.by.clone(), &scene.id);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
