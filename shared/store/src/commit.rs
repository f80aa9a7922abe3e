//! The only write: a change with its events, guards, counters and receipt, in one transaction.
//!
//! The head is conditioned on the version it was decided from, so two deciders cannot both win; everything else in the
//! transaction stands or falls with it. A reader of the stream therefore sees each event exactly when it is true.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Put, TransactWriteItem, Update};
use domain::catalog::Catalog;
use domain::change::{Change, Rewrite};
use domain::load::{Shift, shifts};
use domain::person::{Person, PersonRef, Role};
use domain::reset::{Redeemed, Reset};
use domain::ticket::Ticket;
use domain::world::Ids;

use crate::error::StoreError;
use crate::item::{
    Item, Stored, body_attribute, catalog_bundle, event_item, going, keyed, list, number, text, version_item,
};
use crate::keys::Key;
use crate::metric;
use crate::receipt::{Receipt, Stub};
use crate::table::{Table, attributes};
use crate::upload;

/// How often a transaction that met another one is tried.
const CONFLICT_TRIES: u32 = 4;

/// Why a change was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else changed the thing first: decide again.
    #[error("somebody else changed it first")]
    Raced,
    /// An address or number belongs to somebody already.
    #[error("an address or number belongs to somebody already")]
    Taken,
    /// A command with this idempotency key has been done already: look at its receipt.
    #[error("it was done before")]
    Done,
    /// The table did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a part of the transaction guards, in the order of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    Version,
    Uniqueness,
    Upload,
    Receipt,
    Nothing,
}

/// The parts of one transaction, each with what it guards.
#[derive(Debug)]
pub(crate) struct Parts {
    table: String,
    parts: Vec<(Guard, TransactWriteItem)>,
}

impl Parts {
    fn of(table: &Table) -> Self {
        Self { table: table.name.clone(), parts: Vec::new() }
    }

    fn put(&mut self, guard: Guard, item: Item, condition: Option<(&str, HashMap<String, AttributeValue>)>) -> Built {
        let mut put = Put::builder().table_name(&self.table).set_item(Some(item));
        if let Some((expression, values)) = condition {
            put = put.condition_expression(expression);
            put = put.set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()));
        }
        let put = put.build().map_err(StoreError::unwritable)?;
        self.parts.push((guard, TransactWriteItem::builder().put(put).build()));
        Ok(())
    }

    fn update(&mut self, key: &Key, expression: &str, values: HashMap<String, AttributeValue>) -> Built {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(attributes(key)))
            .update_expression(expression)
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(StoreError::unwritable)?;
        self.parts.push((Guard::Nothing, TransactWriteItem::builder().update(update).build()));
        Ok(())
    }

    fn plain(&mut self, item: Item) -> Built {
        self.put(Guard::Nothing, item, None)
    }
}

type Built = Result<(), StoreError>;

/// A thing that can be committed: what else its change writes beside head and events.
pub(crate) trait Committed: Stored {
    fn beside(change: &Change<Self>, parts: &mut Parts) -> Built
    where
        Self: Sized;
}

impl Committed for Ticket {
    fn beside(change: &Change<Self>, parts: &mut Parts) -> Built {
        for shift in shifts(change) {
            shift_load(change, &shift, parts)?;
        }
        let after = &change.after;
        let before = change.before.as_ref();
        for event in &change.events {
            for file in &event.files {
                let number = after.number.to_string();
                let attach = upload::attach(&parts.table, &(&file.id).into(), &number, event.is_for_everyone())?;
                parts.parts.push((Guard::Upload, TransactWriteItem::builder().update(attach).build()));
            }
        }
        let pointer = |key: Key| keyed(&key, HashMap::new());
        for cc in after.cc.iter().filter(|cc| before.is_none_or(|before| !before.cc.contains(cc))) {
            parts.plain(pointer(Key::cc(&cc.id, after.created_at, &after.number)))?;
        }
        if let Some(person) = arrived(before, after, |ticket| ticket.submitter.as_ref()) {
            parts.plain(pointer(Key::submitter(&person.id, after.created_at, &after.number)))?;
        }
        if let Some(person) = arrived(before, after, |ticket| ticket.tracker.as_ref()) {
            parts.plain(pointer(Key::tracker(&person.id, after.created_at, &after.number)))?;
        }
        Ok(())
    }
}

/// The person who fills a place that nobody, or somebody else, filled before.
fn arrived<'a>(
    before: Option<&'a Ticket>,
    after: &'a Ticket,
    place: impl Fn(&'a Ticket) -> Option<&'a PersonRef>,
) -> Option<&'a PersonRef> {
    place(after).filter(|person| before.and_then(&place) != Some(*person))
}

fn shift_load(change: &Change<Ticket>, shift: &Shift, parts: &mut Parts) -> Built {
    let mut values =
        HashMap::from([(":open".to_owned(), number(shift.open)), (":weight".to_owned(), number(shift.weight))]);
    let mut expression = "ADD open_tickets :open, weight :weight".to_owned();
    if shift.assigned {
        expression.push_str(" SET last_assigned_at = :at");
        values.insert(":at".to_owned(), text(change.at().to_string()));
    }
    parts.update(&Key::load(&shift.agent), &expression, values)
}

impl Committed for Person {
    fn beside(change: &Change<Self>, parts: &mut Parts) -> Built {
        let after = &change.after;
        let before = change.before.as_ref();
        let mut claim = |key: Key| {
            let item = HashMap::from([("person".to_owned(), text(after.id.as_str()))]);
            parts.put(Guard::Uniqueness, keyed(&key, item), Some(("attribute_not_exists(pk)", HashMap::new())))
        };
        if let Some(email) = after.email.as_ref().filter(|email| before.and_then(|b| b.email.as_ref()) != Some(*email))
        {
            claim(Key::email(email))?;
        }
        if let Some(phone) = after.phone.as_ref().filter(|phone| before.and_then(|b| b.phone.as_ref()) != Some(*phone))
        {
            claim(Key::phone(phone))?;
        }
        let was_admin = before.is_some_and(|before| before.role == Role::Admin);
        if after.role == Role::Admin && !was_admin {
            let item = HashMap::from([("person".to_owned(), text(after.id.as_str()))]);
            parts.plain(keyed(&Key::admin(), item))?;
        }
        Ok(())
    }
}

impl Committed for Reset {
    fn beside(_change: &Change<Self>, _parts: &mut Parts) -> Built {
        Ok(())
    }
}

impl Committed for Catalog {
    fn beside(change: &Change<Self>, parts: &mut Parts) -> Built {
        let after = &change.after;
        parts.plain(catalog_bundle(after)?)?;
        // What changed now is a version that tickets will stand by, however the catalog goes on; with the first change, so
        // is what the desk started with.
        let first = change.before.is_none();
        for policy in after.policies.iter().filter(|policy| first || policy.version == after.version) {
            parts.plain(version_item(&Key::catalog_version(&policy.id, policy.version), policy)?)?;
        }
        for hours in after.hours.iter().filter(|hours| first || hours.version == after.version) {
            parts.plain(version_item(&Key::catalog_version(&hours.id, hours.version), hours)?)?;
        }
        Ok(())
    }
}

/// Commits a change: all of it or nothing.
pub(crate) async fn commit<T: Committed>(
    table: &Table,
    ids: &dyn Ids,
    change: &Change<T>,
    receipt: Option<(&Stub, &Receipt)>,
) -> Result<(), CommitError> {
    let mut parts = Parts::of(table);
    assemble(change, &mut parts)?;
    if let Some((stub, receipt)) = receipt {
        parts.parts.push((Guard::Receipt, stub.put(&table.name, receipt, change.at())?));
    }
    transact(table, ids, parts).await?;
    metric::count(&change.events);
    Ok(())
}

/// Commits what setting a password leads to: the link is spent and the password is another, or neither.
pub(crate) async fn redeem(table: &Table, ids: &dyn Ids, redeemed: &Redeemed) -> Result<(), CommitError> {
    let mut parts = Parts::of(table);
    assemble(&redeemed.reset, &mut parts)?;
    assemble(&redeemed.person, &mut parts)?;
    transact(table, ids, parts).await
}

/// Writes what comes of spending something that counts once, with the mark that it is spent; `false` when it was spent or
/// ended meanwhile.
pub(crate) async fn spend(
    table: &Table,
    ids: &dyn Ids,
    mark: Update,
    successors: impl IntoIterator<Item = Item>,
) -> Result<bool, StoreError> {
    let mut parts = Parts::of(table);
    parts.parts.push((Guard::Version, TransactWriteItem::builder().update(mark).build()));
    for item in successors {
        parts.plain(item)?;
    }
    match transact(table, ids, parts).await {
        Ok(()) => Ok(true),
        Err(CommitError::Raced | CommitError::Taken | CommitError::Done) => Ok(false),
        Err(CommitError::Store(error)) => Err(error),
    }
}

async fn transact(table: &Table, ids: &dyn Ids, parts: Parts) -> Result<(), CommitError> {
    let (guards, items): (Vec<_>, Vec<_>) = parts.parts.into_iter().unzip();
    for attempt in 1..=CONFLICT_TRIES {
        let request = table.client.transact_write_items().set_transact_items(Some(items.clone()));
        let Err(error) = request.send().await else {
            return Ok(());
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                match verdict(&guards, canceled.cancellation_reasons()) {
                    Verdict::Failed(error) => return Err(error),
                    Verdict::Met if attempt == CONFLICT_TRIES => break,
                    Verdict::Met => tokio::time::sleep(jitter(ids, attempt)).await,
                }
            }
            Some(_) | None => return Err(StoreError::of(error).into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Head, events, and what stands beside them.
fn assemble<T: Committed>(change: &Change<T>, parts: &mut Parts) -> Built {
    let goes_at = change.after.goes_at();
    let head = going(change.after.head()?, goes_at);
    let condition = match &change.before {
        None => ("attribute_not_exists(pk)", HashMap::new()),
        Some(before) => ("version = :version", HashMap::from([(":version".to_owned(), number(before.version()))])),
    };
    parts.put(Guard::Version, head, Some(condition))?;
    let subject = change.after.key().pk;
    for event in &change.events {
        parts.plain(going(event_item(&subject, event)?, goes_at))?;
    }
    for rewrite in &change.rewrites {
        replace(&subject, rewrite, parts)?;
    }
    T::beside(change, parts)
}

/// Replaces what was written with an earlier event: its text, its files, or both.
fn replace(subject: &str, rewrite: &Rewrite, parts: &mut Parts) -> Built {
    let mut expression = "SET edited_at = :at".to_owned();
    let mut values = HashMap::from([(":at".to_owned(), text(rewrite.at.to_string()))]);
    if !rewrite.more.is_empty() {
        expression.push_str(", files = list_append(if_not_exists(files, :none), :more)");
        values.insert(":none".to_owned(), list::<()>(&[])?);
        values.insert(":more".to_owned(), list(&rewrite.more)?);
    }
    if let Some(body) = &rewrite.body {
        let (name, value) = body_attribute(body)?;
        let other = if name == "body" { "body_deflated" } else { "body" };
        expression.extend([", ", name, " = :body REMOVE ", other]);
        values.insert(":body".to_owned(), value);
    }
    parts.update(&Key::event(subject, rewrite.seq), &expression, values)
}

enum Verdict {
    Failed(CommitError),
    Met,
}

/// What the table's reasons mean, the receipt's first: a command done already did change the version.
fn verdict(guards: &[Guard], reasons: &[CancellationReason]) -> Verdict {
    let failed = |guard: Guard| {
        guards.iter().zip(reasons).any(|(at, reason)| *at == guard && reason.code() == Some("ConditionalCheckFailed"))
    };
    let code = |wanted: &str| reasons.iter().any(|reason| reason.code() == Some(wanted));
    if failed(Guard::Receipt) {
        Verdict::Failed(CommitError::Done)
    } else if failed(Guard::Version) || failed(Guard::Upload) {
        Verdict::Failed(CommitError::Raced)
    } else if failed(Guard::Uniqueness) {
        Verdict::Failed(CommitError::Taken)
    } else if code("TransactionConflict") {
        Verdict::Met
    } else if code("ThrottlingError") || code("ProvisionedThroughputExceeded") {
        Verdict::Failed(StoreError::Throttled.into())
    } else {
        let codes: Vec<_> = reasons.iter().filter_map(CancellationReason::code).collect();
        let cause = format!("transaction canceled: {}", codes.join(", "));
        Verdict::Failed(CommitError::Store(StoreError::Unavailable(cause.into())))
    }
}

/// A random pause of up to 50, 100, 200 ms: full jitter.
pub(crate) fn jitter(ids: &dyn Ids, attempt: u32) -> Duration {
    let [first, second, ..] = ids.bytes();
    let most = 25_u64 << attempt.min(4);
    Duration::from_millis(u64::from(u16::from_be_bytes([first, second])) % most)
}
