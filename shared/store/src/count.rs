//! Counts within a span of time, each of which goes some time after its span.
//!
//! Counted are: what somebody asked for that is not there, wrong passwords, strangers made known, new passwords asked
//! for, bytes to upload, and mails of which one deed brings many.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use domain::file::{LEAST_COUNTED_BYTES, MOST_BYTES_A_DAY};
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::item::{Item, number, seconds};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// What is counted, and how much of it is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Tickets that are not there, by person: 100 in ten minutes.
    Ticket,
    /// Wrong passwords, by account: 10 in ten minutes.
    Password,
    /// Strangers named by an address, whether the desk knows them or not, by whoever names them: 40 in ten minutes. Each of
    /// them gets mail.
    Stranger,
    /// New passwords asked for, by address: 3 in an hour. Each of them is a mail.
    Reset,
}

/// Adds to a count.
pub(crate) const ADD: &str = "ADD times :more SET expires_at = :expires";

/// The span in which most guesses are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// The span in which mails to somebody who did not sign in are counted.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The span in which bytes are counted.
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Guess {
    fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Password => "password",
            Self::Stranger => "stranger",
            Self::Reset => "reset",
        }
    }

    fn window(self) -> SignedDuration {
        match self {
            Self::Ticket | Self::Password | Self::Stranger => WINDOW,
            Self::Reset => HOUR,
        }
    }

    fn count(self, who: &str, now: Timestamp) -> Count<'_> {
        Count { what: self.name(), who, window: self.window(), now }
    }

    fn most(self) -> i64 {
        match self {
            Self::Ticket => 100,
            Self::Password => 10,
            Self::Stranger => 40,
            Self::Reset => 3,
        }
    }
}

/// Too many guesses: seconds until the next one counts from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How long to wait.
    pub retry_after_seconds: i64,
}

/// A count of something by somebody, within a span of time.
#[derive(Clone, Copy, Debug)]
struct Count<'a> {
    what: &'static str,
    who: &'a str,
    window: SignedDuration,
    now: Timestamp,
}

impl Count<'_> {
    fn number(&self) -> i64 {
        self.now.as_second() / self.window.as_secs()
    }

    fn too_many(&self) -> TooMany {
        let ends = (self.number() + 1) * self.window.as_secs();
        TooMany { retry_after_seconds: ends - self.now.as_second() }
    }

    /// Adds to it; answers how much it is now.
    async fn add(&self, table: &Table, more: i64) -> Result<i64, StoreError> {
        let key = Key::count(self.what, self.who, self.number());
        let expires = self.now.checked_add(self.window + self.window).unwrap_or(self.now);
        let changed = change(table, &key, ADD, more, expires).send().await.map_err(StoreError::of)?;
        Ok(times(&changed.attributes.unwrap_or_default()))
    }
}

/// A change of the item of a count by an expression, in which `:more` is a number and `:expires` when it goes; answered
/// with the item as it is then.
pub(crate) fn change(
    table: &Table,
    key: &Key,
    expression: &str,
    more: i64,
    expires: Timestamp,
) -> UpdateItemFluentBuilder {
    table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(attributes(key)))
        .update_expression(expression)
        .expression_attribute_values(":more", number(more))
        .expression_attribute_values(":expires", seconds(expires))
        .return_values(ReturnValue::AllNew)
}

/// How much the item of a count says.
pub(crate) fn times(item: &Item) -> i64 {
    item.get("times").and_then(|times| times.as_n().ok()?.parse().ok()).unwrap_or_default()
}

/// Counts one more guess; `Some` when it was one too many. Counting comes before looking, so that a hundred guesses at
/// once are not all looked at (H184).
pub(crate) async fn count_guess(
    table: &Table,
    guess: Guess,
    who: &str,
    now: Timestamp,
) -> Result<Option<TooMany>, StoreError> {
    let count = guess.count(who, now);
    let times = count.add(table, 1).await?;
    Ok((times > guess.most()).then(|| count.too_many()))
}

/// Takes a guess back that turned out to be none.
pub(crate) async fn forgive_guess(table: &Table, guess: Guess, who: &str, now: Timestamp) -> Result<(), StoreError> {
    guess.count(who, now).add(table, -1).await.map(|_| ())
}

/// Counts bytes that somebody wants to upload; `Some` when it is too much for a day, and then they do not count (H116).
pub(crate) async fn count_bytes(
    table: &Table,
    who: &str,
    bytes: u64,
    now: Timestamp,
) -> Result<Option<TooMany>, StoreError> {
    let count = bytes_of(who, now);
    let more = counted(bytes);
    let sum = count.add(table, more).await?;
    if sum <= i64::try_from(MOST_BYTES_A_DAY).unwrap_or(i64::MAX) {
        return Ok(None);
    }
    count.add(table, -more).await?;
    Ok(Some(count.too_many()))
}

/// Takes bytes back that were counted.
pub(crate) async fn forgive_bytes(table: &Table, who: &str, bytes: u64, now: Timestamp) -> Result<(), StoreError> {
    bytes_of(who, now).add(table, -counted(bytes)).await.map(|_| ())
}

fn counted(bytes: u64) -> i64 {
    i64::try_from(bytes.max(LEAST_COUNTED_BYTES)).unwrap_or(i64::MAX / 2)
}

fn bytes_of(who: &str, now: Timestamp) -> Count<'_> {
    Count { what: "bytes", who, window: DAY, now }
}
