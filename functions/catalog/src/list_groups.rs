//! Shows the groups of agents to the desk.

use axum::Json;
use axum::extract::State;
use domain::access::Deed;
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::permit;
use crate::view::GroupView;

/// The groups of agents.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListGroupsResponse {
    groups: Vec<GroupView>,
}

/// List the groups of agents
#[utoipa::path(
    get,
    path = "/v1/groups",
    responses(
        (status = 200, description = "The groups", body = ListGroupsResponse),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn list_groups(State(ports): State<Ports>, call: Call) -> Result<Json<ListGroupsResponse>, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    permit(&caller.actor, Deed::ReadCatalog)?;
    call.params()?.only(&[])?;
    let groups = caller.catalog.groups.iter().map(GroupView::of).collect();
    Ok(Json(ListGroupsResponse { groups }))
}
