//! Query: everything that is read.
//!
//! This function owns lists, the ticket page, the dialogue, the history, the work lists of the desk, the contract, and
//! the answer to every path that no route names. It reads, and writes nothing but signing keys on first use and counts
//! of guessed ticket numbers.
//!
//! It must never scan, never show a row because it happens to be stored, and never page by offset.
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `list` | `GET /v1/tickets` |
//! | `show` | `GET /v1/tickets/{number}` |
//! | `comments` | `GET /v1/tickets/{number}/comments` |
//! | `events` | `GET /v1/tickets/{number}/events` |
//! | `slas` | `GET /v1/tickets/{number}/slas` |
//! | `notifications` | `GET /v1/tickets/{number}/notifications` |
//! | `queues` | `GET /v1/queues` |
//! | `health` | `GET /v1/health` |
//! | `contract` | `GET /v1/openapi.json`, and from it 404 or 405 for everything else |
//! | `filters` | what a list may be narrowed by |
//! | `page` | a ticket's page, whatever is shown of it |
//!
//! # Example
//!
//! ```
//! let contract = query::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/tickets"));
//! ```
//!
//! # Adding a list
//!
//! An anchor in `domain::access` with who may use it, its partition in `store::keys`, its parameter in `filters`.

mod comments;
mod contract;
mod events;
mod filters;
mod health;
mod list;
mod notifications;
mod page;
mod queues;
mod show;
mod slas;

use axum::Router;
use store::Reader;

/// What query may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Everything, to be read.
    pub store: Reader,
}

web::operations!(Ports: list, show, comments, events, slas, notifications, queues, health, contract);

/// The HTTP door; `$default` leads here too, so whatever is not routed gets its 404 or 405.
pub fn router(ports: Ports) -> Router {
    let router = routes().with_state(ports);
    web::edge::finished(router.fallback(contract::nothing_here).method_not_allowed_fallback(contract::nothing_here))
}
