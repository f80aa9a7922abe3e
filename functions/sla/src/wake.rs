//! Wake: loads a ticket, asks it what is due, and commits that. The message says nothing but which ticket.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::change::Change;
use domain::number::TicketNumber;
use domain::ticket::Ticket;
use jiff::SignedDuration;
use queue::Failure;
use store::StoreError;
use store::alarm::{Alarm, Failed};
use store::commit::CommitError;

use crate::Ports;
use crate::post::ring;

/// How often a wake is decided again because somebody else was faster.
const TRIES: u32 = 6;

/// An alarm that rings so little before its time, because clocks differ, rings again.
const SOON: SignedDuration = SignedDuration::from_secs(10);

/// Why a wake did not come to its end.
enum Trouble {
    /// Nothing is wrong with the ticket; it may work later.
    Passing(Failure),
    /// Something is wrong with the ticket; it will not work until somebody looks at it.
    Lasting(String),
}

/// Wakes a ticket.
///
/// # Errors
/// A [`Failure`] to be retried when the table is out of reach or the ticket keeps changing. What cannot work is counted on
/// the ticket, and after five times parked: no message of it comes back for ever (H085).
pub(crate) async fn wake(ports: &Ports, number: TicketNumber) -> Result<(), Failure> {
    for _ in 0..TRIES {
        match attempt(ports, &number).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(Trouble::Passing(failure)) => return Err(failure),
            Err(Trouble::Lasting(why)) => return give_up(ports, &number, &why).await,
        }
    }
    Err(Failure::retry("the ticket keeps changing"))
}

/// Whether nothing is left to do; `false` when somebody else was faster.
async fn attempt(ports: &Ports, number: &TicketNumber) -> Result<bool, Trouble> {
    let reader = ports.store.reader();
    let Some(ticket) = reader.ticket(number).await? else {
        return Ok(true);
    };
    let now = reader.now();
    let Some(at) = ticket.alarm_at() else {
        return Ok(true);
    };
    if at > now {
        let soon = at.duration_since(now) < SOON;
        let alarm = Alarm { ticket: number.clone(), at };
        let waited_for: &[Alarm] = if soon { &[alarm] } else { &[] };
        return ring(ports, waited_for, now).await.map(|()| true).map_err(Trouble::Passing);
    }
    // What is wrong with the catalog is not wrong with the ticket.
    let catalog = reader.catalog_for(&ticket).await.map_err(|error| Trouble::Passing(Failure::retry(error)))?;
    let Some(change) = decide(&ticket, || ticket.wake(now, &catalog))? else {
        return Err(Trouble::Lasting("nothing of it is due".to_owned()));
    };
    match ports.store.commit(&change, None).await {
        Ok(()) => Ok(true),
        Err(CommitError::Raced) => Ok(false),
        Err(error @ (CommitError::Taken | CommitError::Done)) => Err(Trouble::Lasting(error.to_string())),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}

/// A decision that panics is as wrong as a ticket that cannot be read, and must not ring for ever either.
fn decide(
    ticket: &Ticket,
    decision: impl FnOnce() -> Option<Change<Ticket>>,
) -> Result<Option<Change<Ticket>>, Trouble> {
    catch_unwind(AssertUnwindSafe(decision))
        .map_err(|_panic| Trouble::Lasting(format!("version {} cannot be woken", ticket.version)))
}

async fn give_up(ports: &Ports, number: &TicketNumber, why: &str) -> Result<(), Failure> {
    let ticket = number.to_string();
    match ports.store.fail_alarm(number, why).await.map_err(Failure::retry)? {
        Failed::Times(times) => tracing::warn!(ticket, times, why, "an alarm failed"),
        Failed::Parked => tracing::error!(ticket, why, "an alarm is parked"),
        Failed::Gone => tracing::info!(ticket, why, "an alarm failed that is set no more"),
    }
    Ok(())
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        if error.is_retryable() { Self::Passing(Failure::retry(error)) } else { Self::Lasting(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_ticket_does_not_pass() {
        let corrupt: Trouble = StoreError::TooLarge("the catalog").into();
        assert!(matches!(corrupt, Trouble::Lasting(_)));
        let away: Trouble = StoreError::Throttled.into();
        assert!(matches!(away, Trouble::Passing(Failure::Retry(_))));
    }
}
