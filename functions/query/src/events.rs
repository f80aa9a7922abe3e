//! Events: the history of a ticket, who did what when and why (S2.24, S4.38).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Call;
use web::cursor::Meta;
use web::problem::{Problem, ProblemBody};
use web::view::event::EventView;
use web::view::person::Names;

use crate::Ports;
use crate::comments::stretch;
use crate::page::Seen;

/// A page of the history, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History {
    /// The events.
    events: Vec<EventView>,
    /// Whether there is more.
    meta: Meta,
}

/// A page of the history, oldest first; notes and reasons only for the desk.
#[utoipa::path(
    get,
    path = "/v1/tickets/{number}/events",
    tag = "query",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("limit" = Option<u32>, Query, description = "from 1 to 100; 25 if left out"),
        ("after" = Option<String>, Query, description = "the meta.after of the page before"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "a page", body = History),
        (status = 404, description = "there is no ticket that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn events(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let seen = Seen::load(&ports.store, &call).await?;
    let (page, meta) = stretch(&ports.store, &call, &seen).await?;
    let names = Names::on(&seen.ticket, &seen.caller).load(&ports.store, &page.told).await?;
    let at_desk = seen.at_desk();
    let view = |told: &store::item::Told| EventView::new(&told.event, at_desk, |id| names.get(id));
    let events = page.told.iter().filter_map(view).collect();
    Ok(Json(History { events, meta }).into_response())
}
