//! A ticket, and the shape of every decision about one.
//!
//! The verbs live in files by theme: [`opening`], [`editing`], [`handling`], [`dialogue`], [`closing`], [`waiting`].
//! Each asks [`Ticket::permit`] (in [`permit`]) first, which knows who may and what the status table says.

pub mod clocks;
pub mod closing;
pub mod dialogue;
pub mod editing;
pub mod handling;
pub mod opening;
pub mod permit;
#[cfg(test)]
mod table;
pub mod waiting;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::{Facts, Versioned};
use crate::contact::ContactMethod;
use crate::id::{CategoryId, GroupId, PersonId, ServiceId};
use crate::number::TicketNumber;
use crate::person::{OrganizationRef, PersonRef};
use crate::priority::{Impact, Priority, Urgency, UrgencySource};
use crate::sla::clock::Sla;
use crate::status::Status;
use crate::text::{Body, Label, Remark, Subject};

pub(crate) use permit::voice;
pub use permit::{Decision, Doing, Refusal};

/// A ticket's head: everything that decisions need. Its texts and its history are on its timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its only name.
    pub number: TicketNumber,
    /// Grows with every change; the `ETag`.
    pub version: u64,
    /// The sequence number of its newest event.
    pub last_seq: u32,
    /// What it is about.
    pub subject: Subject,
    /// What kind of help is wanted.
    pub kind: Kind,
    /// Where it stands, with the facts of that status.
    #[serde(flatten)]
    pub state: State,
    /// How much is affected.
    pub impact: Impact,
    /// How soon it matters.
    pub urgency: Urgency,
    /// Who said so.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub urgency_source: UrgencySource,
    /// The order in which it is handled.
    pub priority: Priority,
    /// Who needs help.
    pub requester: PersonRef,
    /// Who typed it in, if it was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitter: Option<PersonRef>,
    /// The requester's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationRef>,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonRef>,
    /// Whether the assignee has claimed it.
    #[serde(default)]
    pub handled: bool,
    /// Whose queue it stands in; `None` is the first line's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The support line it is on: 1, 2 or 3.
    #[serde(default = "first_line")]
    pub line: u8,
    /// The first-line agent who keeps following it (S2.49).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracker: Option<PersonRef>,
    /// What is asked for.
    pub service: ServiceId,
    /// More precisely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Who gets copies and may answer (S4.44); at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<PersonRef>,
    /// How the requester wants to be told of its progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_method: Option<ContactMethod>,
    /// What the requester agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// How it reached the desk.
    pub via: Channel,
    /// Where and when it happened, and what the form asked.
    #[serde(flatten)]
    pub details: Details,
    /// Words that agents file it under; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Label>,
    /// The event that asks for an owner, until one is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting_dispatch: Option<u32>,
    /// What the requester thought of the solution (S0.14, S1.25).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Satisfaction>,
    /// How often it was reopened.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub reopen_count: u32,
    /// How many public comments it has.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub comment_count: u32,
    /// The newest replacement of a text on its timeline, so that whoever reads can tell whether they see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_rewrite: Option<LastRewrite>,
    /// When the desk answered first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_responded_at: Option<Timestamp>,
    /// The oldest comment of the requester that the desk has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered_since: Option<Timestamp>,
    /// What was promised, and how its clocks stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<Sla>,
    /// When it was submitted.
    #[serde(serialize_with = "crate::event::fixed_width")]
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// Which text was replaced last, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRewrite {
    /// The sequence number of the event that carries the text.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
}

/// What kind of help is wanted (S1.1, S2.8, S2.52).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something is not known: "help".
    Question,
    /// Something stopped working.
    Incident,
    /// Something keeps going wrong.
    Problem,
    /// Something is wanted.
    #[default]
    Request,
    /// Something could be better.
    Suggestion,
}

/// How a ticket or a comment reached the desk (S2.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Through the API, by whoever needs help.
    #[default]
    Web,
    /// Typed in by an agent for somebody else.
    Agent,
}

/// Where a ticket stands, with the facts of that status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// [`Status::Draft`].
    Draft {},
    /// [`Status::New`].
    New {},
    /// [`Status::Open`].
    Open {},
    /// [`Status::AwaitingRequester`].
    AwaitingRequester {},
    /// [`Status::AwaitingAgent`].
    AwaitingAgent {},
    /// [`Status::Scheduled`].
    Scheduled {
        /// When it wakes.
        scheduled_until: Timestamp,
    },
    /// [`Status::Resolved`].
    Resolved {
        /// Since when.
        resolved_at: Timestamp,
        /// When it closes by itself; `None` is never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto_close_at: Option<Timestamp>,
        /// Whether the requester has been told so.
        #[serde(default)]
        announced: bool,
    },
    /// [`Status::Closed`].
    Closed {
        /// When it was resolved, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolved_at: Option<Timestamp>,
        /// Since when.
        #[serde(serialize_with = "crate::event::fixed_width")]
        closed_at: Timestamp,
    },
    /// [`Status::Canceled`].
    Canceled {
        /// Since when.
        #[serde(serialize_with = "crate::event::fixed_width")]
        closed_at: Timestamp,
    },
}

/// What a requester agreed to, and when (S0.35).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The version of the service's agreement.
    pub version: Label,
    /// When.
    pub accepted_at: Timestamp,
}

/// What a requester thought of the solution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Satisfaction {
    /// From 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Remark>,
}

/// Where and when it happened, and what the category's form asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// When it happened (S4.22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// At which site (S4.18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// On which device (S4.19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Label>,
    /// Its serial number (S4.43).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<Label>,
    /// The answers to the category's questions, by name; at most 2 KB together.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Body>,
}

impl Ticket {
    /// Where it stands, without the facts.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Draft {} => Status::Draft,
            State::New {} => Status::New,
            State::Open {} => Status::Open,
            State::AwaitingRequester {} => Status::AwaitingRequester,
            State::AwaitingAgent {} => Status::AwaitingAgent,
            State::Scheduled { .. } => Status::Scheduled,
            State::Resolved { .. } => Status::Resolved,
            State::Closed { .. } => Status::Closed,
            State::Canceled { .. } => Status::Canceled,
        }
    }

    /// When it was resolved, if it is or was before it closed.
    #[must_use]
    pub fn resolved_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Resolved { resolved_at, .. } => Some(resolved_at),
            State::Closed { resolved_at, .. } => resolved_at,
            State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Scheduled { .. }
            | State::Canceled { .. } => None,
        }
    }

    /// When it ended, if it has.
    #[must_use]
    pub fn closed_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Closed { closed_at, .. } | State::Canceled { closed_at } => Some(closed_at),
            State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Scheduled { .. }
            | State::Resolved { .. } => None,
        }
    }

    /// Whether this person has claimed it.
    #[must_use]
    pub fn is_handled_by(&self, person: &PersonId) -> bool {
        self.handled && self.assignee.as_ref().is_some_and(|assignee| assignee.id == *person)
    }

    /// Everyone whose name the ticket holds.
    pub fn people(&self) -> impl Iterator<Item = &PersonRef> {
        [Some(&self.requester), self.submitter.as_ref(), self.assignee.as_ref(), self.tracker.as_ref()]
            .into_iter()
            .flatten()
            .chain(&self.cc)
    }
}

impl Versioned for Ticket {
    fn version(&self) -> u64 {
        self.version
    }

    fn last_seq(&self) -> u32 {
        self.last_seq
    }

    fn advance(&mut self, seq: u32) {
        self.version += 1;
        self.last_seq = seq;
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        facts.hidden("subject", self.subject.as_str());
        facts.shown("kind", &self.kind);
        facts.shown("status", &self.status());
        facts.shown("impact", &self.impact);
        facts.shown("urgency", &self.urgency);
        facts.shown("priority", &self.priority);
        facts.shown("assignee", &self.assignee.as_ref().map(|person| &person.id));
        facts.shown("handled", &self.handled);
        facts.shown("group", &self.group);
        facts.shown("tracker", &self.tracker.as_ref().map(|person| &person.id));
        facts.shown("service", &self.service);
        facts.shown("category", &self.category);
        facts.shown("support_line", &self.line);
        facts.shown("sla_policy", &self.sla.as_ref().map(|sla| format!("{}@{}", sla.policy, sla.policy_version)));
        facts.shown("business_hours", &self.sla.as_ref().map(|sla| format!("{}@{}", sla.hours, sla.hours_version)));
        facts.shown("eta", &self.eta());
        facts.shown("scheduled_until", &self.scheduled_until());
        facts.shown("auto_close_at", &self.auto_close_at());
        facts.shown("occurred_at", &self.details.occurred_at);
        facts.hidden("site", label(self.details.site.as_ref()));
        facts.hidden("device", label(self.details.device.as_ref()));
        facts.hidden("serial_number", label(self.details.serial_number.as_ref()));
        let answers = self.details.answers.values().map(Body::as_str).collect::<Vec<_>>().join("\n");
        facts.hidden("answers", &answers);
        facts.hidden("contact_method", &serde_json::to_string(&self.contact_method).unwrap_or_default());
        facts.hidden("tags", &self.tags.iter().map(Label::as_str).collect::<Vec<_>>().join(","));
        facts
    }
}

/// What is usual is not written: a table counts heads by the kilobyte.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn first_line() -> u8 {
    1
}

fn label(label: Option<&Label>) -> &str {
    label.map(Label::as_str).unwrap_or_default()
}
