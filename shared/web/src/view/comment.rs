//! Entries of the dialogue as clients see them.

use domain::event::{Fact, Who};
use domain::id::{CommentId, PersonId};
use domain::number::TicketNumber;
use jiff::Timestamp;
use serde::Serialize;
use store::item::Told;
use utoipa::ToSchema;

use super::file::AttachmentView;
use super::person::PersonName;

/// One entry of the dialogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct CommentView {
    /// Which.
    pub id: String,
    /// Who said it; `None` for the desk itself and for guests.
    pub author: Option<PersonName>,
    /// Whether everyone on the ticket reads it; a note is not public.
    pub public: bool,
    /// What was said.
    pub body: String,
    /// The files beside it, and the pictures in it.
    pub attachments: Vec<AttachmentView>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its text was changed last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
}

impl CommentView {
    /// An event as an entry of the dialogue; `None` for events that are none, and for notes unless they may be seen.
    pub fn new(
        ticket: &TicketNumber,
        told: &Told,
        with_notes: bool,
        name: impl Fn(&PersonId) -> Option<PersonName>,
    ) -> Option<Self> {
        let event = &told.event;
        let public = event.speaks_publicly();
        if !event.speaks() || (!public && !with_notes) || matches!(event.fact, Fact::TicketOpened {}) {
            return None;
        }
        let author = match &event.by.who {
            Who::Person { id } => name(id),
            Who::Guest | Who::System => None,
        };
        Some(Self {
            id: CommentId { ticket: ticket.clone(), seq: event.seq }.to_string(),
            author,
            public,
            body: event.body.as_ref().map(|body| body.as_str().to_owned()).unwrap_or_default(),
            attachments: event.files.iter().map(AttachmentView::from).collect(),
            created_at: event.by.at,
            edited_at: told.edited_at,
        })
    }
}
