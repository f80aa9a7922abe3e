//! The table: the only crate that names the DynamoDB SDK.
//!
//! This crate owns keys, items, indexes, the one transaction by which anything changes, pages of lists, sessions,
//! receipts, notifications and signing keys. It knows how things are stored and nothing about what they mean: an `if`
//! about the business belongs to `domain`, an HTTP status to `web`.
//!
//! It must never scan on behalf of a request, never write state without its events, and never hold a second
//! implementation: a laptop and a test run this very code against an embedded DynamoDB.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`Reader`], [`Writer`] | what a function may do |
//! | [`keys`] | the truth about keys |
//! | [`item`] | items and what they stand for |
//! | [`commit`] | the one write |
//! | `metric` | what is counted of what is written |
//! | [`arrival`] | what a request needs, in one round trip |
//! | [`alarm`] | what waits for the clock |
//! | [`list`], [`timeline`] | pages |
//! | [`session`], [`receipt`], [`count`], [`signing`] | tokens, idempotency, throttles, seals |
//! | [`notification`], [`digest`] | the de-duplication of what is sent, and of what is too much |
//! | [`upload`] | files on their way, and their slots |
//! | [`replay`] | stored events, read again |
//! | [`error`] | how the table can fail |
//!
//! A function's `Ports` hold a [`Reader`] or a [`Writer`]; which of them says what its role needs.
//!
//! # Example
//!
//! ```
//! use domain::number::TicketNumber;
//! use store::keys::Key;
//!
//! let number = TicketNumber::parse("7K3Q-M9XV").unwrap();
//! assert_eq!(Key::ticket(&number).to_string(), "TICKET#7K3QM9XV · #");
//! ```
//!
//! # Adding an item
//!
//! A constructor in [`keys`] with the access pattern it serves; its attributes in [`item`] or beside its use; a method
//! on [`Reader`] or [`Writer`]; what it costs in a test of the budgets.

pub mod alarm;
pub mod arrival;
pub mod commit;
pub mod count;
pub mod digest;
pub mod error;
pub mod item;
pub mod keys;
pub mod list;
mod metric;
pub mod notification;
pub mod receipt;
pub mod replay;
pub mod session;
pub mod signing;
mod table;
pub mod timeline;
pub mod upload;
mod writer;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use domain::catalog::Catalog;
use domain::contact::{EmailAddress, PhoneNumber};
use domain::dispatch::Candidate;
use domain::file::Upload;
use domain::id::{PersonId, ResetId, UploadId};
use domain::load::Load;
use domain::number::TicketNumber;
use domain::person::Person;
use domain::reset::Reset;
use domain::ticket::Ticket;
use domain::world::{Clock, Ids};
use jiff::Timestamp;

use crate::alarm::{Alarm, Due};
use crate::arrival::{Arrival, Shelf, Versions, Visit};
use crate::count::{Guess, TooMany};
pub use crate::error::{StoreError, told};
use crate::item::{Row, Told, read};
use crate::keys::Key;
use crate::list::{Listing, Page};
use crate::receipt::{Receipt, Stub};
use crate::replay::{Happened, Span};
use crate::signing::{Known, Purpose, Seals};
use crate::table::Table;
use crate::timeline::{Stretch, Stretched};
pub use crate::writer::Writer;

/// What a function may read.
///
/// Making signing keys on first use and counting guesses are the only things it writes.
#[derive(Clone, Debug)]
pub struct Reader {
    table: Table,
    shelf: Shelf,
    known: Known,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Reader {
    /// Reads the table of this name.
    #[must_use]
    pub fn new(client: Client, table: String, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let table = Table { client, name: table };
        Self { table, shelf: Shelf::default(), known: Known::default(), clock, ids }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where ids and secrets come from.
    #[must_use]
    pub fn ids(&self) -> &dyn Ids {
        &*self.ids
    }

    /// Everything a request needs before it can be judged, in one round trip.
    ///
    /// # Errors
    /// As every method here: [`StoreError`].
    pub async fn arrive(&self, visit: Visit<'_>) -> Result<Arrival, StoreError> {
        arrival::arrive(&self.table, &self.shelf, visit, self.now()).await
    }

    /// Opens the two connections over which a request asks at once when it arrives, so that the first one need not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn greet(&self) -> Result<(), StoreError> {
        let key = Key::catalog();
        tokio::try_join!(self.table.get(&key, false), self.table.get(&key, false)).map(|_| ())
    }

    /// The catalog in force.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catalog(&self) -> Result<Arc<Catalog>, StoreError> {
        arrival::catalog(&self.table, &self.shelf).await
    }

    /// The catalog in force, with the versions that a ticket stands by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn catalog_for(&self, ticket: &Ticket) -> Result<Arc<Catalog>, StoreError> {
        let catalog = self.catalog().await?;
        self.complete(catalog, &Versions::of(ticket)).await
    }

    /// A catalog with these versions beside it, those of them that are there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn complete(&self, catalog: Arc<Catalog>, wanted: &Versions) -> Result<Arc<Catalog>, StoreError> {
        arrival::complete(&self.table, &self.shelf, catalog, wanted).await
    }

    /// A page of the alarms that are due within a span, soonest first; from an index, so it may miss what was just set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alarms(&self, due: &Due) -> Result<(Vec<Alarm>, Option<Due>), StoreError> {
        alarm::due(&self.table, due).await
    }

    /// A ticket's head.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ticket(&self, number: &TicketNumber) -> Result<Option<Ticket>, StoreError> {
        let key = Key::ticket(number);
        self.table.get(&key, true).await?.map(|item| read(&key, item)).transpose()
    }

    /// Those of these tickets that exist, in no order; a moment old at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tickets(&self, numbers: &[TicketNumber]) -> Result<Vec<Ticket>, StoreError> {
        let keys: Vec<_> = numbers.iter().map(Key::ticket).collect();
        let found = self.table.get_many(&keys, false).await?;
        found.into_iter().map(|(key, item)| read(&key, item)).collect()
    }

    /// A person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person(&self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        let key = Key::person(id);
        self.table.get(&key, true).await?.map(|item| read(&key, item)).transpose()
    }

    /// A password reset.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reset(&self, id: &ResetId) -> Result<Option<Reset>, StoreError> {
        let key = Key::reset(id);
        self.table.get(&key, true).await?.map(|item| read(&key, item)).transpose()
    }

    /// Whether the desk has had an admin: as soon as it has, there is no other way to become the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_admin(&self) -> Result<bool, StoreError> {
        Ok(self.table.get(&Key::admin(), true).await?.is_some())
    }

    /// Those of these people who exist, in no order. Read consistently: whoever was just invented is to be told too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        let keys: Vec<_> = ids.iter().map(Key::person).collect();
        let found = self.table.get_many(&keys, true).await?;
        found.into_iter().map(|(key, item)| read(&key, item)).collect()
    }

    /// The person who has this address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_by_email(&self, address: &EmailAddress) -> Result<Option<Person>, StoreError> {
        self.person_behind(&Key::email(address)).await
    }

    /// The person who has this number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_by_phone(&self, number: &PhoneNumber) -> Result<Option<Person>, StoreError> {
        self.person_behind(&Key::phone(number)).await
    }

    /// Those who have these addresses, each in its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people_by_email(&self, addresses: &[EmailAddress]) -> Result<Vec<Option<Person>>, StoreError> {
        let keys: Vec<_> = addresses.iter().map(Key::email).collect();
        let mut distinct = keys.clone();
        distinct.sort();
        distinct.dedup();
        let found = self.table.get_many(&distinct, true).await?;
        let id = |key| found.get(key)?.get("person")?.as_s().ok().and_then(|id| PersonId::parse(id).ok());
        let ids: Vec<_> = keys.iter().map(id).collect();
        let mut wanted: Vec<_> = ids.iter().flatten().cloned().collect();
        wanted.sort();
        wanted.dedup();
        let people = self.people(&wanted).await?;
        let person = |id: Option<PersonId>| id.and_then(|id| people.iter().find(|person| person.id == id).cloned());
        Ok(ids.into_iter().map(person).collect())
    }

    async fn person_behind(&self, key: &Key) -> Result<Option<Person>, StoreError> {
        let Some(item) = self.table.get(key, true).await? else {
            // Whoever is not known takes as many round trips as whoever is (H181).
            return self.person(&PersonId::fresh(self.ids())).await;
        };
        let id = item.get("person").and_then(|value| value.as_s().ok()).and_then(|id| PersonId::parse(id).ok());
        let id = id.ok_or_else(|| StoreError::corrupt(key, "person"))?;
        self.person(&id).await
    }

    /// What dispatch needs to know of these agents; a moment old at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn candidates(&self, agents: &[PersonId]) -> Result<Vec<Candidate>, StoreError> {
        let keys: Vec<_> = agents.iter().flat_map(|agent| [Key::person(agent), Key::load(agent)]).collect();
        let mut found = self.table.get_many(&keys, false).await?;
        let mut candidates = Vec::new();
        for agent in agents {
            let (person_key, load_key) = (Key::person(agent), Key::load(agent));
            if let Some(item) = found.remove(&person_key) {
                let load: Option<Load> = found.remove(&load_key).map(|item| read(&load_key, item)).transpose()?;
                candidates.push(Candidate { person: read(&person_key, item)?, load: load.unwrap_or_default() });
            }
        }
        Ok(candidates)
    }

    /// Those of these uploads that exist, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn uploads(&self, ids: &[UploadId]) -> Result<Vec<Upload>, StoreError> {
        upload::uploads(&self.table, ids).await
    }

    /// One page of tickets.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, listing: &Listing) -> Result<Page<Row>, StoreError> {
        list::list(&self.table, listing).await
    }

    /// A stretch of a ticket's timeline that shows everything the ticket's head knows of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timeline(&self, ticket: &Ticket, stretch: Stretch) -> Result<Stretched, StoreError> {
        timeline::stretch(&self.table, ticket, stretch).await
    }

    /// One event of a ticket, as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn event(&self, ticket: &TicketNumber, seq: u32) -> Result<Option<Told>, StoreError> {
        timeline::event(&self.table, ticket, seq).await
    }

    /// One page of the stored events of a span, and what is left of the span.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay(&self, span: Span) -> Result<(Vec<Happened>, Option<Span>), StoreError> {
        replay::replay(&self.table, span).await
    }

    /// The receipt of a command, if it still counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, stub: &Stub) -> Result<Option<Receipt>, StoreError> {
        let key = stub.item_key();
        receipt::still_counts(&key, self.table.get(&key, true).await?, self.now())
    }

    /// What seals and checks things of this purpose.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seals(&self, purpose: Purpose) -> Result<Seals, StoreError> {
        signing::seals(&self.table, &self.known, &*self.ids, purpose, self.now()).await
    }

    /// Counts a guess; `Some` when it was one too many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_guess(&self, guess: Guess, who: &str) -> Result<Option<TooMany>, StoreError> {
        count::count_guess(&self.table, guess, who, self.now()).await
    }

    /// Takes a guess back that turned out to be none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forgive_guess(&self, guess: Guess, who: &str) -> Result<(), StoreError> {
        count::forgive_guess(&self.table, guess, who, self.now()).await
    }
}
