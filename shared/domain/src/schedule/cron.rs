//! The six fields of a cron expression: minutes, hours, days of the month, months, days of the week, years.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::NOT_A_SCHEDULE;
use crate::field::Invalid;

/// The times that clocks show when something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    pub(super) minutes: Numbers,
    pub(super) hours: Numbers,
    days: Numbers,
    months: Numbers,
    /// Sunday is 1.
    pub(super) weekdays: Numbers,
}

/// Some of the numbers up to 63.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers(u64);

/// What a field may hold.
struct Field {
    name: &'static str,
    span: RangeInclusive<u32>,
    /// What its numbers may be called, the first of them first.
    names: &'static [&'static str],
}

const MINUTES: Field = Field { name: "minutes", span: 0..=59, names: &[] };

const HOURS: Field = Field { name: "hours", span: 0..=23, names: &[] };

const DAYS: Field = Field { name: "days of the month", span: 1..=31, names: &[] };

const MONTHS: Field = Field {
    name: "months",
    span: 1..=12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};

const WEEKDAYS: Field =
    Field { name: "days of the week", span: 1..=7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

impl Cron {
    /// Reads the six fields.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
            return Err(Invalid::new(NOT_A_SCHEDULE, "must have six fields"));
        };
        if years != "*" {
            return Err(Invalid::new(NOT_A_SCHEDULE, "must be for every year, `*`"));
        }
        // The scheduler of AWS does not take it either: a day is named by the month or by the week.
        if (days == "?") == (weekdays == "?") {
            let message =
                "must have a `?` for the days of the month or for those of the week, and for one of them only";
            return Err(Invalid::new(NOT_A_SCHEDULE, message));
        }
        Ok(Self {
            minutes: MINUTES.parse(minutes)?,
            hours: HOURS.parse(hours)?,
            days: DAYS.parse(any(days))?,
            months: MONTHS.parse(months)?,
            weekdays: WEEKDAYS.parse(any(weekdays))?,
        })
    }

    /// Whether it is the same in every week of a year.
    pub(super) fn is_weekly(self) -> bool {
        self.days == DAYS.all() && self.months == MONTHS.all()
    }

    /// Whether something is called on a date.
    pub(super) fn has_date(self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_one_offset();
        self.months.has(date.month()) && self.days.has(date.day()) && self.weekdays.has(weekday)
    }

    /// The hours and minutes of such a date, in their order.
    pub(super) fn times(self) -> impl DoubleEndedIterator<Item = (i8, i8)> {
        let hours = (0..24).filter(move |hour| self.hours.has(*hour));
        hours.flat_map(move |hour| {
            let minutes = (0..60).filter(move |minute| self.minutes.has(*minute));
            minutes.map(move |minute| (hour, minute))
        })
    }
}

impl Numbers {
    /// Whether a number is among them.
    pub(super) fn has(self, number: i8) -> bool {
        let shifted = u32::try_from(number).ok().and_then(|number| self.0.checked_shr(number));
        shifted.is_some_and(|shifted| shifted & 1 == 1)
    }
}

impl Field {
    /// Reads numbers, names, ranges and steps, with commas between them.
    fn parse(&self, text: &str) -> Result<Numbers, Invalid> {
        let parts = text.split(',').map(|part| self.part(part));
        let numbers = parts.reduce(|all, part| Some(all? | part?)).flatten();
        let wrong = || Invalid::new(NOT_A_SCHEDULE, format!("must not have `{text}` for its {}", self.name));
        numbers.map(Numbers).ok_or_else(wrong)
    }

    /// Reads one of them: `5`, `MON`, `1-5`, `*`, and `*/5`, `7-18/2`, `5/10` with a step.
    fn part(&self, text: &str) -> Option<u64> {
        let (span, step) = match text.split_once('/') {
            Some((span, step)) => (span, Some(digits(step)?)),
            None => (text, None),
        };
        let span = match span.split_once('-') {
            Some((first, last)) => self.number(first)?..=self.number(last)?,
            None if span == "*" => self.span.clone(),
            None => {
                let first = self.number(span)?;
                first..=if step.is_some() { *self.span.end() } else { first }
            }
        };
        let step = usize::try_from(step.unwrap_or(1)).ok().filter(|step| *step > 0)?;
        span.step_by(step).map(bit).reduce(|all, bit| all | bit)
    }

    fn number(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().zip(self.span.clone()).find(|(name, _)| text.eq_ignore_ascii_case(name));
        let number = named.map(|(_, number)| number).or_else(|| digits(text));
        number.filter(|number| self.span.contains(number))
    }

    fn all(&self) -> Numbers {
        Numbers(self.span.clone().map(bit).fold(0, |all, bit| all | bit))
    }
}

/// `?` is any day.
fn any(days: &str) -> &str {
    if days == "?" { "*" } else { days }
}

fn bit(number: u32) -> u64 {
    1_u64.checked_shl(number).unwrap_or_default()
}

fn digits(text: &str) -> Option<u32> {
    Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}
