//! The hours of a week, as the clock on the wall shows them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Weekday;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::field::Invalid;

/// The most intervals of a day.
pub const MOST_INTERVALS: usize = 12;

/// The minutes of a day on a clock that is never moved.
const MINUTES: u16 = 24 * 60;

const DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Reads the name of a weekday, `monday` to `sunday`.
///
/// # Errors
/// `not_a_weekday` for anything else.
pub fn parse_weekday(text: &str) -> Result<Weekday, Invalid> {
    let found = DAYS.into_iter().find(|day| weekday_name(*day) == text);
    found.ok_or_else(|| Invalid::new("not_a_weekday", "must be a day from monday to sunday"))
}

/// The name of a weekday, as [`parse_weekday`] reads it.
#[must_use]
pub fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// A minute of the day as the clock on the wall shows it: 00:00 to 24:00, the last of which only ends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(u16);

impl Minute {
    /// Reads a time of the form `08:00`.
    ///
    /// # Errors
    /// `not_a_time` for anything but two digits, a colon, two digits, and for what is later than 24:00.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let minutes = text.split_once(':').and_then(|(hour, minute)| since_midnight(hour, minute));
        minutes.map(Self).ok_or_else(|| Invalid::new("not_a_time", "must be a time like 08:00, at most 24:00"))
    }

    /// The seconds from midnight, on a clock that is not moved in between.
    pub(crate) fn seconds(self) -> i64 {
        i64::from(self.0) * 60
    }
}

fn since_midnight(hour: &str, minute: &str) -> Option<u16> {
    let minute = two_digits(minute).filter(|minute| *minute < 60)?;
    two_digits(hour).map(|hour| hour * 60 + minute).filter(|minutes| *minutes <= MINUTES)
}

fn two_digits(text: &str) -> Option<u16> {
    let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(text).filter(|_| well_formed)?.parse().ok()
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for Minute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Part of a day in which time counts: from `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Interval {
    from: Minute,
    to: Minute,
}

/// An interval as it was stored, not yet believed.
#[derive(Deserialize)]
struct Ends {
    from: Minute,
    to: Minute,
}

impl TryFrom<Ends> for Interval {
    type Error = Invalid;

    fn try_from(Ends { from, to }: Ends) -> Result<Self, Invalid> {
        Self::new(from, to)
    }
}

impl Interval {
    /// The time between two minutes of a day.
    ///
    /// # Errors
    /// `empty` unless the first is before the second: what passes midnight is two intervals on two days.
    pub fn new(from: Minute, to: Minute) -> Result<Self, Invalid> {
        if from < to {
            Ok(Self { from, to })
        } else {
            Err(Invalid::new("empty", "must end later than it begins, on the same day"))
        }
    }

    /// The first minute that counts.
    #[must_use]
    pub fn from(self) -> Minute {
        self.from
    }

    /// The first minute that does not count any more.
    #[must_use]
    pub fn to(self) -> Minute {
        self.to
    }

    fn seconds(self) -> u64 {
        self.to.seconds().abs_diff(self.from.seconds())
    }
}

/// The hours of a week, Monday first; those of a day in their order and apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<Interval>; 7]);

impl Week {
    /// Sets the hours of a day, in whatever order they are given.
    ///
    /// # Errors
    /// `too_many` above [`MOST_INTERVALS`], `overlap` if a minute stands in two of them; they may touch.
    pub fn set(&mut self, day: Weekday, mut intervals: Vec<Interval>) -> Result<(), Invalid> {
        if intervals.len() > MOST_INTERVALS {
            return Err(Invalid::new("too_many", format!("must be at most {MOST_INTERVALS} intervals")));
        }
        intervals.sort_unstable_by_key(|interval| interval.from);
        let following = intervals.iter().skip(1);
        if intervals.iter().zip(following).any(|(interval, next)| next.from < interval.to) {
            return Err(Invalid::new("overlap", "must not overlap"));
        }
        if let Some(hours) = self.0.get_mut(place(day)) {
            *hours = intervals;
        }
        Ok(())
    }

    /// The hours of a day, in their order.
    #[must_use]
    pub fn day(&self, day: Weekday) -> &[Interval] {
        self.0.get(place(day)).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many days of a week have hours.
    #[must_use]
    pub fn open_days(&self) -> u32 {
        self.0.iter().map(|hours| u32::from(!hours.is_empty())).sum()
    }

    /// How many seconds of a week count, if no clock is moved and no day is a holiday.
    #[must_use]
    pub fn open_seconds(&self) -> u64 {
        self.0.iter().flatten().map(|interval| interval.seconds()).sum()
    }
}

/// Where the hours of a day stand in a week.
fn place(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let open = DAYS.into_iter().filter(|day| !self.day(*day).is_empty());
        serializer.collect_map(open.map(|day| (weekday_name(day), self.day(day))))
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut week = Self::default();
        for (name, intervals) in BTreeMap::<String, Vec<Interval>>::deserialize(deserializer)? {
            let day = parse_weekday(&name).map_err(de::Error::custom)?;
            week.set(day, intervals).map_err(de::Error::custom)?;
        }
        Ok(week)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn interval(from: &str, to: &str) -> Result<Interval, Invalid> {
        Interval::new(Minute::parse(from)?, Minute::parse(to)?)
    }

    fn intervals(ends: &[(&str, &str)]) -> Vec<Interval> {
        ends.iter().map(|(from, to)| interval(from, to).unwrap()).collect()
    }

    fn refused(ends: &[(&str, &str)]) -> Option<&'static str> {
        Week::default().set(Weekday::Monday, intervals(ends)).err().map(|invalid| invalid.code)
    }

    #[test]
    fn a_minute_is_read_and_given_back() {
        for text in ["00:00", "08:00", "23:59", "24:00"] {
            assert_eq!(Minute::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_minute_is_refused() {
        for text in ["", "8:00", "08:0", "0800", "24:01", "25:00", "12:60", "aa:bb", "+8:00", "08:00:00", "０８:00"] {
            assert_eq!(Minute::parse(text).unwrap_err().code, "not_a_time", "{text}");
        }
    }

    #[test]
    fn an_interval_ends_later_than_it_begins() {
        for (from, to) in [("08:00", "08:00"), ("17:00", "08:00"), ("24:00", "24:00"), ("24:00", "00:00")] {
            assert_eq!(interval(from, to).unwrap_err().code, "empty", "{from} {to}");
        }
        assert!(interval("00:00", "24:00").is_ok());
    }

    #[test]
    fn the_hours_of_a_day_are_kept_in_their_order() {
        let mut week = Week::default();
        week.set(Weekday::Friday, intervals(&[("13:00", "17:00"), ("08:00", "12:00")])).unwrap();
        assert_eq!(week.day(Weekday::Friday), intervals(&[("08:00", "12:00"), ("13:00", "17:00")]));
        assert!(week.day(Weekday::Saturday).is_empty());
        assert_eq!((week.open_days(), week.open_seconds()), (1, 8 * 3600));
        week.set(Weekday::Friday, Vec::new()).unwrap();
        assert_eq!((week.open_days(), week.open_seconds()), (0, 0));
    }

    #[test]
    fn the_hours_of_a_day_may_touch_but_not_overlap() {
        assert_eq!(refused(&[("08:00", "12:00"), ("12:00", "17:00")]), None);
        assert_eq!(refused(&[("08:00", "12:01"), ("12:00", "17:00")]), Some("overlap"));
        assert_eq!(refused(&[("09:00", "10:00"), ("08:00", "17:00")]), Some("overlap"));
        let hours: Vec<_> = (0..13).map(|hour| (format!("{hour:02}:00"), format!("{hour:02}:30"))).collect();
        let hours: Vec<_> = hours.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        assert_eq!(refused(&hours[..12]), None);
        assert_eq!(refused(&hours), Some("too_many"));
    }

    #[test]
    fn a_week_is_stored_by_the_names_of_its_open_days() {
        let mut week = Week::default();
        week.set(Weekday::Sunday, intervals(&[("00:00", "24:00")])).unwrap();
        week.set(Weekday::Monday, intervals(&[("08:00", "17:00")])).unwrap();
        let stored = json!({
            "monday": [{ "from": "08:00", "to": "17:00" }],
            "sunday": [{ "from": "00:00", "to": "24:00" }],
        });
        assert_eq!(to_value(&week).unwrap(), stored);
        assert_eq!(from_value::<Week>(stored).unwrap(), week);
    }

    #[test]
    fn a_stored_week_is_not_believed_unread() {
        for stored in [
            json!({ "someday": [] }),
            json!({ "monday": [{ "from": "17:00", "to": "08:00" }] }),
            json!({ "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "11:00", "to": "13:00" }] }),
        ] {
            assert!(from_value::<Week>(stored.clone()).is_err(), "{stored}");
        }
    }

    #[test]
    fn weekdays_have_names() {
        for day in DAYS {
            assert_eq!(parse_weekday(weekday_name(day)), Ok(day));
        }
        for text in ["", "Monday", "mon", "1"] {
            assert_eq!(parse_weekday(text).unwrap_err().code, "not_a_weekday", "{text}");
        }
    }
}
