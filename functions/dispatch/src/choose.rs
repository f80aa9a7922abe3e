//! Choose: the events door. A ticket that asks for an owner gets one, and its history says why that one (S0.11, S2.23).

use domain::dispatch::{candidates, choose};
use domain::event::{Author, Event, Fact};
use domain::id::PersonId;
use domain::number::TicketNumber;
use queue::Failure;
use store::commit::CommitError;
use store::replay::{Happened, Subject};

use crate::Ports;

/// How often a choice is made again because the ticket changed meanwhile.
const TRIES: u32 = 6;

/// Chooses an owner for the ticket of an event that asks for one. Being told twice changes nothing.
///
/// # Errors
/// A [`Failure`] to be retried when the table is out of reach or the ticket keeps changing.
pub async fn consume(ports: &Ports, happened: Happened) -> Result<(), Failure> {
    let Subject::Ticket(number) = &happened.subject else {
        return Ok(());
    };
    if !happened.event.fact.asks_for_dispatch() {
        return Ok(());
    }
    for _ in 0..TRIES {
        if chosen(ports, number, &happened.event).await? {
            return Ok(());
        }
    }
    Err(Failure::retry("the ticket keeps changing"))
}

/// Whether the event is answered; `false` when somebody else was faster.
async fn chosen(ports: &Ports, number: &TicketNumber, event: &Event) -> Result<bool, Failure> {
    let reader = ports.store.reader();
    let ticket = reader.ticket(number).await.map_err(Failure::retry)?;
    let Some(ticket) = ticket.filter(|ticket| ticket.awaiting_dispatch == Some(event.seq)) else {
        return Ok(true);
    };
    let catalog = reader.catalog_for(&ticket).await.map_err(Failure::retry)?;
    let known = reader.candidates(&candidates(&ticket, &catalog)).await.map_err(Failure::retry)?;
    let choice = choose(&ticket, &catalog, &known, released_by(event).as_ref());
    let Some(change) = ticket.dispatch(event.seq, choice, Author::system(reader.now()), &catalog) else {
        return Ok(true);
    };
    match ports.store.commit(&change, None).await {
        Ok(()) => Ok(true),
        Err(CommitError::Raced) => Ok(false),
        Err(error) => Err(Failure::retry(error)),
    }
}

/// The agent who had it until it was given back, by themselves or by a lead.
fn released_by(event: &Event) -> Option<PersonId> {
    let released = matches!(event.fact, Fact::TicketReleased {});
    event.old_assignee().filter(|_| released)
}
