//! Shows what the caller may ask for, with its categories and their forms.

use axum::Json;
use axum::extract::State;
use domain::catalog::Service;
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::view::ServiceView;

/// What the caller may ask for.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListServicesResponse {
    services: Vec<ServiceView>,
}

/// List the services that the caller may ask for
///
/// Each comes with the categories that the caller may choose, and their forms. The desk also sees who answers what.
#[utoipa::path(
    get,
    path = "/v1/services",
    responses(
        (status = 200, description = "The services", body = ListServicesResponse),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn list_services(
    State(ports): State<Ports>,
    call: Call,
) -> Result<Json<ListServicesResponse>, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    call.params()?.only(&[])?;
    let (person, catalog) = (caller.person()?, &caller.catalog);
    let offered = catalog.services.iter().filter(|service| catalog.offers(service, person));
    let shown = |service: &Service| ServiceView::new(service, catalog, &caller.actor);
    Ok(Json(ListServicesResponse { services: offered.map(shown).collect() }))
}
