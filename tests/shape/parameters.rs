//! Whether what is said to be wrong with a parameter before anything is deployed is what functions would not start with.
//! What only a calendar or the scheduler knows, such as a minute 99, is left to the scheduler, which refuses it as well.

use domain::contact::EmailAddress;
use regex_lite::Regex;

use crate::template::declared;
use crate::tree;

const ADDRESSES: [&str; 3] = ["ada@desk.example", "Ada.Admin+desk@my-desk.Example", "o'ada/{|}`~@1.example"];

const NO_ADDRESSES: [&str; 16] = [
    "ada",
    "ada@",
    "@desk.example",
    "ada@desk",
    "ada@.example",
    "ada@desk.",
    "ada@desk..example",
    "ada@-desk.example",
    "ada@desk-.example",
    "ada@my_desk.example",
    ".ada@desk.example",
    "ada.@desk.example",
    "a..da@desk.example",
    "ada@eve@desk.example",
    "ada,eve@desk.example",
    "Ada <ada@desk.example>",
];

const TICKS: [&str; 6] = [
    "rate(1 minute)",
    "cron(* * ? * * *)",
    "cron(* * * * ? *)",
    "cron(* 7-18 ? * MON-FRI *)",
    "cron(*/5 7-11,13-18/2 ? * 2-6 *)",
    "cron(0,30 8 ? * mon,WED *)",
];

const NO_TICKS: [&str; 16] = [
    "",
    "1 minute",
    "rate(2 minutes)",
    "rate(1 hour)",
    "cron()",
    "cron(* * * * *)",
    "cron(* * * * * *)",
    "cron(* * ? * ? *)",
    "cron(* * * * MON *)",
    "cron(* * 1 * ? *)",
    "cron(* * ? 1-6 * *)",
    "cron(* * ? * * 2026)",
    "cron(* * ? * MON#2 *)",
    "cron(* * L * ? *)",
    "cron(at noon)",
    "at(2026-03-02T09:00:00)",
];

/// What a parameter may be, as the cloud decides it.
fn pattern(name: &str) -> Regex {
    let text = tree::read(tree::TEMPLATE).unwrap();
    let lines = declared(&text).into_iter().find(|(own, _)| *own == name).map(|(_, lines)| lines).unwrap_or_default();
    let written = lines.split_once("AllowedPattern: '").and_then(|(_, rest)| rest.split_once("'    Description: "));
    let (pattern, _) = written.unwrap_or_else(|| panic!("{name} has no pattern"));
    Regex::new(&pattern.replace("''", "'")).unwrap()
}

#[test]
fn h241_what_is_no_address_for_functions_is_not_deployed() {
    let pattern = pattern("AdminAddress");
    let labels = ["x".repeat(63), "x".repeat(64)].map(|label| format!("ada@{label}.example"));
    let addresses = ADDRESSES.into_iter().chain(NO_ADDRESSES).chain(labels.iter().map(String::as_str));
    for address in addresses {
        let is_read = EmailAddress::parse(address).is_ok();
        assert_eq!(is_read, ADDRESSES.contains(&address) || address == labels[0], "{address}");
        assert_eq!(pattern.is_match(address), is_read, "{address}");
    }
    assert!(pattern.is_match(""), "nobody");
}

#[test]
fn h241_what_is_no_tick_for_functions_is_not_deployed() {
    let pattern = pattern("TickSchedule");
    for schedule in TICKS.into_iter().chain(NO_TICKS) {
        let is_read = catalog::Settings::read(schedule, "UTC").is_ok();
        assert_eq!(is_read, TICKS.contains(&schedule), "{schedule}");
        assert_eq!(pattern.is_match(schedule), is_read, "{schedule}");
    }
}
