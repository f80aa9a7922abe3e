//! Clocks: how much of a promise is used up, and when it will be missed.
//!
//! A clock keeps the seconds counted up to a moment, and counts on from there or stands still. It is touched only when
//! that changes: when the ticket's situation turns it ([`Course`]), or when the promise itself changes. In between, what
//! it shows follows from the time alone.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::course::{Course, Situation};
use super::hours::BusinessHours;
use super::policy::SlaPolicy;
use super::stored::Stored;
use super::{Metric, Target};
use crate::id::{HoursId, PolicyId};
use crate::priority::Priority;

/// How long after it was due a breach is still found in time.
const IN_TIME: SignedDuration = SignedDuration::from_mins(1);

/// What a ticket was promised, and how its clocks stand; part of its head.
///
/// Stored names are short, because every change of the ticket writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sla {
    /// Under which policy.
    #[serde(rename = "p")]
    pub policy: PolicyId,
    /// Which version of it.
    #[serde(rename = "pv")]
    pub policy_version: u64,
    /// By which hours.
    #[serde(rename = "h")]
    pub hours: HoursId,
    /// Which version of them.
    #[serde(rename = "hv")]
    pub hours_version: u64,
    /// A clock for each metric of the policy that has begun.
    #[serde(rename = "c", default)]
    pub clocks: Vec<Clock>,
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Clock {
    /// What it measures.
    pub metric: Metric,
    /// When it began.
    pub began: Timestamp,
    /// Whether it counts.
    pub course: Course,
    /// The seconds counted up to `since`.
    pub counted: u64,
    /// Up to when they were counted; a clock that counts goes on from here.
    pub since: Timestamp,
    /// What it is held against; without, it is a stopwatch that nobody looks at until the priority changes.
    pub goal: Option<Goal>,
    /// When the goal is or was missed; unknown while it stands still.
    pub due_at: Option<Timestamp>,
    /// The next warning.
    pub warning: Option<Warning>,
    /// Up to how many percent has been warned.
    pub warned: u8,
    /// Whether the goal was missed: at `due_at`.
    pub breached: bool,
}

/// What a clock is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// As promised.
    pub target: Target,
    /// The counted seconds that this is.
    pub seconds: u64,
}

impl Goal {
    /// So many percent of it, in counted seconds.
    fn share(self, percent: u8) -> u64 {
        self.seconds.saturating_mul(u64::from(percent)).div_ceil(100)
    }
}

/// A warning to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// When.
    pub at: Timestamp,
    /// How many percent of the goal are used up then.
    pub percent: u8,
}

/// What a clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It counts.
    Running,
    /// It stands still.
    Paused,
    /// It was done in time.
    Met,
    /// It was not done in time.
    Breached,
    /// It will never be done.
    Canceled,
}

/// How a ticket stands with its promises, for lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaState {
    /// A warning was given, and nothing is missed yet.
    AtRisk,
    /// Something was missed.
    Breached,
}

impl SlaState {
    /// Its name in the API and in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AtRisk => "at_risk",
            Self::Breached => "breached",
        }
    }
}

/// The promise that a clock is kept by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The policy.
    pub policy: &'a SlaPolicy,
    /// Its hours.
    pub hours: &'a BusinessHours,
    /// The hours by which was counted so far.
    pub before: &'a BusinessHours,
    /// Whether policy, hours or priority are others than before.
    pub rebased: bool,
}

impl Clock {
    /// Its next state in a new situation: begun, turned, re-based, or left alone; `None` if there is nothing to measure.
    #[must_use]
    pub fn next(
        clock: Option<&Self>,
        metric: Metric,
        situation: &Situation,
        terms: &Terms<'_>,
        at: Timestamp,
    ) -> Option<Self> {
        let course = metric.course(situation, &terms.policy.pauses_on);
        let began = situation.unanswered_since.filter(|_| metric == Metric::NextResponse).unwrap_or(at);
        // Each unanswered comment is a new promise.
        let again = metric == Metric::NextResponse && situation.unanswered_since.is_some();
        match clock.filter(|clock| !again || clock.began == began) {
            Some(clock) => Some(clock.turned(course.unwrap_or(Course::Stopped), situation.priority, terms, at)),
            None if !terms.policy.targets.contains_key(&metric) => None,
            None => match course {
                Some(course @ (Course::Counting | Course::Paused)) => {
                    let clock = Self::begun(metric, course, began, at);
                    Some(clock.held(situation.priority, terms).wound(terms))
                }
                Some(Course::Stopped | Course::Canceled) | None => clock.cloned(),
            },
        }
    }

    /// What it measures may have begun before anything was promised; that time is not held against the promise.
    fn begun(metric: Metric, course: Course, began: Timestamp, since: Timestamp) -> Self {
        Self {
            metric,
            began,
            course,
            counted: 0,
            since,
            goal: None,
            due_at: None,
            warning: None,
            warned: 0,
            breached: false,
        }
    }

    fn turned(&self, course: Course, priority: Priority, terms: &Terms<'_>, at: Timestamp) -> Self {
        let settled = course == Course::Stopped && !self.metric.may_go_on();
        if course == self.course && (settled || !terms.rebased) {
            return self.clone();
        }
        let turned = Self { course, counted: self.elapsed(terms.before, at), since: at, ..self.clone() };
        let held = if terms.rebased { turned.held(priority, terms) } else { turned };
        held.wound(terms)
    }

    /// Held against what the policy promises for a priority.
    fn held(self, priority: Priority, terms: &Terms<'_>) -> Self {
        // What was missed stays missed, whatever would be promised now.
        if self.breached {
            return self;
        }
        let target = terms.policy.target(self.metric, priority);
        let seconds = |target: Target| target.seconds(terms.hours, self.began).map(|seconds| Goal { target, seconds });
        let goal = target.and_then(seconds);
        // A warning counts as given only if it would have been due by now.
        let due = |percent: &u8| goal.is_some_and(|goal| goal.share(*percent) <= self.counted);
        let given = terms.policy.warn_at.iter().copied().filter(|percent| *percent <= self.warned && due(percent));
        Self { warned: given.max().unwrap_or_default(), goal, ..self }
    }

    /// Knows when it is due, and when to warn before.
    fn wound(self, terms: &Terms<'_>) -> Self {
        let Some(goal) = self.goal.filter(|_| !self.breached) else {
            return Self { warning: None, due_at: self.due_at.filter(|_| self.breached), ..self };
        };
        if self.course != Course::Counting {
            return Self { warning: None, due_at: None, ..self };
        }
        let due_at = terms.hours.after(self.since, goal.seconds.saturating_sub(self.counted));
        // A promise that is missed by being made is missed now, not before.
        let Some(due) = due_at.map(|due| due.max(self.since)) else {
            return Self { warning: None, due_at: None, ..self };
        };
        let warning = self.next_warning(&terms.policy.warn_at, terms.hours).filter(|warning| warning.at < due);
        Self { due_at: Some(due), warning, ..self }
    }

    fn next_warning(&self, percents: &[u8], hours: &BusinessHours) -> Option<Warning> {
        let goal = self.goal?;
        let left = || percents.iter().copied().filter(|percent| *percent > self.warned);
        let passed = left().filter(|percent| goal.share(*percent) <= self.counted).max();
        if let Some(percent) = passed {
            return Some(Warning { at: self.since, percent });
        }
        let percent = left().min()?;
        let at = hours.after(self.since, goal.share(percent).saturating_sub(self.counted))?;
        Some(Warning { at, percent })
    }

    /// One warning was given; the next is known.
    #[must_use]
    pub fn warned_of(&self, percent: u8, terms: Option<&Terms<'_>>) -> Self {
        let warned = Self { warned: percent, warning: None, ..self.clone() };
        let next = terms.and_then(|terms| warned.next_warning(&terms.policy.warn_at, terms.hours));
        Self { warning: next.filter(|next| warned.due_at.is_some_and(|due| next.at < due)), ..warned }
    }

    /// The seconds counted until now.
    #[must_use]
    pub fn elapsed(&self, hours: &BusinessHours, now: Timestamp) -> u64 {
        match self.course {
            Course::Counting => self.counted + hours.counted(self.since, now),
            Course::Paused | Course::Stopped | Course::Canceled => self.counted,
        }
    }

    /// The counted seconds until it is missed; 0 once it is. `None` if it is held against nothing.
    #[must_use]
    pub fn remaining(&self, hours: &BusinessHours, now: Timestamp) -> Option<u64> {
        let left = |goal: Goal| goal.seconds.saturating_sub(self.elapsed(hours, now));
        self.goal.map(|goal| if self.breached { 0 } else { left(goal) })
    }

    /// Whether it has just been missed.
    #[must_use]
    pub fn is_missed(&self, now: Timestamp) -> bool {
        !self.breached && self.course == Course::Counting && self.due_at.is_some_and(|due| due <= now)
    }

    /// The next moment at which it needs attention.
    #[must_use]
    pub fn alarm_at(&self) -> Option<Timestamp> {
        let due = self.due_at.filter(|_| !self.breached && self.course == Course::Counting);
        self.warning.map(|warning| warning.at).or(due)
    }

    /// What it shows.
    #[must_use]
    pub fn state(&self) -> ClockState {
        match self.course {
            Course::Counting | Course::Paused | Course::Stopped | Course::Canceled if self.breached => {
                ClockState::Breached
            }
            Course::Canceled => ClockState::Canceled,
            Course::Counting => ClockState::Running,
            Course::Paused => ClockState::Paused,
            Course::Stopped => ClockState::Met,
        }
    }

    /// Whether it has not come to its end.
    #[must_use]
    pub fn is_going_on(&self) -> bool {
        match self.course {
            Course::Counting | Course::Paused => true,
            Course::Stopped | Course::Canceled => false,
        }
    }
}

impl Sla {
    /// The clock of a metric.
    #[must_use]
    pub fn clock(&self, metric: Metric) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.metric == metric)
    }

    /// How the ticket stands with its promises.
    #[must_use]
    pub fn state(&self) -> Option<SlaState> {
        let mut promised = self.clocks.iter().filter(|clock| clock.goal.is_some());
        if promised.clone().any(|clock| clock.state() == ClockState::Breached) {
            return Some(SlaState::Breached);
        }
        promised.any(|clock| clock.warned > 0 && clock.is_going_on()).then_some(SlaState::AtRisk)
    }

    /// When the next promise is due.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        let running = self.clocks.iter().filter(|clock| clock.state() == ClockState::Running);
        running.filter_map(|clock| clock.due_at).min()
    }
}

/// Whether a breach that was due then is found late now.
#[must_use]
pub fn is_late(due: Timestamp, now: Timestamp) -> bool {
    now.duration_since(due) > IN_TIME
}
