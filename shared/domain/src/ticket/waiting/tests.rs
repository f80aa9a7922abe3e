use super::*;
use crate::access::Actor;
use crate::event::Who;
use crate::given::{self, DAY};
use crate::ticket::Refusal;

fn schedule(ticket: &Ticket, actor: &Actor, until: Timestamp) -> Decision {
    ticket.schedule(&given::doing(actor, &given::catalog(), 10), until, given::body("The part comes tomorrow."))
}

#[test]
fn s3_15_its_handler_plans_a_ticket_for_a_date_and_says_why() {
    let change = schedule(&given::ticket_in(Status::Open), &given::handler(), given::later(DAY)).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketScheduled { until: given::later(DAY) });
    assert_eq!(change.events[0].body, Some(given::body("The part comes tomorrow.")));
    assert_eq!(
        given::told(&change),
        ["eta: – → 2026-03-03T09:00:00Z", "scheduled_until: – → 2026-03-03T09:00:00Z", "status: open → scheduled"]
    );
    assert_eq!(change.after.alarm_at(), Some(given::later(DAY)));
    assert!(change.after.is_handled_by(&given::person_id("usr_handler")));
}

#[test]
fn only_what_an_agent_works_on_is_planned() {
    for status in [Status::AwaitingRequester, Status::AwaitingAgent] {
        let after = schedule(&given::ticket_in(status), &given::handler(), given::later(DAY)).unwrap().after;
        assert_eq!(after.status(), Status::Scheduled, "{status:?}");
    }
    for from in [Status::New, Status::Scheduled, Status::Resolved, Status::Closed, Status::Canceled] {
        let refusal = schedule(&given::ticket_in(from), &given::member(), given::later(DAY)).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Schedule, from });
    }
}

#[test]
fn nobody_but_its_handler_plans_a_ticket() {
    let ticket = given::ticket_in(Status::Open);
    for actor in [given::member(), given::coordinator()] {
        let refusal = schedule(&ticket, &actor, given::later(DAY)).unwrap_err();
        assert_eq!(refusal, Refusal::HeldBy { holder: given::agent("usr_handler").as_ref() }, "{actor:?}");
    }
    let refusal = schedule(&ticket, &given::requester(), given::later(DAY)).unwrap_err();
    assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Schedule });
    let unclaimed = Ticket { handled: false, ..ticket };
    assert_eq!(schedule(&unclaimed, &given::handler(), given::later(DAY)).unwrap_err(), Refusal::NotHandled);
}

#[test]
fn a_ticket_is_not_planned_for_the_past() {
    for minutes in [9, 10] {
        let decision = schedule(&given::ticket_in(Status::Open), &given::handler(), given::later(minutes));
        assert_eq!(given::wrong(&decision), ["until: past"], "{minutes}");
    }
}

#[test]
fn s3_15_a_planned_ticket_wakes_on_its_date_and_only_once() {
    let planned = given::ticket_in(Status::Scheduled);
    assert!(planned.wake(given::later(DAY - 1), &given::catalog()).is_none());
    let change = planned.wake(given::later(DAY), &given::catalog()).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketWoken { planned_for: Some(given::later(DAY)) });
    assert_eq!(change.events[0].by.who, Who::System);
    assert_eq!(
        given::told(&change),
        ["eta: 2026-03-03T09:00:00Z → –", "scheduled_until: 2026-03-03T09:00:00Z → –", "status: scheduled → open"]
    );
    assert!(change.after.wake(given::later(DAY), &given::catalog()).is_none());
    let late = planned.wake(given::later(30 * DAY), &given::catalog()).unwrap();
    assert_eq!(late.after.state, change.after.state);
}

#[test]
fn s4_52_auto_close_is_announced_a_day_before_and_then_happens() {
    let resolved = given::ticket_in(Status::Resolved);
    assert!(resolved.wake(given::later(6 * DAY - 1), &given::catalog()).is_none());
    let announced = resolved.wake(given::later(6 * DAY), &given::catalog()).unwrap();
    assert_eq!(announced.events[0].fact, Fact::TicketCloseAnnounced { closes_at: given::later(7 * DAY) });
    assert_eq!(given::told(&announced), given::NOTHING);
    assert_eq!(announced.after.alarm_at(), Some(given::later(7 * DAY)));
    assert!(announced.after.wake(given::later(6 * DAY), &given::catalog()).is_none());
    let closed = announced.after.wake(given::later(7 * DAY), &given::catalog()).unwrap();
    assert_eq!(closed.events[0].fact, Fact::TicketAutoClosed {});
    assert_eq!(given::told(&closed), ["auto_close_at: 2026-03-09T09:00:00Z → –", "status: resolved → closed"]);
    let state = State::Closed { resolved_at: Some(given::at()), closed_at: given::later(7 * DAY) };
    assert_eq!(closed.after.state, state);
    assert!(closed.after.wake(given::later(7 * DAY), &given::catalog()).is_none());
}

#[test]
fn h077_nothing_closes_unannounced_however_long_the_clock_was_silent() {
    let change = given::ticket_in(Status::Resolved).wake(given::later(30 * DAY), &given::catalog()).unwrap();
    let closes_at = given::later(31 * DAY);
    assert_eq!((change.events.len(), &change.events[0].fact), (1, &Fact::TicketCloseAnnounced { closes_at }));
    assert_eq!(given::told(&change), ["auto_close_at: 2026-03-09T09:00:00Z → 2026-04-02T09:00:00Z"]);
    let announced = change.after;
    assert!(announced.wake(given::later(31 * DAY - 1), &given::catalog()).is_none());
    let closed = announced.wake(given::later(40 * DAY), &given::catalog()).unwrap().after;
    assert_eq!(closed.state, State::Closed { resolved_at: Some(given::at()), closed_at: closes_at });
}

#[test]
fn h077_a_notice_that_is_late_moves_the_closing_and_one_that_is_nearly_in_time_does_not() {
    let closes = |now| given::ticket_in(Status::Resolved).wake(now, &given::catalog()).unwrap().after.auto_close_at();
    let due = given::later(6 * DAY);
    assert_eq!(closes(due + SignedDuration::from_mins(1)), Some(given::later(7 * DAY)));
    assert_eq!(closes(due + SignedDuration::from_hours(21)), Some(given::later(7 * DAY + 21 * 60)));
}

#[test]
fn a_service_that_never_closes_by_itself_sets_no_alarm() {
    let state = State::Resolved { resolved_at: given::at(), auto_close_at: None, announced: false };
    let ticket = Ticket { state, ..given::ticket_in(Status::Resolved) };
    assert_eq!(ticket.alarm_at(), None);
    assert!(ticket.wake(given::later(1000 * DAY), &given::catalog()).is_none());
}

#[test]
fn nothing_else_waits_for_the_clock() {
    for status in Status::ALL.into_iter().filter(|status| ![Status::Scheduled, Status::Resolved].contains(status)) {
        let ticket = given::ticket_in(status);
        assert_eq!((ticket.alarm_at(), ticket.scheduled_until(), ticket.auto_close_at()), (None, None, None));
        assert!(ticket.wake(given::later(1000 * DAY), &given::catalog()).is_none(), "{status:?}");
    }
}
