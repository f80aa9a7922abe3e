//! The mail for a new password. Whoever asked, it goes to the owner of the address, and to nobody if the desk does not know
//! the address; but on a desk that has had no admin yet, also to the address that it was deployed with.

use domain::id::ResetId;
use domain::person::Locale;
use domain::reset::Reset;
use jiff::Timestamp;
use queue::Failure;
use store::notification::{Topic, Whom};
use store::signing::Purpose;
use store::{Reader, StoreError};

use crate::links::to_reset;
use crate::owner::{Letter, Owner};
use crate::press::Button;
use crate::send::Progress;
use crate::words::words;
use crate::{Ports, Settings};

/// What somebody is called who becomes the first admin, and has no name yet.
const ADMINISTRATOR: &str = "administrator";

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
    let Some(owner) = owner(reader, &reset, &ports.settings).await.map_err(Failure::retry)? else {
        return Ok(Progress::Done);
    };
    let seals = reader.seals(Purpose::Links).await.map_err(Failure::retry)?;
    let link = to_reset(&ports.settings, &reset, &seals);
    owner.is_sent(ports, letter(&reset, owner.locale, link, now)).await
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

fn letter(reset: &Reset, locale: Locale, link: String, at: Timestamp) -> Letter {
    let words = words(locale).reset;
    Letter {
        topic: Topic::Reset(reset.id.clone()),
        reference: format!("reset/{}", reset.id),
        auto_submitted: "auto-replied",
        headline: words.headline,
        paragraphs: words.paragraphs.to_vec(),
        link: Some(Button { label: words.open, to: link }),
        at,
    }
}

#[cfg(test)]
mod tests {
    use domain::contact::EmailAddress;
    use serde_json::json;

    use super::*;
    use crate::given;
    use crate::press::{Layout, Press};

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
        let letter = letter(&reset, Locale::En, LINK.to_owned(), given::at());
        let mail = owner.mail(letter, &Press::new().unwrap(), "desk@example.org").unwrap();
        let mail = String::from_utf8(mail).unwrap();
        assert!(mail.contains("Subject: Choose a new password\r\n"), "{mail}");
        assert!(mail.contains("X-Lambdesk-Reference: reset/rst_1/admin\r\n"), "{mail}");
        assert!(!mail.contains("References:") && !mail.contains("In-Reply-To:"), "{mail}");
    }

    #[test]
    fn it_says_what_to_do_in_every_language() {
        for locale in [Locale::En, Locale::Cs, Locale::Zh] {
            let (owner, reset) = (administrator(locale), reset());
            let letter = letter(&reset, locale, LINK.to_owned(), given::at());
            let (text, html) = Press::new().unwrap().texts(Layout::Plain, &owner.sheet(letter)).unwrap();
            let said = words(locale).reset;
            assert!(said.paragraphs.iter().all(|part| text.contains(part) && html.contains(part)), "{text}");
            assert!(text.contains(LINK) && html.contains("<a href="), "{text}");
        }
    }

    #[test]
    fn in_english_it_greets_the_administrator() {
        let (owner, reset) = (administrator(Locale::En), reset());
        let letter = letter(&reset, Locale::En, LINK.to_owned(), given::at());
        let (text, _) = Press::new().unwrap().texts(Layout::Plain, &owner.sheet(letter)).unwrap();
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
