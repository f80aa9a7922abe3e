//! The dialogue: public comments and internal notes (S0.12, S1.20–S1.22).

use super::{Decision, Doing, LastRewrite, Refusal, Ticket, voice};
use crate::access::{Standing, standing};
use crate::event::{Author, Entry, Event, Fact};
use crate::field::Fields;
use crate::file::File;
use crate::file::enclosing::{Said, Terms};
use crate::id::PersonId;
use crate::status::{Status, Step, Verb, Voice};

impl Ticket {
    /// Says something that everyone on the ticket reads.
    ///
    /// # Errors
    /// As [`Ticket::permit`]; [`Refusal::Unfit`] for files that cannot go with it.
    pub fn comment(&self, doing: &Doing<'_>, said: impl Into<Said>, keep_status: bool) -> Decision {
        let voice = voice(standing(doing.actor, self, doing.catalog));
        let status = self.permit(doing, Verb::Comment, Step::Comment { voice, keep_status })?;
        let entry = self.enclose(doing, said.into(), &[])?;
        let mut after = self.clone();
        after.comment_count += 1;
        match voice {
            Voice::Desk => after.answer(doing),
            Voice::Requester => after.ask(doing),
            Voice::Cc => {}
        }
        if self.status() == Status::Resolved && status == Status::AwaitingAgent {
            after.reopen_count += 1;
        }
        // Whoever answers a free ticket handles it, so it is not new any more even if its status was to be kept.
        after.enter(if after.handled && status == Status::New { Status::Open } else { status });
        let fact = Fact::CommentAdded { public: true, voice };
        Ok(self.become_so(after, doing.author(), doing.catalog, fact).enclosing(entry))
    }

    /// Says something that only the desk reads.
    ///
    /// # Errors
    /// As [`Ticket::comment`].
    pub fn note(&self, doing: &Doing<'_>, said: impl Into<Said>) -> Decision {
        self.permit(doing, Verb::Note, Step::Note)?;
        let entry = self.enclose(doing, said.into(), &[])?;
        let fact = Fact::CommentAdded { public: false, voice: Voice::Desk };
        Ok(self.become_so(self.clone(), doing.author(), doing.catalog, fact).enclosing(entry))
    }

    /// What is said with the files that go with it, beside those that are there.
    fn enclose(&self, doing: &Doing<'_>, said: Said, beside: &[File]) -> Result<Entry, Refusal> {
        let rules = doing.catalog.file_rules(&self.service);
        let by = doing.actor.person().map(|person| &person.id);
        let terms = Terms { at: doing.at, by, rules: &rules, beside, text: "body" };
        let mut fields = Fields::new();
        let entry = said.enclosed.with(&mut fields, &terms, Some(said.body));
        Ok(fields.finish(Some(entry))?)
    }

    /// The desk has answered: the first answer is remembered, and a free ticket falls to the agent who gave it.
    pub(super) fn answer(&mut self, doing: &Doing<'_>) {
        self.first_responded_at.get_or_insert(Author::system(doing.at).at);
        self.unanswered_since = None;
        if let Some(agent) = doing.actor.person() {
            self.fall_to(agent);
        }
    }

    /// The requester has said something: the desk owes an answer, since the oldest of what is unanswered.
    pub(super) fn ask(&mut self, doing: &Doing<'_>) {
        self.unanswered_since.get_or_insert(Author::system(doing.at).at);
    }

    /// Notes that the text of an event is replaced now.
    pub(super) fn rewrite(&mut self, doing: &Doing<'_>, seq: u32) {
        self.last_rewrite = Some(LastRewrite { seq, at: doing.author().at });
    }

    /// Whether the actor is the author of a comment that may be known of.
    ///
    /// # Errors
    /// [`Refusal::Hidden`] for what is no comment, or a note of which the actor must not know; [`Refusal::Forbidden`] for
    /// anyone but its author.
    pub fn permit_author_of(&self, doing: &Doing<'_>, comment: &Event) -> Result<Verb, Refusal> {
        let public = comment.speaks_publicly();
        let at_desk = standing(doing.actor, self, doing.catalog).is_some_and(Standing::is_desk);
        if !comment.speaks() || (!public && !at_desk) {
            return Err(Refusal::Hidden);
        }
        let verb = if public { Verb::Comment } else { Verb::Note };
        if comment.by.who == doing.author().who { Ok(verb) } else { Err(Refusal::Forbidden { verb }) }
    }

    /// Changes the text of a comment: its author may, until somebody else has spoken after it.
    ///
    /// `since` are the events of the timeline after the comment.
    ///
    /// # Errors
    /// As [`Ticket::permit_author_of`]; [`Refusal::AlreadyAnswered`] once somebody has spoken.
    pub fn edit_comment(&self, doing: &Doing<'_>, comment: &Event, since: &[Event], said: impl Into<Said>) -> Decision {
        let verb = self.permit_author_of(doing, comment)?;
        self.permit(doing, verb, self.plain_step(verb, doing.actor, doing.catalog))?;
        if since.iter().any(|event| event.answers(comment)) {
            return Err(Refusal::AlreadyAnswered);
        }
        let entry = self.enclose(doing, said.into(), &comment.files)?;
        let mut after = self.clone();
        after.rewrite(doing, comment.seq);
        let fact = Fact::CommentEdited { comment: comment.seq, public: comment.speaks_publicly() };
        let change = self.become_so(after, doing.author(), doing.catalog, fact);
        Ok(change.rewriting(comment.seq, "body", entry))
    }
}

impl Event {
    /// Whether somebody else says something publicly after a comment.
    #[must_use]
    pub fn answers(&self, comment: &Self) -> bool {
        self.seq > comment.seq && self.speaks_publicly() && self.by.who != comment.by.who
    }

    /// Whether the requester says something with it that wants an answer.
    #[must_use]
    pub fn asks(&self, requester: &PersonId) -> bool {
        matches!(self.fact, Fact::CommentAdded { public: true, voice: Voice::Requester })
            || (matches!(self.fact, Fact::TicketReopened {}) && self.by.is(requester))
    }

    /// Whether the desk says something with it that the requester reads.
    #[must_use]
    pub fn answers_the_requester(&self) -> bool {
        let by_the_customers = matches!(
            self.fact,
            Fact::CommentAdded { voice: Voice::Requester | Voice::Cc, .. } | Fact::TicketReopened {}
        );
        self.speaks_publicly() && !by_the_customers
    }

    /// Whether it is an entry of the dialogue: it carries a text that is a comment, a note or a solution.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.body.is_some()
            && (self.speaks_publicly() || matches!(self.fact, Fact::CommentAdded { .. } | Fact::TicketAssigned { .. }))
    }

    /// Whether it is an entry of the dialogue that the requester reads.
    #[must_use]
    pub fn speaks_publicly(&self) -> bool {
        self.body.is_some()
            && match self.fact {
                Fact::CommentAdded { public, .. } => public,
                Fact::TicketResolved {}
                | Fact::TicketReopened {}
                | Fact::TicketClosed { .. }
                | Fact::TicketScheduled { .. } => true,
                Fact::TicketOpened {}
                | Fact::TicketEdited {}
                | Fact::TicketRedispatched {}
                | Fact::TicketDispatched { .. }
                | Fact::TicketClaimed { .. }
                | Fact::TicketReleased {}
                | Fact::TicketAssigned { .. }
                | Fact::CommentEdited { .. }
                | Fact::TicketWoken { .. }
                | Fact::TicketConfirmed { .. }
                | Fact::TicketCloseAnnounced { .. }
                | Fact::TicketAutoClosed {}
                | Fact::TicketCanceled {}
                | Fact::TargetWarned { .. }
                | Fact::TargetBreached { .. }
                | Fact::PolicyApplied {}
                | Fact::PersonAdded {}
                | Fact::PersonEdited {}
                | Fact::PasswordSet {}
                | Fact::PasswordResetAsked {}
                | Fact::PasswordResetSpent {}
                | Fact::ServiceChanged { .. }
                | Fact::CategoryChanged { .. }
                | Fact::GroupChanged { .. }
                | Fact::BusinessHoursChanged { .. }
                | Fact::SlaPolicyChanged { .. } => false,
            }
    }
}

#[cfg(test)]
mod tests;
