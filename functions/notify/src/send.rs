//! Sends one mail: claimed before, settled afterwards, and put off or left open in between.

use domain::contact::EmailAddress;
use jiff::{SignedDuration, Timestamp};
use minijinja::Error;
use queue::Failure;
use store::notification::{Attempt, Claim, Notification, Outcome, Prior, UNCONFIRMED};
use store::{StoreError, Writer};

use crate::Ports;
use crate::carrier::{Verdict, carry};

/// How long a mail is tried that the carrier puts off.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// How often it is noted what became of a mail, when the table does not take it: of what is not noted nobody knows whether
/// it went out.
const TRIES: u32 = 3;

/// One mail to one address.
#[derive(Debug)]
pub(crate) struct Mail<'a> {
    /// What it tells, and whom.
    pub(crate) notification: Notification,
    /// Where it goes.
    pub(crate) to: &'a EmailAddress,
}

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing is left to do.
    Done,
    /// It is to be looked at again at this moment.
    Until(Timestamp),
}

impl Progress {
    /// How far both have come: to be looked at again when the first of them is.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Until(one), Self::Until(another)) => Self::Until(one.min(another)),
            (Self::Done, later) | (later, Self::Done) => later,
        }
    }
}

/// Whose turn it is.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Ours.
    Ours(Attempt),
    /// Nobody's, or somebody else's.
    NotOurs(Progress),
}

/// Claims a mail, unless it is settled, or nothing goes to its address any more.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn take(store: &Writer, prior: &Prior, mail: &Mail<'_>) -> Result<Turn, Failure> {
    if prior.is_settled(&mail.notification) {
        return Ok(Turn::NotOurs(Progress::Done));
    }
    let turn = if prior.is_suppressed(mail.to) {
        give_up(store, mail, "Suppressed").await.map(Turn::NotOurs)
    } else {
        claim(store, mail).await
    };
    turn.map_err(Failure::retry)
}

async fn claim(store: &Writer, mail: &Mail<'_>) -> Result<Turn, StoreError> {
    Ok(match store.claim(&mail.notification, mail.to).await? {
        Claim::Won(attempt) => Turn::Ours(attempt),
        Claim::Busy(until) => Turn::NotOurs(Progress::Until(until)),
        Claim::Settled => Turn::NotOurs(Progress::Done),
        Claim::Spent => Turn::NotOurs(give_up(store, mail, UNCONFIRMED).await?),
    })
}

/// Settles a mail as failed, without sending it or any more.
async fn give_up(store: &Writer, mail: &Mail<'_>, why: &str) -> Result<Progress, StoreError> {
    tracing::warn!(notification = %mail.notification, why, "mail given up");
    store.settle(&mail.notification, &Outcome::Failed(why.to_owned())).await?;
    Ok(Progress::Done)
}

/// Hands a claimed mail to the carrier, and keeps what became of it.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn send(
    ports: &Ports,
    mail: &Mail<'_>,
    attempt: Attempt,
    written: Result<Vec<u8>, Error>,
) -> Result<Progress, Failure> {
    let verdict = match legible(mail, written) {
        Ok(bytes) => carry(ports, mail, bytes).await,
        Err(verdict) => verdict,
    };
    conclude(&ports.store, mail, attempt, verdict).await.map_err(Failure::retry)
}

/// A letter that cannot be written is its reader's loss alone (H073).
fn legible(mail: &Mail<'_>, written: Result<Vec<u8>, Error>) -> Result<Vec<u8>, Verdict> {
    written.map_err(|error| {
        // Of the cause only its kind: what it says in words may quote the letter.
        tracing::error!(notification = %mail.notification, kind = ?error.kind(), "a letter could not be written");
        Verdict::Refused("Unwritable".to_owned())
    })
}

async fn conclude(store: &Writer, mail: &Mail<'_>, attempt: Attempt, verdict: Verdict) -> Result<Progress, StoreError> {
    let notification = &mail.notification;
    if attempt.is_after_silence() && verdict.may_have_gone_out() {
        tracing::info!(target: "metric", name = "MailsResent", count = 1_u64);
    }
    match verdict {
        Verdict::Accepted(id) => {
            let outcome = Outcome::Sent(id);
            if noted(|| store.settle(notification, &outcome)).await? {
                tracing::info!(target: "metric", name = "MailsSent", count = 1_u64);
            }
            Ok(Progress::Done)
        }
        Verdict::Refused(why) => give_up(store, mail, &why).await,
        Verdict::Later(why) => put_off(store, mail, attempt, &why).await,
        Verdict::Unknown(_) if attempt.is_last() => give_up(store, mail, UNCONFIRMED).await,
        Verdict::Unknown(why) => {
            tracing::warn!(%notification, why, "mail unconfirmed");
            store.leave_open(notification, &why).await?;
            Ok(Progress::Until(attempt.retry_at))
        }
    }
}

/// Notes what became of a mail, more than once if the table is away.
async fn noted<T, W>(note: impl Fn() -> W) -> Result<T, StoreError>
where
    W: Future<Output = Result<T, StoreError>>,
{
    let mut tries = 1;
    loop {
        match note().await {
            Err(error) if error.is_retryable() && tries < TRIES => tries += 1,
            answer => return answer,
        }
    }
}

/// Puts off a claimed mail that a failure kept from being handed over, and hands the failure on: of this mail everybody is
/// to know that it did not go out.
pub(crate) async fn unsent(store: &Writer, mail: &Mail<'_>, attempt: Attempt, failure: Failure) -> Failure {
    if let Err(error) = put_off(store, mail, attempt, "NotSent").await {
        tracing::warn!(notification = %mail.notification, %error, "nobody will know that a mail did not go out");
    }
    failure
}

async fn put_off(store: &Writer, mail: &Mail<'_>, attempt: Attempt, why: &str) -> Result<Progress, StoreError> {
    let now = store.reader().now();
    if now.duration_since(attempt.first_at) > PATIENCE {
        return give_up(store, mail, "TooOld").await;
    }
    tracing::warn!(notification = %mail.notification, why, "mail put off");
    let until = now.checked_add(pause(attempt.number)).unwrap_or(now);
    noted(|| store.put_off(&mail.notification, until, why)).await?;
    Ok(Progress::Until(until))
}

/// How long to wait after an attempt that was put off: as long as a queue keeps anything back, in the end.
fn pause(attempt: u32) -> SignedDuration {
    match attempt {
        0 | 1 => SignedDuration::from_secs(15),
        2 => SignedDuration::from_secs(60),
        3 => SignedDuration::from_mins(5),
        _ => SignedDuration::from_mins(15),
    }
}

#[cfg(test)]
mod tests {
    use store::notification::{Topic, Whom};

    use super::*;
    use crate::given;

    #[test]
    fn what_is_put_off_is_tried_later_and_later_but_never_forgotten() {
        let pauses: Vec<_> = (1..=6).map(|attempt| pause(attempt).as_secs()).collect();
        assert_eq!(pauses, [15, 60, 300, 900, 900, 900]);
    }

    #[test]
    fn of_many_mails_the_first_that_waits_says_when_to_look_again() {
        let (early, late) = (given::at(), given::at() + SignedDuration::from_mins(1));
        let waiting = Progress::Done.and(Progress::Until(late)).and(Progress::Until(early)).and(Progress::Done);
        assert_eq!(waiting, Progress::Until(early));
        assert_eq!(Progress::Done.and(Progress::Done), Progress::Done);
    }

    #[test]
    fn h073_a_letter_that_cannot_be_written_is_refused_for_its_reader_alone() {
        let to = EmailAddress::parse("jana@example.org").unwrap();
        let topic = Topic::Event { ticket: given::ticket().number, seq: 3 };
        let mail =
            Mail { notification: Notification::by_mail(topic, Whom::Person(given::person_id("usr_jana"))), to: &to };
        let broken = Error::new(minijinja::ErrorKind::UndefinedError, "jana@example.org");
        assert_eq!(legible(&mail, Err(broken)), Err(Verdict::Refused("Unwritable".to_owned())));
        assert_eq!(legible(&mail, Ok(vec![1])), Ok(vec![1]));
    }
}
