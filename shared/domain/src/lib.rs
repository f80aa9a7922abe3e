//! The rules of the desk, and nothing else.
//!
//! This crate owns what a ticket is, who may do what with it, where each verb leads, who gets it, who is told, and when
//! the clock must look again. It is pure: no async, no I/O, no clock, no randomness. The time and everything random
//! come in as arguments ([`world`]), everything that happened goes out as a [`change::Change`] that somebody else
//! commits.
//!
//! It must never name a table, a queue, a header or a status code, and nothing here may fail for a reason that a
//! requester could not understand.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | [`access`] | the one decision: who may do what |
//! | [`catalog`] | services, categories, groups, owners, policies, business hours |
//! | [`change`], [`event`] | what a decision leads to, and how it is told |
//! | [`contact`], [`text`], [`id`], [`number`], [`field`] | what people type, parsed once |
//! | [`dispatch`], [`load`] | who gets a ticket, and why |
//! | [`file`] | what may be attached |
//! | [`notice`] | who is told of an event |
//! | [`person`] | people, roles, memberships |
//! | [`priority`] | impact × urgency |
//! | [`reset`] | new passwords, and the first admin of a desk |
//! | [`schedule`] | what is called again and again, and the hours in which the desk keeps watch |
//! | [`sla`] | what is promised, by which hours, and the clocks |
//! | [`status`] | the status table |
//! | [`ticket`] | the verbs |
//! | [`world`] | time and randomness, as arguments |
//!
//! # Example
//!
//! ```
//! use domain::status::{Status, Step};
//!
//! assert_eq!(Status::New.after(Step::Claim), Some(Status::Open));
//! assert_eq!(Status::Closed.after(Step::Claim), None);
//! ```
//!
//! # Adding a verb
//!
//! A variant in [`status::Verb`] and its lines in [`status::Status::after`]; who may, in [`access::access`]; a method on
//! [`ticket::Ticket`] in the file of its theme, answering a [`ticket::Decision`]; a fact in [`event::Fact`], and who is
//! told of it in [`notice::audience`]. The compiler names every place that was forgotten; the state table's snapshot
//! shows the new line.

pub mod access;
mod as_text;
pub mod catalog;
pub mod change;
pub mod contact;
mod crockford;
pub mod dispatch;
pub mod event;
pub mod field;
pub mod file;
#[cfg(test)]
mod given;
pub mod id;
pub mod load;
pub mod notice;
pub mod number;
pub mod person;
pub mod priority;
pub mod reset;
pub mod schedule;
pub mod sla;
pub mod status;
pub mod text;
pub mod ticket;
pub mod world;
