//! Brute force: every minute of some weeks, and whether it is open.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::case::{Case, QUARTER};

/// How many minutes before the start are looked at: a day that has begun twice has begun by then.
const BEFORE: i64 = 3 * 24 * 60;

/// How many minutes after the start are looked at.
const AFTER: i64 = 14 * 24 * 60;

/// Every minute of a window.
#[derive(Debug)]
pub(super) struct Minutes {
    /// The first, since 1970.
    first: i64,
    /// The date that the clocks show in each, if it is open.
    dates: Vec<Option<Date>>,
    /// How many are open before each, and before the one behind the last.
    before: Vec<i64>,
    /// The dates with an open minute, each once, as long as all their minutes lie in the window.
    days: Vec<Date>,
}

impl Minutes {
    /// Looks at every minute around a case.
    pub(super) fn of(case: &Case) -> Self {
        let zone = TimeZone::get(case.zone).unwrap();
        let start = case.start.as_second().div_euclid(60);
        let first = (start - BEFORE).div_euclid(QUARTER) * QUARTER;
        let end = (start + AFTER).div_euclid(QUARTER) * QUARTER;
        let mut minutes = Self { first, dates: Vec::new(), before: vec![0], days: Vec::new() };
        let mut next = shown(&zone, first);
        let mut sheet = Sheet { case, date: next.date(), hours: case.hours_on(next.date()) };
        for quarter in (first..end).step_by(15) {
            let now = next;
            next = shown(&zone, quarter + QUARTER);
            // No clock jumps in a quarter of an hour that is one on the wall, too: it need not be read every minute.
            let is_even = now.minute() % 15 == 0 && now.duration_until(next) == SignedDuration::from_mins(QUARTER);
            let exactly = |minute: u16| shown(&zone, quarter + i64::from(minute));
            let read = |minute: u16| if is_even { later(now, minute) } else { later(exactly(minute), 0) };
            for minute in 0..15 {
                let (date, time) = read(minute);
                minutes.note(date, sheet.is_open(date, time));
            }
        }
        minutes.settle(next.date());
        minutes
    }

    fn note(&mut self, date: Date, is_open: bool) {
        self.dates.push(is_open.then_some(date));
        self.before.push(self.before[self.dates.len() - 1] + i64::from(is_open));
        if is_open && self.days.last() != Some(&date) {
            self.days.push(date);
        }
    }

    /// Leaves out the days that may go on behind the window.
    fn settle(&mut self, end: Date) {
        let whole = end.yesterday().unwrap();
        self.days.sort_unstable();
        self.days.dedup();
        self.days.retain(|day| *day < whole);
    }

    /// The open seconds between two seconds of the window.
    pub(super) fn counted(&self, from: i64, to: i64) -> u64 {
        u64::try_from(self.passed(to) - self.passed(from)).unwrap_or_default()
    }

    /// The open seconds from the beginning of the window up to a second.
    fn passed(&self, second: i64) -> i64 {
        let place = self.place(second);
        let is_open = self.dates.get(place).is_some_and(Option::is_some);
        60 * self.before[place] + if is_open { second.rem_euclid(60) } else { 0 }
    }

    fn place(&self, second: i64) -> usize {
        usize::try_from(second.div_euclid(60) - self.first).unwrap()
    }

    /// The first second up to which so many have been open; `None` if it lies behind the window.
    pub(super) fn after(&self, from: i64, seconds: u64) -> Option<i64> {
        if seconds == 0 {
            return Some(from);
        }
        let due = self.passed(from) + i64::try_from(seconds).unwrap();
        let mut minutes = self.before.iter().skip(1).zip(&self.before).zip(self.first..);
        let ((_, before), minute) = minutes.find(|((behind, _), _)| 60 * **behind >= due)?;
        Some(60 * minute + due - 60 * *before)
    }

    /// The open seconds of so many business days; `None` if they end behind the window.
    pub(super) fn seconds_of(&self, days: u32, from: i64) -> Option<u64> {
        let first = self.dates[self.place(from)..].iter().find_map(|date| *date)?;
        let minutes = self.minutes_of(first);
        let gone: i64 = minutes.iter().map(|minute| (from - 60 * *minute).clamp(0, 60)).sum();
        let whole = length(&minutes);
        let further = if gone == 0 { days - 1 } else { days };
        let mut ahead = self.days.iter().filter(|day| **day >= first);
        let last = self.minutes_of(*ahead.nth(usize::try_from(further).unwrap())?);
        let share = if gone == 0 { length(&last) } else { (gone * length(&last) + whole - 1) / whole };
        // The last second of the share lies in this minute of the last day.
        let place = (share - 1) / 60;
        let end = 60 * last[usize::try_from(place).unwrap()] + share - 60 * place;
        Some(self.counted(from, end))
    }

    /// The minutes in which the clocks show a date and it is open.
    fn minutes_of(&self, day: Date) -> Vec<i64> {
        let minutes = self.dates.iter().zip(self.first..);
        minutes.filter(|(date, _)| **date == Some(day)).map(|(_, minute)| minute).collect()
    }
}

fn length(minutes: &[i64]) -> i64 {
    60 * i64::try_from(minutes.len()).unwrap()
}

/// What the clocks of a zone show in a minute.
fn shown(zone: &TimeZone, minute: i64) -> DateTime {
    zone.to_datetime(Timestamp::from_second(60 * minute).unwrap())
}

/// The date, and the minute of the day, so many minutes later on the wall.
fn later(shown: DateTime, minutes: u16) -> (Date, u16) {
    let (hour, minute) = (u16::from(shown.hour().unsigned_abs()), u16::from(shown.minute().unsigned_abs()));
    (shown.date(), 60 * hour + minute + minutes)
}

/// The hours of a date, written out once.
#[derive(Debug)]
struct Sheet<'a> {
    case: &'a Case,
    date: Date,
    hours: &'a [(u16, u16)],
}

impl Sheet<'_> {
    fn is_open(&mut self, date: Date, time: u16) -> bool {
        if self.date != date {
            (self.date, self.hours) = (date, self.case.hours_on(date));
        }
        self.hours.iter().any(|(from, to)| *from <= time && time < *to)
    }
}
