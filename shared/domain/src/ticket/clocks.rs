//! A ticket's clocks: kept with every change, looked at by the alarm, and what follows when a promise is missed.
//!
//! No verb thinks of clocks. Each says what the ticket is afterwards; here is seen what that means for the promises, so
//! that none can be forgotten. A breach that nobody has noticed when something else happens is told with it: whoever is
//! faster, a person or the clock, it is told once, and as of the moment it was due.

use jiff::Timestamp;

use super::Ticket;
use crate::catalog::Catalog;
use crate::change::Change;
use crate::event::{Author, Event, Fact};
use crate::id::PersonId;
use crate::priority::Priority;
use crate::sla::Metric;
use crate::sla::clock::{Clock, Sla, Terms, is_late};
use crate::sla::course::{Course, Situation};
use crate::sla::hours::BusinessHours;
use crate::sla::policy::SlaPolicy;
use crate::status::Step;

/// A promise that was missed, and when it was due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missed {
    metric: Metric,
    due: Timestamp,
}

impl Ticket {
    /// It changed into this, told by one fact; and by what its clocks make of it.
    pub(crate) fn become_so(&self, mut after: Self, by: Author, catalog: &Catalog, fact: Fact) -> Change<Self> {
        // Clocks of two instances may differ; time does not run backwards for a ticket.
        let now = by.at;
        after.updated_at = now.max(self.updated_at);
        let anew = matches!(fact, Fact::PolicyApplied {});
        let at = fact.took_effect_by(now).max(self.updated_at);
        let missed = after.miss(at);
        after.keep_clocks(Some(self), anew, catalog, at);
        let mut change = Change::of(self, after, by, fact);
        change.after.sign(&mut change.events);
        for missed in missed {
            let follows = change.after.breach(change.after.clone(), missed, now, catalog);
            change = change.then(follows);
        }
        change
    }

    /// Notes in events what is true after them.
    pub(crate) fn sign(&self, events: &mut [Event]) {
        for event in events {
            event.holder = self.assignee.as_ref().map(|assignee| assignee.id.clone());
            event.alarm_at = self.near_alarm_at(event.by.at);
        }
    }

    /// What its clocks go by.
    #[must_use]
    pub fn situation(&self) -> Situation {
        Situation {
            status: self.status(),
            priority: self.priority,
            line: self.line,
            answered: self.first_responded_at.is_some(),
            unanswered_since: self.unanswered_since,
        }
    }

    /// When the requester may expect it to be solved: the planned date, or what was promised (S3.22, S4.30).
    #[must_use]
    pub fn eta(&self) -> Option<Timestamp> {
        let clock = self.sla.as_ref().and_then(|sla| sla.clock(Metric::Resolution));
        let promised = clock.filter(|clock| clock.is_going_on()).and_then(|clock| clock.due_at);
        self.scheduled_until().or(promised)
    }

    /// The next moment at which one of its clocks needs attention.
    pub(super) fn clock_alarm_at(&self) -> Option<Timestamp> {
        self.sla.iter().flat_map(|sla| &sla.clocks).filter_map(Clock::alarm_at).min()
    }

    /// Brings its clocks up to date: it has just become so at this moment. `anew` puts it under the policy in force.
    pub(super) fn keep_clocks(&mut self, before: Option<&Self>, anew: bool, catalog: &Catalog, at: Timestamp) {
        if before.is_none_or(|before| before.group != self.group || before.sla.is_none()) {
            self.line = catalog.line_of(self.group.as_ref());
        }
        let rebased = anew || before.is_none_or(|before| !self.is_promised_like(before));
        let Some(terms) = self.terms(rebased, catalog) else {
            self.sla = if rebased { None } else { self.sla.take().map(Sla::without_terms) };
            return;
        };
        let situation = self.situation();
        let kept = |metric| {
            let clock = self.sla.as_ref().and_then(|sla| sla.clock(metric));
            Clock::next(clock, metric, &situation, &terms, at)
        };
        let clocks = Metric::ALL.into_iter().filter_map(kept).collect();
        let (policy, hours) = (terms.policy, terms.hours);
        self.sla = Some(Sla {
            policy: policy.id.clone(),
            policy_version: policy.version,
            hours: hours.id.clone(),
            hours_version: hours.version,
            clocks,
        });
    }

    /// Whether nothing changed that a promise depends on.
    fn is_promised_like(&self, before: &Self) -> bool {
        self.priority == before.priority && self.service == before.service && self.category == before.category
    }

    /// The policy and the hours it stands by: those it was promised something under, or those in force.
    fn terms<'a>(&self, rebased: bool, catalog: &'a Catalog) -> Option<Terms<'a>> {
        let before = self.sla.as_ref().and_then(|sla| hours_of(sla, catalog));
        let (policy, hours) = if rebased {
            let policy = catalog.policy_for(&self.service, self.category.as_ref())?;
            (policy, catalog.hours(&policy.hours)?)
        } else {
            let sla = self.sla.as_ref()?;
            (policy_of(sla, catalog)?, before?)
        };
        Some(Terms { policy, hours, before: before.unwrap_or(hours), rebased })
    }

    /// Puts it under the policy in force, if it stands under another or under another version (S4.31).
    #[must_use]
    pub fn apply_policy(&self, by: Author, catalog: &Catalog) -> Option<Change<Self>> {
        let policy = catalog.policy_for(&self.service, self.category.as_ref())?;
        let hours = catalog.hours(&policy.hours)?;
        let stands = self.sla.as_ref().is_some_and(|sla| {
            (&sla.policy, sla.policy_version) == (&policy.id, policy.version)
                && (&sla.hours, sla.hours_version) == (&hours.id, hours.version)
        });
        let applies = !stands && self.status().is_live();
        applies.then(|| self.become_so(self.clone(), by, catalog, Fact::PolicyApplied {}))
    }

    /// Marks every promise that is missed by now.
    pub(super) fn miss(&mut self, now: Timestamp) -> Vec<Missed> {
        let mut missed = Vec::new();
        for clock in self.sla.iter_mut().flat_map(|sla| &mut sla.clocks) {
            if let Some(due) = clock.due_at.filter(|_| clock.is_missed(now)) {
                clock.breached = true;
                clock.warning = None;
                missed.push(Missed { metric: clock.metric, due });
            }
        }
        missed.sort_by_key(|missed| missed.due);
        missed
    }

    /// Tells of a breach that `after` is marked with, and escalates as its policy says.
    pub(super) fn breach(&self, mut after: Self, missed: Missed, now: Timestamp, catalog: &Catalog) -> Change<Self> {
        let Missed { metric, due: breached_at } = missed;
        let policy = self.sla.as_ref().and_then(|sla| policy_of(sla, catalog));
        if let Some(policy) = policy.filter(|_| !after.status().is_done()) {
            after.escalate(policy, catalog);
        }
        let late = is_late(breached_at, now);
        let fact = Fact::TargetBreached { metric, breached_at, late, tell: self.followers(catalog) };
        self.become_so(after, Author::system(now), catalog, fact)
    }

    fn escalate(&mut self, policy: &SlaPolicy, catalog: &Catalog) {
        if policy.escalation.raise_priority {
            self.priority = match self.priority {
                Priority::Low => Priority::Normal,
                Priority::Normal => Priority::High,
                Priority::High | Priority::Urgent => Priority::Urgent,
            };
        }
        let group = policy.escalation.group.clone().filter(|group| self.group.as_ref() != Some(group));
        if let Some(group) = group.filter(|group| catalog.group(group).is_some()) {
            let answered = self.first_responded_at.is_some();
            let status = self.status();
            self.let_go(status.after(Step::HandOver { answered }).unwrap_or(status));
            self.awaiting_dispatch = None;
            self.group = Some(group);
        }
    }

    /// Warns of the promise whose warning is due first.
    pub(super) fn warn(&self, now: Timestamp, catalog: &Catalog) -> Option<Change<Self>> {
        let terms = self.terms(false, catalog);
        let mut after = self.clone();
        let clocks = after.sla.iter_mut().flat_map(|sla| &mut sla.clocks);
        let due = |clock: &Clock| clock.warning.map(|warning| warning.at).filter(|at| *at <= now);
        let clock = clocks.filter(|clock| due(clock).is_some()).min_by_key(|clock| due(clock))?;
        // Whoever was away hears of the last warning only.
        while let Some(warning) = clock.warning.filter(|warning| warning.at <= now) {
            *clock = clock.warned_of(warning.percent, terms.as_ref());
        }
        let (metric, percent) = (clock.metric, clock.warned);
        let due_at = clock.due_at?;
        let fact = Fact::TargetWarned { metric, percent, due_at, tell: self.followers(catalog) };
        Some(self.become_so(after, Author::system(now), catalog, fact))
    }

    /// Who is told: whoever has it, who keeps following it, then the lead of the group.
    fn followers(&self, catalog: &Catalog) -> Vec<PersonId> {
        let lead = catalog.lead_of(self.group.as_ref());
        self.assignee.iter().chain(&self.tracker).chain(lead).map(|person| person.id.clone()).collect()
    }
}

fn policy_of<'a>(sla: &Sla, catalog: &'a Catalog) -> Option<&'a SlaPolicy> {
    catalog.policy_stood_by(&sla.policy, sla.policy_version)
}

fn hours_of<'a>(sla: &Sla, catalog: &'a Catalog) -> Option<&'a BusinessHours> {
    catalog.hours_stood_by(&sla.hours, sla.hours_version)
}

impl Sla {
    /// Its policy or its hours are lost: nothing can be counted any more, and nothing is waited for.
    fn without_terms(mut self) -> Self {
        for clock in self.clocks.iter_mut().filter(|clock| clock.is_going_on()) {
            clock.course = Course::Canceled;
            clock.warning = None;
            clock.due_at = clock.due_at.filter(|_| clock.breached);
        }
        self
    }
}

#[cfg(test)]
mod tests;
