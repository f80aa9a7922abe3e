//! Notifications: one item per event, person and channel, claimed before anything is sent.
//!
//! That of a ticket's event never expires, so nobody is told the same thing twice however often the message comes. Those
//! of resets and of digests expire.
//!
//! # When it may be tried
//!
//! An item that has a `retry_at` is still to be settled: from that moment on, whoever comes may claim it. A claim sets it a
//! quarter of an hour ahead, and nothing else keeps others off. So it makes no difference whether a sender died, or lives
//! and never heard what became of the mail: for so long the carrier has time to say that it took it, and then the mail is
//! sent once more. `mails` counts the mails that may have gone out, and two is the most there ever are (H067, H068). What
//! was certainly not taken does not count, and may be tried as often as it takes (H064).

mod transition;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::contact::EmailAddress;
use domain::id::{PersonId, ResetId};
use domain::number::TicketNumber;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Reader;
use crate::digest::{Hour, KEPT};
use crate::error::StoreError;
use crate::item::{Item, known_key, read, text};
use crate::keys::Key;
use crate::table::{Found, attributes};
pub(crate) use transition::{claim, confirm, deny, hold, leave_open, put_off, release, settle, suppress};

/// How long the carrier has time to say what became of a mail, from its claim on.
const SILENCE: SignedDuration = SignedDuration::from_mins(15);

/// The most mails that may have gone out for one notification.
const MOST_MAILS: u32 = 2;

/// How long it is known what became of the mail for a new password, whose link is good for an hour.
const OF_A_RESET: SignedDuration = SignedDuration::from_hours(48);

/// Why a notification failed whose mails may both have gone out, but nobody knows.
pub const UNCONFIRMED: &str = "Unconfirmed";

/// One thing to tell one person on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Of what.
    pub topic: Topic,
    /// Whom.
    pub whom: Whom,
    /// How: `email`.
    pub channel: &'static str,
}

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// An event of a ticket.
    Event {
        /// Which ticket.
        ticket: TicketNumber,
        /// Which of its events.
        seq: u32,
    },
    /// A new password that was asked for.
    Reset(ResetId),
    /// A new password that was set by this reset.
    PasswordSet(ResetId),
    /// What an hour brought too much of.
    Digest(Hour),
}

/// Whom a notification tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A person.
    Person(PersonId),
    /// Whoever becomes the first admin, and is nobody yet.
    Administrator,
}

impl Whom {
    /// Reads what [`Whom::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == Self::Administrator.as_str() {
            Some(Self::Administrator)
        } else {
            PersonId::parse(text).ok().map(Self::Person)
        }
    }

    /// Its name in keys.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person(id) => id.as_str(),
            Self::Administrator => "admin",
        }
    }
}

impl Notification {
    /// A mail.
    #[must_use]
    pub fn by_mail(topic: Topic, whom: Whom) -> Self {
        Self { topic, whom, channel: "email" }
    }

    fn key(&self) -> Key {
        let (pk, seq) = match &self.topic {
            Topic::Event { ticket, seq } => (Key::ticket(ticket).pk, *seq),
            Topic::Reset(id) => (Key::reset(id).pk, 1),
            Topic::PasswordSet(id) => (Key::reset(id).pk, 2),
            Topic::Digest(hour) => (Key::digest(self.whom.as_str(), *hour), 1),
        };
        Key::notification(pk, seq, self.whom.as_str(), self.channel)
    }

    /// When it need not be known any more.
    fn expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.topic {
            Topic::Event { .. } => None,
            Topic::Reset(_) | Topic::PasswordSet(_) => now.checked_add(OF_A_RESET).ok(),
            Topic::Digest(_) => now.checked_add(KEPT).ok(),
        }
    }
}

impl std::fmt::Display for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.key(), f)
    }
}

/// How far a notification has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Somebody is sending it, or died while doing so.
    Claimed,
    /// The carrier took it.
    Sent,
    /// It waits: the carrier put it off, or it is one of too many and comes in a digest.
    Held,
    /// It will not be sent, or did not arrive.
    Failed,
    /// It was handed over, and the answer was lost.
    Unconfirmed,
}

/// Where a notification stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Standing {
    /// How far it has come.
    pub state: State,
    /// Why it is held or failed: a code of the carrier's, or one of ours.
    #[serde(default)]
    pub why: Option<String>,
    /// The carrier's id of the mail.
    #[serde(default)]
    pub message_id: Option<String>,
    /// How often it was claimed.
    #[serde(default)]
    pub attempts: u32,
    /// When it became so.
    pub changed_at: Timestamp,
    /// When it was claimed for the first time.
    #[serde(default)]
    first_at: Option<Timestamp>,
    /// When it may be claimed again.
    #[serde(default)]
    retry_at: Option<Timestamp>,
    /// When the digest is due that it waits for.
    #[serde(default)]
    held_until: Option<Timestamp>,
    /// How many mails may have gone out.
    #[serde(default)]
    mails: u32,
    /// Which claim was the last.
    #[serde(default)]
    claimant: Option<String>,
    /// The hash of the address that it went to: addresses are kept with people alone.
    #[serde(default)]
    address_hash: Option<String>,
}

impl Standing {
    /// Whether the carrier may still say that it took it: a mail may have gone out, and nothing was heard of it, whatever
    /// became of the notification since. What waits for a digest is told by that.
    #[must_use]
    pub fn waits_for_an_answer(&self) -> bool {
        self.message_id.is_none() && self.mails > 0 && self.held_until.is_none()
    }

    /// Whether it went to this address.
    #[must_use]
    pub fn went_to(&self, address: &EmailAddress) -> bool {
        self.address_hash.as_ref().is_some_and(|hash| *hash == hashed(address))
    }
}

/// What became of an attempt to claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours to send.
    Won(Attempt),
    /// It is not to be tried before this moment.
    Busy(Timestamp),
    /// It is settled, or somebody else settles it.
    Settled,
    /// As many mails as may have gone out, and nobody knows of any: to be settled as [`UNCONFIRMED`].
    Spent,
}

/// A claim that was won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which one this is, from 1.
    pub number: u32,
    /// When the first one was.
    pub first_at: Timestamp,
    /// When somebody else may try, if nothing is heard of this one.
    pub retry_at: Timestamp,
    /// How many mails may have gone out once this one has.
    mails: u32,
}

impl Attempt {
    /// Whether a mail may have gone out before this one.
    #[must_use]
    pub fn is_after_silence(&self) -> bool {
        self.mails > 1
    }

    /// Whether no other may follow.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.mails >= MOST_MAILS
    }
}

/// How a notification ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted, under the carrier's id.
    Sent(String),
    /// Refused for good, or given up.
    Failed(String),
}

/// What is known of some notifications and addresses before anything is sent; a moment old at worst.
#[derive(Debug)]
pub struct Prior {
    found: Found,
}

impl Prior {
    /// Whether nothing is to be done about a notification.
    #[must_use]
    pub fn is_settled(&self, notification: &Notification) -> bool {
        self.found.get(&notification.key()).is_some_and(|item| !item.contains_key("retry_at"))
    }

    /// Whether mail to an address came back, or was not wanted there.
    #[must_use]
    pub fn is_suppressed(&self, address: &EmailAddress) -> bool {
        self.found.contains_key(&Key::suppressed(address))
    }
}

/// A notification as a ticket's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Because of which event.
    pub seq: u32,
    /// Whom it tells.
    pub person: PersonId,
    /// How.
    pub channel: String,
    /// Where it stands.
    pub standing: Standing,
}

impl Reader {
    /// What is known of these notifications and addresses before anything is sent, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prior(
        &self,
        notifications: &[Notification],
        addresses: &[&EmailAddress],
    ) -> Result<Prior, StoreError> {
        let suppressed = addresses.iter().map(|address| Key::suppressed(address));
        let mut keys: Vec<_> = notifications.iter().map(Notification::key).chain(suppressed).collect();
        keys.sort();
        keys.dedup();
        Ok(Prior { found: self.table.get_many(&keys, false).await? })
    }

    /// Where a notification stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing(&self, notification: &Notification) -> Result<Option<Standing>, StoreError> {
        let key = notification.key();
        self.table.get(&key, true).await?.map(|item| read(&key, item)).transpose()
    }

    /// A page of the notifications of a ticket, oldest event first, and behind what it goes on; a moment old at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notifications(
        &self,
        ticket: &TicketNumber,
        after: Option<String>,
        limit: i32,
    ) -> Result<(Vec<Noted>, Option<String>), StoreError> {
        let pk = Key::ticket(ticket).pk;
        let request = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :notifications)")
            .expression_attribute_values(":pk", text(&pk))
            .expression_attribute_values(":notifications", text("N#"))
            .limit(limit)
            .set_exclusive_start_key(after.map(|sk| attributes(&Key { pk, sk })));
        let answer = request.send().await.map_err(StoreError::of)?;
        let noted = answer.items.unwrap_or_default().into_iter().map(noted).collect::<Result<_, _>>()?;
        Ok((noted, answer.last_evaluated_key.map(|key| known_key(&key).sk)))
    }
}

fn noted(item: Item) -> Result<Noted, StoreError> {
    let key = known_key(&item);
    let corrupt = || StoreError::corrupt(&key, "sk");
    let mut parts = key.sk.split('#').skip(1);
    let seq = parts.next().and_then(|seq| seq.parse().ok()).ok_or_else(corrupt)?;
    let person = parts.next().and_then(|id| PersonId::parse(id).ok()).ok_or_else(corrupt)?;
    let channel = parts.next().ok_or_else(corrupt)?.to_owned();
    Ok(Noted { seq, person, channel, standing: read(&key, item)? })
}

fn hashed(address: &EmailAddress) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(address.key()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(topic: Topic, whom: Whom) -> String {
        Notification::by_mail(topic, whom).to_string()
    }

    #[test]
    fn a_notification_stands_beside_what_it_is_about() {
        let rita = || Whom::Person(PersonId::parse("usr_rita").unwrap());
        let ticket = TicketNumber::parse("7K3Q-M9XV").unwrap();
        let event = key(Topic::Event { ticket, seq: 3 }, rita());
        assert_eq!(event, "TICKET#7K3QM9XV · N#0000000003#usr_rita#email");
        let reset = key(Topic::Reset(ResetId::parse("rst_1").unwrap()), Whom::Administrator);
        assert_eq!(reset, "RESET#rst_1 · N#0000000001#admin#email");
        let set = key(Topic::PasswordSet(ResetId::parse("rst_1").unwrap()), rita());
        assert_eq!(set, "RESET#rst_1 · N#0000000002#usr_rita#email");
        let hour = Hour::of("2026-03-02T09:30:00Z".parse().unwrap());
        assert_eq!(key(Topic::Digest(hour), rita()), format!("DIGEST#usr_rita#{hour} · N#0000000001#usr_rita#email"));
    }

    #[test]
    fn a_digest_is_known_for_longer_than_its_message_may_be_a_dead_letter() {
        let now: Timestamp = "2026-03-02T09:30:00Z".parse().unwrap();
        let notification = Notification::by_mail(Topic::Digest(Hour::of(now)), Whom::Administrator);
        let days = |span: SignedDuration| span.as_hours() / 24;
        assert!(days(notification.expires_at(now).unwrap().duration_since(now)) > 14 + 3);
        assert!(days(KEPT) > 14 + 3);
    }

    #[test]
    fn whom_it_tells_is_read_as_it_was_written() {
        for text in ["usr_rita", "admin"] {
            assert_eq!(Whom::parse(text).map(|whom| whom.as_str().to_owned()).as_deref(), Some(text));
        }
        assert_eq!(Whom::parse("rita@example.org"), None);
    }
}
