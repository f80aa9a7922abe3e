use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn schedule(expression: &str, zone: &str) -> Schedule {
    Schedule::parse(expression, Zone::parse(zone).unwrap()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The latest call up to a moment and the next one after it, as UTC tells them.
fn around(schedule: &Schedule, moment: &str) -> (String, String) {
    let told = |found: Option<Timestamp>| found.map_or_else(|| "never".to_owned(), |found| found.to_string());
    (told(schedule.latest(at(moment))), told(schedule.next(at(moment))))
}

fn pair(latest: &str, next: &str) -> (String, String) {
    (latest.to_owned(), next.to_owned())
}

#[test]
fn a_rate_is_kept_at_its_whole_multiples() {
    let around = |expression: &str| around(&schedule(expression, "Europe/Prague"), "2026-03-02T09:07:20Z");
    assert_eq!(around("rate(1 minute)"), pair("2026-03-02T09:07:00Z", "2026-03-02T09:08:00Z"));
    assert_eq!(around("rate(5 minutes)"), pair("2026-03-02T09:05:00Z", "2026-03-02T09:10:00Z"));
    assert_eq!(around("rate(2 hours)"), pair("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"));
    assert_eq!(around("rate(1 day)"), pair("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"));
}

#[test]
fn a_call_is_the_latest_at_its_own_moment_and_not_the_next() {
    let often = schedule("rate(1 minute)", "UTC");
    assert_eq!(around(&often, "2026-03-02T09:07:00Z"), pair("2026-03-02T09:07:00Z", "2026-03-02T09:08:00Z"));
    let nightly = schedule("cron(0 3 ? * MON-FRI *)", "UTC");
    assert_eq!(around(&nightly, "2026-03-02T03:00:00Z"), pair("2026-03-02T03:00:00Z", "2026-03-03T03:00:00Z"));
    assert_eq!(around(&nightly, "2026-03-02T02:59:59Z"), pair("2026-02-27T03:00:00Z", "2026-03-02T03:00:00Z"));
}

#[test]
fn a_tick_of_office_hours_rests_at_night_and_at_the_weekend() {
    let tick = schedule("cron(* 7-18 ? * MON-FRI *)", "Europe/Prague");
    assert_eq!(around(&tick, "2026-03-02T09:07:20Z"), pair("2026-03-02T09:07:00Z", "2026-03-02T09:08:00Z"));
    // Friday, 18:59 in Prague, and Monday, 7:00.
    assert_eq!(around(&tick, "2026-03-06T17:59:30Z"), pair("2026-03-06T17:59:00Z", "2026-03-09T06:00:00Z"));
    assert_eq!(around(&tick, "2026-03-09T05:59:59Z"), pair("2026-03-06T17:59:00Z", "2026-03-09T06:00:00Z"));
}

#[test]
fn fields_have_numbers_names_lists_ranges_and_steps() {
    let around = |expression: &str| around(&schedule(expression, "UTC"), "2026-03-02T09:07:20Z");
    assert_eq!(around("cron(*/20 * * * ? *)"), pair("2026-03-02T09:00:00Z", "2026-03-02T09:20:00Z"));
    assert_eq!(around("cron(5/30 * * * ? *)"), pair("2026-03-02T09:05:00Z", "2026-03-02T09:35:00Z"));
    assert_eq!(around("cron(1,6,8 * * * ? *)"), pair("2026-03-02T09:06:00Z", "2026-03-02T09:08:00Z"));
    assert_eq!(around("cron(0 8-12/2 * * ? *)"), pair("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"));
    assert_eq!(around("cron(0 0 ? * 1,wed *)"), pair("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z"));
    assert_eq!(around("cron(0 0 1 JAN-MAR ? *)"), pair("2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z"));
    assert_eq!(around("cron(0 0 29 2 ? *)"), pair("2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"));
    assert_eq!(around("cron(0 0 30 2 ? *)"), pair("never", "never"));
}

#[test]
fn what_is_not_understood_is_refused() {
    for expression in [
        "",
        "1 minute",
        "at(2026-03-02T09:00:00)",
        "rate(1 minute",
        "rate()",
        "rate(minute)",
        "rate(0 minutes)",
        "rate(-1 minutes)",
        "rate(1 week)",
        "rate(9223372036854775807 days)",
        "cron()",
        "cron(* * * * *)",
        "cron(* * * * * *)",
        "cron(* * ? * ? *)",
        "cron(60 * * * ? *)",
        "cron(* 24 * * ? *)",
        "cron(* * 0 * ? *)",
        "cron(* * 32 * ? *)",
        "cron(* * * 13 ? *)",
        "cron(* * ? * 8 *)",
        "cron(* * ? * 0 *)",
        "cron(* * ? * FRI-MON *)",
        "cron(* * ? * MON#2 *)",
        "cron(* * L * ? *)",
        "cron(? * * * ? *)",
        "cron(+5 * * * ? *)",
        "cron(5- * * * ? *)",
        "cron(5,, * * * ? *)",
        "cron(*/0 * * * ? *)",
        "cron(* * * * ? 2026)",
    ] {
        let refused = Schedule::parse(expression, Zone::parse("UTC").unwrap());
        assert_eq!(refused.map_err(|invalid| invalid.code), Err("not_a_schedule"), "{expression}");
    }
}

#[test]
fn what_the_clocks_never_show_is_not_called_for() {
    let nightly = schedule("cron(30 2 * * ? *)", "Europe/Prague");
    assert_eq!(around(&nightly, "2026-03-29T12:00:00Z"), pair("2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"));
}

#[test]
fn what_the_clocks_show_twice_is_called_for_once() {
    let nightly = schedule("cron(30 2 * * ? *)", "Europe/Prague");
    assert_eq!(around(&nightly, "2026-10-25T00:29:59Z"), pair("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"));
    assert_eq!(around(&nightly, "2026-10-25T01:45:00Z"), pair("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
    let often = schedule("cron(* * * * ? *)", "Europe/Prague");
    assert_eq!(around(&often, "2026-10-25T00:10:00Z"), pair("2026-10-25T00:10:00Z", "2026-10-25T00:11:00Z"));
    assert_eq!(around(&often, "2026-10-25T01:10:00Z"), pair("2026-10-25T00:59:00Z", "2026-10-25T02:00:00Z"));
}

proptest! {
    /// Nothing is called between a call and the next one, wherever one looks from.
    #[test]
    fn the_latest_call_and_the_next_one_are_neighbours(
        minute in 29_500_000_i64..30_100_000,
        expression in prop::sample::select(vec![
            "rate(7 minutes)", "cron(*/9 * * * ? *)", "cron(* 7-18 ? * MON-FRI *)", "cron(0 0,3 ? * SUN *)",
        ]),
        zone in prop::sample::select(vec!["UTC", "Europe/Prague", "America/New_York", "Australia/Lord_Howe"]),
    ) {
        let schedule = schedule(expression, zone);
        let moment = Timestamp::from_second(minute * 60).unwrap();
        let (latest, next) = (schedule.latest(moment).unwrap(), schedule.next(moment).unwrap());
        prop_assert!(latest <= moment && moment < next);
        prop_assert_eq!(schedule.next(latest), Some(next));
        prop_assert_eq!(schedule.latest(next), Some(next));
        prop_assert_eq!(schedule.latest(next - SignedDuration::from_nanos(1)), Some(latest));
    }
}
