//! List: one page of the tickets that an anchor names (S1.6–S1.8, S2.25, S2.41, S4.37).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Deed, access, may_see_row};
use serde::Serialize;
use store::list::{Listing, Page};
use utoipa::ToSchema;
use web::call::Call;
use web::cursor::{Cursors, Meta};
use web::problem::{Problem, ProblemBody};
use web::view::ticket::RowView;

use crate::Ports;
use crate::filters::Wanted;

/// What a list comes from and is narrowed by. Exactly one of the first eight; an organization may be narrowed to a
/// requester.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "for the contract alone: the parameters are read strictly by `filters`")]
pub(crate) struct ListParams {
    /// `me` or a person's id.
    requester_id: Option<String>,
    /// An organization's id.
    organization_id: Option<String>,
    /// `me` or an agent's id: what they have, most urgent first.
    assignee_id: Option<String>,
    /// A group's id, or `none` for the first line's queue; most urgent first.
    group_id: Option<String>,
    /// `me`.
    cc: Option<String>,
    /// `me`: what I typed in for others.
    submitter_id: Option<String>,
    /// `me`: what I keep following.
    tracker_id: Option<String>,
    /// A month like `2026-03`; leads only.
    created_in: Option<String>,
    /// Statuses, with commas between.
    status: Option<String>,
    /// Status categories, with commas between.
    status_category: Option<String>,
    /// `agent`, `requester` or `nobody`.
    next_action_by: Option<String>,
    /// A service's id.
    service_id: Option<String>,
    /// A category's id.
    category_id: Option<String>,
    /// A priority.
    priority: Option<String>,
    /// A kind.
    kind: Option<String>,
    /// `at_risk` or `breached`; for the desk alone.
    sla_state: Option<String>,
    /// Submitted later than this.
    created_after: Option<String>,
    /// Submitted earlier than this.
    created_before: Option<String>,
    /// Ended later than this.
    closed_after: Option<String>,
    /// Ended earlier than this.
    closed_before: Option<String>,
    /// `created_at` or `-created_at` (default); work lists are sorted by urgency.
    sort: Option<String>,
    /// From 1 to 100; 25 if left out.
    limit: Option<u32>,
    /// The `meta.after` of the page before.
    after: Option<String>,
}

/// A page of tickets. It may be short or empty although there is more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tickets {
    /// The tickets.
    pub(crate) tickets: Vec<RowView>,
    /// Whether there is more.
    pub(crate) meta: Meta,
}

/// A page of tickets. Lists may lag a moment behind.
#[utoipa::path(
    get,
    path = "/v1/tickets",
    tag = "query",
    params(ListParams),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "a page", body = Tickets),
        (status = 400, description = "a cursor of another query", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "parameters that do not fit", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(&ports.store).await?;
    let me = caller.person()?.id.clone();
    let params = call.params()?;
    let at_desk = access(&caller.actor, Deed::ReadQueues) == Access::Granted;
    let wanted = Wanted::parse(params, &me, at_desk)?;
    if access(&caller.actor, Deed::List(&wanted.anchor, &caller.catalog)) != Access::Granted {
        return Err(Problem::forbidden());
    }
    let cursors = Cursors::bound_to(&ports.store, &me, &params.fingerprint()).await?;
    let after = cursors.read(params.get("after"))?;
    let limit = params.limit()?;
    let page = match wanted.source() {
        None => Page { items: Vec::new(), next: None },
        Some(source) => {
            let Wanted { filters, ascending, .. } = &wanted;
            let listing = Listing { source, filters: filters.clone(), ascending: *ascending, limit, after };
            ports.store.list(&listing).await?
        }
    };
    let shown = page.items.iter().filter(|row| {
        may_see_row(&caller.actor, &wanted.anchor, row.organization.as_ref().map(|organization| &organization.id))
    });
    let tickets = shown.map(|row| RowView::new(row, at_desk && row.requester.id != me, &caller.catalog)).collect();
    Ok(Json(Tickets { tickets, meta: cursors.meta(page.next.as_ref()) }).into_response())
}
