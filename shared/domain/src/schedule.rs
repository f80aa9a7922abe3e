//! Schedules: when something is called again and again, as the scheduler of AWS is told.
//!
//! Of its expressions those are understood that say a rate, `rate(5 minutes)`, and those that say what clocks on the
//! wall of a zone show, `cron(0 3 ? * MON-FRI *)`. A rate is kept at its whole multiples since 1970: one of every minute
//! calls on the minute, one of every day at midnight in UTC. The zone means nothing to it.
//!
//! # When clocks are moved
//!
//! What the clocks never show, because they are put forward over it, is not called for. What they show twice, because
//! they are put back, is called for the first time only. Both are what that scheduler does. So `cron(* * * * ? *)`
//! rests for an hour in autumn where there is summer time; `rate(1 minute)` never rests.

mod cron;
pub mod service_hours;

use std::iter;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

use self::cron::Cron;
use crate::field::Invalid;
use crate::sla::hours::Zone;

/// The code of an expression that is not understood.
const NOT_A_SCHEDULE: &str = "not_a_schedule";

/// How many days are looked through for a call: the last of February comes in eight years at the latest.
const REACH: usize = 3_000;

/// When something is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    calls: Calls,
    zone: Zone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calls {
    /// At the whole multiples of so many seconds since 1970.
    Every(i64),
    /// When clocks show one of these times.
    At(Cron),
}

impl Schedule {
    /// Reads an expression; `zone` is where the clocks hang that it means.
    ///
    /// # Errors
    /// `not_a_schedule` for anything else than a rate of minutes, hours or days, and than six fields of numbers, names,
    /// lists, ranges and steps: neither for single years nor with `L`, `W` and `#`.
    pub fn parse(expression: &str, zone: Zone) -> Result<Self, Invalid> {
        let calls = match (inside(expression, "rate("), inside(expression, "cron(")) {
            (Some(rate), _) => parse_rate(rate).map(Calls::Every),
            (None, Some(fields)) => Cron::parse(fields).map(Calls::At),
            (None, None) => {
                let message = "must be like `rate(1 minute)` or `cron(* 7-18 ? * MON-FRI *)`";
                Err(Invalid::new(NOT_A_SCHEDULE, message))
            }
        };
        calls.map(|calls| Self { calls, zone })
    }

    /// The latest moment up to now for which it calls; `None` if there was none for eight years.
    #[must_use]
    pub fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.calls {
            Calls::Every(seconds) => Timestamp::from_second(multiple(now, *seconds)).ok(),
            Calls::At(cron) => latest(*cron, self.zone.rules(), now),
        }
    }

    /// The next moment after another for which it calls; `None` if there is none for eight years.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.calls {
            Calls::Every(seconds) => Timestamp::from_second(multiple(after, *seconds).saturating_add(*seconds)).ok(),
            Calls::At(cron) => next(*cron, self.zone.rules(), after),
        }
    }
}

/// What stands between the brackets of an expression.
fn inside<'a>(expression: &'a str, head: &str) -> Option<&'a str> {
    expression.strip_prefix(head)?.strip_suffix(')')
}

/// `5 minutes` in seconds.
fn parse_rate(text: &str) -> Result<i64, Invalid> {
    let seconds = text.split_once(' ').and_then(|(count, unit)| {
        let unit = match unit {
            "minute" | "minutes" => 60,
            "hour" | "hours" => 60 * 60,
            "day" | "days" => 24 * 60 * 60,
            _ => return None,
        };
        count.parse::<i64>().ok()?.checked_mul(unit).filter(|seconds| *seconds > 0)
    });
    seconds.ok_or_else(|| Invalid::new(NOT_A_SCHEDULE, "must be a rate of minutes, hours or days"))
}

/// The latest whole multiple of a rate up to a moment, in seconds since 1970.
fn multiple(at: Timestamp, every: i64) -> i64 {
    let second = at.as_second();
    second - second.rem_euclid(every)
}

fn latest(cron: Cron, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let until = furthest(zone, now);
    let dates = iter::successors(Some(until.date()), |date| date.yesterday().ok());
    let times =
        days(cron, dates).flat_map(|date| cron.times().rev().map(move |(hour, minute)| date.at(hour, minute, 0, 0)));
    let mut moments = times.filter(|time| *time <= until).filter_map(|time| moment(zone, time));
    moments.find(|moment| *moment <= now)
}

fn next(cron: Cron, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let from = zone.to_datetime(after);
    let dates = iter::successors(Some(from.date()), |date| date.tomorrow().ok());
    let times = days(cron, dates).flat_map(|date| cron.times().map(move |(hour, minute)| date.at(hour, minute, 0, 0)));
    let mut moments = times.filter(|time| *time >= from).filter_map(|time| moment(zone, time));
    moments.find(|moment| *moment > after)
}

/// Those of the dates on which it calls.
fn days(cron: Cron, dates: impl Iterator<Item = Date>) -> impl Iterator<Item = Date> {
    dates.take(REACH).filter(move |date| cron.has_date(*date))
}

/// The latest time that the clocks have shown up to now, or a later one: in the hour that they show again, what they
/// would show if they had not been put back.
fn furthest(zone: &TimeZone, now: Timestamp) -> DateTime {
    let shown = zone.to_datetime(now);
    match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Fold { before, .. } => before.to_datetime(now),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => shown,
    }
}

/// When the clocks show a time, for the first time; `None` if they never do.
fn moment(zone: &TimeZone, time: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(time).ok()
        }
        AmbiguousOffset::Gap { .. } => None,
    }
}

#[cfg(test)]
mod tests;
