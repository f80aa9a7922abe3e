//! Says who the default agents of a service are: those who are asked before its group.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Service;
use domain::catalog::keeping::MOST_OWNERS;
use domain::catalog::reading::distinct;
use domain::field::{Fields, Invalid};
use domain::id::PersonId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};
use crate::view::OwnersResponse;

/// The default agents of a service.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SetOwnersRequest {
    /// At most 20 active agents, in the order in which they are shown.
    #[schema(required = true, nullable = false)]
    owners: Option<Vec<String>>,
}

impl SetOwnersRequest {
    fn parse(self) -> Result<Vec<PersonId>, Fields> {
        let mut fields = Fields::new();
        let given = self.owners.ok_or_else(|| Invalid::new("required", "is required"));
        let given = fields.check("owners", given);
        let owners = given.map(|given| distinct(&mut fields, "owners", &given, MOST_OWNERS, PersonId::parse));
        fields.finish(owners)
    }
}

/// Set the default agents of a service
///
/// They are asked before its group. An empty list leaves the service to its group.
#[utoipa::path(
    put,
    path = "/v1/services/{id}/owners",
    params(
        ("id" = String, Path, description = "The service"),
        ("if-match" = String, Header, description = "The version of the service that the client knows")
    ),
    request_body = SetOwnersRequest,
    responses(
        (
            status = 200,
            description = "The owners",
            body = OwnersResponse,
            headers(("ETag" = String, description = "The version of the service"))
        ),
        (
            status = 422,
            description = "`not_an_agent` for each of them who is not an active agent",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn set_owners(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Service>(&ports.store, Way::Changing).await? {
        let owners = keeping.request::<SetOwnersRequest>()?.parse()?;
        let people = ports.store.reader().people(&owners).await?;
        let decision = scene.catalog().set_owners(scene.by.clone(), &scene.id, &owners, &people);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Service, _>(|service, _| OwnersResponse::of(service))
}
