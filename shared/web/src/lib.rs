//! The HTTP edge: how requests are read and answers are written, the same in every function.
//!
//! This crate owns problem+json, strict bodies and query strings, who is calling, `ETag` and `If-Match`,
//! `Idempotency-Key`, cursors, and the views that show domain types to an audience. Handlers in the functions are thin
//! because of it.
//!
//! It must never decide about the business (that is `domain`), name an AWS SDK (that is `store`), or know which function
//! it serves.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`edge`] | what every answer has in common |
//! | [`problem`] | errors, and the half of them that clients never see |
//! | [`operations`] | a function's routes, and its contract |
//! | [`call`] | who is asking, for what, under which conditions |
//! | [`command`] | a verb on a ticket, from request to answer |
//! | [`body`], [`query`], [`cursor`] | JSON, query strings, pages |
//! | [`enclosed`] | files that a request names |
//! | [`view`] | tickets, comments, events and people as clients see them |
//! | [`link`] | what a link in a mail carries |
//! | [`form`] | what a page of the desk's own sends back |
//! | [`password`] | hashing, with argon2id |
//! | [`reset`] | from a link to a password that is set |
//! | [`wording`] | what mails and pages call the same things, in every language |
//!
//! # Example
//!
//! ```
//! use web::call::etag;
//!
//! assert_eq!(etag(7), "\"7\"");
//! ```
//!
//! # Adding a view
//!
//! A file in `view` with the noun's name, a struct that derives `Serialize` and `ToSchema`, and a constructor that takes
//! the audience. Nothing is shown because it happens to be stored.

pub mod body;
pub mod call;
pub mod command;
pub mod cursor;
pub mod edge;
pub mod enclosed;
pub mod form;
pub mod link;
pub mod operations;
pub mod password;
pub mod problem;
pub mod query;
pub mod reset;
pub mod view;
pub mod wording;
