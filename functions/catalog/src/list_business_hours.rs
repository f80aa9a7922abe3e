//! Shows the business hours to the desk.

use axum::Json;
use axum::extract::State;
use domain::access::Deed;
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::permit;
use crate::view::hours::BusinessHoursView;

/// The business hours.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListBusinessHoursResponse {
    business_hours: Vec<BusinessHoursView>,
}

/// List the business hours
#[utoipa::path(
    get,
    path = "/v1/business_hours",
    responses(
        (status = 200, description = "The business hours", body = ListBusinessHoursResponse),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn list_business_hours(
    State(ports): State<Ports>,
    call: Call,
) -> Result<Json<ListBusinessHoursResponse>, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    permit(&caller.actor, Deed::ReadCatalog)?;
    call.params()?.only(&[])?;
    let business_hours = caller.catalog.hours.iter().map(BusinessHoursView::of).collect();
    Ok(Json(ListBusinessHoursResponse { business_hours }))
}
