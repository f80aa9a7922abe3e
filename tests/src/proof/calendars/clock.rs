//! A clock that is paused, goes on, and is held against another promise, looked at in every minute.

use std::collections::BTreeMap;

use domain::id::PolicyId;
use domain::priority::Priority;
use domain::sla::clock::{Clock, Terms};
use domain::sla::course::Situation;
use domain::sla::policy::{SlaPolicy, Targets};
use domain::sla::{Metric, Target, Unit};
use domain::status::Status;
use domain::text::Name;
use jiff::{SignedDuration, Timestamp};

use super::case::Turn;
use super::{Trial, second};
use crate::proof::Verdict;

/// What is known of a clock by counting.
#[derive(Debug)]
struct Counted {
    /// The seconds counted up to `since`.
    seconds: u64,
    since: Timestamp,
    runs: bool,
    /// What it is held against.
    goal: u64,
}

impl Trial<'_> {
    /// However a clock is turned, what has elapsed, what remains and when it is due is what the minutes say.
    pub(super) fn keeps_a_clock(&self) -> Verdict {
        let policy = self.policy();
        let (start, whole) = (self.case.start, u64::from(self.case.target.max(2)));
        let mut known = Counted { seconds: 0, since: start, runs: true, goal: whole };
        let mut clock = self.turned(None, &policy, &known, (start, true));
        self.agrees(clock.as_ref(), &known, start)?;
        for (after, turn) in &self.case.turns {
            let at = start + SignedDuration::from_secs((*after).into());
            known = self.after(&known, at);
            match turn {
                Turn::Pause => known.runs = !known.runs,
                Turn::Rebase => known.goal = if known.goal == whole { whole / 2 } else { whole },
            }
            clock = self.turned(clock.as_ref(), &policy, &known, (at, *turn == Turn::Rebase));
            self.agrees(clock.as_ref(), &known, at)?;
        }
        Ok(())
    }

    /// The same clock at a later moment.
    fn after(&self, known: &Counted, at: Timestamp) -> Counted {
        let more = if known.runs { self.minutes.counted(second(known.since), second(at)) } else { 0 };
        Counted { seconds: known.seconds + more, since: at, ..*known }
    }

    /// Promises all of the target, and half of it for what is urgent.
    fn policy(&self) -> SlaPolicy {
        let whole = self.case.target.max(2);
        let target = |seconds: u32| Target::parse(seconds.into(), Unit::Seconds).unwrap();
        let targets = Targets { urgent: Some(target(whole / 2)), ..Targets::all(target(whole)) };
        let (id, name) = (PolicyId::parse("sla_case").unwrap(), Name::parse("Case").unwrap());
        let policy = SlaPolicy::named(id, name, self.hours.id.clone());
        SlaPolicy { targets: BTreeMap::from([(Metric::Resolution, targets)]), ..policy }
    }

    /// The domain's clock, turned to what is known.
    fn turned(
        &self,
        clock: Option<&Clock>,
        policy: &SlaPolicy,
        known: &Counted,
        (at, rebased): (Timestamp, bool),
    ) -> Option<Clock> {
        let urgent = known.goal != u64::from(self.case.target.max(2));
        let situation = Situation {
            status: if known.runs { Status::Open } else { Status::AwaitingRequester },
            priority: if urgent { Priority::Urgent } else { Priority::Normal },
            line: 1,
            answered: true,
            unanswered_since: None,
        };
        let terms = Terms { policy, hours: &self.hours, before: &self.hours, rebased };
        Clock::next(clock, Metric::Resolution, &situation, &terms, at)
    }

    fn agrees(&self, clock: Option<&Clock>, known: &Counted, at: Timestamp) -> Verdict {
        let clock = clock.unwrap();
        for later in [0, 60, self.case.part / 8] {
            let asked = at + SignedDuration::from_secs(later.into());
            let elapsed = self.after(known, asked).seconds;
            self.counter.same("elapsed", &clock.elapsed(&self.hours, asked), &elapsed)?;
            let remains = clock.remaining(&self.hours, asked);
            self.counter.same("remaining", &remains, &Some(known.goal.saturating_sub(elapsed)))?;
        }
        if !known.runs {
            return self.counter.same("due while it stands still", &clock.due_at, &None);
        }
        let left = known.goal.saturating_sub(known.seconds);
        let Some(due) = self.minutes.after(second(at), left).and_then(|due| Timestamp::from_second(due).ok()) else {
            self.counter.skip();
            return Ok(());
        };
        self.counter.same("due", &clock.due_at, &Some(due.max(known.since)))
    }
}
