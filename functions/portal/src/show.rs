//! Show: the ticket that a link in a mail opens (S2.15), or the form on which a password is set. Nothing changes.

use axum::extract::State;
use axum::response::Response;
use domain::access::{Access, Actor, Deed, access};
use domain::event::Entry;
use domain::status::Verb;
use domain::ticket::Ticket;
use http::Uri;
use store::item::Told;
use store::signing::Purpose;
use store::timeline::Stretch;
use store::{Reader, StoreError};
use web::call::Caller;
use web::edge::about;
use web::link::Link;
use web::problem::{Problem, ProblemBody};
use web::reset;
use web::view::person::Names;

use crate::Ports;
use crate::page::{Page, found, gone, password};

/// The most entries of a dialogue that are shown.
const MOST: usize = 200;

/// How many events are read at once.
const STRETCH: u32 = 100;

/// How often events are read: a dialogue may be hidden among many events that are no part of it.
const STRETCHES: usize = 10;

/// The newest entries of a dialogue, oldest first.
struct Dialogue {
    entries: Vec<Told>,
    /// Whether there may be older ones.
    goes_on: bool,
}

/// A ticket in front of the person whom the link names.
struct Visit {
    caller: Caller,
    ticket: Ticket,
}

/// Show a ticket to the person to whom a mail was sent, or a form to set a password. Nothing changes.
#[utoipa::path(
    get,
    path = "/l/{token}",
    operation_id = "show_link",
    tag = "portal",
    params(("token" = String, Path, description = "what the link in the mail says")),
    responses(
        (status = 200, description = "the ticket and its dialogue, or the form, as a page", body = String, content_type = "text/html"),
        (status = 404, description = "the link does not open anything, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "the table is out of reach", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(ports): State<Ports>, uri: Uri) -> Result<Response, Problem> {
    let (reader, token) = (ports.store.reader(), token(&uri));
    if let Some(visit) = enter(reader, token).await? {
        return ticket(reader, &visit).await;
    }
    match reset::open(reader, &ports.settings, token).await? {
        Some(opened) => password::form(&opened),
        None => gone(),
    }
}

/// What stands behind `/l/`.
pub(crate) fn token(uri: &Uri) -> &str {
    uri.path().strip_prefix("/l/").unwrap_or_default()
}

async fn ticket(reader: &Reader, visit: &Visit) -> Result<Response, Problem> {
    let Visit { caller, ticket } = visit;
    let description = description(reader, ticket).await?;
    let dialogue = dialogue(reader, ticket).await?;
    let names = Names::on(ticket, caller).load(reader, &dialogue.entries).await?;
    let Dialogue { entries, goes_on } = &dialogue;
    found(&Page::of(ticket, caller, description.as_ref()).with_dialogue(ticket, entries, *goes_on, &names))
}

/// `None` for a link that opens nothing, whatever the reason.
async fn enter(store: &Reader, token: &str) -> Result<Option<Visit>, StoreError> {
    let seals = store.seals(Purpose::Links).await?;
    let Some(link) = Link::read(token, &seals, store.now()) else {
        return Ok(None);
    };
    about(&link.ticket);
    let person = store.person(&link.person).await?.filter(|person| person.active);
    let ticket = store.ticket(&link.ticket).await?;
    let (Some(person), Some(ticket)) = (person, ticket) else {
        return Ok(None);
    };
    let caller = Caller { actor: Actor::Person(Box::new(person)), catalog: store.catalog().await? };
    let access = access(&caller.actor, Deed::On(Verb::View, &ticket, &caller.catalog));
    Ok((access == Access::Granted).then_some(Visit { caller, ticket }))
}

/// What the ticket was opened with.
async fn description(store: &Reader, ticket: &Ticket) -> Result<Option<Entry>, StoreError> {
    Ok(store.event(&ticket.number, 1).await?.map(|told| told.event.entry()))
}

/// What has been said for everyone to read.
async fn dialogue(store: &Reader, ticket: &Ticket) -> Result<Dialogue, StoreError> {
    let mut entries = Vec::new();
    let mut next = Some(0);
    for _ in 0..STRETCHES {
        let Some(after) = next.filter(|_| entries.len() <= MOST) else {
            break;
        };
        let stretch = Stretch { ascending: false, after, limit: STRETCH };
        let stretched = store.timeline(ticket, stretch).await?;
        entries.extend(stretched.told.into_iter().filter(|told| told.event.speaks_publicly()));
        next = stretched.next;
    }
    let goes_on = next.is_some() || entries.len() > MOST;
    entries.truncate(MOST);
    entries.reverse();
    Ok(Dialogue { entries, goes_on })
}
