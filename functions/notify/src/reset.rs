//! The mail for a new password. Whoever asked, it goes to the owner of the address, and to nobody if the desk does not know
//! the address; but on a desk that has had no admin yet, also to the address that it was deployed with.

use domain::contact::EmailAddress;
use domain::id::ResetId;
use domain::person::{Locale, Person};
use domain::reset::Reset;
use jiff::Timestamp;
use minijinja::Error;
use queue::Failure;
use store::notification::{Notification, Topic, Whom};
use store::signing::Purpose;
use store::{Reader, StoreError};
use web::wording::{in_line, tag};

use crate::links::to_reset;
use crate::press::{Button, Envelope, Layout, Press, Sheet};
use crate::send::{Mail, Progress, Turn, send, take};
use crate::words::words;
use crate::{Ports, Settings};

/// What somebody is called who becomes the first admin, and has no name yet.
const ADMINISTRATOR: &str = "administrator";

/// Whoever owns the address.
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

/// Answers a request for a new password.
///
/// # Errors
/// A [`Failure`] to be retried when the table or the queue is out of reach; one to be discarded when there is no such
/// request.
pub(crate) async fn answer(ports: &Ports, id: &ResetId) -> Result<Progress, Failure> {
    let reader = ports.store.reader();
    let Some(reset) = reader.reset(id).await.map_err(Failure::retry)? else {
        return Err(Failure::discard("there is no such reset"));
    };
    let now = reader.now();
    if !reset.is_open(now) {
        return Ok(Progress::Done);
    }
    match owner(reader, &reset, &ports.settings).await.map_err(Failure::retry)? {
        Some(owner) => owner.answer(ports, &reset, now).await,
        None => Ok(Progress::Done),
    }
}

async fn owner(reader: &Reader, reset: &Reset, settings: &Settings) -> Result<Option<Owner>, StoreError> {
    if let Some(person) = reader.person_by_email(&reset.address).await? {
        return Ok(Owner::of(person));
    }
    let admin = settings.admin_address.as_ref().filter(|own| own.key() == reset.address.key());
    let Some(to) = admin.cloned() else {
        return Ok(None);
    };
    let is_first = !reader.has_admin().await?;
    let name = ADMINISTRATOR.to_owned();
    Ok(is_first.then_some(Owner { whom: Whom::Administrator, name, locale: Locale::En, to }))
}

impl Owner {
    /// Somebody who may sign in and has an address.
    pub(crate) fn of(person: Person) -> Option<Self> {
        let to = person.email.filter(|_| person.active)?;
        let name = person.name.as_str().to_owned();
        Some(Self { whom: Whom::Person(person.id), name, locale: person.locale, to })
    }

    async fn answer(&self, ports: &Ports, reset: &Reset, at: Timestamp) -> Result<Progress, Failure> {
        let store = &ports.store;
        let notification = Notification::by_mail(Topic::Reset(reset.id.clone()), self.whom.clone());
        let mail = Mail { notification, to: &self.to };
        let notifications = std::slice::from_ref(&mail.notification);
        let prior = store.reader().prior(notifications, &[mail.to]).await.map_err(Failure::retry)?;
        let seals = store.reader().seals(Purpose::Links).await.map_err(Failure::retry)?;
        let press = Press::new().map_err(Failure::retry)?;
        let attempt = match take(store, &prior, &mail).await? {
            Turn::Ours(attempt) => attempt,
            Turn::NotOurs(progress) => return Ok(progress),
        };
        let letter = Letter { owner: self, reset, link: to_reset(&ports.settings, reset, &seals), at };
        send(ports, &mail, attempt, letter.mail(&press, &ports.settings.sender)).await
    }
}

/// What they are sent.
struct Letter<'a> {
    owner: &'a Owner,
    reset: &'a Reset,
    link: String,
    at: Timestamp,
}

impl Letter<'_> {
    fn mail(&self, press: &Press, sender: &str) -> Result<Vec<u8>, Error> {
        let Owner { whom, name, locale, to } = self.owner;
        let envelope = Envelope {
            sender,
            name,
            to,
            subject: words(*locale).reset.headline.to_owned(),
            thread: None,
            auto_submitted: "auto-replied",
            reference: format!("reset/{}/{}", self.reset.id, whom.as_str()),
            at: self.at,
        };
        press.mail(Layout::Plain, &self.sheet(), envelope)
    }

    fn sheet(&self) -> Sheet {
        let Owner { name, locale, .. } = self.owner;
        let words = words(*locale);
        Sheet {
            lang: tag(*locale),
            greeting: (words.greeting)(&in_line(name)),
            paragraphs: words.reset.paragraphs.to_vec(),
            rows: Vec::new(),
            more: None,
            link: Some(Button { label: words.reset.open, to: self.link.clone() }),
            footer: words.footer,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::given;

    const LINK: &str = "https://desk.example.org/l/token";

    fn reset() -> Reset {
        let stored = json!({ "id": "rst_1", "version": 1, "last_seq": 1, "address": "jana@example.org",
            "asked_at": given::at(), "open_until": "2026-03-02T10:00:00Z" });
        serde_json::from_value(stored).unwrap()
    }

    fn administrator(locale: Locale) -> Owner {
        let to = EmailAddress::parse("jana@example.org").unwrap();
        Owner { whom: Whom::Administrator, name: ADMINISTRATOR.to_owned(), locale, to }
    }

    #[test]
    fn the_mail_is_about_no_ticket() {
        let (owner, reset) = (administrator(Locale::En), reset());
        let letter = Letter { owner: &owner, reset: &reset, link: LINK.to_owned(), at: given::at() };
        let mail = letter.mail(&Press::new().unwrap(), "desk@example.org").unwrap();
        let mail = String::from_utf8(mail).unwrap();
        assert!(mail.contains("Subject: Choose a new password\r\n"), "{mail}");
        assert!(mail.contains("X-Lambdesk-Reference: reset/rst_1/admin\r\n"), "{mail}");
        assert!(!mail.contains("References:") && !mail.contains("In-Reply-To:"), "{mail}");
    }

    #[test]
    fn it_says_what_to_do_in_every_language() {
        for locale in [Locale::En, Locale::Cs, Locale::Zh] {
            let (owner, reset) = (administrator(locale), reset());
            let letter = Letter { owner: &owner, reset: &reset, link: LINK.to_owned(), at: given::at() };
            let (text, html) = Press::new().unwrap().texts(Layout::Plain, &letter.sheet()).unwrap();
            let said = words(locale).reset;
            assert!(said.paragraphs.iter().all(|part| text.contains(part) && html.contains(part)), "{text}");
            assert!(text.contains(LINK) && html.contains("<a href="), "{text}");
        }
    }

    #[test]
    fn in_english_it_greets_the_administrator() {
        let (owner, reset) = (administrator(Locale::En), reset());
        let letter = Letter { owner: &owner, reset: &reset, link: LINK.to_owned(), at: given::at() };
        let (text, _) = Press::new().unwrap().texts(Layout::Plain, &letter.sheet()).unwrap();
        let expected = "Hello administrator,

Somebody, probably you, has asked for a new password for this address.
The link below lets you choose one. It is valid for one hour, and only once.
If you did not ask for it, ignore this message: nothing will change.

Choose a new password
https://desk.example.org/l/token

This message was sent automatically by the helpdesk.";
        assert_eq!(text, expected);
    }
}
