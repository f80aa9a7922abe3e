//! Delivers one event: who is to be told, then for each of them claim, write, send, settle.

use std::sync::Arc;

use domain::access::Actor;
use domain::catalog::Catalog;
use domain::event::{Event, Who};
use domain::id::PersonId;
use domain::notice::audience;
use domain::number::TicketNumber;
use domain::ticket::Ticket;
use jiff::Timestamp;
use queue::Failure;
use store::notification::{Claim, Notification, Outcome};
use store::signing::{Purpose, Seals};
use store::{Reader, StoreError, Writer};
use web::call::Caller;
use web::link::Link;
use web::view::person::Names;

use crate::audience::{Addressee, addressees};
use crate::carrier::{Verdict, carry};
use crate::letter::{Letter, Press};
use crate::{Message, Ports, Settings};

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

/// One event with everyone to be told of it.
struct Round {
    news: News,
    addressees: Vec<Addressee>,
}

/// Tells everyone concerned.
pub(crate) async fn deliver(ports: &Ports, message: &Message) -> Result<(), Failure> {
    let round = load(ports.store.reader(), message).await.map_err(Failure::retry)?;
    let Some(Round { news, addressees }) = round else {
        return Err(Failure::discard("there is no such event"));
    };
    if addressees.is_empty() {
        return Ok(());
    }
    let links = Links::of(ports).await.map_err(Failure::retry)?;
    let post = Post { ports, links, press: Press::new().map_err(Failure::retry)?, news };
    let mut left = 0_usize;
    for addressee in &addressees {
        if !post.tell(addressee).await.map_err(Failure::retry)? {
            left += 1;
        }
    }
    if left == 0 { Ok(()) } else { Err(Failure::retry(format!("{left} of {} are still to be told", addressees.len()))) }
}

/// `None` if there is no such event.
async fn load(reader: &Reader, message: &Message) -> Result<Option<Round>, StoreError> {
    let Some(ticket) = reader.ticket(&message.ticket).await? else {
        return Ok(None);
    };
    let Some(told) = reader.event(&message.ticket, message.seq).await? else {
        return Ok(None);
    };
    let recipients = audience(&told.event, &ticket);
    let ids: Vec<_> = recipients.iter().map(|recipient| recipient.person.clone()).collect();
    let people = reader.people(&ids).await?;
    let catalog = reader.catalog().await?;
    let addressees = addressees(&recipients, &people, &ticket, &catalog);
    let author = match &told.event.by.who {
        Who::Person { id } if !addressees.is_empty() => name(reader, id, &ticket, catalog).await?,
        Who::Person { .. } | Who::Guest | Who::System => None,
    };
    let news = News { ticket, event: told.event, author, at: reader.now() };
    Ok(Some(Round { news, addressees }))
}

/// The name of a person, which most often the ticket or the catalog knows.
async fn name(
    reader: &Reader,
    id: &PersonId,
    ticket: &Ticket,
    catalog: Arc<Catalog>,
) -> Result<Option<String>, StoreError> {
    let desk = Caller { actor: Actor::System, catalog };
    if let Some(known) = Names::on(ticket, &desk).get(id) {
        return Ok(Some(known.name));
    }
    Ok(reader.person(id).await?.map(|person| person.name.as_str().to_owned()))
}

/// Where the links in mails lead.
enum Links<'a> {
    /// To a frontend, which asks who is there.
    Frontend(&'a str),
    /// To the desk's own page, which believes the seal.
    Sealed { public_url: &'a str, seals: Seals },
}

impl<'a> Links<'a> {
    async fn of(ports: &'a Ports) -> Result<Self, StoreError> {
        let Settings { public_url, frontend_url, .. } = &ports.settings;
        match frontend_url {
            Some(url) => Ok(Self::Frontend(url)),
            None => Ok(Self::Sealed { public_url, seals: ports.store.reader().seals(Purpose::Links).await? }),
        }
    }

    /// The link by which this person opens this ticket.
    fn to(&self, ticket: &TicketNumber, person: &PersonId, now: Timestamp) -> String {
        match self {
            Self::Frontend(url) => format!("{}/tickets/{ticket}", url.trim_end_matches('/')),
            Self::Sealed { public_url, seals } => {
                let token = Link::fresh(ticket, person, now).write(seals);
                format!("{}/l/{token}", public_url.trim_end_matches('/'))
            }
        }
    }
}

/// Everything that the mails of one event have in common.
struct Post<'a> {
    ports: &'a Ports,
    links: Links<'a>,
    press: Press,
    news: News,
}

impl Post<'_> {
    /// Tells one person; answers whether that is settled.
    async fn tell(&self, addressee: &Addressee) -> Result<bool, StoreError> {
        let Ports { store, mail, settings } = self.ports;
        let notification = Notification {
            ticket: self.news.ticket.number.clone(),
            seq: self.news.event.seq,
            person: addressee.person.id.clone(),
            channel: "email",
        };
        match store.claim(&notification).await? {
            Claim::Settled => return Ok(true),
            Claim::Leased => return Ok(false),
            Claim::Won => {}
        }
        let link = self.links.to(&notification.ticket, &notification.person, self.news.at);
        let letter = Letter { news: &self.news, addressee, link: &link };
        let verdict = match self.press.mail(&letter, &settings.sender) {
            Ok(bytes) => carry(mail, &settings.sender, &addressee.address, bytes).await,
            Err(error) => {
                let (ticket, cause) = (notification.ticket.to_string(), error.to_string());
                tracing::error!(ticket, cause, "a letter could not be written");
                Verdict::Refused("Unwritable".to_owned())
            }
        };
        conclude(store, &notification, verdict).await
    }
}

/// Keeps what became of a mail; answers whether that is settled.
async fn conclude(store: &Writer, notification: &Notification, verdict: Verdict) -> Result<bool, StoreError> {
    let (ticket, seq, person) = (notification.ticket.to_string(), notification.seq, notification.person.as_str());
    match verdict {
        Verdict::Accepted(id) => {
            store.settle(notification, &Outcome::Sent(id)).await?;
            Ok(true)
        }
        Verdict::Refused(why) => {
            tracing::error!(ticket, seq, person, why, "mail refused");
            store.settle(notification, &Outcome::Failed(why)).await?;
            Ok(true)
        }
        Verdict::Later(why) => {
            tracing::warn!(ticket, seq, person, why, "mail put off");
            store.give_back(notification).await?;
            Ok(false)
        }
        Verdict::Unknown(why) => {
            tracing::warn!(ticket, seq, person, why, "mail unconfirmed");
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    #[test]
    fn a_link_opens_the_desk_s_own_page_for_its_reader() {
        let seals = Seals::of(vec![vec![1; 32]]);
        let links = Links::Sealed { public_url: "https://desk.example.org", seals: seals.clone() };
        let number = given::ticket().number;
        let link = links.to(&number, &given::person_id("usr_jana"), given::at());
        let token = link.strip_prefix("https://desk.example.org/l/").unwrap();
        let read = Link::read(token, &seals, given::at()).unwrap();
        assert_eq!((read.ticket, read.person.as_str()), (number, "usr_jana"));
    }

    #[test]
    fn a_link_opens_the_frontend_where_there_is_one() {
        let links = Links::Frontend("https://help.example.org/");
        let link = links.to(&given::ticket().number, &given::person_id("usr_jana"), given::at());
        assert_eq!(link, "https://help.example.org/tickets/7K3Q-M9XV");
    }
}
