//! Arriving: everything a request needs before it can be judged, in one round trip.

use std::sync::{Arc, Mutex, PoisonError};

use domain::catalog::Catalog;
use domain::event::{Entry, Event};
use domain::file::Upload;
use domain::id::{HoursId, PolicyId, UploadId};
use domain::number::TicketNumber;
use domain::person::Person;
use domain::sla::segment::{Version, versions_named};
use domain::ticket::Ticket;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::item::{Item, read, read_document, read_event};
use crate::keys::Key;
use crate::receipt::{Receipt, Stub, still_counts};
use crate::session::{Token, counts};
use crate::table::{Found, Table};

/// What a request brings along.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The bearer's token.
    pub token: &'a Token,
    /// The ticket it is about, if it is about one.
    pub ticket: Option<&'a TicketNumber>,
    /// The file it is about, if it is about one.
    pub upload: Option<&'a UploadId>,
    /// The idempotency key it carries, if it carries one.
    pub stub: Option<&'a Stub>,
}

/// What the table says to it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The bearer, if the token counts and the person is active.
    pub person: Option<Person>,
    /// The ticket, if it exists.
    pub ticket: Option<Ticket>,
    /// The ticket's description, and the files beside it.
    pub description: Option<Entry>,
    /// The file, if it exists.
    pub upload: Option<Upload>,
    /// What the same command has done before.
    pub receipt: Option<Receipt>,
    /// The catalog in force.
    pub catalog: Arc<Catalog>,
}

/// The catalog as this instance read it last; read again when its version changed.
#[derive(Clone, Debug)]
pub(crate) struct Shelf(Arc<Mutex<Arc<Catalog>>>);

impl Default for Shelf {
    /// Until somebody has changed it, the catalog is what a new desk starts with.
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Arc::new(Catalog::shipped()))))
    }
}

impl Shelf {
    fn get(&self) -> Arc<Catalog> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, catalog: &Arc<Catalog>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(catalog);
    }
}

/// Who is asking is read consistently, so that revoking counts at once; catalog version and description beside it at
/// half the price, for they are a moment old at worst.
pub(crate) async fn arrive(
    table: &Table,
    shelf: &Shelf,
    visit: Visit<'_>,
    now: Timestamp,
) -> Result<Arrival, StoreError> {
    let person_key = Key::person(visit.token.person());
    let session_key = visit.token.session_key();
    let ticket_key = visit.ticket.map(Key::ticket);
    let stub_key = visit.stub.map(Stub::item_key);
    let upload_key = visit.upload.map(Key::upload);
    let description_key = ticket_key.as_ref().map(|key| Key::event(&key.pk, 1));
    let mut strict = vec![person_key.clone(), session_key.clone()];
    strict.extend(ticket_key.clone());
    strict.extend(stub_key.clone());
    strict.extend(upload_key.clone());
    let mut loose = vec![Key::catalog()];
    loose.extend(description_key.clone());
    let (strict, loose) = tokio::join!(table.get_many(&strict, true), table.get_many(&loose, false));
    let (mut strict, mut loose) = (strict?, loose?);

    let person: Option<Person> = take(&mut strict, &person_key)?;
    let signed_in = counts(&session_key, strict.remove(&session_key), person.as_ref(), now)?;
    let ticket: Option<Ticket> = ticket_key.map(|key| take(&mut strict, &key)).transpose()?.flatten();
    let upload: Option<Upload> = upload_key.map(|key| take(&mut strict, &key)).transpose()?.flatten();
    let description = description_key.and_then(|key| loose.remove(&key)).map(read_event).transpose()?;
    let receipt = stub_key.map(|key| still_counts(&key, strict.remove(&key), now)).transpose()?.flatten();
    let catalog = fresh(table, shelf, loose.get(&Key::catalog())).await?;
    let catalog = match &ticket {
        Some(ticket) => complete(table, shelf, catalog, &Versions::of(ticket)).await?,
        None => catalog,
    };
    Ok(Arrival {
        person: person.filter(|person| signed_in && person.active),
        description: match (&ticket, description) {
            (Some(ticket), Some(told)) if told.is_as_new_as(ticket.last_rewrite.as_ref()) => Some(told.event.entry()),
            (Some(ticket), _) => description_now(table, ticket).await?,
            (None, _) => None,
        },
        ticket,
        upload,
        receipt,
        catalog,
    })
}

fn take<T: serde::de::DeserializeOwned>(found: &mut Found, key: &Key) -> Result<Option<T>, StoreError> {
    found.remove(key).map(|item| read(key, item)).transpose()
}

/// The description of a ticket that changed so lately that the cheap read missed it.
async fn description_now(table: &Table, ticket: &Ticket) -> Result<Option<Entry>, StoreError> {
    let told = crate::timeline::event(table, &ticket.number, 1).await?;
    Ok(told.map(|told| told.event.entry()))
}

/// The catalog in force, from the shelf if its version is.
pub(crate) async fn catalog(table: &Table, shelf: &Shelf) -> Result<Arc<Catalog>, StoreError> {
    let head = table.get(&Key::catalog(), true).await?;
    fresh(table, shelf, head.as_ref()).await
}

async fn fresh(table: &Table, shelf: &Shelf, head: Option<&Item>) -> Result<Arc<Catalog>, StoreError> {
    let version = head.and_then(|item| item.get("version")?.as_n().ok()?.parse().ok()).unwrap_or(0);
    let known = shelf.get();
    if known.version >= version {
        return Ok(known);
    }
    let bundle = table.get(&Key::catalog_bundle(), true).await?;
    let bundle = bundle.ok_or_else(|| StoreError::corrupt(&Key::catalog_bundle(), "document"))?;
    let catalog = Arc::new(read_document(&Key::catalog_bundle(), &bundle)?);
    shelf.keep(&catalog);
    Ok(catalog)
}

/// The versions of policies and business hours that somebody goes by.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// The policies.
    pub policies: Vec<Version<PolicyId>>,
    /// The business hours.
    pub hours: Vec<Version<HoursId>>,
}

impl Versions {
    /// Those a ticket stands by.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Self {
        Self::named(ticket, &[])
    }

    /// Those its history names as well.
    #[must_use]
    pub fn named(ticket: &Ticket, events: &[Event]) -> Self {
        let (policies, hours) = versions_named(ticket, events);
        Self { policies, hours }
    }
}

/// The catalog with the earlier versions that are needed: they never change, so each is read once per instance. One that is
/// lost is not there; what to do without it is for the domain to say.
pub(crate) async fn complete(
    table: &Table,
    shelf: &Shelf,
    catalog: Arc<Catalog>,
    wanted: &Versions,
) -> Result<Arc<Catalog>, StoreError> {
    let policies = wanted.policies.iter().filter(|one| catalog.policy_at(&one.id, one.version).is_none());
    let hours = wanted.hours.iter().filter(|one| catalog.hours_at(&one.id, one.version).is_none());
    let mut policies: Vec<_> = policies.map(|one| Key::catalog_version(&one.id, one.version)).collect();
    let mut hours: Vec<_> = hours.map(|one| Key::catalog_version(&one.id, one.version)).collect();
    for keys in [&mut policies, &mut hours] {
        keys.sort();
        keys.dedup();
    }
    if policies.is_empty() && hours.is_empty() {
        return Ok(catalog);
    }
    let keys: Vec<_> = policies.iter().chain(&hours).cloned().collect();
    let found = table.get_many(&keys, true).await?;
    let mut completed = Catalog::clone(&catalog);
    for key in &policies {
        completed.past.policies.extend(found.get(key).map(|item| read_document(key, item)).transpose()?);
    }
    for key in &hours {
        completed.past.hours.extend(found.get(key).map(|item| read_document(key, item)).transpose()?);
    }
    let completed = Arc::new(completed);
    shelf.keep(&completed);
    Ok(completed)
}
