use super::*;
use crate::access::Actor;
use crate::event::Who;
use crate::given;
use crate::number::TicketNumber;

fn comment(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.comment(&given::doing(actor, &given::catalog(), 10), given::body("Is the light green?"), false)
}

fn note(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.note(&given::doing(actor, &given::catalog(), 10), given::body("He calls every week."))
}

#[test]
fn s2_32_answering_a_free_ticket_makes_the_author_its_handler_and_waits_for_the_requester() {
    let change = comment(&given::ticket(), &given::member()).unwrap();
    assert_eq!(change.events[0].fact, Fact::CommentAdded { public: true, voice: Voice::Desk });
    assert_eq!(change.events[0].body, Some(given::body("Is the light green?")));
    let told = given::told(&change);
    assert_eq!(told, ["assignee: – → usr_member", "handled: false → true", "status: new → awaiting_requester"]);
    let after = change.after;
    assert_eq!((after.comment_count, after.first_responded_at), (1, Some(given::later(10))));
    assert_eq!(after.awaiting_dispatch, None);
}

#[test]
fn s0_6_what_an_agent_says_waits_for_the_requester() {
    for status in given::UNSOLVED {
        let after = comment(&given::ticket_in(status), &given::member()).unwrap().after;
        assert_eq!(after.status(), Status::AwaitingRequester, "{status:?}");
    }
    let after = comment(&given::ticket_in(Status::Resolved), &given::member()).unwrap().after;
    assert_eq!((after.status(), after.reopen_count), (Status::Resolved, 0));
}

#[test]
fn an_agent_may_say_something_and_keep_the_status() {
    let (actor, catalog) = (given::handler(), given::catalog());
    for status in [Status::Open, Status::AwaitingRequester, Status::AwaitingAgent, Status::Scheduled] {
        let doing = given::doing(&actor, &catalog, 10);
        let change = given::ticket_in(status).comment(&doing, given::body("Still at it."), true).unwrap();
        assert_eq!(given::told(&change), given::NOTHING, "{status:?}");
    }
}

#[test]
fn a_colleague_who_answers_does_not_take_the_ticket_away() {
    let handled = comment(&given::ticket_in(Status::Open), &given::member()).unwrap().after;
    assert!(handled.is_handled_by(&given::person_id("usr_handler")));
    let dispatched = Ticket { assignee: Some(given::agent("usr_owner").as_ref()), ..given::ticket() };
    let after = comment(&dispatched, &given::member()).unwrap().after;
    assert_eq!((after.assignee, after.handled), (dispatched.assignee.clone(), false));
    let after = comment(&dispatched, &given::acting(given::agent("usr_owner"))).unwrap().after;
    assert!(after.handled);
}

#[test]
fn the_first_answer_is_the_first_for_ever() {
    let after = comment(&given::ticket_in(Status::AwaitingAgent), &given::handler()).unwrap().after;
    assert_eq!(after.first_responded_at, Some(given::at()));
}

#[test]
fn s2_44_a_guest_answers_for_the_desk_without_becoming_the_handler() {
    let change = comment(&given::ticket(), &given::guest()).unwrap();
    assert_eq!(change.events[0].by.who, Who::Guest);
    assert_eq!(change.events[0].fact, Fact::CommentAdded { public: true, voice: Voice::Desk });
    assert_eq!(given::told(&change), ["status: new → awaiting_requester"]);
    assert_eq!(change.after.first_responded_at, Some(given::later(10)));
    let elsewhere = Actor::Guest(TicketNumber::parse("00000000").unwrap());
    assert_eq!(comment(&given::ticket(), &elsewhere).unwrap_err(), Refusal::Hidden);
}

#[test]
fn s0_7_what_the_requester_or_a_cc_says_waits_for_an_agent() {
    for actor in [given::requester(), given::copied()] {
        for status in [Status::Open, Status::AwaitingRequester, Status::AwaitingAgent, Status::Scheduled] {
            let after = comment(&given::ticket_in(status), &actor).unwrap().after;
            assert_eq!(after.status(), Status::AwaitingAgent, "{status:?} {actor:?}");
            assert_eq!((after.alarm_at(), after.comment_count), (None, 1), "{status:?} {actor:?}");
        }
        let after = comment(&given::ticket_in(Status::New), &actor).unwrap().after;
        assert_eq!((after.status(), after.first_responded_at), (Status::New, None), "{actor:?}");
    }
}

#[test]
fn s1_23_a_requester_who_answers_a_solution_reopens_the_ticket() {
    let change = comment(&given::ticket_in(Status::Resolved), &given::requester()).unwrap();
    let told = given::told(&change);
    assert_eq!(told, ["auto_close_at: 2026-03-09T09:00:00Z → –", "status: resolved → awaiting_agent"]);
    assert_eq!((change.after.reopen_count, change.after.alarm_at()), (1, None));
    assert!(change.after.is_handled_by(&given::person_id("usr_handler")));
}

#[test]
fn a_cc_who_answers_a_solution_does_not_reopen_the_ticket() {
    let change = comment(&given::ticket_in(Status::Resolved), &given::copied()).unwrap();
    assert_eq!(change.events[0].fact, Fact::CommentAdded { public: true, voice: Voice::Cc });
    assert_eq!(given::told(&change), given::NOTHING);
    assert_eq!(change.after.reopen_count, 0);
}

#[test]
fn s3_18_what_has_ended_takes_no_comment_from_anyone() {
    for from in given::ENDED {
        for actor in [given::requester(), given::copied(), given::member(), given::coordinator(), given::guest()] {
            let refusal = comment(&given::ticket_in(from), &actor).unwrap_err();
            assert_eq!(refusal, Refusal::Illegal { verb: Verb::Comment, from }, "{actor:?}");
        }
    }
}

#[test]
fn s1_4_a_power_user_reads_and_speaks_only_when_copied() {
    let actor = given::acting(given::power_user("usr_power"));
    let ticket = given::ticket_in(Status::Open);
    assert_eq!(comment(&ticket, &actor).unwrap_err(), Refusal::Forbidden { verb: Verb::Comment });
    let copied = Ticket { cc: vec![given::power_user("usr_power").as_ref()], ..ticket };
    assert_eq!(comment(&copied, &actor).unwrap().after.status(), Status::AwaitingAgent);
}

#[test]
fn s3_8_a_requester_who_left_the_organization_is_not_heard_any_more() {
    let actor = given::acting(given::stranger("usr_requester"));
    assert_eq!(comment(&given::ticket_in(Status::Open), &actor).unwrap_err(), Refusal::Hidden);
}

#[test]
fn s1_22_a_note_keeps_everything_as_it_is_even_when_the_ticket_has_ended() {
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Draft) {
        let change = note(&given::ticket_in(status), &given::member()).unwrap();
        assert_eq!(change.events[0].fact, Fact::CommentAdded { public: false, voice: Voice::Desk }, "{status:?}");
        assert_eq!(given::told(&change), given::NOTHING, "{status:?}");
        assert_eq!(change.after.comment_count, 0, "{status:?}");
    }
    assert_eq!(note(&given::ticket_in(Status::Draft), &given::member()).unwrap_err(), Refusal::Hidden);
}

#[test]
fn s1_22_notes_are_for_agents_alone() {
    let ticket = given::ticket_in(Status::New);
    for actor in [given::requester(), given::copied(), given::guest(), Actor::System] {
        let refusal = note(&ticket, &actor).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Note }, "{actor:?}");
    }
    assert!(note(&ticket, &given::first_line()).is_ok());
}

fn said(seq: u32, by: &Actor, fact: Fact) -> Event {
    Event {
        seq,
        by: by.author(given::at()),
        fact,
        holder: None,
        changes: Vec::new(),
        body: Some(given::body("In room 12.")),
        files: Vec::new(),
        alarm_at: None,
    }
}

fn publicly(voice: Voice) -> Fact {
    Fact::CommentAdded { public: true, voice }
}

fn noted() -> Fact {
    Fact::CommentAdded { public: false, voice: Voice::Desk }
}

fn edit(ticket: &Ticket, actor: &Actor, comment: &Event, since: &[Event]) -> Decision {
    ticket.edit_comment(&given::doing(actor, &given::catalog(), 10), comment, since, given::body("Rather so."))
}

#[test]
fn a_comment_is_its_authors_to_edit_until_somebody_else_has_spoken() {
    let (ticket, author) = (given::ticket_in(Status::Open), given::requester());
    let comment = said(2, &author, publicly(Voice::Requester));
    let unanswered = [said(3, &author, publicly(Voice::Requester)), said(4, &given::member(), noted())];
    let change = edit(&ticket, &author, &comment, &unanswered).unwrap();
    assert_eq!(change.events[0].fact, Fact::CommentEdited { comment: 2, public: true });
    assert_eq!(given::told(&change), ["body"]);
    assert_eq!(change.rewrites[0].body, Some(given::body("Rather so.")));
    let answered = [said(3, &given::member(), publicly(Voice::Desk))];
    assert_eq!(edit(&ticket, &author, &comment, &answered).unwrap_err(), Refusal::AlreadyAnswered);
}

#[test]
fn nobody_edits_what_somebody_else_said() {
    let ticket = given::ticket_in(Status::Open);
    let comment = said(2, &given::requester(), publicly(Voice::Requester));
    let refusal = edit(&ticket, &given::copied(), &comment, &[]).unwrap_err();
    assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Comment });
    let note = said(2, &given::handler(), noted());
    let refusal = edit(&ticket, &given::member(), &note, &[]).unwrap_err();
    assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Note });
}

#[test]
fn a_comment_on_a_closed_ticket_stays_as_it_is() {
    let comment = said(2, &given::requester(), publicly(Voice::Requester));
    let refusal = edit(&given::ticket_in(Status::Closed), &given::requester(), &comment, &[]).unwrap_err();
    assert_eq!(refusal, Refusal::Illegal { verb: Verb::Comment, from: Status::Closed });
}

#[test]
fn h169_a_note_speaks_to_the_desk_and_not_to_the_requester() {
    let forwarded = Fact::TicketAssigned { assignee: Some(given::person_id("usr_other")), group: None };
    for fact in [noted(), forwarded] {
        let event = said(2, &given::member(), fact);
        assert!(event.speaks() && !event.speaks_publicly(), "{event:?}");
    }
    let solution = said(2, &given::member(), Fact::TicketResolved {});
    assert!(solution.speaks_publicly());
    assert!(!Event { body: None, ..solution }.speaks());
}
