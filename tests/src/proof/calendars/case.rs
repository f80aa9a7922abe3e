//! Cases: calendars as plain data, and moments near whatever is odd about a calendar.

use domain::id::HoursId;
use domain::sla::holiday::{Holiday, HolidayRule};
use domain::sla::hours::{BusinessHours, Interval, Minute, Week, Zone};
use domain::text::{Label, Name};
use jiff::civil::{Date, Weekday, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::sample::Index;

/// A quarter of an hour, in minutes.
pub(super) const QUARTER: i64 = 15;

/// A day, in minutes.
const DAY: i64 = 24 * 60;

/// Zones without daylight saving and with it, ahead of UTC and behind it, at whole hours and not: one that changes by
/// half an hour, some that change at midnight, one that skipped a day, and one whose winter is the one that is called
/// saving.
const ZONES: &[&str] = &[
    "UTC",
    "Africa/Cairo",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Prague",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
];

/// A calendar, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) zone: &'static str,
    /// For every day from Monday on: from which minute of the day it is open, up to which it is.
    week: [Vec<(u16, u16)>; 7],
    days_off: Vec<DayOff>,
    pub(super) start: Timestamp,
    /// The seconds of a first span, and of one behind it.
    pub(super) part: u32,
    pub(super) rest: u32,
    /// The counted seconds whose end is looked for.
    pub(super) target: u32,
    pub(super) days: u32,
    /// When a clock is turned, in seconds from the start, and how.
    pub(super) turns: Vec<(u32, Turn)>,
}

/// How a clock is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It stands still, or goes on if it stood.
    Pause,
    /// It is held against half as much, or against all of it again.
    Rebase,
}

/// A day on which it is closed.
#[derive(Clone, Debug)]
enum DayOff {
    On(Date),
    Yearly(i8, i8),
    Nth(i8, Weekday, i8),
    FromEaster(i16),
}

/// What a case begins near to.
#[derive(Clone, Copy, Debug)]
enum Near {
    Anything,
    Jump,
    LeapDay,
    NewYear,
}

/// All cases.
pub(super) fn cases() -> impl Strategy<Value = Case> {
    let holiday = (prop::sample::select(DAYS_OFF), -3_i64..=14);
    let zone = prop::sample::select(ZONES);
    let days_off = prop::collection::vec(holiday, 0..=4);
    let turn = (span(8), prop_oneof![3 => Just(Turn::Pause), 1 => Just(Turn::Rebase)]);
    let turns = prop::collection::vec(turn, 0..=8);
    let strategy = (zone, week(), days_off, start(), (span(5), span(5), span(3)), (1_u32..=4, turns));
    strategy.prop_map(|(zone, week, days_off, start, (part, rest, target), (days, mut turns))| {
        turns.sort_by_key(|(after, _)| *after);
        let clocks = TimeZone::get(zone).unwrap();
        let start = start.timestamp(&clocks);
        let around = clocks.to_datetime(start).date();
        let days_off = days_off.into_iter().map(|(kind, by)| kind(around + SignedDuration::from_hours(24 * by)));
        Case { zone, week, days_off: days_off.collect(), start, part, rest, target, days, turns }
    })
}

/// Up to so many days in seconds, half of the time in whole minutes.
fn span(days: u32) -> impl Strategy<Value = u32> {
    let minutes = 24 * 60 * days;
    prop_oneof![1 => (0..=minutes).prop_map(|minute| 60 * minute), 1 => 0..=60 * minutes]
}

/// A week; one in sixty is never open.
fn week() -> impl Strategy<Value = [Vec<(u16, u16)>; 7]> {
    prop_oneof![60 => prop::array::uniform7(day()), 1 => Just(<[Vec<(u16, u16)>; 7]>::default())]
}

/// The hours of a day: none, all of it, or up to three intervals, which may touch.
fn day() -> impl Strategy<Value = Vec<(u16, u16)>> {
    let intervals = prop::collection::vec(minute(), 0..=6).prop_map(|mut minutes| {
        minutes.sort_unstable();
        let (intervals, _) = minutes.as_chunks::<2>();
        intervals.iter().map(|[from, to]| (*from, *to)).filter(|(from, to)| from < to).collect::<Vec<_>>()
    });
    prop_oneof![8 => intervals, 1 => Just(vec![(0_u16, 1440_u16)])]
}

/// A minute of the day: any, a full hour, or one around midnight and the hours at which clocks jump.
fn minute() -> impl Strategy<Value = u16> {
    prop_oneof![2 => 0_u16..=1440, 3 => (0_u16..=24).prop_map(|hour| 60 * hour), 2 => 0_u16..=240, 1 => 1380_u16..=1440]
}

/// Where a case starts.
#[derive(Clone, Debug)]
struct Start {
    near: Near,
    which: Index,
    /// Minutes behind what it is near to.
    by: i64,
    /// A minute anywhere from 1990 to 2040.
    anywhere: i64,
    second: i64,
    nanosecond: i32,
}

fn start() -> impl Strategy<Value = Start> {
    let near = prop_oneof![
        5 => Just(Near::Anything),
        3 => Just(Near::Jump),
        1 => Just(Near::LeapDay),
        1 => Just(Near::NewYear),
    ];
    let anywhere = midnight(date(1990, 1, 1))..midnight(date(2040, 1, 1));
    let second = prop_oneof![2 => Just(0_i64), 1 => 0_i64..60];
    let nanosecond = prop_oneof![2 => Just(0_i32), 1 => 0_i32..1_000_000_000];
    let strategy = (near, any::<Index>(), -3 * DAY..=3 * DAY, anywhere, second, nanosecond);
    strategy.prop_map(|(near, which, by, anywhere, second, nanosecond)| Start {
        near,
        which,
        by,
        anywhere,
        second,
        nanosecond,
    })
}

impl Start {
    fn timestamp(&self, zone: &TimeZone) -> Timestamp {
        let moments: Vec<i64> = match self.near {
            Near::Anything => Vec::new(),
            Near::Jump => jumps(zone),
            Near::LeapDay => [2000, 2024, 2028].map(|year| midnight(date(year, 2, 29))).to_vec(),
            Near::NewYear => (1990..=2040).map(|year| midnight(date(year, 1, 1))).collect(),
        };
        let minute = if moments.is_empty() { self.anywhere } else { *self.which.get(&moments) + self.by };
        Timestamp::new(60 * minute + self.second, self.nanosecond).unwrap()
    }
}

/// The minutes at which the clocks of a zone jump.
fn jumps(zone: &TimeZone) -> Vec<i64> {
    let begin = Timestamp::from_second(60 * midnight(date(1990, 1, 1))).unwrap();
    let minutes = zone.following(begin).map(|jump| jump.timestamp().as_second().div_euclid(60));
    minutes.take_while(|minute| *minute < midnight(date(2040, 1, 1))).collect()
}

/// The minute at which a date begins in UTC.
fn midnight(date: Date) -> i64 {
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_second().div_euclid(60)
}

/// Each makes a day off that has to do with a date.
const DAYS_OFF: &[fn(Date) -> DayOff] = &[
    DayOff::On,
    |date| DayOff::Yearly(date.month(), date.day()),
    |date| DayOff::Nth(date.month(), date.weekday(), which_of_its_month(date)),
    |date| DayOff::Nth(date.month(), date.weekday(), -1),
    |date| DayOff::FromEaster(from_easter(date)),
];

/// The place of a date among the same weekdays of its month; the fifth is the last.
fn which_of_its_month(date: Date) -> i8 {
    let weekday = date.weekday();
    (1..=4).find(|nth| date.nth_weekday_of_month(*nth, weekday).unwrap() == date).unwrap_or(-1)
}

/// How far a date is from the Easter of its year, or as far as a rule may go.
fn from_easter(date: Date) -> i16 {
    let days = easter(date.year()).duration_until(date).as_hours() / 24;
    i16::try_from(days.clamp(-100, 100)).unwrap()
}

/// Easter Sunday of a year, by the church's own golden numbers and epacts, as Clavius left them and Knuth wrote them
/// down.
fn easter(of_year: i16) -> Date {
    let year = i64::from(of_year);
    let (golden, century) = (year % 19 + 1, year / 100 + 1);
    let leaps_left_out = 3 * century / 4 - 12;
    let moons_put_right = (8 * century + 5) / 25 - 5;
    let sunday = 5 * year / 4 - leaps_left_out - 10;
    let mut epact = (11 * golden + 20 + moons_put_right - leaps_left_out).rem_euclid(30);
    if epact == 24 || (epact == 25 && golden > 11) {
        epact += 1;
    }
    let full_moon = if epact > 23 { 74 - epact } else { 44 - epact };
    let march = full_moon + 7 - (sunday + full_moon) % 7;
    date(of_year, 3, 1) + SignedDuration::from_hours(24 * (march - 1))
}

impl Case {
    /// The open minutes of a date.
    pub(super) fn hours_on(&self, date: Date) -> &[(u16, u16)] {
        let place = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
        if self.days_off.iter().any(|day_off| day_off.is(date)) { &[] } else { &self.week[place] }
    }

    /// The same as the domain has it.
    pub(super) fn hours(&self) -> BusinessHours {
        let mut week = Week::default();
        for (day, hours) in Weekday::Monday.cycle_forward().zip(&self.week) {
            let intervals = hours.iter().map(|(from, to)| Interval::new(clock(*from), clock(*to)).unwrap());
            week.set(day, intervals.collect()).unwrap();
        }
        let name = Label::parse("A day off").unwrap();
        let holidays = self.days_off.iter().map(|day_off| Holiday { name: name.clone(), rule: day_off.rule() });
        BusinessHours {
            id: HoursId::parse("hrs_proof").unwrap(),
            version: 1,
            name: Name::parse("Hours").unwrap(),
            time_zone: Zone::parse(self.zone).unwrap(),
            week,
            holidays: holidays.collect(),
        }
    }
}

fn clock(minute: u16) -> Minute {
    Minute::parse(&format!("{:02}:{:02}", minute / 60, minute % 60)).unwrap()
}

impl DayOff {
    fn is(&self, day: Date) -> bool {
        match *self {
            Self::On(only) => day == only,
            Self::Yearly(month, of_month) => (day.month(), day.day()) == (month, of_month),
            Self::Nth(month, weekday, nth) => {
                day.month() == month && day.nth_weekday_of_month(nth, weekday).is_ok_and(|found| found == day)
            }
            Self::FromEaster(days) => {
                let offset = SignedDuration::from_hours(24 * i64::from(days));
                (day.year() - 1..=day.year() + 1).any(|year| easter(year) + offset == day)
            }
        }
    }

    fn rule(&self) -> HolidayRule {
        let rule = match *self {
            Self::On(date) => HolidayRule::date(&date.to_string()),
            Self::Yearly(month, day) => HolidayRule::yearly(month.into(), day.into()),
            Self::Nth(month, weekday, nth) => HolidayRule::weekday(month.into(), weekday, nth.into()),
            Self::FromEaster(days) => HolidayRule::easter(days.into()),
        };
        rule.unwrap()
    }
}
