use super::*;
use crate::access::Actor;
use crate::contact::PhoneNumber;
use crate::given;
use crate::status::Status;
use crate::ticket::Refusal;

fn edit(ticket: &Ticket, actor: &Actor, changes: Edit) -> Decision {
    ticket.edit(&given::doing(actor, &given::wide_catalog(), 10), changes)
}

/// Every field that only the requester may change.
fn rewording() -> Edit {
    let details = Details {
        occurred_at: Some(given::at()),
        site: Some(given::label("Prague")),
        device: Some(given::label("Router 13")),
        serial_number: Some(given::label("SN-0013")),
        ..given::answers(&[("where", "Room 13")])
    };
    Edit {
        subject: Some(Subject::parse("No network in room 13").unwrap()),
        description: Some(given::body("It is room 13.")),
        kind: Some(Kind::Problem),
        contact_method: Some(ContactMethod::Phone {
            value: PhoneNumber::parse("+420123456789").unwrap(),
            window: None,
        }),
        details,
        ..Edit::default()
    }
}

fn renamed() -> Edit {
    Edit { subject: Some(Subject::parse("No network in room 13").unwrap()), ..Edit::default() }
}

fn filed_under(category: &str) -> Edit {
    Edit { category: Some(given::category_id(category)), ..Edit::default() }
}

fn moved_to(service: &str) -> Edit {
    Edit { service: Some(given::service_id(service)), ..Edit::default() }
}

fn weighed() -> Edit {
    Edit { impact: Some(Impact::High), urgency: Some(Urgency::Critical), ..Edit::default() }
}

#[test]
fn s2_26_the_requester_edits_every_intake_field_of_an_unanswered_ticket() {
    let changes = Edit { category: Some(given::category_id("cat_outage")), ..rewording() };
    let changes = Edit { impact: Some(Impact::High), urgency: Some(Urgency::Critical), ..changes };
    let change = edit(&given::ticket(), &given::requester(), changes).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketEdited {});
    assert_eq!(change.rewrites[0].body, Some(given::body("It is room 13.")));
    let expected = [
        "answers",
        "category: – → cat_outage",
        "contact_method",
        "device",
        "impact: medium → high",
        "kind: incident → problem",
        "occurred_at: – → 2026-03-02T09:00:00Z",
        "priority: normal → urgent",
        "serial_number",
        "site",
        "subject",
        "urgency: medium → critical",
        "description",
    ];
    assert_eq!(given::told(&change), expected);
    assert_eq!(change.after.urgency_source, UrgencySource::Requester);
    assert_eq!(change.after.awaiting_dispatch, Some(1));
}

#[test]
fn s2_26_what_the_customers_side_says_leaves_a_ticket_editable() {
    let (cc, catalog) = (given::copied(), given::catalog());
    let doing = given::doing(&cc, &catalog, 5);
    let commented = given::ticket_in(Status::New).comment(&doing, given::body("Here too."), false).unwrap().after;
    assert_eq!(given::told(&edit(&commented, &given::requester(), renamed()).unwrap()), ["subject"]);
}

#[test]
fn s2_26_an_answered_ticket_is_not_the_requesters_to_edit() {
    let refusal = edit(&given::ticket_in(Status::AwaitingRequester), &given::requester(), renamed()).unwrap_err();
    assert_eq!(refusal, Refusal::AlreadyAnswered);
}

#[test]
fn the_requester_edits_nothing_that_is_resolved_or_has_ended() {
    for from in [Status::Resolved, Status::Closed, Status::Canceled] {
        let refusal = edit(&given::ticket_in(from), &given::requester(), renamed()).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Edit, from });
    }
}

#[test]
fn s4_42_agents_file_a_ticket_anew_until_it_has_ended() {
    for status in given::UNSOLVED.into_iter().chain([Status::Resolved]) {
        let tags = Some(vec![given::label("cable")]);
        let changes = Edit { tags, priority: Some(Priority::Urgent), ..filed_under("cat_audit") };
        let change = edit(&given::ticket_in(status), &given::member(), changes).unwrap();
        let told = given::told(&change);
        assert_eq!(told, ["category: – → cat_audit", "priority: normal → urgent", "tags"], "{status:?}");
    }
    for from in given::ENDED {
        let refusal = edit(&given::ticket_in(from), &given::member(), filed_under("cat_audit")).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Edit, from });
    }
}

#[test]
fn s3_34_an_agent_corrects_the_urgency_and_a_named_priority_wins() {
    let after = edit(&given::ticket_in(Status::Open), &given::member(), weighed()).unwrap().after;
    assert_eq!((after.priority, after.urgency_source), (Priority::Urgent, UrgencySource::Agent));
    let changes = Edit { priority: Some(Priority::Low), ..weighed() };
    let after = edit(&given::ticket_in(Status::Open), &given::member(), changes).unwrap().after;
    assert_eq!((after.priority, after.urgency), (Priority::Low, Urgency::Critical));
}

#[test]
fn h170_what_is_for_the_desk_to_set_is_not_the_requesters() {
    let changes = Edit { priority: Some(Priority::Urgent), tags: Some(Vec::new()), ..Edit::default() };
    let decision = edit(&given::ticket(), &given::requester(), changes);
    assert_eq!(given::wrong(&decision), ["priority: not_yours", "tags: not_yours"]);
}

#[test]
fn what_the_requester_said_is_not_the_desks_to_change() {
    let filed = Ticket { category: Some(given::category_id("cat_outage")), ..given::ticket() };
    let decision = edit(&filed, &given::member(), rewording());
    let fields = ["subject", "description", "kind", "contact_method", "occurred_at"].into_iter();
    let fields = fields.chain(["site", "device", "serial_number", "answers"]);
    let wrong: Vec<String> = fields.map(|field| format!("{field}: not_yours")).collect();
    assert_eq!(given::wrong(&decision), wrong);
}

#[test]
fn only_the_requester_and_agents_of_its_queue_edit_a_ticket() {
    let ticket = given::ticket_in(Status::New);
    let observer = given::acting(given::power_user("usr_power"));
    for actor in [given::copied(), observer, given::first_line(), given::guest(), Actor::System] {
        let refusal = edit(&ticket, &actor, renamed()).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Edit }, "{actor:?}");
    }
}

#[test]
fn what_is_not_offered_is_not_chosen_by_editing_either() {
    let asked = |changes| given::wrong(&edit(&given::ticket(), &given::requester(), changes));
    assert_eq!(asked(moved_to("svc_unknown")), ["service_id: not_offered"]);
    assert_eq!(asked(filed_under("cat_lens")), ["category_id: not_offered"]);
    assert_eq!(asked(filed_under("cat_audit")), ["category_id: not_offered"]);
    let changes = Edit { details: given::answers(&[("color", "red")]), ..Edit::default() };
    assert_eq!(asked(changes), ["answers.color: unknown_field"]);
}

#[test]
fn a_change_of_service_leaves_the_category_behind_and_dispatches_again() {
    let filed = Ticket { category: Some(given::category_id("cat_outage")), ..given::ticket() };
    let change = edit(&filed, &given::requester(), moved_to("svc_camera")).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketRedispatched {});
    assert!(change.events[0].fact.asks_for_dispatch());
    assert_eq!(given::told(&change), ["category: cat_outage → –", "service: svc_network → svc_camera"]);
    assert_eq!(change.after.awaiting_dispatch, Some(change.events[0].seq));
}

#[test]
fn after_a_change_of_service_nobody_handles_the_ticket() {
    let change = edit(&given::ticket_in(Status::Open), &given::member(), moved_to("svc_camera")).unwrap();
    let expected = [
        "assignee: usr_handler → –",
        "handled: true → false",
        "service: svc_network → svc_camera",
        "status: open → new",
    ];
    assert_eq!(given::told(&change), expected);
    let answered = Ticket { first_responded_at: Some(given::at()), ..given::ticket_in(Status::Open) };
    let after = edit(&answered, &given::member(), moved_to("svc_camera")).unwrap().after;
    assert_eq!(after.status(), Status::AwaitingAgent);
}

#[test]
fn naming_the_service_it_has_already_dispatches_nothing() {
    let changes = Edit { service: Some(given::service_id("svc_network")), ..filed_under("cat_audit") };
    let change = edit(&given::ticket_in(Status::Open), &given::member(), changes).unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketEdited {});
    assert!(change.after.handled);
}
