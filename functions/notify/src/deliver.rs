//! Delivers one event: who is to be told, and then one mail after the other.

use std::sync::Arc;

use domain::access::Actor;
use domain::catalog::Catalog;
use domain::event::{Event, Who};
use domain::id::PersonId;
use domain::notice::{audience, is_one_of_many};
use domain::number::TicketNumber;
use domain::ticket::Ticket;
use jiff::{SignedDuration, Timestamp};
use queue::{Deadline, Failure};
use store::notification::{Notification, Prior, Topic, Whom};
use store::{Reader, StoreError};
use web::call::Caller;
use web::view::person::Names;

use crate::Ports;
use crate::audience::{Addressee, addressees};
use crate::digest;
use crate::letter::Letter;
use crate::links::Links;
use crate::press::Press;
use crate::send::{Mail, Progress, Turn, send, take, unsent};

/// How long one message may take before no other mail is begun: with the mail that was begun, half of the time for a batch.
/// So of the two messages of a batch none has to go back, which would count as one of its five tries.
const TURN: SignedDuration = SignedDuration::from_secs(5);

/// What has happened, and to which ticket.
#[derive(Debug)]
pub(crate) struct News {
    /// The ticket as it is now.
    pub(crate) ticket: Ticket,
    /// The event.
    pub(crate) event: Event,
    /// The name of whoever caused it, if it was a person.
    pub(crate) author: Option<String>,
    /// The time of writing.
    pub(crate) at: Timestamp,
}

impl News {
    /// What tells somebody of it.
    fn notification(&self, person: &PersonId) -> Notification {
        let topic = Topic::Event { ticket: self.ticket.number.clone(), seq: self.event.seq };
        Notification::by_mail(topic, Whom::Person(person.clone()))
    }
}

/// One event with everyone who is still to be told of it, and what is known of them.
struct Round {
    news: News,
    addressees: Vec<Addressee>,
    prior: Prior,
}

/// Tells everyone concerned, or as many of them as there is time for: the others are told when the message comes again.
///
/// # Errors
/// A [`Failure`] to be retried when the table or the queue is out of reach; one to be discarded when there is no such event.
pub(crate) async fn deliver(
    ports: &Ports,
    ticket: &TicketNumber,
    seq: u32,
    deadline: &Deadline,
) -> Result<Progress, Failure> {
    let round = load(ports.store.reader(), ticket, seq).await.map_err(Failure::retry)?;
    let Some(Round { news, addressees, prior }) = round else {
        return Err(Failure::discard("there is no such event"));
    };
    if addressees.is_empty() {
        return Ok(Progress::Done);
    }
    let links = Links::of(ports).await.map_err(Failure::retry)?;
    let post = Post { ports, links, press: Press::new().map_err(Failure::retry)?, news, prior };
    let turn = deadline.at_most(TURN);
    let mut progress = Progress::Done;
    for addressee in &addressees {
        if turn.is_close() {
            return Ok(Progress::Until(ports.store.reader().now()));
        }
        progress = progress.and(post.tell(addressee).await?);
    }
    Ok(progress)
}

/// `None` if there is no such event.
async fn load(reader: &Reader, ticket: &TicketNumber, seq: u32) -> Result<Option<Round>, StoreError> {
    let Some(ticket) = reader.ticket(ticket).await? else {
        return Ok(None);
    };
    let Some(told) = reader.event(&ticket.number, seq).await? else {
        return Ok(None);
    };
    let recipients = audience(&told.event, &ticket);
    let ids: Vec<_> = recipients.iter().map(|recipient| recipient.person.clone()).collect();
    let people = reader.people(&ids).await?;
    let catalog = reader.catalog().await?;
    let mut addressees = addressees(&recipients, &people, &ticket, &catalog);
    let mut news = News { ticket, event: told.event, author: None, at: reader.now() };
    let notifications: Vec<_> = addressees.iter().map(|addressee| news.notification(&addressee.person.id)).collect();
    let wanted: Vec<_> = addressees.iter().map(|addressee| &addressee.address).collect();
    let prior = reader.prior(&notifications, &wanted).await?;
    addressees.retain(|addressee| !prior.is_settled(&news.notification(&addressee.person.id)));
    if !addressees.is_empty() {
        news.author = author(reader, &news, catalog).await?;
    }
    Ok(Some(Round { news, addressees, prior }))
}

/// The name of whoever caused it, which most often the ticket or the catalog knows.
async fn author(reader: &Reader, news: &News, catalog: Arc<Catalog>) -> Result<Option<String>, StoreError> {
    let id = match &news.event.by.who {
        Who::Person { id } => id,
        Who::Guest | Who::System => return Ok(None),
    };
    let desk = Caller { actor: Actor::System, catalog };
    if let Some(known) = Names::on(&news.ticket, &desk).get(id) {
        return Ok(Some(known.name));
    }
    Ok(reader.person(id).await?.map(|person| person.name.as_str().to_owned()))
}

/// Everything that the mails of one event have in common.
struct Post<'a> {
    ports: &'a Ports,
    links: Links<'a>,
    press: Press,
    news: News,
    prior: Prior,
}

impl Post<'_> {
    /// Tells one person.
    async fn tell(&self, addressee: &Addressee) -> Result<Progress, Failure> {
        let person = &addressee.person.id;
        let mail = Mail { notification: self.news.notification(person), to: &addressee.address };
        let attempt = match take(&self.ports.store, &self.prior, &mail).await? {
            Turn::Ours(attempt) => attempt,
            Turn::NotOurs(progress) => return Ok(progress),
        };
        if is_one_of_many(&self.news.event, addressee.notice) {
            match digest::keep(self.ports, &mail.notification, person).await {
                Ok(true) => return Ok(Progress::Done),
                Ok(false) => {}
                Err(failure) => return Err(unsent(&self.ports.store, &mail, attempt, failure).await),
            }
        }
        let link = self.links.to(&self.news.ticket.number, person, self.news.at);
        let letter = Letter { news: &self.news, addressee, link: &link };
        let written = letter.mail(&self.press, &self.ports.settings.sender);
        send(self.ports, &mail, attempt, written).await
    }
}
