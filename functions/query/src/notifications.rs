//! Notifications: whom a ticket's events were told, and what became of each mail.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use store::Reader;
use store::notification::{Noted, State as Progress};
use utoipa::ToSchema;
use web::call::Call;
use web::cursor::{Cursors, Meta};
use web::problem::{Problem, ProblemBody};
use web::view::person::{Names, PersonName};

use crate::Ports;
use crate::page::Seen;

/// A page of notifications, oldest event first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notifications {
    /// The notifications.
    notifications: Vec<NotificationView>,
    /// Whether there is more.
    meta: Meta,
}

/// What one person was told of one event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationView {
    /// The event's place in the history.
    seq: u32,
    /// Whom it tells.
    person: PersonName,
    /// `email`.
    channel: String,
    /// `claimed`, `sent`, `held`, `failed` or `unconfirmed`.
    #[schema(value_type = String)]
    state: Progress,
    /// Why it is held or failed: a code.
    why: Option<String>,
    /// How often it was tried.
    attempts: u32,
    /// When it became so.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Whom a ticket's events were told, and what became of each mail; for the desk alone.
#[utoipa::path(
    get,
    path = "/v1/tickets/{number}/notifications",
    tag = "query",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("limit" = Option<u32>, Query, description = "from 1 to 100; 25 if left out"),
        ("after" = Option<String>, Query, description = "the meta.after of the page before"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "a page", body = Notifications),
        (status = 403, description = "the caller is not of the desk", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "there is no ticket that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn notifications(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let seen = Seen::load(&ports.store, &call).await?;
    if !seen.at_desk() {
        return Err(Problem::forbidden());
    }
    let (noted, meta) = page(&ports.store, &call, &seen).await?;
    let told: Vec<_> = noted.iter().map(|noted| &noted.person).collect();
    let names = Names::on(&seen.ticket, &seen.caller).load_people(&ports.store, &told).await?;
    let notifications = noted.into_iter().map(|noted| NotificationView::new(noted, &names)).collect();
    Ok(Json(Notifications { notifications, meta }).into_response())
}

async fn page(reader: &Reader, call: &Call, seen: &Seen) -> Result<(Vec<Noted>, Meta), Problem> {
    let params = call.params()?;
    params.only(&["limit", "after"])?;
    let limit = i32::try_from(params.limit()?).unwrap_or(25);
    let query = format!("{}?{}", call.operation(), params.fingerprint());
    let cursors = Cursors::bound_to(reader, &seen.caller.person()?.id, &query).await?;
    let after: Option<String> = cursors.read(params.get("after"))?;
    let (noted, next) = reader.notifications(&seen.ticket.number, after, limit).await?;
    Ok((noted, cursors.meta(next.as_ref())))
}

impl NotificationView {
    fn new(noted: Noted, names: &Names<'_>) -> Self {
        let Noted { seq, person, channel, standing } = noted;
        let unnamed = || PersonName { id: person.to_string(), name: String::new() };
        Self {
            seq,
            person: names.get(&person).unwrap_or_else(unnamed),
            channel,
            state: standing.state,
            why: standing.why,
            attempts: standing.attempts,
            at: standing.changed_at,
        }
    }
}
