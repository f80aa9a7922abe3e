//! Events: past-tense facts, versioned, kept for ever; everything that follows a change happens because of one.
//!
//! A fact holds ids, enums, numbers and times. What people wrote stands beside it and can be replaced: one `body`, and
//! the names of the `files` enclosed with it. Who reads an event loads what its audience may see.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::change::FieldChange;
use crate::dispatch::Reasoning;
use crate::file::File;
use crate::id::{CategoryId, GroupId, HoursId, PersonId, PolicyId, ServiceId};
use crate::sla::Metric;
use crate::status::{CloseReason, Voice};
use crate::text::Body;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Who {
    /// A person.
    Person {
        /// Which.
        id: PersonId,
    },
    /// An outsider who answers one ticket for the desk.
    Guest,
    /// The desk itself: automatic dispatch, the clock.
    System,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Who.
    #[serde(rename = "actor")]
    pub who: Who,
    /// When, to the millisecond.
    #[serde(serialize_with = "fixed_width")]
    pub at: Timestamp,
}

impl Author {
    /// A person, now.
    #[must_use]
    pub fn person(id: &PersonId, at: Timestamp) -> Self {
        Self { who: Who::Person { id: id.clone() }, at: to_the_millisecond(at) }
    }

    /// The desk itself, now.
    #[must_use]
    pub fn system(at: Timestamp) -> Self {
        Self { who: Who::System, at: to_the_millisecond(at) }
    }

    /// Whether it was this person.
    #[must_use]
    pub fn is(&self, person: &PersonId) -> bool {
        match &self.who {
            Who::Person { id } => id == person,
            Who::Guest | Who::System => false,
        }
    }
}

/// Writes a moment so that texts sort as moments do: lists and replays are cut by it.
pub(crate) fn fixed_width<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
}

fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// One event on a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place on the timeline, from 1 without gaps.
    pub seq: u32,
    /// Who did it, and when.
    #[serde(flatten)]
    pub by: Author,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
    /// Who had the ticket afterwards: whom it concerns at the desk, however late somebody reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PersonId>,
    /// The fields it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// The text it carries, if it carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// When the ticket needs the clock's attention next, if that is too soon for the tick to see it coming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_at: Option<Timestamp>,
}

/// What somebody wrote, and what they enclosed with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The text.
    pub body: Option<Body>,
    /// The files beside it, and the pictures in it.
    pub files: Vec<File>,
}

impl Event {
    /// What was written.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry { body: self.body.clone(), files: self.files.clone() }
    }

    /// Since when it is true, for the clocks.
    #[must_use]
    pub fn took_effect_at(&self) -> Timestamp {
        self.fact.took_effect_by(self.by.at)
    }

    /// Whether what came with it is for everyone on the ticket, or for the desk alone.
    #[must_use]
    pub fn is_for_everyone(&self) -> bool {
        match self.fact {
            Fact::CommentAdded { public, .. } | Fact::CommentEdited { public, .. } => public,
            Fact::TicketOpened {}
            | Fact::TicketEdited {}
            | Fact::TicketRedispatched {}
            | Fact::TicketResolved {}
            | Fact::TicketReopened {}
            | Fact::TicketClosed { .. }
            | Fact::TicketScheduled { .. } => true,
            Fact::TicketDispatched { .. }
            | Fact::TicketClaimed { .. }
            | Fact::TicketReleased {}
            | Fact::TicketAssigned { .. }
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

/// The version written today, for every type of fact.
pub const VERSION: u32 = 1;

/// What happened. The name of a variant is its `type` on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Fact {
    /// A ticket was submitted; the body is its description.
    TicketOpened {},
    /// Fields of a ticket changed.
    TicketEdited {},
    /// The service of a ticket changed, so it is dispatched again.
    TicketRedispatched {},
    /// An owner was chosen, or none was found.
    TicketDispatched {
        /// Which step chose, and why the others did not.
        why: Reasoning,
    },
    /// An agent took it over to handle it.
    TicketClaimed {
        /// From whom it was taken over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_from: Option<PersonId>,
    },
    /// Its handler gave it back.
    TicketReleased {},
    /// It was handed to an agent or a group; the body is the note that went with it.
    TicketAssigned {
        /// The agent, if it went to one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<PersonId>,
        /// The group, if it went to one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
    },
    /// Somebody said something; the body is what.
    CommentAdded {
        /// Whether everyone on the ticket reads it.
        public: bool,
        /// Whose voice it is.
        voice: Voice,
    },
    /// Its author changed a comment; the comment itself holds the new text.
    CommentEdited {
        /// The sequence number of the comment.
        comment: u32,
        /// Whether everyone on the ticket reads it.
        #[serde(default)]
        public: bool,
    },
    /// It was planned for a date; the body is the reason shown to the requester.
    TicketScheduled {
        /// The date.
        until: Timestamp,
    },
    /// Its date came.
    TicketWoken {
        /// The date, however late somebody looked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned_for: Option<Timestamp>,
    },
    /// An agent said that it is solved; the body is the solution.
    TicketResolved {},
    /// The requester agreed.
    TicketConfirmed {
        /// From 1 to 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        satisfaction: Option<u8>,
    },
    /// Somebody disagreed; the body is why.
    TicketReopened {},
    /// The requester was told that it will close by itself.
    TicketCloseAnnounced {
        /// When it will.
        closes_at: Timestamp,
    },
    /// It closed by itself.
    TicketAutoClosed {},
    /// An agent closed it; the body is the solution or a comment.
    TicketClosed {
        /// Why.
        reason: CloseReason,
    },
    /// Its requester withdrew it.
    TicketCanceled {},
    /// A promise is about to be missed.
    TargetWarned {
        /// Which.
        metric: Metric,
        /// How many percent of the target have been used up.
        percent: u8,
        /// When it is due.
        due_at: Timestamp,
        /// Who is told, in this order: whoever had the ticket, who follows it, who leads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tell: Vec<PersonId>,
    },
    /// A promise was missed.
    TargetBreached {
        /// Which.
        metric: Metric,
        /// When it was due.
        breached_at: Timestamp,
        /// Whether it was found more than a minute later.
        #[serde(default)]
        late: bool,
        /// Who is told, in this order: whoever had the ticket, who follows it, who leads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tell: Vec<PersonId>,
    },
    /// The SLA policy in force was applied to it.
    PolicyApplied {},
    /// A person became known to the desk.
    PersonAdded {},
    /// A person's own data changed.
    PersonEdited {},
    /// A person got another password, and everybody who was signed in as them was signed out.
    PasswordSet {},
    /// Somebody who did not say who they are asked for a new password.
    PasswordResetAsked {},
    /// The link that was mailed for it was used.
    PasswordResetSpent {},
    /// A service was added, changed or removed.
    ServiceChanged {
        /// Which.
        service: ServiceId,
    },
    /// A category was added, changed or removed.
    CategoryChanged {
        /// Which.
        category: CategoryId,
    },
    /// A group was added, changed or removed, or its members changed.
    GroupChanged {
        /// Which.
        group: GroupId,
    },
    /// Business hours were added, changed or removed.
    BusinessHoursChanged {
        /// Which.
        hours: HoursId,
    },
    /// An SLA policy was added, changed or removed.
    SlaPolicyChanged {
        /// Which.
        policy: PolicyId,
    },
}

impl Fact {
    /// The name of its type on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::TicketOpened {} => "TicketOpened",
            Self::TicketEdited {} => "TicketEdited",
            Self::TicketRedispatched {} => "TicketRedispatched",
            Self::TicketDispatched { .. } => "TicketDispatched",
            Self::TicketClaimed { .. } => "TicketClaimed",
            Self::TicketReleased {} => "TicketReleased",
            Self::TicketAssigned { .. } => "TicketAssigned",
            Self::CommentAdded { .. } => "CommentAdded",
            Self::CommentEdited { .. } => "CommentEdited",
            Self::TicketScheduled { .. } => "TicketScheduled",
            Self::TicketWoken { .. } => "TicketWoken",
            Self::TicketResolved {} => "TicketResolved",
            Self::TicketConfirmed { .. } => "TicketConfirmed",
            Self::TicketReopened {} => "TicketReopened",
            Self::TicketCloseAnnounced { .. } => "TicketCloseAnnounced",
            Self::TicketAutoClosed {} => "TicketAutoClosed",
            Self::TicketClosed { .. } => "TicketClosed",
            Self::TicketCanceled {} => "TicketCanceled",
            Self::TargetWarned { .. } => "TargetWarned",
            Self::TargetBreached { .. } => "TargetBreached",
            Self::PolicyApplied {} => "PolicyApplied",
            Self::PersonAdded {} => "PersonAdded",
            Self::PersonEdited {} => "PersonEdited",
            Self::PasswordSet {} => "PasswordSet",
            Self::PasswordResetAsked {} => "PasswordResetAsked",
            Self::PasswordResetSpent {} => "PasswordResetSpent",
            Self::ServiceChanged { .. } => "ServiceChanged",
            Self::CategoryChanged { .. } => "CategoryChanged",
            Self::GroupChanged { .. } => "GroupChanged",
            Self::BusinessHoursChanged { .. } => "BusinessHoursChanged",
            Self::SlaPolicyChanged { .. } => "SlaPolicyChanged",
        }
    }

    /// Since when it is true, for the clocks, if it is told at a moment: a date that came, came when it was due.
    #[must_use]
    pub fn took_effect_by(&self, told: Timestamp) -> Timestamp {
        if let Self::TicketWoken { planned_for: Some(planned) } = self { told.min(*planned) } else { told }
    }

    /// Whether an owner must be chosen because of it.
    #[must_use]
    pub fn asks_for_dispatch(&self) -> bool {
        matches!(self, Self::TicketOpened {} | Self::TicketReleased {} | Self::TicketRedispatched {})
    }
}

/// Reads an event of any past version.
///
/// # Errors
/// A version nobody has written yet, or a shape that its version does not have.
pub fn upcast(version: u32, event: Value) -> Result<Event, UnknownEvent> {
    match version {
        // What serde says of it may quote what somebody wrote, and this is logged.
        VERSION => serde_json::from_value(event)
            .map_err(|_quoting| UnknownEvent(format!("it is not shaped as version {version} is"))),
        newer => Err(UnknownEvent(format!("version {newer} is not known here"))),
    }
}

/// An event that this build cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable event: {0}")]
pub struct UnknownEvent(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_from_the_future_is_refused() {
        assert!(upcast(999, Value::Null).is_err());
    }
}
