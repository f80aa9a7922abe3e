//! The mail that says that a password was set. It goes to whoever has the account: they did it themselves, or have to learn
//! that somebody else did.

use domain::id::ResetId;
use domain::person::Locale;
use domain::reset::Reset;
use jiff::{SignedDuration, Timestamp};
use queue::Failure;
use store::notification::Topic;

use crate::Ports;
use crate::owner::{Letter, Owner};
use crate::send::Progress;
use crate::words::words;

/// How long it is news. What became of the mail is known for longer, so nobody is told twice.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// Tells the owner of an account that its password was set.
///
/// # Errors
/// A [`Failure`] to be retried when the table or the queue is out of reach; one to be discarded when there is no such
/// reset.
pub(crate) async fn confirm(ports: &Ports, id: &ResetId) -> Result<Progress, Failure> {
    let reader = ports.store.reader();
    let Some(reset) = reader.reset(id).await.map_err(Failure::retry)? else {
        return Err(Failure::discard("there is no such reset"));
    };
    let now = reader.now();
    if !is_news(&reset, now) {
        return Ok(Progress::Done);
    }
    let person = reader.person_by_email(&reset.address).await.map_err(Failure::retry)?;
    match person.and_then(Owner::of) {
        Some(owner) => owner.is_sent(ports, letter(&reset, owner.locale, now)).await,
        None => Ok(Progress::Done),
    }
}

fn is_news(reset: &Reset, now: Timestamp) -> bool {
    reset.spent_at.is_some_and(|spent_at| now.duration_since(spent_at) < NEWS)
}

fn letter(reset: &Reset, locale: Locale, at: Timestamp) -> Letter {
    let words = words(locale).password_set;
    Letter {
        topic: Topic::PasswordSet(reset.id.clone()),
        reference: format!("password_set/{}", reset.id),
        auto_submitted: "auto-generated",
        headline: words.headline,
        paragraphs: words.paragraphs.to_vec(),
        link: None,
        at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::given;
    use crate::press::{Layout, Press};

    fn reset(spent_at: &Value) -> Reset {
        let stored = json!({ "id": "rst_1", "version": 2, "last_seq": 2, "address": "jana@example.org",
            "asked_at": given::at(), "open_until": "2026-03-02T10:00:00Z", "spent_at": spent_at });
        serde_json::from_value(stored).unwrap()
    }

    fn jana(locale: Locale) -> Owner {
        Owner { locale, ..Owner::of(given::requester()).unwrap() }
    }

    #[test]
    fn it_is_news_for_a_day() {
        let set = reset(&json!(given::at()));
        assert!(is_news(&set, given::at()) && is_news(&set, given::at() + SignedDuration::from_hours(23)));
        assert!(!is_news(&set, given::at() + SignedDuration::from_hours(24)));
        assert!(!is_news(&reset(&Value::Null), given::at()));
    }

    #[test]
    fn the_mail_is_about_no_ticket() {
        let (owner, reset) = (jana(Locale::En), reset(&json!(given::at())));
        let letter = letter(&reset, Locale::En, given::at());
        let mail = owner.mail(letter, &Press::new().unwrap(), "desk@example.org").unwrap();
        let mail = String::from_utf8(mail).unwrap();
        assert!(mail.contains("Subject: Your password was changed\r\n"), "{mail}");
        assert!(mail.contains("X-Lambdesk-Reference: password_set/rst_1/usr_jana\r\n"), "{mail}");
        assert!(!mail.contains("References:") && !mail.contains("In-Reply-To:"), "{mail}");
    }

    #[test]
    fn it_says_what_was_done_in_every_language() {
        for locale in [Locale::En, Locale::Cs, Locale::Zh] {
            let (owner, reset) = (jana(locale), reset(&json!(given::at())));
            let letter = letter(&reset, locale, given::at());
            let (text, html) = Press::new().unwrap().texts(Layout::Plain, &owner.sheet(letter)).unwrap();
            let said = words(locale).password_set;
            assert!(said.paragraphs.iter().all(|part| text.contains(part) && html.contains(part)), "{text}");
            assert!(!text.contains("http") && !html.contains("<a href="), "{text}");
        }
    }
}
