//! What an agent has to do: counters that dispatch compares.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::id::PersonId;
use crate::ticket::Ticket;

/// The open tickets of an agent, counted and weighed by priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// How many.
    #[serde(default, rename = "open_tickets")]
    pub open: i64,
    /// The sum of [`crate::priority::Priority::weight`].
    #[serde(default)]
    pub weight: i64,
    /// When the agent was given one last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_assigned_at: Option<Timestamp>,
}

/// What a change does to the load of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whose load.
    pub agent: PersonId,
    /// Open tickets more or fewer.
    pub open: i64,
    /// Weight more or less.
    pub weight: i64,
    /// Whether the agent was just given one.
    pub assigned: bool,
}

/// What a change of a ticket does to the loads of its holders before and after.
#[must_use]
pub fn shifts(change: &Change<Ticket>) -> Vec<Shift> {
    let before = change.before.as_ref().and_then(burden);
    let after = burden(&change.after);
    match (before, after) {
        (Some((old, old_weight)), Some((new, new_weight))) if old == new => {
            let weight = new_weight - old_weight;
            let shift = Shift { agent: new, open: 0, weight, assigned: false };
            Some(shift).filter(|shift| shift.weight != 0).into_iter().collect()
        }
        (before, after) => {
            let lost = before.map(|(agent, weight)| Shift { agent, open: -1, weight: -weight, assigned: false });
            let won = after.map(|(agent, weight)| Shift { agent, open: 1, weight, assigned: true });
            lost.into_iter().chain(won).collect()
        }
    }
}

/// Whom a ticket burdens, and how much; a ticket that has ended burdens nobody.
fn burden(ticket: &Ticket) -> Option<(PersonId, i64)> {
    let assignee = ticket.assignee.as_ref().filter(|_| ticket.status().is_live())?;
    Some((assignee.id.clone(), ticket.priority.weight()))
}
