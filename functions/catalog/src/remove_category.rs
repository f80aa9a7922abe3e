//! Removes a category.

use axum::extract::State;
use axum::http::StatusCode;
use domain::catalog::Category;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove a category
///
/// Tickets in it stay as they are.
#[utoipa::path(
    delete,
    path = "/v1/categories/{id}",
    params(
        ("id" = String, Path, description = "The category"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_category(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<Category>(&ports.store, Way::Changing).await? {
        let decision = scene.catalog().remove_category(scene.by.clone(), &scene.id);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
