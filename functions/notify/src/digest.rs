//! A digest: one mail instead of too many. What one deed does to many tickets tells each of their people in ten mails an
//! hour at most; the rest waits until the hour is over, and comes in one (H074).

use domain::catalog::Catalog;
use domain::contact::EmailAddress;
use domain::id::PersonId;
use domain::notice::Notice;
use domain::number::TicketNumber;
use domain::person::Person;
use domain::ticket::Ticket;
use futures_util::{TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use minijinja::Error;
use queue::Failure;
use serde::{Deserialize, Serialize};
use store::digest::{Hour, Place};
use store::notification::{Notification, Outcome, State, Topic, Whom};
use store::{StoreError, Writer};
use web::wording::{in_line, moment, status, tag};

use crate::Ports;
use crate::audience::{address, may_know};
use crate::links::Links;
use crate::message::Message;
use crate::postpone::postpone;
use crate::press::{Envelope, Layout, Press, Row, Sheet};
use crate::send::{Mail, Progress, Turn, send, take};
use crate::words::words;

/// How long after its hour a digest is written: whoever found the hour full in its last second has held the mail by then.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// How many tickets a digest lists; of the others it says how many there are.
const MOST_ROWS: usize = 100;

/// How many notices are settled before the message is said again for the rest.
const PART: usize = 500;

/// How many notices are settled at once.
const AT_ONCE: usize = 16;

/// Whose digest, and of which hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    person: PersonId,
    window: Hour,
    /// How many of its notices are settled, once its mail is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settled: Option<usize>,
}

impl Digest {
    fn due_at(&self) -> Timestamp {
        self.window.ends_at().checked_add(GRACE).unwrap_or(Timestamp::MAX)
    }

    fn notification(&self) -> Notification {
        Notification::by_mail(Topic::Digest(self.window), Whom::Person(self.person.clone()))
    }
}

/// Leaves a claimed notification to the digest if its reader has had as many mails as an hour may bring; answers whether
/// it did.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn keep(ports: &Ports, notification: &Notification, person: &PersonId) -> Result<bool, Failure> {
    let store = &ports.store;
    let hour = Hour::of(store.reader().now());
    match store.take_place(person, hour).await.map_err(Failure::retry)? {
        Place::Free => return Ok(false),
        Place::Full => {
            let digest = Digest { person: person.clone(), window: hour, settled: None };
            let due_at = digest.due_at();
            postpone(ports, &Message::Digest { digest }, due_at).await?;
            store.note_said(person, hour).await.map_err(Failure::retry)?;
        }
        Place::Said => {}
    }
    store.hold(notification, hour).await.map_err(Failure::retry)?;
    Ok(true)
}

/// Tells somebody what an hour brought too much of, once it is over. Told twice, it changes nothing.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn tell(ports: &Ports, digest: &Digest) -> Result<Progress, Failure> {
    let reader = ports.store.reader();
    if reader.now() < digest.due_at() {
        return Ok(Progress::Until(digest.due_at()));
    }
    let held = reader.held(&digest.person, digest.window).await.map_err(Failure::retry)?;
    let told = load(&ports.store, digest, &held).await.map_err(Failure::retry)?;
    if let Some(told) = &told {
        let progress = told.send(ports, digest).await?;
        if progress != Progress::Done {
            return Ok(progress);
        }
    }
    settle(ports, digest, told.as_ref(), &held).await
}

/// Settles the next part of what was held, in its order, and has the rest settled by a message that says where to go on: an
/// hour may hold more than there is time for.
async fn settle(
    ports: &Ports,
    digest: &Digest,
    told: Option<&Told>,
    held: &[Notification],
) -> Result<Progress, Failure> {
    let store = &ports.store;
    let settled = digest.settled.unwrap_or_default();
    let part: Vec<_> = held.iter().skip(settled).take(PART).cloned().collect();
    let released = match told {
        Some(told) => told.release(store, digest, &part).await,
        None => release(store, &part, &unreachable_reader()).await,
    };
    released.map_err(Failure::retry)?;
    let settled = settled + part.len();
    if settled < held.len() {
        let rest = Digest { settled: Some(settled), ..digest.clone() };
        postpone(ports, &Message::Digest { digest: rest }, store.reader().now()).await?;
    }
    Ok(Progress::Done)
}

/// What becomes of a notification whose reader cannot be told any more.
fn unreachable_reader() -> Outcome {
    Outcome::Failed("Unreachable".to_owned())
}

/// What a digest tells.
struct Told {
    person: Person,
    to: EmailAddress,
    /// By number.
    tickets: Vec<Ticket>,
    at: Timestamp,
}

/// `None` if there is nobody to tell, or nothing that they may know.
async fn load(store: &Writer, digest: &Digest, held: &[Notification]) -> Result<Option<Told>, StoreError> {
    let reader = store.reader();
    let Some(person) = reader.person(&digest.person).await?.filter(|person| person.active) else {
        return Ok(None);
    };
    let mut numbers: Vec<_> = held.iter().filter_map(ticket_of).cloned().collect();
    numbers.sort();
    numbers.dedup();
    let mut tickets = reader.tickets(&numbers).await?;
    let catalog = reader.catalog().await?;
    tickets.retain(|ticket| is_shown(&person, ticket, &catalog));
    tickets.sort_by(|one, other| one.number.cmp(&other.number));
    let to = person.email.clone().or_else(|| tickets.iter().find_map(|ticket| address(&person, ticket).cloned()));
    let Some(to) = to.filter(|_| !tickets.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(Told { person, to, tickets, at: reader.now() }))
}

fn is_shown(person: &Person, ticket: &Ticket, catalog: &Catalog) -> bool {
    may_know(Notice::EtaChanged, person, ticket, catalog)
}

fn ticket_of(notification: &Notification) -> Option<&TicketNumber> {
    match &notification.topic {
        Topic::Event { ticket, .. } => Some(ticket),
        Topic::Reset(_) | Topic::PasswordSet(_) | Topic::Digest(_) => None,
    }
}

impl Told {
    async fn send(&self, ports: &Ports, digest: &Digest) -> Result<Progress, Failure> {
        let store = &ports.store;
        let mail = Mail { notification: digest.notification(), to: &self.to };
        let prior = store.reader().prior(&[digest.notification()], &[mail.to]).await.map_err(Failure::retry)?;
        let links = Links::of(ports).await.map_err(Failure::retry)?;
        let press = Press::new().map_err(Failure::retry)?;
        let attempt = match take(store, &prior, &mail).await? {
            Turn::Ours(attempt) => attempt,
            Turn::NotOurs(progress) => return Ok(progress),
        };
        let written = self.mail(&press, &links, &ports.settings.sender, digest);
        send(ports, &mail, attempt, written).await
    }

    fn mail(&self, press: &Press, links: &Links<'_>, sender: &str, digest: &Digest) -> Result<Vec<u8>, Error> {
        let words = words(self.person.locale);
        let envelope = Envelope {
            sender,
            name: self.person.name.as_str(),
            to: &self.to,
            subject: (words.digest.headline)(self.tickets.len()),
            thread: None,
            auto_submitted: "auto-generated",
            reference: format!("digest/{}/{}", digest.window, digest.person),
            at: self.at,
        };
        press.mail(Layout::Plain, &self.sheet(links), envelope)
    }

    fn sheet(&self, links: &Links<'_>) -> Sheet {
        let words = words(self.person.locale);
        let left = self.tickets.len().saturating_sub(MOST_ROWS);
        Sheet {
            lang: tag(self.person.locale),
            greeting: (words.greeting)(&in_line(self.person.name.as_str())),
            paragraphs: vec![words.digest.sentence],
            rows: self.tickets.iter().take(MOST_ROWS).map(|ticket| self.row(ticket, links)).collect(),
            more: (left > 0).then(|| (words.digest.more)(left)),
            link: None,
            footer: words.footer,
        }
    }

    /// A ticket that was solved meanwhile has no date any more: where it stands is said instead.
    fn row(&self, ticket: &Ticket, links: &Links<'_>) -> Row {
        let locale = self.person.locale;
        let standing = || status(locale, ticket.status()).to_owned();
        Row {
            number: ticket.number.to_string(),
            subject: in_line(ticket.subject.as_str()),
            detail: ticket.eta().map_or_else(standing, |at| moment(locale, at)),
            link: links.to(&ticket.number, &self.person.id, self.at),
        }
    }

    fn lists(&self, number: &TicketNumber) -> bool {
        self.tickets.binary_search_by(|ticket| ticket.number.cmp(number)).is_ok()
    }

    /// Settles what it told as it was settled itself, and as failed what its reader may not know any more.
    async fn release(&self, store: &Writer, digest: &Digest, held: &[Notification]) -> Result<(), StoreError> {
        let standing = store.reader().standing(&digest.notification()).await?;
        let outcome = standing.map_or_else(unreachable_reader, |standing| match (standing.state, standing.why) {
            (State::Sent, _) => Outcome::Sent(standing.message_id.unwrap_or_default()),
            (State::Claimed | State::Held | State::Failed | State::Unconfirmed, why) => {
                Outcome::Failed(why.unwrap_or_default())
            }
        });
        let is_told = |notification: &Notification| ticket_of(notification).is_some_and(|number| self.lists(number));
        let (shown, hidden): (Vec<_>, Vec<_>) = held.iter().cloned().partition(is_told);
        release(store, &shown, &outcome).await?;
        release(store, &hidden, &unreachable_reader()).await
    }
}

async fn release(store: &Writer, held: &[Notification], outcome: &Outcome) -> Result<(), StoreError> {
    let each = stream::iter(held.iter().map(Ok::<_, StoreError>));
    each.try_for_each_concurrent(AT_ONCE, |notification| store.release(notification, outcome)).await
}
