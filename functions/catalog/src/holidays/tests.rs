use serde_json::json;

use super::*;

/// As the public calendar of Czech holidays comes: folded lines, CRLF, escapes, and much that is not asked for.
const CZECH: &str = "BEGIN:VCALENDAR\r\n\
    PRODID:-//Google Inc//Google Calendar 70.9054//EN\r\n\
    VERSION:2.0\r\n\
    CALSCALE:GREGORIAN\r\n\
    METHOD:PUBLISH\r\n\
    X-WR-CALNAME:Svátky v zemi Česko\r\n\
    X-WR-TIMEZONE:UTC\r\n\
    X-WR-CALDESC:Svátky a významné dny v zemi Česko\r\n\
    BEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20260406\r\n\
    DTEND;VALUE=DATE:20260407\r\n\
    DTSTAMP:20260301T080000Z\r\n\
    UID:20260406_9qgdp3mhtvqo4rq0mbk25nko3s@google.com\r\n\
    CLASS:PUBLIC\r\n\
    CREATED:20240517T115534Z\r\n\
    DESCRIPTION:Státní svátek\\nPokud chcete skrýt svátky\\, přejděte do Nastav\r\n \
    ení Kalendáře Google\r\n\
    SEQUENCE:0\r\n\
    STATUS:CONFIRMED\r\n\
    SUMMARY:Velikonoční pondělí\r\n\
    TRANSP:TRANSPARENT\r\n\
    END:VEVENT\r\n\
    BEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20260928\r\n\
    DTEND;VALUE=DATE:20260929\r\n\
    SUMMARY:Den české státnosti\\, svátek \r\n sv. Václava\r\n\
    BEGIN:VALARM\r\n\
    ACTION:DISPLAY\r\n\
    SUMMARY:Something else\r\n\
    TRIGGER:-P1D\r\n\
    END:VALARM\r\n\
    END:VEVENT\r\n\
    BEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20261224\r\n\
    DTEND;VALUE=DATE:20261227\r\n\
    SUMMARY:Vánoce\r\n\
    END:VEVENT\r\n\
    BEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20261231\r\n\
    STATUS:CANCELLED\r\n\
    SUMMARY:Silvestr\r\n\
    END:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// A calendar whose events consist of these lines.
fn calendar(events: &[&str]) -> String {
    let events: Vec<_> = events.iter().map(|event| format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events.concat())
}

fn told(text: &str) -> Vec<String> {
    let holidays = read_calendar(text).unwrap();
    let day = |rule: &HolidayRule| {
        let rule = json!(rule);
        let parts = ["date", "month", "weekday", "nth", "day"].map(|part| rule[part].clone());
        parts.iter().filter(|part| !part.is_null()).map(|part| part.to_string().replace('"', "")).collect::<Vec<_>>()
    };
    holidays.iter().map(|holiday| format!("{} {}", day(&holiday.rule).join(" "), holiday.name.as_str())).collect()
}

fn wrong(text: &str) -> Vec<(&'static str, String)> {
    let fields = read_calendar(text).unwrap_err().into_vec();
    assert!(fields.iter().all(|error| error.field == ICALENDAR));
    fields.into_iter().map(|error| (error.code, error.message)).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    wrong(text).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_public_calendar_is_read_event_by_event() {
    let expected = [
        "2026-04-06 Velikonoční pondělí",
        "2026-09-28 Den české státnosti, svátek sv. Václava",
        "2026-12-24 Vánoce",
        "2026-12-25 Vánoce",
        "2026-12-26 Vánoce",
    ];
    assert_eq!(told(CZECH), expected);
    assert_eq!(told(&CZECH.replace("\r\n", "\n")), expected);
    assert_eq!(told(&format!("\u{feff}{CZECH}")), expected);
}

#[test]
fn what_recurs_every_year_becomes_a_rule() {
    let text = calendar(&[
        "DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY\nSUMMARY:New Year",
        "DTSTART;VALUE=DATE:20201225\nDTEND;VALUE=DATE:20201227\nRRULE:FREQ=YEARLY\nSUMMARY:Christmas",
        "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving",
        "DTSTART;VALUE=DATE:20200525\nRRULE:BYDAY=-1MO;FREQ=YEARLY;BYMONTH=5\nSUMMARY:Memorial Day",
    ]);
    let expected = [
        "1 1 New Year",
        "12 25 Christmas",
        "12 26 Christmas",
        "11 thursday 4 Thanksgiving",
        "5 monday -1 Memorial Day",
    ];
    assert_eq!(told(&text), expected);
}

#[test]
fn an_event_takes_the_days_it_touches() {
    let text = calendar(&[
        "DTSTART:20261224T080000\nDTEND:20261225T120000\nSUMMARY:a",
        "DTSTART;TZID=Europe/Prague:20261228T000000\nDTEND;TZID=Europe/Prague:20261229T000000\nSUMMARY:b",
        "DTSTART;VALUE=DATE:20261230\nDURATION:P2D\nSUMMARY:c",
        "DTSTART;VALUE=DATE:20270102\nDTEND;VALUE=DATE:20270101\nSUMMARY:d",
        "DTSTART:20270104T180000\nDURATION:PT12H\nSUMMARY:e",
    ]);
    let expected = [
        "2026-12-24 a",
        "2026-12-25 a",
        "2026-12-28 b",
        "2026-12-30 c",
        "2026-12-31 c",
        "2027-01-02 d",
        "2027-01-04 e",
        "2027-01-05 e",
    ];
    assert_eq!(told(&text), expected);
}

#[test]
fn a_time_in_utc_is_no_day_of_anywhere() {
    let text = calendar(&["DTSTART:20261223T230000Z\nDTEND:20261224T230000Z\nSUMMARY:Christmas Eve"]);
    assert_eq!(codes(&text), ["not_a_date"]);
}

#[test]
fn a_year_may_be_told_in_more_words() {
    let text = calendar(&[
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=12;BYMONTHDAY=25;WKST=MO\nSUMMARY:Christmas",
    ]);
    assert_eq!(told(&text), ["12 25 Christmas"]);
    let other = calendar(&["DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=26\nSUMMARY:x"]);
    assert_eq!(codes(&other), ["unsupported_rule"]);
}

#[test]
fn a_name_is_one_line_that_fits() {
    let long = format!("DTSTART:20260101\nSUMMARY:{}", "ž".repeat(150));
    let text = calendar(&[&long, "DTSTART:20260102\nSUMMARY: Two\\n  lines\\, \u{7}one", "DTSTART:20260103"]);
    let expected =
        [format!("2026-01-01 {}", "ž".repeat(100)), "2026-01-02 Two lines, one".into(), "2026-01-03 Holiday".into()];
    assert_eq!(told(&text), expected);
}

#[test]
fn a_calendar_without_events_has_no_holidays() {
    assert!(told(&calendar(&[])).is_empty());
    assert!(told("begin:vcalendar\nend:vcalendar").is_empty());
}

#[test]
fn what_is_no_calendar_is_refused() {
    let whole = calendar(&["DTSTART:20260101"]);
    for text in [
        "",
        "\n\n",
        "Christmas is on 25 December.",
        "{\"icalendar\": []}",
        "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT",
        &whole.replace("END:VCALENDAR", ""),
        &whole.replace("END:VEVENT", "END:VTODO"),
        &whole.replace("END:VEVENT\n", ""),
        &format!("{whole}END:VCALENDAR"),
        &whole.replace("DTSTART:", "BEGIN;X="),
        &whole.replace("DTSTART:", &format!("{}BEGIN;X=", "\r".repeat(70_000))),
        &"BEGIN:VCALENDAR\n".repeat(10_000),
    ] {
        assert_eq!(codes(text), ["not_a_calendar"], "{text:.80}");
    }
}

#[test]
fn what_nests_deep_is_not_followed() {
    let (begin, end) = ("BEGIN:VALARM\n".repeat(5000), "END:VALARM\n".repeat(5000));
    assert_eq!(told(&calendar(&[&format!("DTSTART:20260101\n{begin}{end}")])), ["2026-01-01 Holiday"]);
}

#[test]
fn what_recurs_otherwise_is_refused_by_its_name() {
    let one = |lines: &str| calendar(&[&format!("DTSTART;VALUE=DATE:20260101\n{lines}\nSUMMARY:Payday")]);
    for lines in [
        "RRULE:FREQ=MONTHLY",
        "RRULE:FREQ=YEARLY;COUNT=3",
        "RRULE:FREQ=YEARLY;INTERVAL=2",
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=MO",
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=5MO",
        "RRULE:FREQ=YEARLY;BYMONTH=13;BYDAY=1MO",
        "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO,2MO",
        "DURATION:P2D\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO",
        "RRULE:",
        "RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270101",
        "RDATE;VALUE=DATE:20270101",
        "RECURRENCE-ID;VALUE=DATE:20270101",
    ] {
        let refusals = wrong(&one(lines));
        assert_eq!(refusals.len(), 1);
        let (code, message) = &refusals[0];
        assert!(*code == "unsupported_rule" && message.ends_with(": Payday"), "{lines}: {code} {message}");
    }
}

#[test]
fn an_event_without_dates_that_can_be_read_is_refused() {
    for lines in ["SUMMARY:x", "DTSTART:soon", "DTSTART:20260230", "DTSTART:20260101\nDTEND:later"] {
        assert_eq!(codes(&calendar(&[lines])), ["not_a_date"], "{lines}");
    }
}

#[test]
fn there_is_an_end_to_events_and_to_complaints() {
    let (longest, longer) = ("DTSTART:20260101\nDTEND:20260201", "DTSTART:20260101\nDTEND:20260202");
    assert_eq!(told(&calendar(&[longest])).len(), 31);
    assert_eq!(codes(&calendar(&[longer])), ["too_many"]);
    assert_eq!(codes(&calendar(&["DTSTART:20260101\nDURATION:P9000000W"])).len(), 1);
    assert_eq!(codes(&calendar(&[longest; 17])), ["too_many"]);
    assert_eq!(codes(&calendar(&["DTSTART:soon"; 100])).len(), MOST_REFUSALS);
}
