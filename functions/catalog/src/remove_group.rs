//! Removes a group that answers no service, chooses no category, gets nothing that a policy escalates and has no open
//! tickets in its queue any more.

use axum::extract::State;
use axum::http::StatusCode;
use domain::catalog::Group;
use domain::id::GroupId;
use store::Reader;
use store::keys::partition;
use store::list::{Index, Listing, Source};
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};

/// Remove a group
///
/// No service, no category and no SLA policy may name it any more, and no open ticket may stand in its queue.
#[utoipa::path(
    delete,
    path = "/v1/groups/{id}",
    params(
        ("id" = String, Path, description = "The group"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    responses(
        (status = 204, description = "It is gone"),
        (
            status = 409,
            description = "`in_use`: a service, a category or an SLA policy still names it, or an open ticket stands in its queue",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn remove_group(State(ports): State<Ports>, mut keeping: Keeping) -> Result<StatusCode, Problem> {
    while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Changing).await? {
        let occupied = is_occupied(ports.store.reader(), &scene.id).await?;
        let decision = scene.catalog().remove_group(scene.by.clone(), &scene.id, occupied);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.gone()
}

/// Whether an open ticket stands in its queue.
async fn is_occupied(reader: &Reader, group: &GroupId) -> Result<bool, Problem> {
    let source = Source::Index(Index::Group, vec![partition::group(group, true)]);
    let listing = Listing { source, filters: Vec::new(), ascending: true, limit: 1, after: None };
    Ok(!reader.list(&listing).await?.items.is_empty())
}
