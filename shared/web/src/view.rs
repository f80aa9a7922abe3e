//! What clients see: one serializer per noun, which knows its audience.
//!
//! Requesters never see notes, tags, who tracks a ticket, or anybody's address.

pub mod comment;
pub mod event;
pub mod file;
pub mod person;
pub mod ticket;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request that says nothing beyond its path: `{}`, or no body at all.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub struct Nothing {}

/// An answer about one ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ticketed {
    /// The ticket as it is now.
    pub ticket: ticket::TicketView,
}
