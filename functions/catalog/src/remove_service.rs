//! Removes a service that has no categories any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::catalog::Service;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove a service
///
/// Its categories must be removed first. Tickets that ask for it stay as they are.
#[utoipa::path(
    delete,
    path = "/v1/services/{id}",
    params(
        ("id" = String, Path, description = "The service"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (
            status = 409,
            description = "`in_use`: it still has categories",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_service(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<Service>(&ports.store, Way::Changing).await? {
        let decision = scene.catalog().remove_service(scene.by.clone(), &scene.id);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
