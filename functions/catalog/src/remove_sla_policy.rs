//! Removes an SLA policy by which nothing is promised any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::sla::policy::SlaPolicy;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove an SLA policy
///
/// It must not be the default, and no service or category must name it any more. Tickets that stand by it keep it.
#[utoipa::path(
    delete,
    path = "/v1/sla_policies/{id}",
    params(
        ("id" = String, Path, description = "The policy"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "Gone"),
        (
            status = 409,
            description = "`in_use`: it is the default, or a service or a category still names it",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_sla_policy(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<SlaPolicy>(&ports.store, Way::Changing).await? {
        let decision = scene.catalog().remove_policy(scene.by.clone(), &scene.id);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
