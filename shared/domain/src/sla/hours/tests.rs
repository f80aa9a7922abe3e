use jiff::SignedDuration;
use jiff::civil::Weekday;
use serde_json::{from_value, json, to_value};

use super::*;
use crate::sla::holiday::HolidayRule;
use crate::text::Label;

const HOUR: u64 = 3600;

const WORKDAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

const EVERY_DAY: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Hours of a zone that are never open, so far.
fn never(zone: &str) -> BusinessHours {
    BusinessHours {
        id: HoursId::parse("hrs_1").unwrap(),
        version: 1,
        name: Name::parse("Hours").unwrap(),
        time_zone: Zone::parse(zone).unwrap(),
        week: Week::default(),
        holidays: Vec::new(),
    }
}

impl BusinessHours {
    /// The same, open on these days at `08:00-17:00`, or at several such times.
    fn open(mut self, days: &[&str], times: &str) -> Self {
        let minute = |text: &str| Minute::parse(text).unwrap();
        let intervals = times.split_whitespace().map(|time| {
            let (from, to) = time.split_once('-').unwrap();
            Interval::new(minute(from), minute(to)).unwrap()
        });
        let intervals: Vec<_> = intervals.collect();
        for day in days {
            self.week.set(parse_weekday(day).unwrap(), intervals.clone()).unwrap();
        }
        self
    }

    /// The same, closed on a holiday.
    fn closed(mut self, rule: Result<HolidayRule, Invalid>) -> Self {
        self.holidays.push(Holiday { name: Label::parse("A day off").unwrap(), rule: rule.unwrap() });
        self
    }

    fn count(&self, from: &str, to: &str) -> u64 {
        self.counted(at(from), at(to))
    }

    /// The moment so many seconds after another, as UTC tells it.
    fn find(&self, from: &str, seconds: u64) -> Option<String> {
        self.after(at(from), seconds).map(|found| found.to_string())
    }

    /// When so many business days end, as UTC tells it.
    fn end(&self, days: u32, from: &str) -> Option<String> {
        self.find(from, self.seconds_of(days, at(from))?)
    }
}

/// A moment, written with the offset of the place.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The same moment, as UTC tells it.
fn utc(text: &str) -> String {
    at(text).to_string()
}

/// Monday to Friday, 8:00 to 17:00, in Prague (S2.6).
fn office() -> BusinessHours {
    never("Europe/Prague").open(&WORKDAYS, "08:00-17:00")
}

fn around_the_clock(zone: &str) -> BusinessHours {
    never(zone).open(&EVERY_DAY, "00:00-24:00")
}

#[test]
fn s2_6_time_counts_on_working_days_from_eight_to_five() {
    let office = office();
    assert_eq!(office.count("2026-03-02T00:00+01:00", "2026-03-09T00:00+01:00"), 45 * HOUR);
    assert_eq!(office.count("2026-03-02T07:59:59+01:00", "2026-03-02T08:00:01+01:00"), 1);
    assert_eq!(office.count("2026-03-02T16:59:59+01:00", "2026-03-03T08:00+01:00"), 1);
    assert_eq!(office.count("2026-03-02T10:00+01:00", "2026-03-02T11:30+01:00"), HOUR + HOUR / 2);
}

#[test]
fn s2_7_time_does_not_count_in_the_evening_and_at_the_weekend() {
    let office = office();
    assert_eq!(office.count("2026-03-02T17:00+01:00", "2026-03-03T08:00+01:00"), 0);
    assert_eq!(office.count("2026-03-06T17:00+01:00", "2026-03-09T08:00+01:00"), 0);
}

#[test]
fn two_hours_from_friday_half_past_four_end_on_monday_half_past_nine() {
    assert_eq!(office().find("2026-03-06T16:30+01:00", 2 * HOUR), Some(utc("2026-03-09T09:30+01:00")));
}

#[test]
fn what_ends_with_the_day_ends_in_the_evening_and_not_the_next_morning() {
    let office = office();
    assert_eq!(office.find("2026-03-06T16:30+01:00", HOUR / 2), Some(utc("2026-03-06T17:00+01:00")));
    assert_eq!(office.find("2026-03-06T16:30+01:00", HOUR / 2 + 1), Some(utc("2026-03-09T08:00:01+01:00")));
}

#[test]
fn s2_6_holidays_are_left_out() {
    let office = office()
        .closed(HolidayRule::easter(-2))
        .closed(HolidayRule::easter(1))
        .closed(HolidayRule::date("2026-04-08"))
        .closed(HolidayRule::yearly(5, 1))
        .closed(HolidayRule::weekday(5, Weekday::Monday, 1));
    assert_eq!(office.find("2026-04-02T16:30+02:00", HOUR), Some(utc("2026-04-07T08:30+02:00")));
    assert_eq!(office.count("2026-04-07T00:00+02:00", "2026-04-10T00:00+02:00"), 18 * HOUR);
    assert_eq!(office.count("2026-05-01T00:00+02:00", "2026-05-05T00:00+02:00"), 0);
    assert_eq!(office.count("2027-04-08T00:00+02:00", "2027-04-09T00:00+02:00"), 9 * HOUR, "one year only");
}

#[test]
fn h080_the_hour_that_spring_leaves_out_is_not_there() {
    let night = never("Europe/Prague").open(&["sunday"], "00:00-06:00");
    assert_eq!(night.count("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"), 5 * HOUR);
    assert_eq!(night.find("2026-03-29T00:00+01:00", 3 * HOUR), Some(utc("2026-03-29T04:00+02:00")));
    let gone = never("Europe/Prague").open(&["sunday"], "02:00-03:00");
    assert_eq!(gone.count("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"), 0);
    assert_eq!(gone.find("2026-03-28T12:00+01:00", 1), Some(utc("2026-04-05T02:00:01+02:00")));
    assert_eq!(gone.end(1, "2026-03-28T12:00+01:00"), Some(utc("2026-04-05T03:00+02:00")), "no business day");
    let cut = never("Europe/Prague").open(&["sunday"], "02:30-03:30");
    assert_eq!(cut.find("2026-03-29T00:00+01:00", 60), Some(utc("2026-03-29T03:01+02:00")));
}

#[test]
fn h080_the_hour_that_autumn_repeats_counts_twice() {
    let night = never("Europe/Prague").open(&["sunday"], "00:00-06:00");
    assert_eq!(night.count("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"), 7 * HOUR);
    assert_eq!(night.find("2026-10-25T00:00+02:00", 3 * HOUR), Some(utc("2026-10-25T02:00+01:00")));
    let twice = never("Europe/Prague").open(&["sunday"], "02:15-02:45");
    assert_eq!(twice.count("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"), HOUR);
    assert_eq!(twice.find("2026-10-25T00:00+02:00", HOUR / 2), Some(utc("2026-10-25T02:45+02:00")));
    assert_eq!(twice.find("2026-10-25T00:00+02:00", HOUR / 2 + 1), Some(utc("2026-10-25T02:15:01+01:00")));
    assert_eq!(twice.end(1, "2026-10-25T00:00+02:00"), Some(utc("2026-10-25T02:45+01:00")), "still one business day");
}

#[test]
fn h080_clocks_that_go_back_over_midnight_show_two_dates_twice() {
    // In 2010 Newfoundland went back from 0:01 on Sunday to 23:01 on Saturday.
    let late = never("America/St_Johns").open(&["saturday"], "23:00-24:00").open(&["sunday"], "00:00-01:00");
    assert_eq!(late.count("2010-11-06T12:00-02:30", "2010-11-07T12:00-03:30"), 2 * HOUR + HOUR);
    assert_eq!(late.find("2010-11-06T23:00-02:30", HOUR + 60), Some(utc("2010-11-07T00:01-02:30")));
    assert_eq!(late.find("2010-11-06T23:00-02:30", HOUR + 120), Some(utc("2010-11-06T23:02-03:30")));
    assert_eq!(late.end(1, "2010-11-06T12:00-02:30"), Some(utc("2010-11-07T00:00-03:30")));
    assert_eq!(late.end(2, "2010-11-06T12:00-02:30"), Some(utc("2010-11-07T01:00-03:30")));
}

#[test]
fn h080_a_date_that_a_country_skips_is_no_day() {
    // Samoa went from Thursday, 29 December 2011, to Saturday.
    let office = never("Pacific/Apia").open(&WORKDAYS, "08:00-17:00");
    assert_eq!(office.count("2011-12-29T00:00-10:00", "2012-01-03T00:00+14:00"), 18 * HOUR);
    assert_eq!(office.end(1, "2011-12-29T10:00-10:00"), Some(utc("2012-01-02T10:00+14:00")));
}

#[test]
fn h080_the_leap_day_is_a_day() {
    let office = office();
    assert_eq!(office.find("2028-02-28T16:00+01:00", 2 * HOUR), Some(utc("2028-02-29T09:00+01:00")));
    let february = ("2028-02-01T00:00+01:00", "2028-03-01T00:00+01:00");
    assert_eq!(around_the_clock("Europe/Prague").count(february.0, february.1), 29 * 24 * HOUR);
    assert_eq!(office.clone().closed(HolidayRule::yearly(2, 29)).count(february.0, february.1), 20 * 9 * HOUR);
    assert_eq!(office.count(february.0, february.1), 21 * 9 * HOUR);
}

#[test]
fn a_lunch_break_does_not_count() {
    let canteen = never("Europe/Prague").open(&WORKDAYS, "13:00-17:00 08:00-12:00");
    assert_eq!(canteen.find("2026-03-02T11:30+01:00", HOUR), Some(utc("2026-03-02T13:30+01:00")));
    assert_eq!(canteen.find("2026-03-02T11:30+01:00", HOUR / 2), Some(utc("2026-03-02T12:00+01:00")));
    assert_eq!(canteen.count("2026-03-02T11:00+01:00", "2026-03-02T14:00+01:00"), 2 * HOUR);
    assert_eq!(canteen.end(1, "2026-03-02T12:30+01:00"), Some(utc("2026-03-03T12:00+01:00")));
}

#[test]
fn around_the_clock_all_time_counts() {
    let always = around_the_clock("America/New_York");
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2028-12-31T23:59:59Z"));
    assert_eq!(always.counted(from, to), to.duration_since(from).as_secs().unsigned_abs());
    assert_eq!(always.after(from, 1_000_000), Some(from + SignedDuration::from_secs(1_000_000)));
}

#[test]
fn hours_are_those_of_the_place_on_either_side_of_utc() {
    let kiritimati = never("Pacific/Kiritimati").open(&["monday"], "08:00-17:00");
    assert_eq!(kiritimati.find("2026-03-01T00:00:00Z", 1), Some(utc("2026-03-01T18:00:01Z")));
    assert_eq!(kiritimati.count("2026-03-01T18:00:00Z", "2026-03-02T03:00:00Z"), 9 * HOUR);
    let marquesas = never("Pacific/Marquesas").open(&["monday"], "08:00-17:00");
    assert_eq!(marquesas.find("2026-03-01T00:00:00Z", 1), Some(utc("2026-03-02T17:30:01Z")));
    assert_eq!(marquesas.count("2026-03-02T17:30:00Z", "2026-03-03T02:30:00Z"), 9 * HOUR);
}

#[test]
fn one_business_day_from_monday_at_ten_ends_on_tuesday_at_ten() {
    let office = office();
    assert_eq!(office.seconds_of(1, at("2026-03-02T10:00+01:00")), Some(9 * HOUR));
    assert_eq!(office.end(1, "2026-03-02T10:00+01:00"), Some(utc("2026-03-03T10:00+01:00")));
    assert_eq!(office.end(5, "2026-03-02T10:00+01:00"), Some(utc("2026-03-09T10:00+01:00")));
    assert_eq!(office.end(3650, "2026-03-02T10:00+01:00"), Some(utc("2040-02-27T10:00+01:00")));
}

#[test]
fn who_comes_before_a_day_has_begun_has_it_whole() {
    let office = office();
    for from in ["2026-03-06T17:00+01:00", "2026-03-07T12:00+01:00", "2026-03-09T08:00+01:00"] {
        assert_eq!(office.seconds_of(1, at(from)), Some(9 * HOUR), "{from}");
        assert_eq!(office.end(1, from), Some(utc("2026-03-09T17:00+01:00")), "{from}");
        assert_eq!(office.end(3, from), Some(utc("2026-03-11T17:00+01:00")), "{from}");
    }
}

#[test]
fn a_short_friday_is_one_business_day() {
    let office = office().open(&["friday"], "08:00-12:00");
    assert_eq!(office.end(1, "2026-03-05T10:00+01:00"), Some(utc("2026-03-06T08:53:20+01:00")));
    assert_eq!(office.seconds_of(1, at("2026-03-05T10:00+01:00")), Some(7 * HOUR + 53 * 60 + 20));
    assert_eq!(office.end(1, "2026-03-05T10:00:01+01:00"), Some(utc("2026-03-06T08:53:21+01:00")), "7,201 s of 9 h");
    assert_eq!(
        office.end(1, "2026-03-06T10:00+01:00"),
        Some(utc("2026-03-09T12:30+01:00")),
        "half a day is half a day"
    );
    assert_eq!(office.seconds_of(3, at("2026-03-06T07:00+01:00")), Some(22 * HOUR));
}

#[test]
fn a_business_day_is_not_spent_on_holidays() {
    let office = office().closed(HolidayRule::easter(-2)).closed(HolidayRule::easter(1));
    assert_eq!(office.end(1, "2026-04-02T10:00+02:00"), Some(utc("2026-04-07T10:00+02:00")));
}

#[test]
fn nothing_takes_no_time() {
    let office = office();
    assert_eq!(office.find("2026-03-07T12:00:00.9Z", 0), Some(utc("2026-03-07T12:00:00Z")), "closed, and taken down");
    assert_eq!(never("UTC").find("2026-03-07T12:00:00Z", 0), Some(utc("2026-03-07T12:00:00Z")));
    assert_eq!(office.seconds_of(0, at("2026-03-07T12:00:00Z")), Some(0));
}

#[test]
fn moments_are_taken_down_to_their_second() {
    let always = around_the_clock("UTC");
    assert_eq!(always.count("2026-03-02T09:00:00.9Z", "2026-03-02T09:00:01.1Z"), 1);
    assert_eq!(always.count("2026-03-02T09:00:00.1Z", "2026-03-02T09:00:00.9Z"), 0);
    assert_eq!(always.find("1969-12-31T23:59:58.5Z", 0), Some(utc("1969-12-31T23:59:58Z")), "before 1970 too");
}

#[test]
fn time_does_not_run_backwards() {
    let always = around_the_clock("UTC");
    assert_eq!(always.count("2026-03-02T09:00:00Z", "2026-03-01T09:00:00Z"), 0);
    assert_eq!(always.count("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"), 0);
}

#[test]
fn what_is_never_open_never_counts() {
    let never = never("Europe/Prague");
    let from = "2026-03-02T09:00:00Z";
    assert_eq!(never.count(from, "2036-03-02T09:00:00Z"), 0);
    assert_eq!((never.find(from, 1), never.end(1, from)), (None, None));
}

#[test]
fn nobody_looks_further_than_thirty_years() {
    let from = at("2026-03-02T09:00:00Z");
    assert!(around_the_clock("UTC").after(from, 30 * 365 * 24 * HOUR).is_some());
    assert_eq!(around_the_clock("UTC").after(from, 31 * 365 * 24 * HOUR), None);
    assert_eq!(around_the_clock("UTC").after(from, u64::MAX), None);
    assert_eq!(office().seconds_of(u32::MAX, from), None);
}

#[test]
fn at_both_ends_of_the_calendar_time_is_counted_as_far_as_there_is_any() {
    let day = SignedDuration::from_hours(24);
    for zone in ["UTC", "Europe/Prague", "America/New_York", "Pacific/Kiritimati"] {
        let always = around_the_clock(zone);
        assert_eq!(always.counted(Timestamp::MIN, Timestamp::MIN + day), 24 * HOUR, "{zone}");
        assert_eq!(always.counted(Timestamp::MAX - day, Timestamp::MAX), 24 * HOUR, "{zone}");
        assert_eq!(always.after(Timestamp::MIN, HOUR), Some(Timestamp::MIN + SignedDuration::from_hours(1)), "{zone}");
        assert_eq!(always.after(Timestamp::MAX, HOUR), None, "{zone}");
        assert_eq!(always.seconds_of(2, Timestamp::MAX), None, "{zone}");
        assert_eq!(always.seconds_of(1, Timestamp::MIN), None, "what was before the first moment is not known");
    }
}

#[test]
fn a_zone_is_known_by_its_name() {
    assert_eq!(Zone::parse("europe/prague").unwrap(), Zone::parse("Europe/Prague").unwrap());
    assert_eq!(Zone::parse("europe/PRAGUE").unwrap().as_str(), "Europe/Prague");
    assert_ne!(Zone::parse("Europe/Prague").unwrap(), Zone::parse("Europe/Bratislava").unwrap());
    assert_eq!(format!("{:?}", Zone::parse("UTC").unwrap()), "UTC");
    for text in ["", "Prague", "+01:00", "Europe/Prague ", "Etc/Unknown", "../../etc/passwd"] {
        assert_eq!(Zone::parse(text).unwrap_err().code, "not_a_time_zone", "{text}");
    }
}

#[test]
fn hours_are_stored_as_people_write_them() {
    let office = never("Europe/Prague").open(&["friday"], "08:00-12:00").closed(HolidayRule::easter(1));
    let stored = json!({
        "id": "hrs_1",
        "version": 1,
        "name": "Hours",
        "time_zone": "Europe/Prague",
        "week": { "friday": [{ "from": "08:00", "to": "12:00" }] },
        "holidays": [{ "name": "A day off", "kind": "easter", "offset_days": 1 }],
    });
    assert_eq!(to_value(&office).unwrap(), stored);
    assert_eq!(from_value::<BusinessHours>(stored.clone()).unwrap(), office);
    for (field, wrong) in [("time_zone", json!("Prague")), ("week", json!({ "friday": [{ "from": "8", "to": "9" }] }))]
    {
        let mut damaged = stored.clone();
        damaged[field] = wrong;
        assert!(from_value::<BusinessHours>(damaged).is_err(), "{field}");
    }
}
