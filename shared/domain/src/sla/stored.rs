//! A clock as it is stored: tightly, for it is part of every head, and whatever changes a ticket writes its head. A table
//! counts what is written by the kilobyte.

use jiff::Timestamp;
use jiff::fmt::serde::timestamp::millisecond;
use serde::{Deserialize, Serialize};

use super::clock::{Clock, Goal, Warning};
use super::course::Course;
use super::{Metric, Target, Unit};

/// What is usual is left out; moments are milliseconds.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(rename = "m")]
    metric: Metric,
    #[serde(rename = "b", with = "millisecond::required")]
    began: Timestamp,
    /// Left out for a clock that counts.
    #[serde(rename = "r", default, skip_serializing_if = "is_usual")]
    course: Course,
    #[serde(rename = "n", default, skip_serializing_if = "is_usual")]
    counted: u64,
    /// Left out where it is when the clock began.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    since: Option<Timestamp>,
    /// The seconds of its goal.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    goal: Option<u64>,
    /// The business days of its goal; left out for one that was promised in seconds.
    #[serde(rename = "gd", default, skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    due_at: Option<Timestamp>,
    /// When the next warning is, and of how many percent.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    warn_at: Option<Timestamp>,
    #[serde(rename = "wp", default, skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    #[serde(rename = "wd", default, skip_serializing_if = "is_usual")]
    warned: u8,
    #[serde(rename = "x", default, skip_serializing_if = "is_usual")]
    breached: bool,
}

impl From<Clock> for Stored {
    fn from(clock: Clock) -> Self {
        let days = |goal: Goal| match goal.target.unit {
            Unit::Seconds => None,
            Unit::BusinessDays => Some(goal.target.value),
        };
        Self {
            metric: clock.metric,
            began: clock.began,
            course: clock.course,
            counted: clock.counted,
            since: Some(clock.since).filter(|since| *since != clock.began),
            goal: clock.goal.map(|goal| goal.seconds),
            days: clock.goal.and_then(days),
            due_at: clock.due_at,
            warn_at: clock.warning.map(|warning| warning.at),
            percent: clock.warning.map(|warning| warning.percent),
            warned: clock.warned,
            breached: clock.breached,
        }
    }
}

impl From<Stored> for Clock {
    fn from(stored: Stored) -> Self {
        let goal = stored.goal.map(|seconds| {
            let target = match stored.days {
                Some(value) => Target { value, unit: Unit::BusinessDays },
                None => Target { value: u32::try_from(seconds).unwrap_or(u32::MAX), unit: Unit::Seconds },
            };
            Goal { target, seconds }
        });
        Self {
            metric: stored.metric,
            began: stored.began,
            course: stored.course,
            counted: stored.counted,
            since: stored.since.unwrap_or(stored.began),
            goal,
            due_at: stored.due_at,
            warning: stored.warn_at.zip(stored.percent).map(|(at, percent)| Warning { at, percent }),
            warned: stored.warned,
            breached: stored.breached,
        }
    }
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_as_it_was_written() {
        let began: Timestamp = "2026-03-02T09:00:00.123Z".parse().unwrap();
        for (value, unit) in [(7200, Unit::Seconds), (3, Unit::BusinessDays)] {
            let clock = Clock {
                metric: Metric::Resolution,
                began,
                course: Course::Paused,
                counted: 12,
                since: "2026-03-02T10:00:00Z".parse().unwrap(),
                goal: Some(Goal { target: Target { value, unit }, seconds: 7200 }),
                due_at: Some(began),
                warning: Some(Warning { at: began, percent: 75 }),
                warned: 50,
                breached: true,
            };
            let young = Clock { since: began, goal: None, due_at: None, warning: None, ..clock.clone() };
            for clock in [clock, young] {
                let json = serde_json::to_value(&clock).unwrap();
                assert_eq!(serde_json::from_value::<Clock>(json).unwrap(), clock);
            }
        }
    }
}
