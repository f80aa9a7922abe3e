//! Messaging: what is said on a ticket, up to the word that ends it.
//!
//! This function owns comments and notes, and the verbs that come with a text: resolve, confirm, reopen, close. What
//! each of them does to the ticket is `domain::ticket::{dialogue, closing}`.
//!
//! It must never send anything: mail goes out because an event was written. It must never show a note to a requester.
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `comment` | `POST /v1/tickets/{number}/comments` |
//! | `edit_comment` | `PATCH /v1/tickets/{number}/comments/{id}` |
//! | `resolve` | `POST /v1/tickets/{number}/resolve` |
//! | `confirm` | `POST /v1/tickets/{number}/confirm` |
//! | `reopen` | `POST /v1/tickets/{number}/reopen` |
//! | `close` | `POST /v1/tickets/{number}/close` |
//!
//! # Example
//!
//! ```
//! let contract = messaging::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/tickets/{number}/comments"));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb, a name in `operations!`, a route in the template.

mod close;
mod comment;
mod confirm;
mod edit_comment;
mod reopen;
mod resolve;

use axum::Router;
use store::Writer;

/// What messaging may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets and their timelines.
    pub store: Writer,
}

web::operations!(Ports: comment, edit_comment, resolve, confirm, reopen, close);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
