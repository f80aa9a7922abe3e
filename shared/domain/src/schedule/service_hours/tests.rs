use proptest::prelude::*;

use super::*;
use crate::id::HoursId;
use crate::sla::holiday::{Holiday, HolidayRule};
use crate::sla::hours::{Interval, Minute};
use crate::text::{Label, Name};

const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

fn service_of(expression: &str, zone: &str) -> Result<ServiceHours, Invalid> {
    ServiceHours::of(&Schedule::parse(expression, Zone::parse(zone).unwrap()).unwrap())
}

/// Hours of these days, from a quarter of an hour of the day to another.
fn hours(days: &[Weekday], zone: &str, quarters: (u16, u16)) -> BusinessHours {
    let minute = |quarter: u16| Minute::parse(&format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15)).unwrap();
    let interval = Interval::new(minute(quarters.0), minute(quarters.1)).unwrap();
    let (id, name) = (HoursId::parse("hrs_1").unwrap(), Name::parse("Hours").unwrap());
    let mut hours = BusinessHours::named(id, name, Zone::parse(zone).unwrap());
    for day in days {
        hours.week.set(*day, vec![interval]).unwrap();
    }
    hours
}

/// Monday to Friday, 8:00 to 17:00.
fn office(zone: &str) -> BusinessHours {
    hours(&WORKDAYS, zone, (32, 68))
}

fn monday() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn covers(expression: &str, zone: &str, hours: &BusinessHours) -> bool {
    service_of(expression, zone).unwrap().covers(hours, monday())
}

#[test]
fn a_tick_that_never_rests_covers_all_hours() {
    assert_eq!(service_of("rate(1 minute)", "Europe/Prague"), Ok(ServiceHours::ALWAYS));
    let days = [&WORKDAYS[..], &[Weekday::Saturday, Weekday::Sunday]].concat();
    let always = hours(&days, "Asia/Kathmandu", (0, 96));
    assert!(ServiceHours::ALWAYS.covers(&always, monday()));
    assert!(covers("cron(* * * * ? *)", "Europe/Prague", &always));
    assert!(!covers("cron(* * ? * MON-SAT *)", "Europe/Prague", &always));
}

#[test]
fn hours_are_covered_up_to_the_minute() {
    let office = office("Europe/Prague");
    assert!(covers("cron(* 8-16 ? * MON-FRI *)", "Europe/Prague", &office));
    assert!(!covers("cron(* 8-15 ? * MON-FRI *)", "Europe/Prague", &office));
    assert!(!covers("cron(* 9-16 ? * MON-FRI *)", "Europe/Prague", &office));
    assert!(!covers("cron(* 8-16 ? * MON-THU *)", "Europe/Prague", &office));
    assert!(!covers("cron(0-58 8-16 ? * MON-FRI *)", "Europe/Prague", &office));
}

#[test]
fn clocks_in_two_places_are_compared_all_year_round() {
    let (london, new_york) = (office("Europe/London"), office("America/New_York"));
    assert!(covers("cron(* 9-17 ? * MON-FRI *)", "Europe/Prague", &london), "they are moved together");
    assert!(!covers("cron(* 13-21 ? * MON-FRI *)", "Europe/London", &new_york), "in March they are not");
    assert!(covers("cron(* 12-21 ? * MON-FRI *)", "Europe/London", &new_york));
    assert!(!covers("cron(* 7-15 ? * MON-FRI *)", "UTC", &office("Europe/Prague")), "in summer it is two hours");
    assert!(covers("cron(* 6-15 ? * MON-FRI *)", "UTC", &office("Europe/Prague")));
}

#[test]
fn a_minute_is_served_from_the_first_look_back_on() {
    let [late, later] = [(32, 36), (33, 36)].map(|quarters| hours(&WORKDAYS, "UTC", quarters));
    assert!(!covers("cron(3-59 8 ? * MON-FRI *)", "UTC", &late));
    assert!(covers("cron(3-59 8 ? * MON-FRI *)", "UTC", &later));
    assert!(!covers("cron(*/2 * * * ? *)", "UTC", &later));
}

#[test]
fn a_day_off_is_a_day_like_others() {
    let mut office = office("UTC");
    let rule = HolidayRule::Date { date: "2026-03-06".parse().unwrap() };
    office.holidays.push(Holiday { name: Label::parse("A day off").unwrap(), rule });
    assert!(!covers("cron(* 8-16 ? * MON-THU *)", "UTC", &office));
}

#[test]
fn a_tick_that_could_miss_everything_is_refused() {
    for expression in [
        "rate(2 minutes)",
        "rate(1 hour)",
        "cron(* * 1-15 * ? *)",
        "cron(* * * JAN-JUN ? *)",
        "cron(1,2,3 * * * ? *)",
        "cron(1/10 * * * ? *)",
    ] {
        assert_eq!(service_of(expression, "UTC").map_err(|invalid| invalid.code), Err("not_a_tick"), "{expression}");
    }
}

/// A tick as it is written, and whether it ticks in each of the five minutes that begin when clocks show this.
struct Tick {
    days: usize,
    hours: (i8, i8),
    minutes: &'static str,
}

impl Tick {
    fn expression(&self) -> String {
        let names = ["MON", "TUE", "WED", "THU", "FRI"];
        let days = names[..self.days].join(",");
        format!("cron({} {}-{} ? * {days} *)", self.minutes, self.hours.0, self.hours.1)
    }

    fn ticks(&self, shown: jiff::civil::DateTime) -> bool {
        let minute = match self.minutes {
            "*" => true,
            "0-29" => shown.minute() < 30,
            "15-59" => shown.minute() >= 15,
            other => panic!("{other} is not known here"),
        };
        let day = WORKDAYS[..self.days].contains(&shown.date().weekday());
        day && minute && (self.hours.0..=self.hours.1).contains(&shown.hour())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Looking at the clocks of both places in every five minutes of a year leads to the same.
    #[test]
    fn service_hours_cover_what_a_look_at_two_clocks_says(
        zones in prop::array::uniform2(prop::sample::select(vec![
            "UTC", "Europe/Prague", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
        ])),
        days in (1_usize..=5, 3_usize..=5),
        quarters in (24_u16..48, 1_u16..40),
        hours_of_tick in (0_i8..8, 15_i8..24),
        minutes in prop::sample::select(vec!["*", "*", "*", "0-29", "15-59"]),
        same in any::<bool>(),
    ) {
        let zones = if same { [zones[0], zones[0]] } else { zones };
        let hours = hours(&WORKDAYS[..days.0], zones[0], (quarters.0, quarters.0 + quarters.1));
        let tick = Tick { days: days.1, hours: hours_of_tick, minutes };
        let clocks = zones.map(|zone| TimeZone::get(zone).unwrap());
        let begin = monday().as_second();
        let is_late = |block: i64| {
            let block = Timestamp::from_second(begin + block * 300).unwrap();
            let (here, there) = (clocks[0].to_datetime(block), clocks[1].to_datetime(block));
            let minute = i64::from(here.hour()) * 60 + i64::from(here.minute());
            is_open(&hours.week, here.date().weekday(), minute) && !tick.ticks(there)
        };
        let expected = !(0..YEAR / 5).any(is_late);
        let found = service_of(&tick.expression(), zones[1]).unwrap().covers(&hours, monday());
        prop_assert_eq!(found, expected);
    }
}
