//! May this be done to this ticket, by this actor, as it stands? Asked by every verb, and by whoever shows buttons.

use jiff::Timestamp;

use super::Ticket;
use crate::access::{Access, Actor, Deed, Standing, access, standing};
use crate::catalog::Catalog;
use crate::change::Change;
use crate::event::Author;
use crate::field::Fields;
use crate::person::{PersonRef, Role};
use crate::status::{Status, Step, Verb, Voice};

/// Who does something, with what it is judged by, and when.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The catalog in force.
    pub catalog: &'a Catalog,
    /// When.
    pub at: Timestamp,
}

impl Doing<'_> {
    /// The signature under what is done.
    #[must_use]
    pub fn author(&self) -> Author {
        self.actor.author(self.at)
    }
}

/// Why something is not done, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor may not know of the ticket: 404.
    Hidden,
    /// The actor may never do this with it: 403.
    Forbidden {
        /// What was tried.
        verb: Verb,
    },
    /// The status table has no such line: 409.
    Illegal {
        /// What was tried.
        verb: Verb,
        /// From where.
        from: Status,
    },
    /// Somebody else has it: 409.
    HeldBy {
        /// Who.
        holder: PersonRef,
    },
    /// Nobody has it, so it cannot be given back: 409.
    NotHandled,
    /// The desk has answered, so the requester may not change it any more: 409 (S2.26).
    AlreadyAnswered,
    /// The request does not fit: 422.
    Unfit(Fields),
}

impl From<Fields> for Refusal {
    fn from(fields: Fields) -> Self {
        Self::Unfit(fields)
    }
}

/// What is decided about a ticket.
pub type Decision = Result<Change<Ticket>, Refusal>;

impl Ticket {
    /// Whether the actor may do this to the ticket as it stands: who may, then the status table, then who has it.
    ///
    /// # Errors
    /// Every [`Refusal`] but [`Refusal::Unfit`], which is about what the verb comes with.
    pub fn permit(&self, doing: &Doing<'_>, verb: Verb, step: Step) -> Result<Status, Refusal> {
        match access(doing.actor, Deed::On(verb, self, doing.catalog)) {
            Access::Hidden => Err(Refusal::Hidden),
            Access::Forbidden => Err(Refusal::Forbidden { verb }),
            Access::Granted => {
                let from = self.status();
                let to = from.after(step).ok_or(Refusal::Illegal { verb, from })?;
                self.check_holder(doing.actor, verb)?;
                if step == (Step::Edit { by_desk: false }) && self.first_responded_at.is_some() {
                    return Err(Refusal::AlreadyAnswered);
                }
                Ok(to)
            }
        }
    }

    /// Some verbs are for its handler alone; a lead may give it back as well.
    fn check_holder(&self, actor: &Actor, verb: Verb) -> Result<(), Refusal> {
        let leads = actor.person().is_some_and(|person| person.role >= Role::Lead);
        let for_holder = match verb {
            Verb::Release | Verb::Schedule | Verb::Escalate | Verb::Lock => true,
            Verb::View
            | Verb::Submit
            | Verb::Claim
            | Verb::Assign
            | Verb::Comment
            | Verb::Note
            | Verb::Wake
            | Verb::Nudge
            | Verb::Cc
            | Verb::Edit
            | Verb::Resolve
            | Verb::Confirm
            | Verb::Reopen
            | Verb::AutoClose
            | Verb::Close
            | Verb::Cancel => false,
        };
        if !for_holder {
            return Ok(());
        }
        let holder = self.assignee.as_ref().filter(|_| self.handled).ok_or(Refusal::NotHandled)?;
        let is_holder = actor.person().is_some_and(|person| person.id == holder.id);
        if is_holder || (leads && verb == Verb::Release) {
            return Ok(());
        }
        Err(Refusal::HeldBy { holder: holder.clone() })
    }

    /// What the actor may do with it as it stands, in the order of the table.
    #[must_use]
    pub fn allowed_actions(&self, actor: &Actor, catalog: &Catalog) -> Vec<Verb> {
        let doing = Doing { actor, catalog, at: self.updated_at };
        let may = |verb: &Verb| self.permit(&doing, *verb, self.plain_step(*verb, actor, catalog)).is_ok();
        Verb::ALL.into_iter().filter(may).collect()
    }

    /// The step that a verb is for this actor when nothing special is asked for.
    #[must_use]
    pub fn plain_step(&self, verb: Verb, actor: &Actor, catalog: &Catalog) -> Step {
        let standing = standing(actor, self, catalog);
        let answered = self.first_responded_at.is_some();
        match verb {
            Verb::View => Step::View,
            Verb::Submit => Step::Submit,
            Verb::Claim => Step::Claim,
            Verb::Release | Verb::Assign | Verb::Escalate => Step::HandOver { answered },
            Verb::Comment => Step::Comment { voice: voice(standing), keep_status: false },
            Verb::Note => Step::Note,
            Verb::Wake => Step::Wake,
            Verb::Lock | Verb::Nudge | Verb::Cc => Step::Attend,
            Verb::Edit => Step::Edit { by_desk: standing.is_some_and(Standing::is_desk) },
            Verb::Schedule => Step::Schedule,
            Verb::Resolve => Step::Resolve,
            Verb::Confirm | Verb::AutoClose => Step::Accept,
            Verb::Reopen => Step::Reopen,
            Verb::Close => Step::Close { reason: self.plain_close_reason() },
            Verb::Cancel => Step::Cancel,
        }
    }
}

/// Whose voice somebody speaks with.
pub(crate) fn voice(standing: Option<Standing>) -> Voice {
    match standing {
        Some(Standing::Requester) => Voice::Requester,
        Some(Standing::Desk { .. } | Standing::Guest | Standing::System) => Voice::Desk,
        Some(Standing::Cc | Standing::Observer) | None => Voice::Cc,
    }
}
