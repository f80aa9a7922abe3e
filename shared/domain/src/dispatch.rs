//! Choosing who gets a ticket (S0.11, S2.23), and saying why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::id::{GroupId, PersonId};
use crate::load::Load;
use crate::person::{Person, PersonRef, Role};
use crate::ticket::Ticket;

/// The most open tickets an agent is given without asking.
pub const CAPACITY: i64 = 100;

/// The steps of dispatch, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchStep {
    /// The owners of the category or the service (S0.37, S0.38).
    Owners,
    /// The agents of the service's group.
    Group,
    /// Nobody: the first line's queue (S2.29).
    FirstLine,
}

/// Why a step chose nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// There is nobody in it.
    NobodyThere,
    /// There is somebody in it, but none who could take the ticket.
    NobodyEligible,
}

/// Why an agent was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOverBecause {
    /// Not active, or no agent any more.
    Inactive,
    /// Has as many open tickets as one may be given.
    AtCapacity,
    /// Asked for help with this very ticket.
    IsRequester,
    /// Has just given it back.
    ReleasedIt,
    /// Somebody else has less to do.
    Busier,
    /// Somebody else with as much to do has waited longer.
    ServedLater,
}

/// A step that chose nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Which.
    pub step: DispatchStep,
    /// Why.
    pub reason: SkipReason,
}

/// An agent who was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Who.
    pub agent: PersonId,
    /// Why.
    pub reason: PassedOverBecause,
}

/// Which step chose, and why the others did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoning {
    /// The step that chose.
    pub step: DispatchStep,
    /// The steps before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// The agents who were looked at and not chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The agent; `None` leaves it in the queue.
    pub assignee: Option<PersonRef>,
    /// Whose queue; `None` is the first line's.
    pub group: Option<GroupId>,
    /// Why.
    pub why: Reasoning,
}

/// An agent who might get it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub person: Person,
    /// What they have to do already.
    pub load: Load,
}

/// The agents dispatch would look at for a ticket, step by step: whose person and load it needs to be told.
#[must_use]
pub fn candidates(ticket: &Ticket, catalog: &Catalog) -> Vec<PersonId> {
    let mut ids: Vec<PersonId> = Vec::new();
    for person in owners(ticket, catalog).iter().chain(members(ticket, catalog)) {
        if !ids.contains(&person.id) {
            ids.push(person.id.clone());
        }
    }
    ids
}

fn owners<'a>(ticket: &Ticket, catalog: &'a Catalog) -> &'a [PersonRef] {
    catalog.owners(&ticket.service, ticket.category.as_ref())
}

fn members<'a>(ticket: &Ticket, catalog: &'a Catalog) -> &'a [PersonRef] {
    let group = catalog.service(&ticket.service).and_then(|service| service.group.as_ref());
    group.and_then(|id| catalog.group(id)).map(|group| group.members.as_slice()).unwrap_or_default()
}

/// Chooses an owner. `released_by` is the agent who has just given the ticket back, if one has.
#[must_use]
pub fn choose(ticket: &Ticket, catalog: &Catalog, known: &[Candidate], released_by: Option<&PersonId>) -> Choice {
    let group = catalog.service(&ticket.service).and_then(|service| service.group.clone());
    let mut skipped = Vec::new();
    let mut passed_over = Vec::new();
    let steps = [(DispatchStep::Owners, owners(ticket, catalog)), (DispatchStep::Group, members(ticket, catalog))];
    for (step, people) in steps {
        if people.is_empty() {
            skipped.push(Skipped { step, reason: SkipReason::NobodyThere });
            continue;
        }
        let candidates = known.iter().filter(|known| people.iter().any(|person| person.id == known.person.id));
        if let Some(chosen) = best(ticket, candidates, released_by, &mut passed_over) {
            let assignee = Some(chosen.person.as_ref());
            return Choice { assignee, group, why: Reasoning { step, skipped, passed_over } };
        }
        skipped.push(Skipped { step, reason: SkipReason::NobodyEligible });
    }
    let why = Reasoning { step: DispatchStep::FirstLine, skipped, passed_over };
    Choice { assignee: None, group: None, why }
}

/// Least loaded, then longest idle; the others are noted with the reason.
fn best<'a>(
    ticket: &Ticket,
    candidates: impl Iterator<Item = &'a Candidate>,
    released_by: Option<&PersonId>,
    passed_over: &mut Vec<PassedOver>,
) -> Option<&'a Candidate> {
    let mut pass = |agent: &PersonId, reason| {
        if !passed_over.iter().any(|passed| passed.agent == *agent) {
            passed_over.push(PassedOver { agent: agent.clone(), reason });
        }
    };
    let mut eligible = Vec::new();
    for candidate in candidates {
        match obstacle(ticket, candidate, released_by) {
            Some(reason) => pass(&candidate.person.id, reason),
            None => eligible.push(candidate),
        }
    }
    let chosen = eligible.iter().copied().min_by_key(|candidate| order(candidate))?;
    for other in eligible.iter().filter(|other| other.person.id != chosen.person.id) {
        let busier = other.load.weight > chosen.load.weight;
        let reason = if busier { PassedOverBecause::Busier } else { PassedOverBecause::ServedLater };
        pass(&other.person.id, reason);
    }
    Some(chosen)
}

fn order(candidate: &Candidate) -> (i64, Timestamp, &PersonId) {
    let idle_since = candidate.load.last_assigned_at.unwrap_or(Timestamp::MIN);
    (candidate.load.weight, idle_since, &candidate.person.id)
}

fn obstacle(ticket: &Ticket, candidate: &Candidate, released_by: Option<&PersonId>) -> Option<PassedOverBecause> {
    let Candidate { person, load } = candidate;
    if !person.active || person.role < Role::Agent {
        Some(PassedOverBecause::Inactive)
    } else if person.id == ticket.requester.id {
        Some(PassedOverBecause::IsRequester)
    } else if released_by == Some(&person.id) {
        Some(PassedOverBecause::ReleasedIt)
    } else if load.open >= CAPACITY {
        Some(PassedOverBecause::AtCapacity)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    fn candidate(id: &str, open: i64, weight: i64) -> Candidate {
        let load = Load { open, weight, last_assigned_at: None };
        Candidate { person: given::agent(id), load }
    }

    #[test]
    fn s0_37_an_owner_is_chosen_before_the_group() {
        let ticket = given::ticket();
        let catalog = given::catalog();
        let known = [candidate("usr_owner", 9, 90), candidate("usr_member", 0, 0)];
        let choice = choose(&ticket, &catalog, &known, None);
        assert_eq!(choice.assignee.map(|agent| agent.id), Some(given::person_id("usr_owner")));
        assert_eq!(choice.why.step, DispatchStep::Owners);
    }

    #[test]
    fn the_group_steps_in_when_no_owner_can_and_the_event_says_why() {
        let ticket = given::ticket();
        let catalog = given::catalog();
        let known =
            [candidate("usr_owner", CAPACITY, 500), candidate("usr_member", 1, 2), candidate("usr_other", 1, 1)];
        let choice = choose(&ticket, &catalog, &known, None);
        insta::assert_json_snapshot!(choice.why, @r#"
        {
          "step": "group",
          "skipped": [
            {
              "step": "owners",
              "reason": "nobody_eligible"
            }
          ],
          "passed_over": [
            {
              "agent": "usr_owner",
              "reason": "at_capacity"
            },
            {
              "agent": "usr_member",
              "reason": "busier"
            }
          ]
        }
        "#);
    }

    #[test]
    fn s2_29_without_anybody_it_waits_for_the_first_line() {
        let choice = choose(&given::ticket(), &given::catalog(), &[], None);
        assert_eq!((choice.assignee, choice.group), (None, None));
        assert_eq!(choice.why.step, DispatchStep::FirstLine);
    }

    #[test]
    fn who_gave_it_back_does_not_get_it_again() {
        let catalog = given::catalog();
        let known = [candidate("usr_owner", 0, 0), candidate("usr_member", 5, 9)];
        let choice = choose(&given::ticket(), &catalog, &known, Some(&given::person_id("usr_owner")));
        assert_eq!(choice.assignee.map(|agent| agent.id), Some(given::person_id("usr_member")));
    }
}
