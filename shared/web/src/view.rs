//! What clients see: one serializer per noun, which knows its audience.
//!
//! Requesters never see notes, tags, who tracks a ticket, or anybody's address.

pub mod comment;
pub mod event;
pub mod person;
pub mod ticket;
