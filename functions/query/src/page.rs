//! A ticket's page: loading what somebody may see of it.

use domain::access::{Standing, standing};
use domain::event::Entry;
use domain::ticket::Ticket;
use store::Reader;
use web::call::{About, Call, Caller};
use web::command::visible;
use web::problem::Problem;

/// A ticket in front of somebody who may see it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) caller: Caller,
    pub(crate) ticket: Ticket,
    pub(crate) description: Option<Entry>,
}

impl Seen {
    /// The ticket in the path.
    pub(crate) async fn load(reader: &Reader, call: &Call) -> Result<Self, Problem> {
        let number = call.number();
        let (caller, arrival) = call.arrive(reader, About { ticket: number.as_ref(), ..About::default() }).await?;
        let ticket = visible(reader, &caller, arrival.ticket).await?;
        Ok(Self { caller, ticket, description: arrival.description })
    }

    /// Whether notes and reasons may be shown.
    pub(crate) fn at_desk(&self) -> bool {
        let standing = standing(&self.caller.actor, &self.ticket, &self.caller.catalog);
        matches!(standing, Some(Standing::Desk { .. }))
    }
}
