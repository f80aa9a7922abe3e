//! The rules of a ticket's clocks. Over 400 lines because each stands beside those that it differs from in one thing.

use jiff::Timestamp;

use super::*;
use crate::access::Actor;
use crate::given;
use crate::priority::Priority;
use crate::sla::clock::{ClockState, SlaState};
use crate::status::Status;
use crate::ticket::Doing;
use crate::ticket::editing::Edit;
use crate::ticket::handling::Recipient;

/// A moment of the week that begins on Monday, 2 March 2026, as the clocks in Prague show it.
fn prague(text: &str) -> Timestamp {
    format!("{text}:00+01:00").parse().unwrap()
}

fn doing<'a>(actor: &'a Actor, catalog: &'a Catalog, at: &str) -> Doing<'a> {
    Doing { actor, catalog, at: prague(at) }
}

fn opened(catalog: &Catalog, at: &str) -> Ticket {
    given::opened(catalog, prague(at)).after
}

fn clock(ticket: &Ticket, metric: Metric) -> &Clock {
    ticket.sla.as_ref().unwrap().clock(metric).unwrap()
}

fn due(ticket: &Ticket, metric: Metric) -> Option<Timestamp> {
    clock(ticket, metric).due_at
}

fn answered(ticket: &Ticket, catalog: &Catalog, at: &str) -> Ticket {
    let actor = given::member();
    ticket.comment(&doing(&actor, catalog, at), given::body("Which room?"), false).unwrap().after
}

fn replied(ticket: &Ticket, catalog: &Catalog, at: &str) -> Ticket {
    let actor = given::requester();
    ticket.comment(&doing(&actor, catalog, at), given::body("Room 12."), false).unwrap().after
}

fn raised(ticket: &Ticket, catalog: &Catalog, at: &str) -> Ticket {
    let actor = given::member();
    let edit = Edit { priority: Some(Priority::Urgent), ..Edit::default() };
    ticket.edit(&doing(&actor, catalog, at), edit).unwrap().after
}

#[test]
fn s2_36_two_hours_from_friday_afternoon_end_on_monday_morning() {
    let ticket = opened(&given::promising_catalog(), "2026-03-06T16:30");
    assert_eq!(due(&ticket, Metric::Resolution), Some(prague("2026-03-09T09:30")));
    assert_eq!(ticket.eta(), Some(prague("2026-03-09T09:30")));
    assert_eq!(clock(&ticket, Metric::Resolution).warning.unwrap().at, prague("2026-03-09T09:00"));
    assert_eq!(ticket.alarm_at(), Some(prague("2026-03-09T08:15")), "the first answer warns first");
}

#[test]
fn s2_7_what_comes_at_night_begins_to_count_in_the_morning() {
    let ticket = opened(&given::promising_catalog(), "2026-03-03T22:00");
    assert_eq!(due(&ticket, Metric::Resolution), Some(prague("2026-03-04T10:00")));
}

#[test]
fn s4_27_one_business_day_is_not_a_number_of_hours() {
    let ticket = opened(&given::promising_catalog(), "2026-03-06T15:00");
    let clock = clock(&ticket, Metric::Line2);
    assert_eq!(clock.due_at, Some(prague("2026-03-09T15:00")));
    assert_eq!(clock.goal.unwrap().seconds, 9 * 3600);
}

#[test]
fn waiting_for_the_requester_stops_the_clock_and_an_answer_starts_it_again() {
    let catalog = given::promising_catalog();
    let waiting = answered(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:30");
    assert_eq!(clock(&waiting, Metric::FirstResponse).state(), ClockState::Met);
    assert_eq!(clock(&waiting, Metric::Resolution).state(), ClockState::Paused);
    assert_eq!((due(&waiting, Metric::Resolution), waiting.eta(), waiting.alarm_at()), (None, None, None));
    let again = replied(&waiting, &catalog, "2026-03-05T10:00");
    let solution = clock(&again, Metric::Resolution);
    assert_eq!((solution.counted, solution.due_at), (1800, Some(prague("2026-03-05T11:30"))));
    assert_eq!(due(&again, Metric::NextResponse), Some(prague("2026-03-05T11:00")));
}

#[test]
fn the_oldest_unanswered_comment_is_the_one_that_waits() {
    let catalog = given::promising_catalog();
    let first = replied(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:10");
    let second = replied(&first, &catalog, "2026-03-03T09:40");
    assert_eq!(due(&second, Metric::NextResponse), Some(prague("2026-03-03T10:10")));
    let answered = answered(&second, &catalog, "2026-03-03T09:50");
    assert_eq!(clock(&answered, Metric::NextResponse).state(), ClockState::Met);
    let third = replied(&answered, &catalog, "2026-03-03T13:00");
    assert_eq!(due(&third, Metric::NextResponse), Some(prague("2026-03-03T14:00")));
    assert_eq!(clock(&third, Metric::NextResponse).counted, 0);
}

#[test]
fn a_change_of_priority_holds_what_has_counted_against_the_new_promise() {
    let catalog = given::promising_catalog();
    let urgent = raised(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:10");
    let solution = clock(&urgent, Metric::Resolution);
    assert_eq!((solution.counted, solution.due_at), (600, Some(prague("2026-03-03T09:30"))));
}

#[test]
fn a_promise_that_is_broken_by_being_made_is_broken_then() {
    let catalog = given::promising_catalog();
    let urgent = raised(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:40");
    assert_eq!(due(&urgent, Metric::Resolution), Some(prague("2026-03-03T09:40")));
    let change = urgent.wake(prague("2026-03-03T09:40"), &catalog).unwrap();
    let breached_at = prague("2026-03-03T09:40");
    let told = Fact::TargetBreached { metric: Metric::Resolution, breached_at, late: false, tell: Vec::new() };
    assert_eq!(change.events[0].fact, told);
}

#[test]
fn a_pause_is_not_forgotten_when_the_promise_changes() {
    let catalog = given::promising_catalog();
    let waiting = answered(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:10");
    let raised = raised(&waiting, &catalog, "2026-03-04T12:00");
    assert_eq!(clock(&raised, Metric::Resolution).state(), ClockState::Paused);
    let again = replied(&raised, &catalog, "2026-03-05T10:00");
    assert_eq!(due(&again, Metric::Resolution), Some(prague("2026-03-05T10:20")));
}

#[test]
fn reopened_it_runs_on_and_the_time_it_was_resolved_does_not_count() {
    let catalog = given::promising_catalog();
    let actor = given::member();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let solved = ticket.resolve(&doing(&actor, &catalog, "2026-03-03T10:00"), given::body("Replaced.")).unwrap().after;
    assert_eq!(clock(&solved, Metric::Resolution).state(), ClockState::Met);
    let requester = given::requester();
    let again = solved.reopen(&doing(&requester, &catalog, "2026-03-05T09:00"), given::body("No.")).unwrap().after;
    assert_eq!(clock(&again, Metric::Resolution).state(), ClockState::Running);
    assert_eq!(due(&again, Metric::Resolution), Some(prague("2026-03-05T10:00")));
}

#[test]
fn h076_a_breach_is_told_once_however_often_one_looks() {
    let catalog = given::promising_catalog();
    let ticket = answered(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:10");
    let ticket = replied(&ticket, &catalog, "2026-03-03T09:20");
    let now = prague("2026-03-03T11:10");
    let change = ticket.wake(now, &catalog).unwrap();
    let told: Vec<_> = change.events.iter().map(|event| event.fact.name()).collect();
    assert_eq!(told, ["TargetBreached", "TargetBreached"], "the answer at 10:20, the solution at 11:10");
    assert_eq!(change.after.wake(now, &catalog).map(|_| ()), None);
    assert_eq!(change.after.sla.as_ref().unwrap().state(), Some(SlaState::Breached));
}

#[test]
fn h077_what_was_due_while_nobody_looked_is_told_as_of_then_and_late() {
    let catalog = given::promising_catalog();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let change = ticket.wake(prague("2026-03-03T14:00"), &catalog).unwrap();
    let breach = |metric, at: &str| Fact::TargetBreached { metric, breached_at: prague(at), late: true, tell: vec![] };
    let told: Vec<_> = change.events.iter().map(|event| event.fact.clone()).collect();
    let expected = [breach(Metric::FirstResponse, "2026-03-03T10:00"), breach(Metric::Resolution, "2026-03-03T11:00")];
    assert_eq!(told, expected, "and no warning of what is missed already");
}

#[test]
fn whoever_is_faster_than_the_clock_tells_of_the_breach() {
    let catalog = given::promising_catalog();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let actor = given::member();
    let said = given::body("Which room?");
    let change = ticket.comment(&doing(&actor, &catalog, "2026-03-03T10:00"), said, false).unwrap();
    let told: Vec<_> = change.events.iter().map(|event| event.fact.name()).collect();
    assert_eq!(told, ["CommentAdded", "TargetBreached"]);
    assert_eq!(change.events[0].body, Some(given::body("Which room?")));
    assert_eq!(clock(&change.after, Metric::FirstResponse).state(), ClockState::Breached);
    assert_eq!(due(&change.after, Metric::FirstResponse), Some(prague("2026-03-03T10:00")));
}

#[test]
fn a_warning_comes_before_the_breach_and_once() {
    let catalog = given::promising_catalog();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let warned = ticket.wake(prague("2026-03-03T09:45"), &catalog).unwrap();
    let due_at = prague("2026-03-03T10:00");
    let told = Fact::TargetWarned { metric: Metric::FirstResponse, percent: 75, due_at, tell: Vec::new() };
    assert_eq!((warned.events.len(), &warned.events[0].fact), (1, &told));
    assert_eq!(warned.after.alarm_at(), Some(due_at));
    assert_eq!(warned.after.sla.as_ref().unwrap().state(), Some(SlaState::AtRisk));
}

#[test]
fn a_breach_escalates_as_its_policy_says() {
    let mut catalog = given::promising_catalog();
    catalog.policies[0].escalation.raise_priority = true;
    catalog.policies[0].escalation.group = Some(given::group_id("grp_desk"));
    catalog.groups[0].lead = Some(given::lead("usr_lead").as_ref());
    catalog.groups[1].lead = Some(given::lead("usr_desk").as_ref());
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let change = ticket.wake(prague("2026-03-03T10:00"), &catalog).unwrap();
    let first = &change.events[0];
    let tell = ["usr_lead", "usr_desk"].map(given::person_id).to_vec();
    let breached_at = prague("2026-03-03T10:00");
    let told = Fact::TargetBreached { metric: Metric::FirstResponse, breached_at, late: false, tell };
    assert_eq!(first.fact, told);
    assert_eq!(change.after.group, Some(given::group_id("grp_desk")));
    assert_eq!((change.after.line, change.after.priority), (1, Priority::High));
    assert!(change.after.wake(prague("2026-03-03T10:00"), &catalog).is_none());
}

#[test]
fn what_is_scheduled_wakes_when_it_was_due_however_late_one_looks() {
    let catalog = given::promising_catalog();
    let actor = given::member();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let held = ticket.claim(&doing(&actor, &catalog, "2026-03-03T09:10"), false).unwrap().unwrap().after;
    let until = prague("2026-03-04T09:00");
    let planned =
        held.schedule(&doing(&actor, &catalog, "2026-03-03T09:30"), until, given::body("A part.")).unwrap().after;
    assert_eq!((planned.eta(), planned.alarm_at()), (Some(until), Some(until)));
    let change = planned.wake(prague("2026-03-04T13:00"), &catalog).unwrap();
    let told: Vec<_> = change.events.iter().map(|event| event.fact.clone()).collect();
    let breached_at = prague("2026-03-04T10:30");
    let tell = vec![given::person_id("usr_member")];
    let breach = Fact::TargetBreached { metric: Metric::Resolution, breached_at, late: true, tell };
    assert_eq!(told, [Fact::TicketWoken { planned_for: Some(until) }, breach]);
    assert_eq!(change.after.status(), Status::Open);
}

#[test]
fn s3_15_what_is_done_with_a_planned_ticket_before_the_clock_notices_is_done_after_its_date() {
    let catalog = given::promising_catalog();
    let actor = given::member();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let held = ticket.claim(&doing(&actor, &catalog, "2026-03-03T09:10"), false).unwrap().unwrap().after;
    let until = prague("2026-03-04T09:00");
    let planned =
        held.schedule(&doing(&actor, &catalog, "2026-03-03T09:30"), until, given::body("A part.")).unwrap().after;
    assert!(planned.woken_late(prague("2026-03-04T08:59"), &catalog).is_none());
    let woken = planned.woken_late(prague("2026-03-04T12:59"), &catalog).unwrap();
    let solved = woken.after.resolve(&doing(&actor, &catalog, "2026-03-04T12:59"), given::body("Done.")).unwrap();
    let change = woken.then(solved);
    let told: Vec<_> = change.events.iter().map(|event| event.fact.clone()).collect();
    let breached_at = prague("2026-03-04T10:30");
    let tell = vec![given::person_id("usr_member")];
    let breach = Fact::TargetBreached { metric: Metric::Resolution, breached_at, late: true, tell };
    assert_eq!(told, [Fact::TicketWoken { planned_for: Some(until) }, Fact::TicketResolved {}, breach]);
    assert_eq!(clock(&change.after, Metric::Resolution).counted, (30 + 239) * 60);
    assert_eq!(change.before.map(|before| before.version), Some(planned.version));
}

#[test]
fn a_policy_that_is_applied_to_a_planned_ticket_before_the_clock_notices_finds_it_woken() {
    let before = given::promising_catalog();
    let actor = given::member();
    let ticket = opened(&before, "2026-03-03T09:00");
    let held = ticket.claim(&doing(&actor, &before, "2026-03-03T09:00"), false).unwrap().unwrap().after;
    let until = prague("2026-03-04T09:00");
    let planned =
        held.schedule(&doing(&actor, &before, "2026-03-03T09:00"), until, given::body("A part.")).unwrap().after;
    let mut after = before.clone();
    after.past.policies = before.policies;
    after.policies[0].version = 2;
    let by = Author::person(&given::person_id("usr_lead"), prague("2026-03-04T09:50"));
    let change = planned.apply_policy(by, &after).unwrap();
    let told: Vec<_> = change.events.iter().map(|event| event.fact.name()).collect();
    assert_eq!(told, ["TicketWoken", "PolicyApplied"]);
    assert_eq!(due(&change.after, Metric::Resolution), Some(prague("2026-03-04T11:00")));
}

#[test]
fn canceled_clocks_stand_still_and_wait_for_nothing() {
    let catalog = given::promising_catalog();
    let requester = given::requester();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let gone = ticket.cancel(&doing(&requester, &catalog, "2026-03-03T09:10")).unwrap().after;
    assert_eq!(clock(&gone, Metric::Resolution).state(), ClockState::Canceled);
    assert_eq!(gone.alarm_at(), None);
}

#[test]
fn a_ticket_stands_by_what_it_was_promised_until_it_is_put_under_the_new_policy() {
    let before = given::promising_catalog();
    let ticket = opened(&before, "2026-03-03T09:00");
    let mut after = before.clone();
    after.past.policies = before.policies.clone();
    after.policies[0].version = 2;
    after.policies[0].targets.remove(&Metric::FirstResponse);
    let noted = ticket.note(&doing(&given::member(), &after, "2026-03-03T09:05"), given::body("Hm.")).unwrap().after;
    assert_eq!(due(&noted, Metric::FirstResponse), Some(prague("2026-03-03T10:00")));
    let by = Author::person(&given::person_id("usr_lead"), prague("2026-03-03T09:10"));
    let applied = noted.apply_policy(by.clone(), &after).unwrap();
    let answer = clock(&applied.after, Metric::FirstResponse);
    assert_eq!((answer.goal, answer.alarm_at()), (None, None), "a stopwatch that is held against nothing");
    assert_eq!(due(&applied.after, Metric::Resolution), Some(prague("2026-03-03T11:00")));
    assert!(applied.after.apply_policy(by, &after).is_none());
}

#[test]
fn h085_without_its_policy_a_ticket_waits_for_nothing() {
    let catalog = given::promising_catalog();
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let lost = Catalog { policies: Vec::new(), hours: Vec::new(), default_policy: None, ..catalog };
    let breached = ticket.wake(prague("2026-03-03T10:00"), &lost).unwrap();
    assert_eq!(breached.events[0].fact.name(), "TargetBreached", "it was known when it is due");
    assert_eq!(breached.after.alarm_at(), None);
}

#[test]
fn what_has_just_been_done_is_not_taken_away_again() {
    let mut catalog = given::promising_catalog();
    catalog.policies[0].escalation.raise_priority = true;
    catalog.policies[0].escalation.group = Some(given::group_id("grp_desk"));
    let actor = given::member();
    let ticket = answered(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:10");
    let ticket = replied(&ticket, &catalog, "2026-03-03T09:20");
    let change = ticket.resolve(&doing(&actor, &catalog, "2026-03-03T14:00"), given::body("Done.")).unwrap();
    assert_eq!(change.events[0].fact.name(), "TicketResolved");
    assert!(change.events.len() > 1, "the breaches that nobody had noticed");
    assert!(change.after.is_handled_by(&given::person_id("usr_member")));
    assert_eq!(change.after.group, ticket.group);
}

#[test]
fn s2_29_of_what_nobody_has_and_no_group_answers_the_leads_of_the_first_line_are_told() {
    let mut catalog = given::promising_catalog();
    catalog.groups[1].lead = Some(given::lead("usr_lead").as_ref());
    let ticket = Ticket { group: None, ..opened(&catalog, "2026-03-03T09:00") };
    let change = ticket.wake(prague("2026-03-03T10:00"), &catalog).unwrap();
    let breached_at = prague("2026-03-03T10:00");
    let tell = vec![given::person_id("usr_lead")];
    let told = Fact::TargetBreached { metric: Metric::FirstResponse, breached_at, late: false, tell };
    assert_eq!(change.events[0].fact, told);
}

#[test]
fn whoever_had_it_when_it_was_missed_is_told_and_not_who_takes_it_over() {
    let mut catalog = given::promising_catalog();
    catalog.groups[0].lead = Some(given::lead("usr_lead").as_ref());
    let (member, other) = (given::member(), given::acting(given::agent("usr_other")));
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let held = ticket.claim(&doing(&member, &catalog, "2026-03-03T09:10"), false).unwrap().unwrap().after;
    let change = held.claim(&doing(&other, &catalog, "2026-03-03T10:05"), true).unwrap().unwrap();
    let tell = ["usr_member", "usr_lead"].map(given::person_id).to_vec();
    let breached_at = prague("2026-03-03T10:00");
    let told = Fact::TargetBreached { metric: Metric::FirstResponse, breached_at, late: true, tell };
    assert_eq!((change.events.len(), &change.events[1].fact), (2, &told));
    assert!(change.after.is_handled_by(&given::person_id("usr_other")));
}

#[test]
fn what_a_person_has_just_given_to_somebody_does_not_go_to_another_group() {
    let mut catalog = given::promising_catalog();
    catalog.policies[0].escalation.raise_priority = true;
    catalog.policies[0].escalation.group = Some(given::group_id("grp_desk"));
    let (member, ticket) = (given::member(), opened(&catalog, "2026-03-03T09:00"));
    let late = doing(&member, &catalog, "2026-03-03T10:05");
    let to = |recipient: Recipient| ticket.assign(&late, &recipient, None).unwrap().after;
    let claimed = ticket.claim(&late, false).unwrap().unwrap().after;
    let answered = ticket.comment(&late, given::body("Which room?"), false).unwrap().after;
    let assigned = to(Recipient::Agent(Some(Box::new(given::agent("usr_other")))));
    let handed_on = to(Recipient::Group(given::group_id("grp_network")));
    let holder = |ticket: &Ticket| ticket.assignee.as_ref().map(|holder| holder.id.to_string());
    for (after, has) in [
        (claimed, Some("usr_member")),
        (answered, Some("usr_member")),
        (assigned, Some("usr_other")),
        (handed_on, None),
    ] {
        assert_eq!((holder(&after).as_deref(), &after.group), (has, &ticket.group));
        assert_eq!(after.priority, Priority::High, "it was missed all the same");
    }
    let noted = ticket.note(&late, given::body("Hm.")).unwrap().after;
    assert_eq!(noted.group, Some(given::group_id("grp_desk")), "a note gives it to nobody");
}

#[test]
fn a_breach_does_not_hand_a_ticket_to_a_group_that_is_gone() {
    let mut catalog = given::promising_catalog();
    catalog.policies[0].escalation.group = Some(given::group_id("grp_gone"));
    let ticket = opened(&catalog, "2026-03-03T09:00");
    let change = ticket.wake(prague("2026-03-03T10:00"), &catalog).unwrap();
    assert_eq!(change.after.group, ticket.group);
}

#[test]
fn a_promise_that_is_made_later_does_not_hold_against_the_desk_what_was_before() {
    let mut before = given::promising_catalog();
    before.policies[0].targets.remove(&Metric::NextResponse);
    let ticket = replied(&opened(&before, "2026-03-03T09:00"), &before, "2026-03-03T09:10");
    let mut after = given::promising_catalog();
    after.policies[0].version = 2;
    after.past.policies = before.policies;
    let by = Author::person(&given::person_id("usr_lead"), prague("2026-03-05T10:00"));
    let applied = ticket.apply_policy(by, &after).unwrap().after;
    assert_eq!(due(&applied, Metric::NextResponse), Some(prague("2026-03-05T11:00")));
}

#[test]
fn a_warning_of_an_old_promise_is_forgotten_with_it() {
    let catalog = given::promising_catalog();
    let ticket = answered(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:05");
    let ticket = raised(&replied(&ticket, &catalog, "2026-03-03T09:06"), &catalog, "2026-03-03T09:07");
    let warned = ticket.wake(prague("2026-03-03T09:28"), &catalog).unwrap().after;
    assert_eq!(clock(&warned, Metric::Resolution).warned, 75);
    let actor = given::member();
    let edit = Edit { priority: Some(Priority::Low), ..Edit::default() };
    let calm = warned.edit(&doing(&actor, &catalog, "2026-03-03T09:29"), edit).unwrap().after;
    assert_eq!(clock(&calm, Metric::Resolution).warned, 0);
    assert_eq!(calm.sla.as_ref().unwrap().state(), None);
}

#[test]
fn h045_time_does_not_run_backwards_for_a_clock() {
    let catalog = given::promising_catalog();
    let ahead = raised(&opened(&catalog, "2026-03-03T09:00"), &catalog, "2026-03-03T09:20");
    let behind = answered(&ahead, &catalog, "2026-03-03T09:15");
    assert_eq!(clock(&behind, Metric::Resolution).counted, 20 * 60);
    assert_eq!(behind.updated_at, prague("2026-03-03T09:20"));
}
