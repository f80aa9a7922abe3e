//! SLA: what is promised, and clocks that can be explained.
//!
//! A **policy** promises, for each metric and priority, a **target**. A ticket that comes under a policy gets a **clock**
//! for each metric, and the clock is a stopwatch that runs by the **business hours** of the policy: outside of them, and
//! while the ticket waits for somebody else, time does not count (S2.6, S2.7).
//!
//! What a clock shows depends on nothing but what happened to the ticket, the policy and the hours. So there are two ways
//! to the same number, and a test holds one against the other:
//!
//! - The ticket's head keeps the seconds counted so far and since when the clock counts on ([`clock`]). That is all a
//!   decision needs, and all the alarm needs: as long as nothing happens, the moment at which a promise is missed is known.
//! - The segments, each with its cause, are told from the ticket's history when somebody asks ([`segment`]). Nobody keeps
//!   them, so they cannot be wrong for long.
//!
//! Both add up exactly, because both only ever take differences of one function: the seconds for which the desk was open
//! up to a moment ([`hours`]). A pause cuts the sum in two; it cannot lose a second of it.
//!
//! ```text
//!                ┌── the ticket waits for the requester, or for a date ──┐
//!                │                                                       ▼
//!   begins ──► running ◄─────────── an answer, or the date comes ───── paused
//!                │   ▲
//!                │   └── reopened, or back on the line ── met
//!                │
//!                └── due, and not done ──► breached, which counts on until it is done
//!
//!   running, paused ── what it measures is done ──► met
//!   running, paused ── it will never be done ──► canceled
//! ```
//!
//! Policies and hours are immutable versions. A ticket stands by those under which it was promised something, until its
//! priority, its category or its service changes, or a lead applies the policy anew: then it is *re-based*. The seconds
//! counted so far stay; what they are held against changes.

pub mod clock;
pub mod course;
pub mod holiday;
pub mod hours;
pub mod policy;
pub mod segment;
mod stored;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::field::Invalid;
use crate::sla::hours::BusinessHours;

/// The most seconds of a target: ten years.
pub const MOST_SECONDS: u32 = 315_576_000;

/// The most business days of a target: about ten years.
pub const MOST_DAYS: u32 = 3650;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Metric {
    /// From submitted to the desk's first public answer.
    #[serde(rename = "first_response")]
    FirstResponse,
    /// From the oldest comment of the requester that is unanswered to the answer.
    #[serde(rename = "next_response")]
    NextResponse,
    /// From submitted to resolved or closed (S2.36); reopened, it runs on.
    #[serde(rename = "resolution")]
    Resolution,
    /// The time on the first line (S4.26).
    #[serde(rename = "line_1")]
    Line1,
    /// The time on the second line (S4.27).
    #[serde(rename = "line_2")]
    Line2,
}

impl Metric {
    /// Every metric, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::FirstResponse, Self::NextResponse, Self::Resolution, Self::Line1, Self::Line2];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
            Self::Line1 => "line_1",
            Self::Line2 => "line_2",
        }
    }

    /// Whether the requester is told when it is due.
    #[must_use]
    pub fn is_promised_to_the_requester(self) -> bool {
        match self {
            Self::FirstResponse | Self::NextResponse | Self::Resolution => true,
            Self::Line1 | Self::Line2 => false,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// In what a target is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds of business hours.
    Seconds,
    /// Days on which the desk is open, however long each is.
    BusinessDays,
}

/// So much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: Unit,
}

impl Target {
    /// Reads a target.
    ///
    /// # Errors
    /// `out_of_range` for nothing, less than nothing, and more than ten years.
    pub fn parse(value: i64, unit: Unit) -> Result<Self, Invalid> {
        let most = match unit {
            Unit::Seconds => MOST_SECONDS,
            Unit::BusinessDays => MOST_DAYS,
        };
        let value = u32::try_from(value).ok().filter(|value| (1..=most).contains(value));
        let value = value.ok_or_else(|| Invalid::new("out_of_range", format!("must be from 1 to {most}")))?;
        Ok(Self { value, unit })
    }

    /// How many counted seconds that is for a clock that began at a moment; `None` beyond what a calendar reaches.
    #[must_use]
    pub fn seconds(self, hours: &BusinessHours, began: Timestamp) -> Option<u64> {
        match self.unit {
            Unit::Seconds => Some(u64::from(self.value)),
            Unit::BusinessDays => hours.seconds_of(self.value, began),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h083_no_target_is_negative_nothing_or_longer_than_ten_years() {
        for (value, unit) in [
            (-1, Unit::Seconds),
            (0, Unit::Seconds),
            (315_576_001, Unit::Seconds),
            (i64::MAX, Unit::Seconds),
            (0, Unit::BusinessDays),
            (3651, Unit::BusinessDays),
        ] {
            assert!(Target::parse(value, unit).is_err(), "{value} {unit:?}");
        }
        assert!(Target::parse(315_576_000, Unit::Seconds).is_ok());
    }

    #[test]
    fn a_metric_is_stored_under_its_name() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.name());
        }
    }
}
