//! Counting guesses: how often somebody asked for what is not there, or signed in with a wrong password.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::item::{number, seconds};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// What is counted, and how much of it is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Tickets that are not there, by person: 100 in ten minutes.
    Ticket,
    /// Wrong passwords, by account: 10 in ten minutes.
    Password,
    /// Strangers made known by an address, by whoever names them: 40 in ten minutes. Each of them gets mail.
    Stranger,
}

/// The span in which guesses are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

impl Guess {
    fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Password => "password",
            Self::Stranger => "stranger",
        }
    }

    fn most(self) -> i64 {
        match self {
            Self::Ticket => 100,
            Self::Password => 10,
            Self::Stranger => 40,
        }
    }
}

/// Too many guesses: seconds until the next one counts from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How long to wait.
    pub retry_after_seconds: i64,
}

fn window(now: Timestamp) -> i64 {
    now.as_second() / WINDOW.as_secs()
}

fn left(now: Timestamp) -> TooMany {
    let ends = (window(now) + 1) * WINDOW.as_secs();
    TooMany { retry_after_seconds: ends - now.as_second() }
}

/// Counts one more guess; `Some` when it was one too many. Counting comes before looking, so that a hundred guesses at
/// once are not all looked at (H184).
pub(crate) async fn count(
    table: &Table,
    guess: Guess,
    who: &str,
    now: Timestamp,
) -> Result<Option<TooMany>, StoreError> {
    let times = add(table, guess, who, now, 1).await?;
    Ok(times.is_some_and(|times| times > guess.most()).then(|| left(now)))
}

/// Takes a guess back that turned out to be none.
pub(crate) async fn forgive(table: &Table, guess: Guess, who: &str, now: Timestamp) -> Result<(), StoreError> {
    add(table, guess, who, now, -1).await.map(|_| ())
}

async fn add(table: &Table, guess: Guess, who: &str, now: Timestamp, more: i64) -> Result<Option<i64>, StoreError> {
    let key = Key::count(guess.name(), who, window(now));
    let expires = now.checked_add(WINDOW + WINDOW).unwrap_or(now);
    let request = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(attributes(&key)))
        .update_expression("ADD times :more SET expires_at = :expires")
        .expression_attribute_values(":more", number(more))
        .expression_attribute_values(":expires", seconds(expires))
        .return_values(ReturnValue::UpdatedNew);
    let answer = request.send().await.map_err(StoreError::of)?;
    Ok(answer.attributes.and_then(|item| item.get("times")?.as_n().ok()?.parse().ok()))
}
