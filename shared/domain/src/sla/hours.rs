//! Business hours: when time counts, and how much of it has.
//!
//! # The wall clock decides
//!
//! Hours are what is written on a door: Monday to Friday, 8:00 to 17:00, in Prague. A second counts if a clock on the
//! wall of that place shows, in that second, a time within the hours of that day of the week, and the date beside the
//! clock is no holiday. Nothing else is asked, so that anybody can check it by looking at the wall.
//!
//! What daylight saving does follows from that. Take a night shift from 0:00 to 6:00 on a Sunday. In spring the clock
//! jumps from 2:00 to 3:00: the hour in between is never shown, it is not there, and the shift is five hours long. In
//! autumn the clock goes back from 3:00 to 2:00: the hour is shown twice, counts twice, and the shift is seven hours
//! long.
//!
//! # Why time is cut into pieces
//!
//! To ask at which moment a wall shows 2:30 is to ask for trouble: on the one night there is no such moment, on the
//! other there are two. The way back has no such holes, every moment has exactly one time on the wall. So time is cut
//! where the clocks of the zone jump. Within a piece they are ahead of UTC by one and the same number of seconds, every
//! day has 86,400 seconds, and the hours of a date are spans of moments by mere addition, cut off where the piece
//! begins and ends.
//!
//! ```text
//!   one piece: an hour ahead of UTC   the next: two hours ahead of UTC
//!   UTC      23:00     0:00      1:00      2:00      3:00      4:00
//!   ───────────┼─────────┼─────────╫─────────┼─────────┼─────────┼────
//!   Prague   0:00      1:00    2:00║3:00   4:00      5:00      6:00
//!              └──── 2 hours ─────┘ └───────── 3 hours ──────────┘
//! ```
//!
//! The openings that come out follow each other in real time, none is missing and none comes twice, whatever a zone
//! does: jump at midnight, by half an hour, or over a whole day, as Samoa did at the end of 2011. And the zone is asked
//! twice a year, not every day. `walk` does this; counting and finding a moment are sums over it.
//!
//! # What a business day is
//!
//! "One day" is not 24 hours, and not nine either: a ticket of Thursday is due on Friday even if the desk closes at
//! noon on Fridays. Every date with open time is one business day, however long it is, and a ticket that comes when so
//! much of a day is gone is due when as much of the last day is gone.
//!
//! ```text
//!   Monday to Friday 8:00–17:00: 9 h a day      Friday 8:00–12:00 only: 4 h
//!
//!   Monday, 10:00: 2 h of 9 h are gone          Thursday, 10:00: 2/9 are gone
//!   one day later 2 h of 9 h are gone again     one day later 2/9 of 4 h are gone
//!   = Tuesday, 10:00, and 9 h have counted      = Friday, 8:53:20, and 7 h 53 min 20 s have counted
//! ```
//!
//! Who comes before a day has begun, or on a day off, has the next open day as the first, whole: one business day from
//! Saturday ends on Monday at 17:00. Parts of a second are rounded up, in favour of whoever keeps the promise.

mod walk;
mod week;

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use self::walk::{DAY, Opening, passed, total};
use super::holiday::Holiday;
use crate::field::Invalid;
use crate::id::HoursId;
use crate::text::Name;

pub use self::week::{Interval, MOST_INTERVALS, Minute, Week, parse_weekday, weekday_name};

/// How far ahead is looked, in seconds: thirty years, none of them short.
const HORIZON: i64 = 30 * 366 * DAY;

/// A time zone, by its IANA name.
#[derive(Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Reads a name such as `Europe/Prague`; case does not matter.
    ///
    /// # Errors
    /// `not_a_time_zone` for what the database of time zones does not name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let zone = TimeZone::get(text).ok();
        let named = zone.and_then(|zone| Some(Self { name: zone.iana_name()?.to_owned(), zone }));
        named.ok_or_else(|| Invalid::new("not_a_time_zone", "must be an IANA time zone like Europe/Prague"))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// What its clocks do.
    pub(crate) fn rules(&self) -> &TimeZone {
        &self.zone
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// When time counts (S2.6). One immutable version: a change makes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessHours {
    /// Which.
    pub id: HoursId,
    /// The version of the catalog in which they changed last; their `ETag`.
    pub version: u64,
    /// The name shown.
    pub name: Name,
    /// Where the clock hangs that decides.
    pub time_zone: Zone,
    /// The hours of a usual week.
    pub week: Week,
    /// The days on which time does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

impl BusinessHours {
    /// The seconds that count from one moment to another, both taken down to their second; 0 unless the other is later.
    #[must_use]
    pub fn counted(&self, from: Timestamp, to: Timestamp) -> u64 {
        total(self.openings(second(from), second(to)))
    }

    /// The first moment at which so many seconds have counted; for none of them the one from which is counted, taken down
    /// to its second. `None` if it is more than thirty years away.
    #[must_use]
    pub fn after(&self, from: Timestamp, seconds: u64) -> Option<Timestamp> {
        let from = second(from);
        let moment = if seconds == 0 { Some(from) } else { passed(self.openings(from, horizon(from)), seconds) };
        moment.and_then(|moment| Timestamp::from_second(moment).ok())
    }

    /// How many seconds count in so many business days that begin at a moment; `None` if they end more than thirty years
    /// away.
    #[must_use]
    pub fn seconds_of(&self, days: u32, from: Timestamp) -> Option<u64> {
        let Some(more) = days.checked_sub(1) else {
            return Some(0);
        };
        let from = second(from);
        let first = self.days_ahead(from).next()?;
        let (gone, whole) = (total(self.openings_of(first, from)), total(self.openings_of(first, i64::MAX)));
        let further = if gone == 0 { more } else { days };
        let last = self.days_ahead(from).nth(usize::try_from(further).ok()?)?;
        let length = total(self.openings_of(last, i64::MAX));
        let share = if gone == 0 { length } else { (gone * length).div_ceil(whole) };
        let end = passed(self.openings_of(last, i64::MAX), share)?;
        Some(total(self.openings(from, end)))
    }

    /// The days that have open time from a second on, each once, in the order of the calendar.
    ///
    /// Where clocks go back over midnight, a day is shown, left and shown again. It was new the first time only.
    fn days_ahead(&self, from: i64) -> impl Iterator<Item = i64> {
        let mut latest = i64::MIN;
        self.openings(from, horizon(from)).map(|opening| opening.day).filter(move |day| {
            let is_new = *day > latest;
            latest = latest.max(*day);
            is_new
        })
    }

    /// The openings of one day up to a second, wherever in time the clocks show that day: none is ahead of UTC by two days.
    fn openings_of(&self, day: i64, to: i64) -> impl Iterator<Item = Opening> {
        let (from, end) = ((day - 2) * DAY, (day + 3) * DAY);
        self.openings(from, to.min(end)).filter(move |opening| opening.day == day)
    }
}

/// The second in which a moment lies.
fn second(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

fn horizon(from: i64) -> i64 {
    from.saturating_add(HORIZON)
}

#[cfg(test)]
mod tests;
