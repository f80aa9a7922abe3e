use super::*;
use crate::access::Actor;
use crate::catalog::Catalog;
use crate::given;
use crate::notice::{Notice, Recipient, audience};

fn with_confirmation(confirmation: Confirmation) -> Catalog {
    let mut catalog = given::catalog();
    catalog.services[0].confirmation = confirmation;
    catalog
}

fn closing_after(auto_close_days: Option<u16>) -> Catalog {
    let mut catalog = given::catalog();
    catalog.services[0].auto_close_days = auto_close_days;
    catalog
}

fn resolve(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.resolve(&given::doing(actor, &given::catalog(), 10), given::body("A new cable."))
}

fn confirm(ticket: &Ticket, actor: &Actor, confirmation: Confirmation, score: Option<u8>) -> Decision {
    ticket.confirm(&given::doing(actor, &with_confirmation(confirmation), 10), score, None)
}

fn reopen(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.reopen(&given::doing(actor, &given::catalog(), 10), given::body("Still dark."))
}

fn close(ticket: &Ticket, confirmation: Confirmation, closing: Closing) -> Decision {
    ticket.close(&given::doing(&given::member(), &with_confirmation(confirmation), 10), closing)
}

fn cancel(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.cancel(&given::doing(actor, &given::catalog(), 10))
}

fn because(reason: CloseReason) -> Closing {
    Closing { reason, solution: None, comment: None }
}

fn solved() -> Closing {
    Closing { solution: Some(given::body("A new cable.")), ..because(CloseReason::Solved) }
}

#[test]
fn s4_51_a_solution_is_a_public_comment_and_starts_the_auto_close_alarm() {
    let change = resolve(&given::ticket_in(Status::Open), &given::handler()).unwrap();
    assert_eq!(change.events[0].body, Some(given::body("A new cable.")));
    assert!(change.events[0].speaks_publicly());
    assert_eq!(given::told(&change), ["auto_close_at: – → 2026-03-09T09:10:00Z", "status: open → resolved"]);
    let after = change.after;
    assert_eq!((after.comment_count, after.resolved_at()), (1, Some(given::later(10))));
    assert_eq!(after.first_responded_at, Some(given::later(10)));
}

#[test]
fn everything_unsolved_can_be_resolved_and_nothing_else() {
    for status in given::UNSOLVED {
        let after = resolve(&given::ticket_in(status), &given::member()).unwrap().after;
        assert_eq!((after.status(), after.scheduled_until()), (Status::Resolved, None), "{status:?}");
    }
    for from in [Status::Resolved, Status::Closed, Status::Canceled] {
        let refusal = resolve(&given::ticket_in(from), &given::member()).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Resolve, from });
    }
}

#[test]
fn who_solves_a_free_ticket_is_its_handler_and_dispatch_need_not_look() {
    let after = resolve(&given::ticket(), &given::member()).unwrap().after;
    assert!(after.is_handled_by(&given::person_id("usr_member")));
    assert_eq!(after.awaiting_dispatch, None);
    let after = resolve(&given::ticket_in(Status::Open), &given::member()).unwrap().after;
    assert!(after.is_handled_by(&given::person_id("usr_handler")));
}

#[test]
fn s3_17_each_service_has_its_own_days_until_auto_close_or_none() {
    let (ticket, actor) = (given::ticket_in(Status::Open), given::handler());
    let solution = given::body("A new cable.");
    let catalog = closing_after(Some(14));
    let after = ticket.resolve(&given::doing(&actor, &catalog, 10), solution.clone()).unwrap().after;
    assert_eq!(after.auto_close_at(), Some(given::later(10 + 14 * given::DAY)));
    assert_eq!(after.alarm_at(), Some(given::later(10 + 13 * given::DAY)));
    let catalog = closing_after(None);
    let after = ticket.resolve(&given::doing(&actor, &catalog, 10), solution).unwrap().after;
    assert_eq!((after.auto_close_at(), after.alarm_at()), (None, None));
}

#[test]
fn only_the_desk_resolves_and_closes() {
    let ticket = given::ticket_in(Status::Open);
    for actor in [given::requester(), given::copied(), given::guest(), Actor::System] {
        let refusal = resolve(&ticket, &actor).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Resolve }, "{actor:?}");
        let doing_so = ticket.close(&given::doing(&actor, &given::catalog(), 10), because(CloseReason::Other));
        assert_eq!(doing_so.unwrap_err(), Refusal::Forbidden { verb: Verb::Close }, "{actor:?}");
    }
}

#[test]
fn s0_13_s0_14_the_requester_confirms_with_a_score() {
    let ticket = given::ticket_in(Status::Resolved);
    let change = confirm(&ticket, &given::requester(), Confirmation::Required, Some(5)).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketConfirmed { satisfaction: Some(5) });
    assert_eq!(given::told(&change), ["auto_close_at: 2026-03-09T09:00:00Z → –", "status: resolved → closed"]);
    let after = change.after;
    assert_eq!((after.resolved_at(), after.closed_at()), (Some(given::at()), Some(given::later(10))));
    assert_eq!(after.satisfaction, Some(Satisfaction { score: Some(5), comment: None }));
}

#[test]
fn s1_25_a_comment_goes_with_the_score_or_stands_alone() {
    let comment = Some(Remark::parse("Quick and kind.").unwrap());
    let (actor, catalog) = (given::requester(), given::catalog());
    let doing = given::doing(&actor, &catalog, 10);
    let after = given::ticket_in(Status::Resolved).confirm(&doing, None, comment.clone()).unwrap().after;
    assert_eq!(after.satisfaction, Some(Satisfaction { score: None, comment }));
}

#[test]
fn s1_25_the_score_is_required_or_asked_or_off_as_the_service_says() {
    let (ticket, actor) = (given::ticket_in(Status::Resolved), given::requester());
    let decision = confirm(&ticket, &actor, Confirmation::Required, None);
    assert_eq!(given::wrong(&decision), ["satisfaction: required"]);
    for confirmation in [Confirmation::Asked, Confirmation::Off] {
        let after = confirm(&ticket, &actor, confirmation, None).unwrap().after;
        assert_eq!((after.status(), after.satisfaction), (Status::Closed, None), "{confirmation:?}");
    }
    for score in [0, 6] {
        let decision = confirm(&ticket, &actor, Confirmation::Asked, Some(score));
        assert_eq!(given::wrong(&decision), ["satisfaction: out_of_range"], "{score}");
    }
}

#[test]
fn only_the_requester_confirms_and_only_what_is_resolved() {
    let ticket = given::ticket_in(Status::Resolved);
    for actor in [given::copied(), given::handler(), given::coordinator(), given::guest(), Actor::System] {
        let refusal = confirm(&ticket, &actor, Confirmation::Asked, Some(5)).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Confirm }, "{actor:?}");
    }
    for from in given::UNSOLVED.into_iter().chain(given::ENDED) {
        let decision = confirm(&given::ticket_in(from), &given::requester(), Confirmation::Asked, Some(5));
        assert_eq!(decision.unwrap_err(), Refusal::Illegal { verb: Verb::Confirm, from });
    }
}

#[test]
fn s1_24_reopening_says_why_and_is_counted() {
    let change = reopen(&given::ticket_in(Status::Resolved), &given::requester()).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketReopened {});
    assert_eq!(change.events[0].body, Some(given::body("Still dark.")));
    let told = given::told(&change);
    assert_eq!(told, ["auto_close_at: 2026-03-09T09:00:00Z → –", "status: resolved → awaiting_agent"]);
    let after = change.after;
    assert_eq!((after.reopen_count, after.comment_count, after.alarm_at()), (1, 1, None));
    assert!(after.is_handled_by(&given::person_id("usr_handler")));
    let again = resolve(&after, &given::handler()).unwrap().after;
    assert_eq!(reopen(&again, &given::member()).unwrap().after.reopen_count, 2);
}

#[test]
fn s1_26_only_what_is_resolved_is_reopened() {
    for from in given::UNSOLVED.into_iter().chain(given::ENDED) {
        let refusal = reopen(&given::ticket_in(from), &given::requester()).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Reopen, from });
    }
    let refusal = reopen(&given::ticket_in(Status::Resolved), &given::copied()).unwrap_err();
    assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Reopen });
}

#[test]
fn s2_51_an_agent_closes_what_needs_no_solution() {
    for status in given::UNSOLVED {
        for reason in [CloseReason::Duplicate, CloseReason::Spam, CloseReason::DoneElsewhere, CloseReason::Other] {
            let change = close(&given::ticket_in(status), Confirmation::Asked, because(reason)).unwrap();
            assert_eq!(change.events[0].fact, Fact::TicketClosed { reason }, "{status:?}");
            assert_eq!((change.after.closed_at(), change.after.resolved_at()), (Some(given::later(10)), None));
            assert_eq!((change.after.comment_count, change.after.awaiting_dispatch), (0, None));
        }
    }
}

#[test]
fn what_the_agent_says_when_closing_is_a_public_comment() {
    let closing = Closing { comment: Some(given::body("See 7K3Q-M9XW.")), ..because(CloseReason::Duplicate) };
    let change = close(&given::ticket(), Confirmation::Asked, closing).unwrap();
    assert!(change.events[0].speaks_publicly());
    assert_eq!((change.after.comment_count, change.after.first_responded_at), (1, Some(given::later(10))));
}

#[test]
fn what_is_resolved_closes_only_as_confirmed_elsewhere() {
    let ticket = given::ticket_in(Status::Resolved);
    let change = close(&ticket, Confirmation::Asked, because(CloseReason::ConfirmedElsewhere)).unwrap();
    assert_eq!(change.after.resolved_at(), Some(given::at()));
    let refusal = Refusal::Illegal { verb: Verb::Close, from: Status::Resolved };
    assert_eq!(close(&ticket, Confirmation::Asked, because(CloseReason::Other)).unwrap_err(), refusal);
    assert_eq!(close(&ticket, Confirmation::Off, solved()).unwrap_err(), refusal);
    for from in given::UNSOLVED.into_iter().chain(given::ENDED) {
        let closing = because(CloseReason::ConfirmedElsewhere);
        let refusal = close(&given::ticket_in(from), Confirmation::Asked, closing).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Close, from });
    }
}

#[test]
fn s2_30_an_agent_closes_what_is_solved_where_nobody_has_to_confirm() {
    let change = close(&given::ticket(), Confirmation::Off, solved()).unwrap();
    assert_eq!((change.after.status(), change.after.comment_count), (Status::Closed, 1));
    assert_eq!(change.events[0].body, Some(given::body("A new cable.")));
    for confirmation in [Confirmation::Required, Confirmation::Asked] {
        let decision = close(&given::ticket(), confirmation, solved());
        assert_eq!(given::wrong(&decision), ["reason: needs_confirmation"], "{confirmation:?}");
    }
}

#[test]
fn a_solution_goes_with_solved_and_with_nothing_else() {
    let decision = close(&given::ticket(), Confirmation::Off, because(CloseReason::Solved));
    assert_eq!(given::wrong(&decision), ["solution: required"]);
    let decision = close(&given::ticket(), Confirmation::Off, Closing { reason: CloseReason::Spam, ..solved() });
    assert_eq!(given::wrong(&decision), ["solution: not_solved"]);
    let closing = Closing { comment: Some(given::body("And thanks.")), ..solved() };
    assert_eq!(given::wrong(&close(&given::ticket(), Confirmation::Off, closing)), ["comment: two_texts"]);
}

#[test]
fn s0_9_the_requester_cancels_before_anyone_handles_it() {
    let change = cancel(&given::ticket(), &given::requester()).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketCanceled {});
    assert_eq!(given::told(&change), ["status: new → canceled"]);
    let after = change.after;
    assert_eq!((after.awaiting_dispatch, after.alarm_at()), (None, None));
    assert_eq!(after.closed_at(), Some(given::later(10)));
}

#[test]
fn s0_9_a_ticket_is_canceled_after_automatic_dispatch_too_and_its_holder_is_told() {
    let owner = given::agent("usr_owner").as_ref();
    let dispatched = Ticket { assignee: Some(owner.clone()), awaiting_dispatch: None, ..given::ticket() };
    let change = cancel(&dispatched, &given::requester()).unwrap();
    let told = audience(&change.events[0], &change.after);
    assert_eq!(told, [Recipient { person: owner.id, notice: Notice::Canceled }]);
}

#[test]
fn only_the_requester_cancels_and_only_what_is_new() {
    for actor in [given::copied(), given::member(), given::coordinator(), given::guest(), Actor::System] {
        let refusal = cancel(&given::ticket_in(Status::New), &actor).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Cancel }, "{actor:?}");
    }
    for from in Status::ALL.into_iter().filter(|status| *status != Status::New) {
        let refusal = cancel(&given::ticket_in(from), &given::requester()).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Cancel, from });
    }
}
