//! Shows the default agents of a service.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Deed;
use domain::id::ServiceId;
use serde_json::json;
use web::call::Call;
use web::command::versioned;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::permit;
use crate::view::OwnersResponse;

/// Read the default agents of a service
#[utoipa::path(
    get,
    path = "/v1/services/{id}/owners",
    params(("id" = String, Path, description = "The service")),
    responses(
        (
            status = 200,
            description = "The owners",
            body = OwnersResponse,
            headers(("ETag" = String, description = "The version of the service"))
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn read_owners(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    let id = call.path("id", ServiceId::parse)?;
    let service = caller.catalog.service(&id).ok_or_else(Problem::not_found)?;
    permit(&caller.actor, Deed::ReadCatalog)?;
    call.params()?.only(&[])?;
    Ok(versioned(StatusCode::OK, service.version, false, json!(OwnersResponse::of(service))))
}
