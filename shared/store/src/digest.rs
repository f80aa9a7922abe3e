//! Digests: what one deed does to many tickets comes to a person in ten mails an hour at most, and then in one (H074).
//!
//! Each such mail takes a place of its person's hour. When there is none left, the notification is held, and a pointer to
//! it kept under the hour, from which the digest is written when the hour is over. The first that finds no place has the
//! digest said, and notes that, so that nobody else need: said twice, it is written once all the same.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use domain::id::PersonId;
use domain::notice::MOST_AN_HOUR;
use domain::number::TicketNumber;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Reader;
use crate::count::{ADD, change, times};
use crate::error::StoreError;
use crate::item::{Item, keyed, known_key, seconds};
use crate::keys::Key;
use crate::notification::{Notification, Topic, Whom};
use crate::table::Table;

const SECONDS: i64 = 3600;

/// How long a digest is known: for the 14 days that its message may be a dead letter, and the three that its mail may be
/// put off behind that.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(18 * 24);

/// An hour of the clock, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(i64);

impl Hour {
    /// The one that a moment lies in.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(SECONDS))
    }

    /// Reads what its `Display` wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// When it is over.
    #[must_use]
    pub fn ends_at(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_add(1).saturating_mul(SECONDS)).unwrap_or(Timestamp::MAX)
    }

    fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    fn expires_at(self) -> Timestamp {
        self.ends_at().checked_add(KEPT).unwrap_or(Timestamp::MAX)
    }
}

impl std::fmt::Display for Hour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

/// Whether an hour had a place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It had.
    Free,
    /// It had none, and the digest is still to be said.
    Full,
    /// It had none, and the digest was said.
    Said,
}

/// Takes a place of somebody's hour.
pub(crate) async fn take_place(table: &Table, person: &PersonId, hour: Hour) -> Result<Place, StoreError> {
    let item = count(table, person, hour, ADD).send().await.map_err(StoreError::of)?.attributes.unwrap_or_default();
    Ok(if times(&item) <= i64::from(MOST_AN_HOUR) {
        Place::Free
    } else if item.contains_key("said") {
        Place::Said
    } else {
        Place::Full
    })
}

/// Notes that the digest of an hour was said. It is a mail too, and takes a place of the next hour, however many say it.
pub(crate) async fn note_said(table: &Table, person: &PersonId, hour: Hour) -> Result<(), StoreError> {
    let update = count(table, person, hour, "SET said = :more, expires_at = :expires");
    match update.condition_expression("attribute_not_exists(said)").send().await {
        Ok(_) => take_place(table, person, hour.next()).await.map(|_| ()),
        Err(error) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Ok(())
        }
        Err(error) => Err(StoreError::of(error)),
    }
}

fn count(table: &Table, person: &PersonId, hour: Hour, update: &str) -> UpdateItemFluentBuilder {
    change(table, &Key::count("notice", person.as_str(), hour.0), update, 1, hour.expires_at())
}

/// Keeps a pointer from an hour to a notification of an event.
pub(crate) async fn keep(table: &Table, notification: &Notification, hour: Hour) -> Result<(), StoreError> {
    let Topic::Event { ticket, seq } = &notification.topic else {
        return Ok(());
    };
    let key = Key::held(notification.whom.as_str(), hour, ticket, *seq);
    table.put(keyed(&key, Item::from([("expires_at".to_owned(), seconds(hour.expires_at()))]))).await
}

impl Reader {
    /// The notifications that the digest of an hour tells somebody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held(&self, person: &PersonId, hour: Hour) -> Result<Vec<Notification>, StoreError> {
        let items = self.table.all_with_prefix(&Key::digest(person.as_str(), hour), "T#").await?;
        items.iter().map(|item| pointed(person, item)).collect()
    }
}

fn pointed(person: &PersonId, item: &Item) -> Result<Notification, StoreError> {
    let key = known_key(item);
    let mut parts = key.sk.split('#').skip(1);
    let ticket = parts.next().and_then(|digits| TicketNumber::parse(digits).ok());
    let seq = parts.next().and_then(|seq| seq.parse().ok());
    let (Some(ticket), Some(seq)) = (ticket, seq) else {
        return Err(StoreError::corrupt(&key, "sk"));
    };
    Ok(Notification::by_mail(Topic::Event { ticket, seq }, Whom::Person(person.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_ends_where_the_next_begins() {
        let hour = Hour::of("2026-03-02T09:59:59.999Z".parse().unwrap());
        assert_eq!(hour.ends_at().to_string(), "2026-03-02T10:00:00Z");
        assert_eq!(Hour::of(hour.ends_at()), hour.next());
        assert_eq!(Hour::parse(&hour.to_string()), Some(hour));
    }

    #[test]
    fn a_pointer_leads_to_what_it_was_kept_for() {
        let (person, hour) = (PersonId::parse("usr_rita").unwrap(), Hour(492_384));
        let ticket = TicketNumber::parse("7K3Q-M9XV").unwrap();
        let item = keyed(&Key::held(person.as_str(), hour, &ticket, 3), Item::new());
        let expected = Notification::by_mail(Topic::Event { ticket, seq: 3 }, Whom::Person(person.clone()));
        assert_eq!(pointed(&person, &item).unwrap(), expected);
    }
}
