//! Whoever has an account, and the mails about it: they are about no ticket, and come in their reader's language.

use domain::contact::EmailAddress;
use domain::person::{Locale, Person};
use jiff::Timestamp;
use minijinja::Error;
use queue::Failure;
use store::notification::{Notification, Topic, Whom};
use web::wording::{in_line, tag};

use crate::Ports;
use crate::press::{Button, Envelope, Layout, Press, Sheet};
use crate::send::{Mail, Progress, Turn, send, take};
use crate::words::words;

/// Whoever has an account.
pub(crate) struct Owner {
    /// Who.
    pub(crate) whom: Whom,
    /// What they are called.
    pub(crate) name: String,
    /// What they read.
    pub(crate) locale: Locale,
    /// The address, as they have it.
    pub(crate) to: EmailAddress,
}

/// A mail about an account.
pub(crate) struct Letter {
    /// What it is about. Nobody is told of it twice.
    pub(crate) topic: Topic,
    /// What it is called in the log of a mail server; its reader comes behind.
    pub(crate) reference: String,
    /// Whether it answers somebody or nobody, as RFC 3834 calls it.
    pub(crate) auto_submitted: &'static str,
    /// Its subject.
    pub(crate) headline: &'static str,
    /// What it says.
    pub(crate) paragraphs: Vec<&'static str>,
    /// Where it leads.
    pub(crate) link: Option<Button>,
    /// When it was written.
    pub(crate) at: Timestamp,
}

impl Owner {
    /// Somebody who may sign in and has an address.
    pub(crate) fn of(person: Person) -> Option<Self> {
        let to = person.email.filter(|_| person.active)?;
        let name = person.name.as_str().to_owned();
        Some(Self { whom: Whom::Person(person.id), name, locale: person.locale, to })
    }

    /// Sends them a letter, if that was not done before.
    ///
    /// # Errors
    /// A [`Failure`] to be retried when the table is out of reach.
    pub(crate) async fn is_sent(&self, ports: &Ports, letter: Letter) -> Result<Progress, Failure> {
        let store = &ports.store;
        let press = Press::new().map_err(Failure::retry)?;
        let notification = Notification::by_mail(letter.topic.clone(), self.whom.clone());
        let mail = Mail { notification, to: &self.to };
        let notifications = std::slice::from_ref(&mail.notification);
        let prior = store.reader().prior(notifications, &[mail.to]).await.map_err(Failure::retry)?;
        let attempt = match take(store, &prior, &mail).await? {
            Turn::Ours(attempt) => attempt,
            Turn::NotOurs(progress) => return Ok(progress),
        };
        send(ports, &mail, attempt, self.mail(letter, &press, &ports.settings.sender)).await
    }

    /// A letter as it is handed over.
    pub(crate) fn mail(&self, letter: Letter, press: &Press, sender: &str) -> Result<Vec<u8>, Error> {
        let envelope = Envelope {
            sender,
            name: &self.name,
            to: &self.to,
            subject: letter.headline.to_owned(),
            thread: None,
            auto_submitted: letter.auto_submitted,
            reference: format!("{}/{}", letter.reference, self.whom.as_str()),
            at: letter.at,
        };
        press.mail(Layout::Plain, &self.sheet(letter), envelope)
    }

    /// What stands in a letter.
    pub(crate) fn sheet(&self, letter: Letter) -> Sheet {
        let words = words(self.locale);
        Sheet {
            lang: tag(self.locale),
            greeting: (words.greeting)(&in_line(&self.name)),
            paragraphs: letter.paragraphs,
            rows: Vec::new(),
            more: None,
            link: letter.link,
            footer: words.footer,
        }
    }
}
