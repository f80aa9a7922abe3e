//! Dispatch: who has a ticket.
//!
//! This function owns the automatic choice of an owner (its events door) and the verbs by which people change it: claim,
//! release, assign, schedule (its HTTP door). The choice itself is `domain::dispatch`; here it is told what it needs to know.
//!
//! It must never write a comment, close a ticket, or choose twice for the same event: the ticket remembers which
//! event asks for an owner, and only a choice for that event counts.
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `claim` | `POST /v1/tickets/{number}/claim` |
//! | `release` | `POST /v1/tickets/{number}/release` |
//! | `assign` | `POST /v1/tickets/{number}/assign` |
//! | `schedule` | `POST /v1/tickets/{number}/schedule` |
//! | `choose` | the events door: an owner for a ticket that asks for one |
//!
//! # Example
//!
//! ```
//! let contract = dispatch::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/tickets/{number}/claim"));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb, a name in `operations!`, a route in the template. The rule goes to `domain::ticket`.

mod assign;
mod choose;
mod claim;
mod release;
mod schedule;

use axum::Router;
use store::Writer;

pub use choose::consume;

/// What dispatch may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets, people, catalog and loads.
    pub store: Writer,
}

web::operations!(Ports: claim, release, assign, schedule);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
