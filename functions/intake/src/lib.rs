//! Intake: how a ticket comes to be, and how its requester may still change or withdraw it.
//!
//! This function owns opening a ticket (for oneself, or by an agent for somebody else), editing it and canceling it.
//! What a ticket must say is `domain::ticket::opening`; here requests become those types.
//!
//! It must never choose who handles a ticket, answer it, or accept a field that is not the caller's to set: unknown
//! fields are refused.
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `open` | `POST /v1/tickets` |
//! | `edit` | `PATCH /v1/tickets/{number}` |
//! | `cancel` | `POST /v1/tickets/{number}/cancel` |
//! | `said` | the fields that opening and editing share |
//! | `people` | those whom a request names by an address |
//!
//! # Example
//!
//! ```
//! let contract = intake::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/tickets"));
//! ```
//!
//! # Adding a field
//!
//! In `said` once, in the requests of `open` and `edit`, on the ticket in `domain`, and in `web::view::ticket`.

mod cancel;
mod edit;
mod open;
mod people;
mod said;

use axum::Router;
use store::Writer;

/// What intake may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets, people and the catalog.
    pub store: Writer,
}

web::operations!(Ports: open, edit, cancel);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
