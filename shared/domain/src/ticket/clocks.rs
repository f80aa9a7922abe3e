//! A ticket's clocks: kept with every change, looked at by the alarm, and what follows when a promise is missed.
//!
//! No verb thinks of clocks. Each says what the ticket is afterwards; here is seen what that means for the promises, so
//! that none can be forgotten. A breach that nobody has noticed when something else happens is told with it: whoever is
//! faster, a person or the clock, it is told once, and as of the moment it was due.

use jiff::Timestamp;

use super::Ticket;
use crate::catalog::Catalog;
use crate::change::Change;
use crate::event::{Author, Event, Fact, Who};
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

/// Who notices what was missed, when, and whom it is told.
#[derive(Clone, Debug)]
pub(super) struct Noticed<'a> {
    /// Whoever had it when it was missed, and those beside them.
    tell: Vec<PersonId>,
    /// Whether a person has just said who has it.
    given: bool,
    now: Timestamp,
    catalog: &'a Catalog,
}

impl<'a> Noticed<'a> {
    /// By the clock, of a ticket that stands as it stood when it was missed.
    pub(super) fn by_the_clock(missing: &Ticket, now: Timestamp, catalog: &'a Catalog) -> Self {
        Self { tell: missing.followers(catalog), given: false, now, catalog }
    }

    /// Who is told of a breach that leads to this: also who leads the group that has it now.
    fn told_of(&self, after: &Ticket) -> Vec<PersonId> {
        let leads = self.catalog.leads_of(after.group.as_ref()).map(|lead| &lead.id);
        let others = leads.filter(|lead| !self.tell.contains(lead));
        self.tell.iter().chain(others).cloned().collect()
    }
}

impl Ticket {
    /// It changed into this, told by one fact; and by what its clocks make of it.
    pub(crate) fn become_so(&self, mut after: Self, by: Author, catalog: &Catalog, fact: Fact) -> Change<Self> {
        // Clocks of two instances may differ; time does not run backwards for a ticket.
        let now = by.at;
        after.updated_at = now.max(self.updated_at);
        let anew = matches!(fact, Fact::PolicyApplied {});
        let at = fact.took_effect_by(now).max(self.updated_at);
        let given = after.is_given(self, &by, &fact);
        let missed = after.miss(at);
        after.keep_clocks(Some(self), anew, catalog, at);
        let mut change = Change::of(self, after, by, fact);
        change.after.sign(&mut change.events);
        let noticed = Noticed { given, ..Noticed::by_the_clock(self, now, catalog) };
        for missed in missed {
            let follows = change.after.breach(change.after.clone(), missed, &noticed);
            change = change.then(follows);
        }
        change
    }

    /// Whether a person has just said who has it: took it, or handed it on.
    fn is_given(&self, before: &Self, by: &Author, fact: &Fact) -> bool {
        let is_taken = self.assignee.is_some() && (&self.assignee, self.handled) != (&before.assignee, before.handled);
        let is_handed_on = matches!(fact, Fact::TicketAssigned { .. });
        matches!(by.who, Who::Person { .. }) && (is_taken || is_handed_on)
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
        self.after_waking(by.at, catalog, |ticket| {
            let stands = ticket.sla.as_ref().is_some_and(|sla| {
                (&sla.policy, sla.policy_version) == (&policy.id, policy.version)
                    && (&sla.hours, sla.hours_version) == (&hours.id, hours.version)
            });
            let applies = !stands && ticket.status().is_live();
            applies.then(|| ticket.become_so(ticket.clone(), by, catalog, Fact::PolicyApplied {}))
        })
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
    pub(super) fn breach(&self, mut after: Self, missed: Missed, noticed: &Noticed<'_>) -> Change<Self> {
        let Missed { metric, due: breached_at } = missed;
        let policy = self.sla.as_ref().and_then(|sla| policy_of(sla, noticed.catalog));
        if let Some(policy) = policy.filter(|_| !after.status().is_done()) {
            after.escalate(policy, noticed);
        }
        let late = is_late(breached_at, noticed.now);
        let fact = Fact::TargetBreached { metric, breached_at, late, tell: noticed.told_of(&after) };
        self.become_so(after, Author::system(noticed.now), noticed.catalog, fact)
    }

    fn escalate(&mut self, policy: &SlaPolicy, noticed: &Noticed<'_>) {
        if policy.escalation.raise_priority {
            self.priority = match self.priority {
                Priority::Low => Priority::Normal,
                Priority::Normal => Priority::High,
                Priority::High | Priority::Urgent => Priority::Urgent,
            };
        }
        // What a person has just done is not undone: whoever has it now, has it with the breach.
        let group = policy.escalation.group.clone().filter(|_| !noticed.given);
        let group = group.filter(|group| self.group.as_ref() != Some(group));
        if let Some(group) = group.filter(|group| noticed.catalog.group(group).is_some()) {
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

    /// Who is told, and nobody twice: whoever has it, who keeps following it, then who leads the group.
    fn followers(&self, catalog: &Catalog) -> Vec<PersonId> {
        let leads = catalog.leads_of(self.group.as_ref());
        let mut tell = Vec::new();
        for person in self.assignee.iter().chain(&self.tracker).chain(leads) {
            if !tell.contains(&person.id) {
                tell.push(person.id.clone());
            }
        }
        tell
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
