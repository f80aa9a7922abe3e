//! Service hours: the minutes of a week in which the desk keeps watch over what is due.
//!
//! A *tick* makes the desk look for what is due. As a rule it comes every minute. It may rest at night, so that a desk
//! at which nobody works costs nothing; then what becomes due at night is found in the morning. Nobody should promise by
//! accident what the desk itself does not watch over. So hours by which something is promised must lie within the
//! service hours, unless whoever promises says that being late will do.
//!
//! # Which minutes are served
//!
//! A tick looks for what will be due within the next minute but one. What is due before that was found by the ticks
//! before it. If they rested, it is found by the next tick that looks back, as those do whose minute can be divided by
//! [`MINUTES_BETWEEN_LOOKS_BACK`]. So a minute is served if there is a tick in it, and in every minute before it since
//! the last that looks back.
//!
//! ```text
//!   ticks   07:00 07:01 07:02 07:03 …              ticks   07:03 07:04 07:05 07:06 …
//!   served  07:00 07:01 07:02 07:03 …              served              07:05 07:06 …
//!              └ looks back                                               └ looks back
//! ```
//!
//! The one hour of a year in which a tick rests while clocks are put back (see [`super`]) counts as served.

use std::iter;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::cron::Cron;
use super::{Calls, Schedule};
use crate::field::Invalid;
use crate::sla::hours::{BusinessHours, Week, Zone};

/// How many minutes pass from one look at what is overdue to the next.
pub const MINUTES_BETWEEN_LOOKS_BACK: i64 = 5;

/// The minutes of an hour, of a day and of a week.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// The minutes of a year, and a day more.
const YEAR: i64 = 366 * DAY;

/// The first of 1970 was a Thursday; weeks begin on Monday.
const BEFORE_1970: i64 = 3 * DAY;

/// When the desk keeps watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHours(Option<Watch>);

/// A tick that rests at times.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Watch {
    tick: Cron,
    zone: Zone,
}

impl ServiceHours {
    /// The desk never rests.
    pub const ALWAYS: Self = Self(None);

    /// The service hours of a desk whose tick has this schedule.
    ///
    /// # Errors
    /// `not_a_tick` for another rate than one minute, for what is not the same in every week, and for what never looks
    /// back.
    pub fn of(tick: &Schedule) -> Result<Self, Invalid> {
        let refuse = |message: &str| Err(Invalid::new("not_a_tick", message));
        match &tick.calls {
            Calls::Every(60) => Ok(Self::ALWAYS),
            Calls::Every(_) => refuse("must be `rate(1 minute)`, or a `cron(…)`"),
            Calls::At(cron) if !cron.is_weekly() => refuse("must be for every day of every month"),
            Calls::At(cron) if !(0..60).any(|minute| looks_back(minute) && cron.minutes.has(minute)) => {
                refuse("must have a minute that five divides")
            }
            Calls::At(cron) => Ok(Self(Some(Watch { tick: *cron, zone: tick.zone.clone() }))),
        }
    }

    /// Whether the desk keeps watch whenever these hours are open, in the year from a moment on. Holidays are taken for
    /// days like others: they are not the same in every year.
    #[must_use]
    pub fn covers(&self, hours: &BusinessHours, from: Timestamp) -> bool {
        let Some(Watch { tick, zone }) = &self.0 else {
            return true;
        };
        let open = table(|day, minute| is_open(&hours.week, day, minute));
        let served = table(|day, minute| is_served(*tick, day, minute));
        let mut spans = spans([hours.time_zone.rules(), zone.rules()], from.as_second().div_euclid(60));
        spans.all(|Span { from, to, ahead: [hours, tick] }| {
            // Within a span each week is like the others.
            let mut minutes = from..to.min(from + WEEK);
            minutes.all(|minute| !reads(&open, minute + hours) || reads(&served, minute + tick))
        })
    }
}

/// Whether hours are open in a minute of a day.
fn is_open(week: &Week, day: Weekday, minute: i64) -> bool {
    let second = minute * 60;
    week.day(day).iter().any(|interval| (interval.from().seconds()..interval.to().seconds()).contains(&second))
}

fn is_served(tick: Cron, day: Weekday, minute: i64) -> bool {
    let in_hour = |minute: i64| i8::try_from(minute.rem_euclid(HOUR)).unwrap_or_default();
    let hour = i8::try_from(minute.div_euclid(HOUR)).unwrap_or_default();
    let looked_back = minute - minute.rem_euclid(MINUTES_BETWEEN_LOOKS_BACK);
    tick.weekdays.has(day.to_sunday_one_offset())
        && tick.hours.has(hour)
        && (looked_back..=minute).all(|minute| tick.minutes.has(in_hour(minute)))
}

fn looks_back(minute: i8) -> bool {
    i64::from(minute).rem_euclid(MINUTES_BETWEEN_LOOKS_BACK) == 0
}

/// Something about each minute of a week, Monday first.
fn table(is_so: impl Fn(Weekday, i64) -> bool) -> Vec<bool> {
    let days = iter::successors(Some(Weekday::Monday), |day| Some(day.next())).take(7);
    days.flat_map(|day| (0..DAY).map(move |minute| (day, minute))).map(|(day, minute)| is_so(day, minute)).collect()
}

/// What a table says of a minute that clocks show, counted from 1970 as they do.
fn reads(table: &[bool], shown: i64) -> bool {
    let place = usize::try_from((shown + BEFORE_1970).rem_euclid(WEEK)).ok();
    place.and_then(|place| table.get(place)).copied().unwrap_or_default()
}

/// Minutes since 1970 in which the clocks of neither of two zones jump.
struct Span {
    from: i64,
    to: i64,
    /// How many minutes each of them is ahead of UTC.
    ahead: [i64; 2],
}

/// The spans of a year from a minute on.
fn spans(zones: [&TimeZone; 2], from: i64) -> impl Iterator<Item = Span> {
    let end = from + YEAR;
    let span = move |from| Span::of(zones, from, end);
    iter::successors(span(from), move |last: &Span| span(last.to))
}

impl Span {
    /// The span that begins at a minute; `None` if nothing is left, and where the calendar of the world ends.
    fn of(zones: [&TimeZone; 2], from: i64, end: i64) -> Option<Self> {
        let begins = Timestamp::from_second(from * 60).ok().filter(|_| from < end)?;
        let ahead = zones.map(|zone| i64::from(zone.to_offset(begins).seconds()).div_euclid(60));
        let jumps =
            zones.map(|zone| zone.following(begins).next().map(|jump| jump.timestamp().as_second().div_euclid(60)));
        let jump = jumps.into_iter().flatten().filter(|jump| (from + 1..end).contains(jump)).min();
        Some(Self { from, to: jump.unwrap_or(end), ahead })
    }
}

#[cfg(test)]
mod tests;
