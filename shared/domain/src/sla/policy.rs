//! Policies: what is promised, for which priority, and what stops the clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Metric, Target};
use crate::id::{GroupId, HoursId, PolicyId};
use crate::priority::Priority;
use crate::status::StatusCategory;
use crate::text::Name;

/// After how many percent of a target one is warned, unless a policy says otherwise.
pub const USUAL_WARNINGS: [u8; 1] = [75];

/// In which status the clock stands still, unless a policy says otherwise.
pub const USUAL_PAUSES: [StatusCategory; 2] = [StatusCategory::Pending, StatusCategory::OnHold];

/// An SLA policy (S2.36, S4.31). One immutable version: a change makes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaPolicy {
    /// Which.
    pub id: PolicyId,
    /// The version of the catalog in which it changed last; its `ETag`.
    pub version: u64,
    /// The name shown.
    pub name: Name,
    /// By whose hours time counts.
    pub hours: HoursId,
    /// What is promised.
    pub targets: BTreeMap<Metric, Targets>,
    /// After how many percent of a target one is warned, least first.
    pub warn_at: Vec<u8>,
    /// In which status the clock stands still.
    pub pauses_on: Vec<StatusCategory>,
    /// What follows a breach.
    #[serde(default)]
    pub escalation: Escalation,
    /// Whether what becomes due outside the desk's service hours may be acted on when they begin again.
    #[serde(default)]
    pub late_ok: bool,
}

/// A target for each priority; without one nothing is promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// For [`Priority::Low`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Target>,
    /// For [`Priority::Normal`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal: Option<Target>,
    /// For [`Priority::High`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Target>,
    /// For [`Priority::Urgent`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Target>,
}

/// What follows a breach, beyond telling people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Whether the ticket becomes one step more urgent.
    #[serde(default)]
    pub raise_priority: bool,
    /// To whose queue it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
}

impl SlaPolicy {
    /// A policy that promises nothing yet, with what is usual.
    #[must_use]
    pub fn named(id: PolicyId, name: Name, hours: HoursId) -> Self {
        Self {
            id,
            version: 0,
            name,
            hours,
            targets: BTreeMap::new(),
            warn_at: USUAL_WARNINGS.to_vec(),
            pauses_on: USUAL_PAUSES.to_vec(),
            escalation: Escalation::default(),
            late_ok: false,
        }
    }

    /// What is promised of a metric for a priority.
    #[must_use]
    pub fn target(&self, metric: Metric, priority: Priority) -> Option<Target> {
        self.targets.get(&metric).and_then(|targets| targets.of(priority))
    }
}

impl Targets {
    /// The same for every priority.
    #[must_use]
    pub fn all(target: Target) -> Self {
        let target = Some(target);
        Self { low: target, normal: target, high: target, urgent: target }
    }

    /// The target for a priority.
    #[must_use]
    pub fn of(&self, priority: Priority) -> Option<Target> {
        match priority {
            Priority::Low => self.low,
            Priority::Normal => self.normal,
            Priority::High => self.high,
            Priority::Urgent => self.urgent,
        }
    }

    /// Each target with its priority.
    pub fn iter(&self) -> impl Iterator<Item = (Priority, Target)> {
        let all = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
        all.into_iter().filter_map(|priority| self.of(priority).map(|target| (priority, target)))
    }
}
