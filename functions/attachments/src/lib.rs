//! Attachments: files on their way to the bucket, what they turn out to be, and the way back.
//!
//! This function owns the bucket. It reserves slots and signs the addresses to which browsers send files, so that no
//! byte of them passes through here on the way in; it looks at what arrived (with `files`), keeps what may be delivered
//! of it, and hands out addresses that live for a minute. What may be attached to what is `domain::file`.
//!
//! It must never give an address to somebody whom `domain::access` has not let through just now, never deliver bytes that
//! were not looked at, never write where something is already, and never believe what a name or a header says.
//!
//! # The bucket
//!
//! | key | what it is | how long |
//! |---|---|---|
//! | `uploads/upl_…` | what somebody sent, as it came | until it is completed; a day at most, by the bucket's own rule |
//! | `files/2026-03-02/att_…/…` | what is delivered of it, written once | for ever if it was attached; else until [`sweep`](consume) |
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `reserve` | `POST /v1/uploads` |
//! | `complete` | `POST /v1/uploads/{id}/complete` |
//! | `fetch` | `GET /v1/attachments/{id}` |
//! | `check` | looks at what arrived and says what becomes of it |
//! | `errand` | what the bucket and the schedule call for |
//! | [`Files`] | the bucket, and addresses in it |
//! | `disposition` | how a browser is told what to do with a file, and what to call it |
//! | `view` | uploads as clients see them |
//!
//! # Example
//!
//! ```
//! let contract = attachments::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/uploads"));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb, a name in `operations!`, a route in the template.

mod check;
mod complete;
mod disposition;
mod errand;
mod fetch;
mod files;
mod reserve;
mod view;

use axum::Router;
use store::Writer;

pub use crate::errand::consume;
pub use crate::files::Files;

/// What attachments may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Uploads and tickets.
    pub store: Writer,
    /// The bucket.
    pub files: Files,
}

web::operations!(Ports: reserve, complete, fetch);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
