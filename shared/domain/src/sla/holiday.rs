//! Holidays: days on which time does not count, by date or by a rule that finds them in every year.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::field::Invalid;
use crate::text::Label;

/// A year in which every month is as long as it ever is.
const LEAP_YEAR: i16 = 2024;

/// A day on which time does not count (S2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The name shown.
    pub name: Label,
    /// When it is.
    #[serde(flatten)]
    pub rule: HolidayRule,
}

/// When a holiday is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HolidayRule {
    /// On one day.
    Date {
        /// Which.
        date: Date,
    },
    /// On the same day of every year; the 29th of February only where there is one.
    Yearly {
        /// The month, from 1 to 12.
        month: i8,
        /// The day of the month.
        day: i8,
    },
    /// On the nth such weekday of a month of every year.
    Weekday {
        /// The month, from 1 to 12.
        month: i8,
        /// Which day of the week.
        #[serde(with = "Named")]
        weekday: Weekday,
        /// From 1 to 4, or -1 for the last of the month.
        nth: i8,
    },
    /// So many days from Easter Sunday of every year: -2 is Good Friday, 1 is Easter Monday.
    Easter {
        /// From -100 to 100.
        offset_days: i16,
    },
}

/// How a weekday is stored: as its name.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Weekday", rename_all = "snake_case")]
enum Named {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl HolidayRule {
    /// One day, as `2026-12-24`.
    ///
    /// # Errors
    /// `not_a_date` for anything else.
    pub fn date(text: &str) -> Result<Self, Invalid> {
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        let date = date.ok_or_else(|| Invalid::new("not_a_date", "must be a date like 2026-12-24"))?;
        Ok(Self::Date { date })
    }

    /// The same day of every year.
    ///
    /// # Errors
    /// `out_of_range` for a day that no year has.
    pub fn yearly(month: i64, day: i64) -> Result<Self, Invalid> {
        let month = in_range(month, 1..=12)?;
        let longest = Date::new(LEAP_YEAR, month, 1).map_or(31, Date::days_in_month);
        let day = in_range(day, 1..=i64::from(longest))?;
        Ok(Self::Yearly { month, day })
    }

    /// The nth such weekday of a month; -1 is the last.
    ///
    /// # Errors
    /// `out_of_range` for a month that no year has, and for any nth but 1 to 4 and -1.
    pub fn weekday(month: i64, weekday: Weekday, nth: i64) -> Result<Self, Invalid> {
        let month = in_range(month, 1..=12)?;
        let nth = Some(nth).filter(|nth| matches!(nth, -1 | 1..=4)).and_then(|nth| i8::try_from(nth).ok());
        let nth = nth.ok_or_else(|| Invalid::new("out_of_range", "must be from 1 to 4, or -1 for the last"))?;
        Ok(Self::Weekday { month, weekday, nth })
    }

    /// So many days from Easter Sunday.
    ///
    /// # Errors
    /// `out_of_range` for more than a hundred days.
    pub fn easter(offset_days: i64) -> Result<Self, Invalid> {
        let offset_days = in_range(offset_days, -100..=100)?;
        Ok(Self::Easter { offset_days })
    }

    /// Whether it is on this date.
    #[must_use]
    pub fn falls_on(&self, date: Date) -> bool {
        match *self {
            Self::Date { date: only } => date == only,
            Self::Yearly { month, day } => date.month() == month && date.day() == day,
            Self::Weekday { month, weekday, nth } => {
                date.month() == month && date.weekday() == weekday && is_nth_of_its_kind(date, nth)
            }
            Self::Easter { offset_days } => {
                let offset = SignedDuration::from_hours(24 * i64::from(offset_days));
                date.checked_sub(offset).is_ok_and(is_easter)
            }
        }
    }
}

fn in_range<T: TryFrom<i64>>(value: i64, range: RangeInclusive<i64>) -> Result<T, Invalid> {
    let found = Some(value).filter(|value| range.contains(value)).and_then(|value| T::try_from(value).ok());
    found.ok_or_else(|| Invalid::new("out_of_range", format!("must be from {} to {}", range.start(), range.end())))
}

/// Whether a date is the nth of its month on its weekday; -1 is the last.
fn is_nth_of_its_kind(date: Date, nth: i8) -> bool {
    if nth == -1 { date.day() + 7 > date.days_in_month() } else { (date.day() - 1) / 7 + 1 == nth }
}

fn is_easter(date: Date) -> bool {
    date.weekday() == Weekday::Sunday && easter(date.year()) == Some(date)
}

/// Easter Sunday of a year in the Gregorian calendar: the Sunday after the first full moon of spring, both as the
/// church reckons them. This is the rule of 1876, which needs neither tables nor exceptions; Meeus prints it.
fn easter(of_year: i16) -> Option<Date> {
    let year = i32::from(of_year);
    let (century, rest) = (year.div_euclid(100), year.rem_euclid(100));
    let golden = year.rem_euclid(19);
    let lunar = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let moon = (19 * golden + century - century.div_euclid(4) - lunar + 15).rem_euclid(30);
    let sunday = (32 + 2 * century.rem_euclid(4) + 2 * (rest / 4) - moon - rest % 4).rem_euclid(7);
    let early = (golden + 11 * moon + 22 * sunday) / 451;
    let day = moon + sunday - 7 * early + 114;
    Date::new(of_year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    /// The days of a year on which a holiday falls, as `MM-DD`.
    fn days_of(year: i16, rule: &HolidayRule) -> Vec<String> {
        let mut days = Vec::new();
        let mut day = date(year, 1, 1);
        while day.year() == year {
            if rule.falls_on(day) {
                days.push(day.to_string()[5..].to_owned());
            }
            day = day.tomorrow().unwrap();
        }
        days
    }

    #[test]
    fn easter_is_where_the_calendar_says() {
        let sunday = HolidayRule::easter(0).unwrap();
        for (year, day) in [
            (1818, "03-22"),
            (1943, "04-25"),
            (1954, "04-18"),
            (1981, "04-19"),
            (2000, "04-23"),
            (2008, "03-23"),
            (2024, "03-31"),
            (2025, "04-20"),
            (2026, "04-05"),
            (2027, "03-28"),
            (2038, "04-25"),
            (2049, "04-18"),
        ] {
            assert_eq!(days_of(year, &sunday), [day], "{year}");
        }
    }

    #[test]
    fn what_hangs_on_easter_moves_with_it() {
        assert_eq!(days_of(2026, &HolidayRule::easter(-2).unwrap()), ["04-03"]);
        assert_eq!(days_of(2026, &HolidayRule::easter(1).unwrap()), ["04-06"]);
        assert_eq!(days_of(2026, &HolidayRule::easter(39).unwrap()), ["05-14"]);
        assert_eq!(days_of(2023, &HolidayRule::easter(-100).unwrap()), ["12-22"], "a hundred days before 2024's");
    }

    #[test]
    fn a_yearly_holiday_is_on_the_same_day_and_the_leap_day_only_where_there_is_one() {
        let eve = HolidayRule::yearly(12, 24).unwrap();
        assert_eq!(days_of(2026, &eve), ["12-24"]);
        assert_eq!(days_of(2027, &eve), ["12-24"]);
        let leap = HolidayRule::yearly(2, 29).unwrap();
        assert_eq!(days_of(2024, &leap), ["02-29"]);
        assert!(days_of(2026, &leap).is_empty());
        assert!(days_of(2100, &leap).is_empty());
    }

    #[test]
    fn the_nth_weekday_of_a_month_and_the_last_are_found() {
        let thanksgiving = HolidayRule::weekday(11, Weekday::Thursday, 4).unwrap();
        assert_eq!(days_of(2026, &thanksgiving), ["11-26"]);
        assert_eq!(days_of(2029, &thanksgiving), ["11-22"], "the fifth Thursday is not asked for");
        let labour = HolidayRule::weekday(9, Weekday::Monday, 1).unwrap();
        assert_eq!(days_of(2026, &labour), ["09-07"]);
        let memorial = HolidayRule::weekday(5, Weekday::Monday, -1).unwrap();
        assert_eq!(days_of(2026, &memorial), ["05-25"]);
        assert_eq!(days_of(2027, &memorial), ["05-31"]);
    }

    #[test]
    fn a_date_is_one_day_and_no_other() {
        let only = HolidayRule::date("2026-07-06").unwrap();
        assert_eq!(days_of(2026, &only), ["07-06"]);
        assert!(days_of(2027, &only).is_empty());
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["", "2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00", "tomorrow"] {
            assert_eq!(HolidayRule::date(text).unwrap_err().code, "not_a_date", "{text}");
        }
        for (month, day) in [(0, 1), (13, 1), (2, 30), (4, 31), (1, 0), (1, 32), (i64::MAX, i64::MIN)] {
            assert_eq!(HolidayRule::yearly(month, day).unwrap_err().code, "out_of_range", "{month} {day}");
        }
        for (month, nth) in [(5, 0), (5, 5), (5, -2), (0, 1), (13, 1)] {
            let refused = HolidayRule::weekday(month, Weekday::Monday, nth).unwrap_err();
            assert_eq!(refused.code, "out_of_range", "{month} {nth}");
        }
        for offset in [-101, 101, i64::MAX] {
            assert_eq!(HolidayRule::easter(offset).unwrap_err().code, "out_of_range", "{offset}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_like_any_other() {
        for rule in [
            HolidayRule::easter(100),
            HolidayRule::easter(-100),
            HolidayRule::weekday(12, Weekday::Friday, -1),
            HolidayRule::yearly(1, 2),
        ] {
            let rule = rule.unwrap();
            assert!(!rule.falls_on(Date::MIN), "{rule:?}");
            assert_eq!(rule.falls_on(Date::MAX), matches!(rule, HolidayRule::Weekday { .. }), "{rule:?}");
        }
    }

    #[test]
    fn a_holiday_is_stored_with_its_kind() {
        let rules = [
            (HolidayRule::date("2026-07-06"), json!({ "kind": "date", "date": "2026-07-06" })),
            (HolidayRule::yearly(12, 24), json!({ "kind": "yearly", "month": 12, "day": 24 })),
            (
                HolidayRule::weekday(5, Weekday::Monday, -1),
                json!({ "kind": "weekday", "month": 5, "weekday": "monday", "nth": -1 }),
            ),
            (HolidayRule::easter(-2), json!({ "kind": "easter", "offset_days": -2 })),
        ];
        for (rule, mut stored) in rules {
            let holiday = Holiday { name: Label::parse("A day off").unwrap(), rule: rule.unwrap() };
            stored["name"] = json!("A day off");
            assert_eq!(serde_json::to_value(&holiday).unwrap(), stored);
            assert_eq!(serde_json::from_value::<Holiday>(stored).unwrap(), holiday);
        }
    }
}
