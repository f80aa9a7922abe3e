//! The walk over the openings of a calendar, in the order of real time.
//!
//! Everything is counted in whole seconds since 1970; why time is cut where the clocks jump stands in [`super`].

use std::iter;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{BusinessHours, Interval};

/// A day on a clock that is not moved.
pub(super) const DAY: i64 = 24 * 60 * 60;

/// A span of open time that no jump interrupts: from `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    /// The day that the wall shows in it, counted from the first of 1970.
    pub(super) day: i64,
    from: i64,
    to: i64,
}

impl Opening {
    fn seconds(self) -> u64 {
        self.to.abs_diff(self.from)
    }
}

/// How long openings are together.
pub(super) fn total(openings: impl Iterator<Item = Opening>) -> u64 {
    openings.map(Opening::seconds).sum()
}

/// When so many seconds of openings have passed; `None` if they have fewer.
pub(super) fn passed(openings: impl Iterator<Item = Opening>, seconds: u64) -> Option<i64> {
    let mut left = seconds;
    for opening in openings {
        let length = opening.seconds();
        if left <= length {
            return Some(opening.from.saturating_add_unsigned(left));
        }
        left -= length;
    }
    None
}

/// A span of time in which the clocks of a zone do not jump.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: i64,
    to: i64,
    /// How many seconds the clocks are ahead of UTC.
    ahead: i64,
    /// The date that they show when it begins.
    date: Date,
}

/// The pieces of the time between two seconds.
fn pieces(zone: &TimeZone, from: i64, to: i64) -> impl Iterator<Item = Piece> {
    let piece = move |from| Piece::of(zone, from, to);
    iter::successors(piece(from), move |last: &Piece| piece(last.to))
}

impl Piece {
    /// The piece that begins at a second; `None` if nothing is left, and where the calendar of the world ends.
    fn of(zone: &TimeZone, from: i64, to: i64) -> Option<Self> {
        let begins = Timestamp::from_second(from).ok().filter(|_| from < to)?;
        let offset = zone.to_offset(begins);
        let jump = zone.following(begins).next().map(|jump| jump.timestamp().as_second());
        let jump = jump.filter(|jump| (from + 1..to).contains(jump));
        let date = offset.to_datetime(begins).date();
        Some(Self { from, to: jump.unwrap_or(to), ahead: i64::from(offset.seconds()), date })
    }

    /// The dates that its clocks show, in their order.
    fn days(self) -> impl Iterator<Item = Day> {
        let number = (self.from + self.ahead).div_euclid(DAY);
        iter::successors(Some(Day { piece: self, date: self.date, number }), Day::tomorrow)
    }
}

/// A date, as far as it lies in a piece.
#[derive(Clone, Copy, Debug)]
struct Day {
    piece: Piece,
    date: Date,
    /// The same date, counted from the first of 1970.
    number: i64,
}

impl Day {
    fn tomorrow(&self) -> Option<Self> {
        let tomorrow = Self { date: self.date.tomorrow().ok()?, number: self.number + 1, ..*self };
        Some(tomorrow).filter(|day| day.midnight() < day.piece.to)
    }

    /// When the clocks of the piece show 00:00 of the date, or would if it had begun earlier.
    fn midnight(&self) -> i64 {
        self.number * DAY - self.piece.ahead
    }

    /// What of an interval lies in the piece.
    fn opening(&self, interval: Interval) -> Option<Opening> {
        let midnight = self.midnight();
        let from = (midnight + interval.from().seconds()).max(self.piece.from);
        let to = (midnight + interval.to().seconds()).min(self.piece.to);
        (from < to).then_some(Opening { day: self.number, from, to })
    }
}

impl BusinessHours {
    /// The openings between two seconds.
    pub(super) fn openings(&self, from: i64, to: i64) -> impl Iterator<Item = Opening> {
        pieces(&self.time_zone.zone, from, to).flat_map(Piece::days).flat_map(move |day| self.openings_in(day))
    }

    fn openings_in(&self, day: Day) -> impl Iterator<Item = Opening> {
        let intervals = self.week.day(day.date.weekday());
        let counts = !intervals.is_empty() && !self.is_holiday(day.date);
        intervals.iter().filter(move |_| counts).filter_map(move |interval| day.opening(*interval))
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.holidays.iter().any(|holiday| holiday.rule.falls_on(date))
    }
}
