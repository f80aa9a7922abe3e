//! Removes business hours by which no policy counts any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::sla::hours::BusinessHours;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove business hours
///
/// No SLA policy must name them any more. Tickets that stand by them count on.
#[utoipa::path(
    delete,
    path = "/v1/business_hours/{id}",
    params(
        ("id" = String, Path, description = "The business hours"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "Gone"),
        (
            status = 409,
            description = "`in_use`: an SLA policy still names them",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_business_hours(
    State(ports): State<Ports>,
    mut keeping: Keeping,
) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<BusinessHours>(&ports.store, Way::Changing).await? {
        let decision = scene.catalog().remove_hours(scene.by.clone(), &scene.id);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}
