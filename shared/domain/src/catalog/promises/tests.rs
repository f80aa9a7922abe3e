use jiff::civil::Weekday;

use super::*;
use crate::catalog::keeping::{CategoryEdit, GroupEdit, ServiceEdit};
use crate::catalog::{Category, Group, Service};
use crate::change::Change;
use crate::given;
use crate::schedule::Schedule;
use crate::sla::hours::{Interval, Minute};
use crate::sla::policy::{USUAL_PAUSES, USUAL_WARNINGS};

const ALWAYS: &ServiceHours = &ServiceHours::ALWAYS;

fn by() -> Author {
    Author::system(given::at())
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn hours_id(id: &str) -> HoursId {
    HoursId::parse(id).unwrap()
}

fn policy_id(id: &str) -> PolicyId {
    PolicyId::parse(id).unwrap()
}

/// From eight to four on these days: 28,800 seconds each.
fn week(days: &[Weekday]) -> Week {
    let mut week = Week::default();
    for day in days {
        let [from, to] = ["08:00", "16:00"].map(|time| Minute::parse(time).unwrap());
        week.set(*day, vec![Interval::new(from, to).unwrap()]).unwrap();
    }
    week
}

fn hours(id: &str) -> BusinessHours {
    BusinessHours::named(hours_id(id), name(id), Zone::parse("Europe/Prague").unwrap())
}

fn open_on(days: &[Weekday]) -> HoursEdit {
    HoursEdit { week: Some(week(days)), ..HoursEdit::default() }
}

fn holiday(rule: HolidayRule) -> Holiday {
    Holiday { name: given::label("A day off"), rule }
}

fn day(date: &str) -> Holiday {
    holiday(HolidayRule::Date { date: date.parse().unwrap() })
}

fn policy(id: &str) -> SlaPolicy {
    SlaPolicy::named(policy_id(id), name(id), hours_id("hrs_desk"))
}

fn resolution(value: i64, unit: Unit) -> PolicyEdit {
    let targets = Targets { normal: Some(Target::parse(value, unit).unwrap()), ..Targets::default() };
    PolicyEdit { targets: Some(BTreeMap::from([(Metric::Resolution, targets)])), ..PolicyEdit::default() }
}

fn two_hours() -> PolicyEdit {
    resolution(7200, Unit::Seconds)
}

/// The catalog with hours of a short week, and a policy that counts by them and is the default.
fn catalog() -> Catalog {
    let catalog = changed(given::wide_catalog().add_hours(by(), hours("hrs_desk"), open_on(&[Weekday::Monday]))).after;
    let rest = PolicyEdit { default: Some(true), ..two_hours() };
    changed(catalog.add_policy(by(), policy("sla_standard"), rest, ALWAYS)).after
}

fn changed(decision: Decision) -> Change<Catalog> {
    decision.unwrap().unwrap()
}

fn refused(decision: Decision) -> Refusal {
    decision.unwrap_err()
}

fn wrong(decision: Decision) -> Vec<String> {
    match decision {
        Err(Refusal::Unfit(fields)) => {
            fields.into_vec().iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
        }
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn what_is_added_has_the_version_of_the_catalog_it_came_with() {
    let catalog = given::catalog();
    let change = changed(catalog.add_hours(by(), hours("hrs_desk"), open_on(&[Weekday::Monday])));
    assert_eq!(change.events[0].fact, hours_changed(&hours_id("hrs_desk")));
    assert_eq!(change.after.hours(&hours_id("hrs_desk")).unwrap().version, 2);
    let change = changed(change.after.add_policy(by(), policy("sla_standard"), two_hours(), ALWAYS));
    assert_eq!(change.events[0].fact, policy_changed(&policy_id("sla_standard")));
    let added = change.after.policy(&policy_id("sla_standard")).unwrap();
    assert_eq!((added.version, change.after.version), (3, 3));
    assert_eq!((added.warn_at.as_slice(), added.pauses_on.as_slice()), (&USUAL_WARNINGS[..], &USUAL_PAUSES[..]));
    assert_eq!(change.after.default_policy, None);
}

#[test]
fn an_edit_makes_another_version_of_what_it_changes_and_of_nothing_else() {
    let (catalog, desk, standard) = (catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    let longer = changed(catalog.edit_hours(by(), &desk, open_on(&[Weekday::Monday, Weekday::Friday]), ALWAYS)).after;
    assert_eq!(longer.hours(&desk).unwrap().version, longer.version);
    assert_eq!(longer.policy(&standard), catalog.policy(&standard));
    let stricter = changed(longer.edit_policy(by(), &standard, resolution(3600, Unit::Seconds), ALWAYS)).after;
    assert_eq!(stricter.policy(&standard).unwrap().version, stricter.version);
    assert_eq!(stricter.hours(&desk), longer.hours(&desk));
}

#[test]
fn an_edit_that_says_nothing_new_changes_nothing() {
    let (catalog, desk, standard) = (catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    assert!(catalog.edit_hours(by(), &desk, open_on(&[Weekday::Monday]), ALWAYS).unwrap().is_none());
    let again = PolicyEdit { default: Some(true), ..two_hours() };
    assert!(catalog.edit_policy(by(), &standard, again, ALWAYS).unwrap().is_none());
    assert!(catalog.add_holidays(by(), &desk, Vec::new()).unwrap().is_none());
}

#[test]
fn a_version_that_is_past_is_found_beside_the_newest() {
    let (before, desk, standard) = (catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    let mut after = changed(before.edit_policy(by(), &standard, resolution(3600, Unit::Seconds), ALWAYS)).after;
    assert_eq!(after.policy_at(&standard, 3), None);
    after.past.policies.push(before.policies[0].clone());
    assert_eq!(after.policy_at(&standard, 3), before.policy(&standard));
    assert_eq!(after.policy_at(&standard, 4), after.policy(&standard));
    assert_eq!((after.hours_at(&desk, 2), after.hours_at(&desk, 3)), (after.hours(&desk), None));
    let stored = serde_json::to_value(&after).unwrap();
    assert!(stored.get("past").is_none());
}

#[test]
fn s4_31_a_category_says_more_than_its_service_and_the_service_more_than_the_desk() {
    let mut catalog = catalog();
    for id in ["sla_category", "sla_service"] {
        catalog = changed(catalog.add_policy(by(), policy(id), two_hours(), ALWAYS)).after;
    }
    let (network, outage) = (given::service_id("svc_network"), given::category_id("cat_outage"));
    let found = |catalog: &Catalog| catalog.policy_for(&network, Some(&outage)).unwrap().id.to_string();
    assert_eq!(found(&catalog), "sla_standard");
    let edit = ServiceEdit { policy: Some(Some(policy_id("sla_service"))), ..ServiceEdit::default() };
    catalog = changed(catalog.edit_service(by(), &network, edit)).after;
    assert_eq!(found(&catalog), "sla_service");
    let edit = CategoryEdit { policy: Some(Some(policy_id("sla_category"))), ..CategoryEdit::default() };
    catalog = changed(catalog.edit_category(by(), &outage, edit, &[])).after;
    assert_eq!(found(&catalog), "sla_category");
    assert_eq!(catalog.policy_for(&network, None).unwrap().id, policy_id("sla_service"));
    let edit = CategoryEdit { policy: Some(None), ..CategoryEdit::default() };
    catalog = changed(catalog.edit_category(by(), &outage, edit, &[])).after;
    assert_eq!(found(&catalog), "sla_service");
    assert_eq!(given::catalog().policy_for(&network, None), None);
}

#[test]
fn a_service_and_a_category_name_a_policy_that_is_there() {
    let catalog = catalog();
    let unknown = Some(Some(policy_id("sla_unknown")));
    let service = Service::named(given::service_id("svc_added"), name("Added"));
    let rest = ServiceEdit { policy: unknown.clone(), ..ServiceEdit::default() };
    assert_eq!(wrong(catalog.add_service(by(), service, rest)), ["sla_policy_id: unknown"]);
    let category = Category::named(given::category_id("cat_added"), given::service_id("svc_camera"), name("Added"));
    let rest = CategoryEdit { policy: unknown, ..CategoryEdit::default() };
    assert_eq!(wrong(catalog.add_category(by(), category, rest, &[])), ["sla_policy_id: unknown"]);
}

#[test]
fn the_desk_has_one_default_policy_or_none() {
    let (catalog, strict) = (catalog(), policy_id("sla_strict"));
    let is_default = |default| PolicyEdit { default: Some(default), ..PolicyEdit::default() };
    let rest = PolicyEdit { default: Some(false), ..two_hours() };
    let catalog = changed(catalog.add_policy(by(), policy("sla_strict"), rest, ALWAYS)).after;
    assert_eq!(catalog.default_policy, Some(policy_id("sla_standard")));
    assert!(catalog.edit_policy(by(), &strict, is_default(false), ALWAYS).unwrap().is_none());
    let moved = changed(catalog.edit_policy(by(), &strict, is_default(true), ALWAYS)).after;
    assert_eq!(moved.default_policy, Some(strict.clone()));
    let none = changed(moved.edit_policy(by(), &strict, is_default(false), ALWAYS)).after;
    assert_eq!(none.default_policy, None);
    assert_eq!(none.policy(&strict).unwrap().version, none.version);
}

#[test]
fn a_name_is_given_once_whatever_its_case() {
    let catalog = catalog();
    let same = BusinessHours { name: name("HRS_desk"), ..hours("hrs_added") };
    assert_eq!(refused(catalog.add_hours(by(), same, open_on(&[Weekday::Monday]))), Refusal::NameTaken);
    let same = SlaPolicy { name: name("SLA_Standard"), ..policy("sla_added") };
    assert_eq!(refused(catalog.add_policy(by(), same, two_hours(), ALWAYS)), Refusal::NameTaken);
    let own = HoursEdit { name: Some(name("HRS_desk")), ..HoursEdit::default() };
    assert!(catalog.edit_hours(by(), &hours_id("hrs_desk"), own, ALWAYS).is_ok());
}

#[test]
fn business_hours_are_open_at_some_time() {
    let catalog = catalog();
    assert_eq!(wrong(catalog.add_hours(by(), hours("hrs_added"), HoursEdit::default())), ["week: never_open"]);
    assert_eq!(wrong(catalog.edit_hours(by(), &hours_id("hrs_desk"), open_on(&[]), ALWAYS)), ["week: never_open"]);
}

#[test]
fn h083_a_target_is_reachable_within_ten_years_of_its_hours() {
    let (catalog, standard) = (catalog(), policy_id("sla_standard"));
    let most = 28_800 * 521;
    assert!(catalog.edit_policy(by(), &standard, resolution(most, Unit::Seconds), ALWAYS).is_ok());
    assert!(catalog.edit_policy(by(), &standard, resolution(521, Unit::BusinessDays), ALWAYS).is_ok());
    for edit in [resolution(most + 1, Unit::Seconds), resolution(522, Unit::BusinessDays)] {
        let decision = catalog.edit_policy(by(), &standard, edit, ALWAYS);
        assert_eq!(wrong(decision), ["targets.resolution.normal.value: out_of_range"]);
    }
}

#[test]
fn h083_hours_stay_long_enough_for_what_is_promised_by_them() {
    let (catalog, desk) = (catalog(), hours_id("hrs_desk"));
    let catalog = changed(catalog.edit_hours(by(), &desk, open_on(&[Weekday::Monday, Weekday::Friday]), ALWAYS)).after;
    let catalog =
        changed(catalog.edit_policy(by(), &policy_id("sla_standard"), resolution(522, Unit::BusinessDays), ALWAYS))
            .after;
    assert_eq!(wrong(catalog.edit_hours(by(), &desk, open_on(&[Weekday::Friday]), ALWAYS)), ["week: out_of_range"]);
    let others = changed(catalog.add_hours(by(), hours("hrs_other"), open_on(&[Weekday::Friday]))).after;
    assert!(others.edit_hours(by(), &hours_id("hrs_other"), open_on(&[Weekday::Sunday]), ALWAYS).is_ok());
}

/// The first four Mondays of every month: the fifth, of which a year has four or five, is left.
fn nearly_every_monday() -> Vec<Holiday> {
    let months = (1..=12).flat_map(|month| (1..=4).map(move |nth| (month, nth)));
    months.map(|(month, nth)| holiday(HolidayRule::weekday(month, Weekday::Monday, nth).unwrap())).collect()
}

#[test]
fn h083_a_target_is_reachable_whatever_holidays_there_are() {
    let (catalog, desk, standard) = (catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    let rare = changed(catalog.add_holidays(by(), &desk, nearly_every_monday())).after;
    for edit in [resolution(30, Unit::BusinessDays), resolution(30 * 28_800, Unit::Seconds)] {
        assert!(rare.edit_policy(by(), &standard, edit, ALWAYS).is_ok());
    }
    for edit in [resolution(60, Unit::BusinessDays), resolution(60 * 28_800, Unit::Seconds)] {
        let decision = rare.edit_policy(by(), &standard, edit, ALWAYS);
        assert_eq!(wrong(decision), ["targets.resolution.normal.value: out_of_range"]);
    }
}

#[test]
fn h083_holidays_leave_enough_of_the_hours_for_what_is_promised_by_them() {
    let (catalog, desk, standard) = (catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    for edit in [resolution(60, Unit::BusinessDays), resolution(60 * 28_800, Unit::Seconds)] {
        let promised = changed(catalog.edit_policy(by(), &standard, edit, ALWAYS)).after;
        assert_eq!(wrong(promised.add_holidays(by(), &desk, nearly_every_monday())), ["holidays: out_of_range"]);
        let edit = HoursEdit { holidays: Some(nearly_every_monday()), ..HoursEdit::default() };
        assert_eq!(wrong(promised.edit_hours(by(), &desk, edit, ALWAYS)), ["holidays: out_of_range"]);
        assert!(promised.add_holidays(by(), &desk, vec![day("2026-12-28")]).is_ok());
    }
}

#[test]
fn everything_that_does_not_fit_the_catalog_is_named_at_once() {
    let escalation = Escalation { raise_priority: true, group: Some(given::group_id("grp_unknown")) };
    let nothing = BTreeMap::from([(Metric::Line1, Targets::default())]);
    let rest = PolicyEdit { targets: Some(nothing), escalation: Some(escalation), ..PolicyEdit::default() };
    let decision = given::catalog().add_policy(by(), policy("sla_added"), rest, ALWAYS);
    assert_eq!(wrong(decision), ["business_hours_id: unknown", "targets: required", "escalation.group_id: unknown"]);
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let (catalog, desk, standard) = (given::catalog(), hours_id("hrs_desk"), policy_id("sla_standard"));
    assert_eq!(refused(catalog.edit_hours(by(), &desk, HoursEdit::default(), ALWAYS)), Refusal::Missing);
    assert_eq!(refused(catalog.add_holidays(by(), &desk, Vec::new())), Refusal::Missing);
    assert_eq!(refused(catalog.remove_hours(by(), &desk)), Refusal::Missing);
    assert_eq!(refused(catalog.edit_policy(by(), &standard, PolicyEdit::default(), ALWAYS)), Refusal::Missing);
    assert_eq!(refused(catalog.remove_policy(by(), &standard)), Refusal::Missing);
}

#[test]
fn hours_by_which_a_policy_counts_stay() {
    let (catalog, desk) = (catalog(), hours_id("hrs_desk"));
    assert_eq!(refused(catalog.remove_hours(by(), &desk)), Refusal::InUse);
    let without = Catalog { policies: Vec::new(), ..catalog };
    assert!(changed(without.remove_hours(by(), &desk)).after.hours(&desk).is_none());
}

#[test]
fn a_policy_that_something_is_promised_by_stays() {
    let (catalog, standard) = (catalog(), policy_id("sla_standard"));
    assert_eq!(refused(catalog.remove_policy(by(), &standard)), Refusal::InUse);
    let free = Catalog { default_policy: None, ..catalog };
    let (mut by_service, mut by_category) = (free.clone(), free.clone());
    by_service.services[0].policy = Some(standard.clone());
    by_category.categories[0].policy = Some(standard.clone());
    assert_eq!(refused(by_service.remove_policy(by(), &standard)), Refusal::InUse);
    assert_eq!(refused(by_category.remove_policy(by(), &standard)), Refusal::InUse);
    assert!(changed(free.remove_policy(by(), &standard)).after.policy(&standard).is_none());
}

#[test]
fn a_group_to_which_a_policy_escalates_stays() {
    let added = Group::named(given::group_id("grp_added"), name("Added"));
    let catalog = changed(catalog().add_group(by(), added, GroupEdit::default(), &[])).after;
    let group = given::group_id("grp_added");
    let escalation = Escalation { raise_priority: false, group: Some(group.clone()) };
    let edit = PolicyEdit { escalation: Some(escalation), ..PolicyEdit::default() };
    let escalating = changed(catalog.edit_policy(by(), &policy_id("sla_standard"), edit, ALWAYS)).after;
    assert_eq!(refused(escalating.remove_group(by(), &group, false)), Refusal::InUse);
    assert!(catalog.remove_group(by(), &group, false).is_ok());
}

#[test]
fn holidays_that_are_there_already_are_not_doubled() {
    let (catalog, desk) = (catalog(), hours_id("hrs_desk"));
    let christmas = || holiday(HolidayRule::Yearly { month: 12, day: 25 });
    let given = vec![christmas(), day("2026-12-25"), day("2026-12-28"), day("2026-12-28"), christmas()];
    let catalog = changed(catalog.add_holidays(by(), &desk, given)).after;
    let hours = catalog.hours(&desk).unwrap();
    assert_eq!(hours.holidays, [christmas(), day("2026-12-28")]);
    assert_eq!(hours.version, catalog.version);
    assert!(catalog.add_holidays(by(), &desk, vec![day("2031-12-25")]).unwrap().is_none());
    let yearly = holiday(HolidayRule::Yearly { month: 12, day: 28 });
    assert_eq!(changed(catalog.add_holidays(by(), &desk, vec![yearly])).after.hours[0].holidays.len(), 3);
}

#[test]
fn there_is_room_for_so_much_and_no_more() {
    let (mut catalog, desk) = (catalog(), hours_id("hrs_desk"));
    let first: jiff::civil::Date = "2026-01-01".parse().unwrap();
    let days: Vec<_> = std::iter::successors(Some(first), |day| day.tomorrow().ok())
        .map(|date| holiday(HolidayRule::Date { date }))
        .take(MOST_HOLIDAYS + 1)
        .collect();
    let full = |most| Refusal::Full { most };
    assert_eq!(refused(catalog.add_holidays(by(), &desk, days.clone())), full(MOST_HOLIDAYS));
    assert!(catalog.add_holidays(by(), &desk, days[1..].to_vec()).is_ok());
    let edit = HoursEdit { holidays: Some(days), ..HoursEdit::default() };
    assert_eq!(wrong(catalog.edit_hours(by(), &desk, edit, ALWAYS)), ["holidays: too_many"]);
    catalog.hours = vec![catalog.hours[0].clone(); MOST_HOURS];
    catalog.policies = vec![catalog.policies[0].clone(); MOST_POLICIES];
    let decision = catalog.add_hours(by(), hours("hrs_added"), open_on(&[Weekday::Monday]));
    assert_eq!(refused(decision), full(MOST_HOURS));
    assert_eq!(refused(catalog.add_policy(by(), policy("sla_added"), two_hours(), ALWAYS)), full(MOST_POLICIES));
}

/// From Monday to Friday, seven to seven in Prague.
fn at_daytime() -> ServiceHours {
    let zone = Zone::parse("Europe/Prague").unwrap();
    ServiceHours::of(&Schedule::parse("cron(* 7-18 ? * MON-FRI *)", zone).unwrap()).unwrap()
}

#[test]
fn what_is_promised_outside_the_service_hours_may_be_late_or_is_refused() {
    let (catalog, served) = (catalog(), at_daytime());
    let catalog = changed(catalog.add_hours(by(), hours("hrs_weekend"), open_on(&[Weekday::Saturday]))).after;
    let at_weekends = || SlaPolicy { hours: hours_id("hrs_weekend"), ..policy("sla_weekend") };
    let late = |late| PolicyEdit { late_ok: Some(late), ..two_hours() };
    let refused = ["business_hours_id: outside_service_hours"];
    assert_eq!(wrong(catalog.add_policy(by(), at_weekends(), two_hours(), &served)), refused);
    assert_eq!(wrong(catalog.add_policy(by(), at_weekends(), late(false), &served)), refused);
    assert!(catalog.add_policy(by(), at_weekends(), two_hours(), ALWAYS).is_ok());
    assert!(catalog.add_policy(by(), policy("sla_within"), two_hours(), &served).is_ok());
    let after = changed(catalog.add_policy(by(), at_weekends(), late(true), &served)).after;
    assert!(after.policy(&policy_id("sla_weekend")).unwrap().late_ok);
    assert_eq!(wrong(after.edit_policy(by(), &policy_id("sla_weekend"), late(false), &served)), refused);
}

#[test]
fn what_was_promised_before_the_service_hours_stays_until_it_is_changed() {
    let (catalog, served, standard) = (catalog(), at_daytime(), policy_id("sla_standard"));
    let (desk, weekend) = (hours_id("hrs_desk"), open_on(&[Weekday::Saturday]));
    let before = changed(catalog.edit_hours(by(), &desk, weekend, ALWAYS)).after;
    let renamed = HoursEdit { name: Some(name("Weekend")), ..HoursEdit::default() };
    assert!(before.edit_hours(by(), &desk, renamed, &served).is_ok());
    assert!(before.add_holidays(by(), &desk, vec![day("2026-12-26")]).is_ok());
    let default = PolicyEdit { default: Some(true), ..PolicyEdit::default() };
    let decision = before.edit_policy(by(), &standard, default, &served);
    assert_eq!(wrong(decision), ["business_hours_id: outside_service_hours"]);
}

#[test]
fn hours_stay_within_the_service_hours_while_a_policy_needs_them() {
    let (catalog, served, desk) = (catalog(), at_daytime(), hours_id("hrs_desk"));
    let weekend = || open_on(&[Weekday::Saturday]);
    assert_eq!(wrong(catalog.edit_hours(by(), &desk, weekend(), &served)), ["week: outside_service_hours"]);
    let elsewhere = HoursEdit { time_zone: Some(Zone::parse("Asia/Tokyo").unwrap()), ..HoursEdit::default() };
    assert_eq!(wrong(catalog.edit_hours(by(), &desk, elsewhere, &served)), ["week: outside_service_hours"]);
    assert!(catalog.edit_hours(by(), &desk, open_on(&[Weekday::Friday]), &served).is_ok());
    let late = PolicyEdit { late_ok: Some(true), ..PolicyEdit::default() };
    let late = changed(catalog.edit_policy(by(), &policy_id("sla_standard"), late, &served)).after;
    assert!(late.edit_hours(by(), &desk, weekend(), &served).is_ok());
}
