//! Policies and business hours in their versions: those in force, and those that a ticket still stands by.

use super::Catalog;
use crate::id::{CategoryId, HoursId, PolicyId, ServiceId};
use crate::sla::hours::BusinessHours;
use crate::sla::policy::SlaPolicy;

/// Earlier versions, as many as somebody asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Of business hours.
    pub hours: Vec<BusinessHours>,
    /// Of policies.
    pub policies: Vec<SlaPolicy>,
}

impl Catalog {
    /// The business hours with this id, as they are in force.
    #[must_use]
    pub fn hours(&self, id: &HoursId) -> Option<&BusinessHours> {
        self.hours.iter().find(|hours| hours.id == *id)
    }

    /// The policy with this id, as it is in force.
    #[must_use]
    pub fn policy(&self, id: &PolicyId) -> Option<&SlaPolicy> {
        self.policies.iter().find(|policy| policy.id == *id)
    }

    /// One version of business hours, in force or past.
    #[must_use]
    pub fn hours_at(&self, id: &HoursId, version: u64) -> Option<&BusinessHours> {
        let mut all = self.hours.iter().chain(&self.past.hours);
        all.find(|hours| hours.id == *id && hours.version == version)
    }

    /// One version of a policy, in force or past.
    #[must_use]
    pub fn policy_at(&self, id: &PolicyId, version: u64) -> Option<&SlaPolicy> {
        let mut all = self.policies.iter().chain(&self.past.policies);
        all.find(|policy| policy.id == *id && policy.version == version)
    }

    /// The business hours that somebody stands by; should that version be lost, the newest.
    #[must_use]
    pub fn hours_stood_by(&self, id: &HoursId, version: u64) -> Option<&BusinessHours> {
        self.hours_at(id, version).or_else(|| self.hours(id))
    }

    /// The policy that somebody stands by; should that version be lost, the newest.
    #[must_use]
    pub fn policy_stood_by(&self, id: &PolicyId, version: u64) -> Option<&SlaPolicy> {
        self.policy_at(id, version).or_else(|| self.policy(id))
    }

    /// What is promised of a new ticket: by its category if that says something, else by its service, else by the desk.
    #[must_use]
    pub fn policy_for(&self, service: &ServiceId, category: Option<&CategoryId>) -> Option<&SlaPolicy> {
        let of_category = category.and_then(|id| self.category(id)).and_then(|found| found.policy.as_ref());
        let of_service = self.service(service).and_then(|found| found.policy.as_ref());
        let named = [of_category, of_service, self.default_policy.as_ref()];
        named.into_iter().flatten().find_map(|id| self.policy(id))
    }
}
