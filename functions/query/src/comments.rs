//! Comments: the dialogue of a ticket, page by page (S1.20, S2.17).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::Reader;
use store::timeline::{Stretch, Stretched};
use utoipa::ToSchema;
use web::call::Call;
use web::cursor::{Cursors, Meta};
use web::problem::{Problem, ProblemBody};
use web::view::comment::CommentView;
use web::view::person::Names;

use crate::Ports;
use crate::page::Seen;

/// A page of the dialogue, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Comments {
    /// The entries.
    comments: Vec<CommentView>,
    /// Whether there is more.
    meta: Meta,
}

/// A page of the dialogue, oldest first; notes only for the desk.
#[utoipa::path(
    get,
    path = "/v1/tickets/{number}/comments",
    tag = "query",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("limit" = Option<u32>, Query, description = "from 1 to 100; 25 if left out"),
        ("after" = Option<String>, Query, description = "the meta.after of the page before"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "a page", body = Comments),
        (status = 404, description = "there is no ticket that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn comments(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let seen = Seen::load(&ports.store, &call).await?;
    let (page, meta) = stretch(&ports.store, &call, &seen).await?;
    let comments = views(&ports.store, &seen, &page).await?;
    Ok(Json(Comments { comments, meta }).into_response())
}

/// The stretch of a ticket's timeline that a query names.
pub(crate) async fn stretch(reader: &Reader, call: &Call, seen: &Seen) -> Result<(Stretched, Meta), Problem> {
    let params = call.params()?;
    params.only(&["limit", "after"])?;
    let limit = u32::try_from(params.limit()?).unwrap_or(25);
    let query = format!("{}?{}", call.operation(), params.fingerprint());
    let cursors = Cursors::bound_to(reader, &seen.caller.person()?.id, &query).await?;
    let after: Option<u32> = cursors.read(params.get("after"))?;
    let stretch = Stretch { ascending: true, after: after.unwrap_or_default(), limit };
    let page = reader.timeline(&seen.ticket, stretch).await?;
    let meta = cursors.meta(page.next.as_ref());
    Ok((page, meta))
}

/// The newest 50 events' entries, oldest first: what the ticket page opens with.
pub(crate) async fn newest(reader: &Reader, seen: &Seen) -> Result<Vec<CommentView>, Problem> {
    let stretch = Stretch { ascending: false, after: 0, limit: 50 };
    let mut page = reader.timeline(&seen.ticket, stretch).await?;
    page.told.reverse();
    views(reader, seen, &page).await
}

async fn views(reader: &Reader, seen: &Seen, page: &Stretched) -> Result<Vec<CommentView>, Problem> {
    let names = Names::on(&seen.ticket, &seen.caller).load(reader, &page.told).await?;
    let with_notes = seen.at_desk();
    let view = |told| CommentView::new(&seen.ticket.number, told, with_notes, |id| names.get(id));
    Ok(page.told.iter().filter_map(view).collect())
}
