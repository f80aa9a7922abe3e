//! The nine statuses, the verbs, and the table that says where each verb leads from each status.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written but not yet submitted.
    Draft,
    /// Submitted; nobody handles it yet (S0.4).
    New,
    /// Claimed (S0.5).
    Open,
    /// The desk has asked and waits for the requester (S0.6).
    AwaitingRequester,
    /// The requester has answered and waits for the desk (S0.7).
    AwaitingAgent,
    /// Planned for a set date (S3.15).
    Scheduled,
    /// Solved; waits for the requester's confirmation (S0.8).
    Resolved,
    /// Ended (S0.10).
    Closed,
    /// Withdrawn by the requester before anybody handled it (S0.9).
    Canceled,
}

/// The coarser status that drives lists and pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCategory {
    /// Nobody handles it yet.
    New,
    /// The desk works on it.
    Open,
    /// The requester must act.
    Pending,
    /// It waits for a date.
    OnHold,
    /// It waits for confirmation.
    Resolved,
    /// It has ended.
    Closed,
}

/// Who must act next (S4.41).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextActionBy {
    /// The desk.
    Agent,
    /// The requester.
    Requester,
    /// Nobody: it has ended.
    Nobody,
}

impl Status {
    /// Every status, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::New,
        Self::Open,
        Self::AwaitingRequester,
        Self::AwaitingAgent,
        Self::Scheduled,
        Self::Resolved,
        Self::Closed,
        Self::Canceled,
    ];

    /// The category it belongs to; a draft has none.
    #[must_use]
    pub fn category(self) -> Option<StatusCategory> {
        match self {
            Self::Draft => None,
            Self::New => Some(StatusCategory::New),
            Self::Open | Self::AwaitingAgent => Some(StatusCategory::Open),
            Self::AwaitingRequester => Some(StatusCategory::Pending),
            Self::Scheduled => Some(StatusCategory::OnHold),
            Self::Resolved => Some(StatusCategory::Resolved),
            Self::Closed | Self::Canceled => Some(StatusCategory::Closed),
        }
    }

    /// Whether nothing is left to do for the desk: it says that it is solved, or it has ended.
    #[must_use]
    pub fn is_done(self) -> bool {
        match self {
            Self::Resolved | Self::Closed | Self::Canceled => true,
            Self::Draft | Self::New | Self::Open | Self::AwaitingRequester | Self::AwaitingAgent | Self::Scheduled => {
                false
            }
        }
    }

    /// Who must act next.
    #[must_use]
    pub fn next_action_by(self) -> NextActionBy {
        match self {
            Self::Draft | Self::AwaitingRequester | Self::Resolved => NextActionBy::Requester,
            Self::New | Self::Open | Self::AwaitingAgent | Self::Scheduled => NextActionBy::Agent,
            Self::Closed | Self::Canceled => NextActionBy::Nobody,
        }
    }

    /// Whether it has not ended: it stands in the open lists.
    #[must_use]
    pub fn is_live(self) -> bool {
        match self {
            Self::Draft | Self::Closed | Self::Canceled => false,
            Self::New
            | Self::Open
            | Self::AwaitingRequester
            | Self::AwaitingAgent
            | Self::Scheduled
            | Self::Resolved => true,
        }
    }

    /// The name used in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::New => "new",
            Self::Open => "open",
            Self::AwaitingRequester => "awaiting_requester",
            Self::AwaitingAgent => "awaiting_agent",
            Self::Scheduled => "scheduled",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
        }
    }
}

/// What can be done with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Open its page.
    View,
    /// Turn a draft into a ticket.
    Submit,
    /// Take it over to handle it.
    Claim,
    /// Give it back.
    Release,
    /// Hand it to an agent or a group.
    Assign,
    /// Hand it to the next line.
    Escalate,
    /// Say something that everyone on the ticket reads.
    Comment,
    /// Say something that only the desk reads.
    Note,
    /// Take it up again because its date has come.
    Wake,
    /// Keep it for oneself.
    Lock,
    /// Press for progress.
    Nudge,
    /// Add or remove a cc.
    Cc,
    /// Change its fields.
    Edit,
    /// Plan it for a date.
    Schedule,
    /// Say that it is solved.
    Resolve,
    /// Agree that it is solved.
    Confirm,
    /// Disagree that it is solved.
    Reopen,
    /// Close it because nobody disagreed in time.
    AutoClose,
    /// End it from the desk's side.
    Close,
    /// Withdraw it.
    Cancel,
}

impl Verb {
    /// Every verb, in the order of the table.
    pub const ALL: [Self; 20] = [
        Self::View,
        Self::Submit,
        Self::Claim,
        Self::Release,
        Self::Assign,
        Self::Escalate,
        Self::Comment,
        Self::Note,
        Self::Wake,
        Self::Lock,
        Self::Nudge,
        Self::Cc,
        Self::Edit,
        Self::Schedule,
        Self::Resolve,
        Self::Confirm,
        Self::Reopen,
        Self::AutoClose,
        Self::Close,
        Self::Cancel,
    ];

    /// The name used in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Submit => "submit",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Assign => "assign",
            Self::Escalate => "escalate",
            Self::Comment => "comment",
            Self::Note => "note",
            Self::Wake => "wake",
            Self::Lock => "lock",
            Self::Nudge => "nudge",
            Self::Cc => "cc",
            Self::Edit => "edit",
            Self::Schedule => "schedule",
            Self::Resolve => "resolve",
            Self::Confirm => "confirm",
            Self::Reopen => "reopen",
            Self::AutoClose => "auto_close",
            Self::Close => "close",
            Self::Cancel => "cancel",
        }
    }
}

/// Why an agent closes a ticket without the requester's confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Solved, where the service asks for no confirmation (S2.30).
    Solved,
    /// The same as another ticket.
    Duplicate,
    /// Not a request at all.
    Spam,
    /// Solved outside the desk.
    DoneElsewhere,
    /// The requester confirmed the solution by other means.
    ConfirmedElsewhere,
    /// Something else, told in the comment.
    Other,
}

/// Whose comment it is; the table treats the three differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// An agent, or a guest who answers for the desk.
    Desk,
    /// The requester.
    Requester,
    /// A cc.
    Cc,
}

/// One verb with what the table needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// [`Verb::View`].
    View,
    /// [`Verb::Submit`].
    Submit,
    /// [`Verb::Claim`].
    Claim,
    /// [`Verb::Release`], [`Verb::Assign`] and [`Verb::Escalate`] move alike: nobody handles the ticket afterwards.
    HandOver {
        /// Whether an agent has answered publicly before.
        answered: bool,
    },
    /// [`Verb::Comment`].
    Comment {
        /// Whose comment.
        voice: Voice,
        /// Whether the desk asked to leave the status alone.
        keep_status: bool,
    },
    /// [`Verb::Note`].
    Note,
    /// [`Verb::Wake`].
    Wake,
    /// [`Verb::Lock`], [`Verb::Nudge`] and [`Verb::Cc`] keep the status of a ticket that has not ended.
    Attend,
    /// [`Verb::Edit`].
    Edit {
        /// Whether the desk edits; the requester may not once it is resolved.
        by_desk: bool,
    },
    /// [`Verb::Schedule`].
    Schedule,
    /// [`Verb::Resolve`].
    Resolve,
    /// [`Verb::Confirm`] and [`Verb::AutoClose`].
    Accept,
    /// [`Verb::Reopen`].
    Reopen,
    /// [`Verb::Close`].
    Close {
        /// The reason given.
        reason: CloseReason,
    },
    /// [`Verb::Cancel`].
    Cancel,
}

impl Status {
    /// Where `step` leads from here; `None` where the table has no such line.
    #[must_use]
    pub fn after(self, step: Step) -> Option<Self> {
        match step {
            Step::View => Some(self),
            Step::Submit => self.only(Self::Draft, Self::New),
            Step::Claim => self.live().map(|status| match status {
                Self::New | Self::AwaitingAgent => Self::Open,
                Self::Draft
                | Self::Open
                | Self::AwaitingRequester
                | Self::Scheduled
                | Self::Resolved
                | Self::Closed
                | Self::Canceled => status,
            }),
            Step::HandOver { answered } => self.live().map(|status| status.handed_over(answered)),
            Step::Comment { voice, keep_status } => self.live().map(|status| status.commented(voice, keep_status)),
            Step::Note => (self != Self::Draft).then_some(self),
            Step::Wake => self.only(Self::Scheduled, Self::Open),
            Step::Attend | Step::Edit { by_desk: true } => self.live(),
            Step::Edit { by_desk: false } => self.live().filter(|status| *status != Self::Resolved),
            Step::Schedule => match self {
                Self::Open | Self::AwaitingRequester | Self::AwaitingAgent => Some(Self::Scheduled),
                Self::Draft | Self::New | Self::Scheduled | Self::Resolved | Self::Closed | Self::Canceled => None,
            },
            Step::Resolve => self.live().filter(|status| *status != Self::Resolved).map(|_| Self::Resolved),
            Step::Accept => self.only(Self::Resolved, Self::Closed),
            Step::Reopen => self.only(Self::Resolved, Self::AwaitingAgent),
            Step::Close { reason } => {
                let confirmed = reason == CloseReason::ConfirmedElsewhere;
                self.live().filter(|status| (*status == Self::Resolved) == confirmed).map(|_| Self::Closed)
            }
            Step::Cancel => self.only(Self::New, Self::Canceled),
        }
    }

    fn only(self, from: Self, to: Self) -> Option<Self> {
        (self == from).then_some(to)
    }

    fn live(self) -> Option<Self> {
        self.is_live().then_some(self)
    }

    fn handed_over(self, answered: bool) -> Self {
        match self {
            Self::Open if answered => Self::AwaitingAgent,
            Self::Open => Self::New,
            Self::Draft
            | Self::New
            | Self::AwaitingRequester
            | Self::AwaitingAgent
            | Self::Scheduled
            | Self::Resolved
            | Self::Closed
            | Self::Canceled => self,
        }
    }

    fn commented(self, voice: Voice, keep_status: bool) -> Self {
        match (voice, self) {
            (Voice::Desk, Self::New | Self::Open | Self::AwaitingAgent | Self::Scheduled) if !keep_status => {
                Self::AwaitingRequester
            }
            (Voice::Requester | Voice::Cc, Self::Open | Self::AwaitingRequester | Self::Scheduled)
            | (Voice::Requester, Self::Resolved) => Self::AwaitingAgent,
            (
                Voice::Desk | Voice::Requester | Voice::Cc,
                Self::Draft
                | Self::New
                | Self::Open
                | Self::AwaitingRequester
                | Self::AwaitingAgent
                | Self::Scheduled
                | Self::Resolved
                | Self::Closed
                | Self::Canceled,
            ) => self,
        }
    }
}
