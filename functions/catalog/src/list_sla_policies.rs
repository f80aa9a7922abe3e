//! Shows the SLA policies to the desk.

use axum::Json;
use axum::extract::State;
use domain::access::Deed;
use domain::sla::policy::SlaPolicy;
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::permit;
use crate::view::policy::SlaPolicyView;

/// The SLA policies.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListSlaPoliciesResponse {
    sla_policies: Vec<SlaPolicyView>,
}

/// List the SLA policies
#[utoipa::path(
    get,
    path = "/v1/sla_policies",
    responses(
        (status = 200, description = "The policies", body = ListSlaPoliciesResponse),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn list_sla_policies(
    State(ports): State<Ports>,
    call: Call,
) -> Result<Json<ListSlaPoliciesResponse>, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    permit(&caller.actor, Deed::ReadCatalog)?;
    call.params()?.only(&[])?;
    let shown = |policy: &SlaPolicy| SlaPolicyView::new(policy, &caller.catalog);
    let sla_policies = caller.catalog.policies.iter().map(shown).collect();
    Ok(Json(ListSlaPoliciesResponse { sla_policies }))
}
