use super::*;
use crate::access::Actor;
use crate::dispatch::{DispatchStep, Reasoning};
use crate::given;

fn claim(ticket: &Ticket, actor: &Actor, take_over: bool) -> Result<Option<Change<Ticket>>, Refusal> {
    ticket.claim(&given::doing(actor, &given::catalog(), 10), take_over)
}

fn release(ticket: &Ticket, actor: &Actor) -> Decision {
    ticket.release(&given::doing(actor, &given::catalog(), 10))
}

fn assign(ticket: &Ticket, actor: &Actor, to: &Recipient) -> Decision {
    ticket.assign(&given::doing(actor, &given::catalog(), 10), to, Some(given::body("The router looks dead.")))
}

fn to_agent(id: &str) -> Recipient {
    Recipient::Agent(Some(Box::new(given::agent(id))))
}

fn to_group(id: &str) -> Recipient {
    Recipient::Group(given::group_id(id))
}

fn held_by_the_handler() -> Refusal {
    Refusal::HeldBy { holder: given::agent("usr_handler").as_ref() }
}

fn given_back(status: Status) -> Ticket {
    Ticket { assignee: None, handled: false, ..given::ticket_in(status) }
}

fn answered(status: Status) -> Ticket {
    Ticket { first_responded_at: Some(given::at()), ..given::ticket_in(status) }
}

fn queued_with_the_first_line() -> Ticket {
    Ticket { group: None, ..given::ticket() }
}

#[test]
fn s0_17_whoever_claims_a_free_ticket_handles_it() {
    let change = claim(&given::ticket(), &given::member(), false).unwrap().unwrap();
    assert_eq!(change.events[0].fact, Fact::TicketClaimed { taken_from: None });
    assert_eq!(given::told(&change), ["assignee: – → usr_member", "handled: false → true", "status: new → open"]);
    assert_eq!(change.after.awaiting_dispatch, None);
    assert_eq!((change.after.version, change.after.updated_at), (2, given::later(10)));
}

#[test]
fn s0_37_an_owner_an_agent_of_the_group_and_the_assignee_may_claim() {
    let dispatched = Ticket { assignee: Some(given::agent("usr_handler").as_ref()), ..given::ticket() };
    for id in ["usr_owner", "usr_member", "usr_handler"] {
        let change = claim(&dispatched, &given::acting(given::agent(id)), false).unwrap().unwrap();
        assert!(change.after.is_handled_by(&given::person_id(id)), "{id}");
        assert_eq!(change.after.status(), Status::Open, "{id}");
    }
}

#[test]
fn claiming_moves_what_waits_for_the_desk_and_nothing_else() {
    for status in [Status::AwaitingRequester, Status::Scheduled, Status::Resolved] {
        let change = claim(&given_back(status), &given::member(), false).unwrap().unwrap();
        assert_eq!(given::told(&change), ["assignee: – → usr_member", "handled: false → true"], "{status:?}");
    }
    let change = claim(&given_back(Status::AwaitingAgent), &given::member(), false).unwrap().unwrap();
    assert_eq!(change.after.status(), Status::Open);
}

#[test]
fn s0_17_claiming_what_one_already_handles_changes_nothing() {
    assert!(claim(&given::ticket_in(Status::Open), &given::handler(), false).unwrap().is_none());
}

#[test]
fn s0_17_claiming_a_handled_ticket_names_the_holder() {
    let refusal = claim(&given::ticket_in(Status::Open), &given::member(), false).unwrap_err();
    assert_eq!(refusal, held_by_the_handler());
}

#[test]
fn a_handled_ticket_is_taken_over_when_that_is_what_one_asks_for() {
    for status in given::UNSOLVED.into_iter().filter(|status| *status != Status::New) {
        let change = claim(&given::ticket_in(status), &given::member(), true).unwrap().unwrap();
        let taken_from = Some(given::person_id("usr_handler"));
        assert_eq!(change.events[0].fact, Fact::TicketClaimed { taken_from }, "{status:?}");
        assert!(change.after.is_handled_by(&given::person_id("usr_member")), "{status:?}");
    }
    let change = claim(&given::ticket_in(Status::Open), &given::member(), true).unwrap().unwrap();
    assert_eq!(given::told(&change), ["assignee: usr_handler → usr_member"]);
}

#[test]
fn what_has_ended_is_neither_claimed_nor_released_nor_assigned() {
    for from in given::ENDED {
        let (ticket, actor) = (given::ticket_in(from), given::coordinator());
        let refusal = claim(&ticket, &actor, true).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Claim, from });
        assert_eq!(release(&ticket, &actor).unwrap_err(), Refusal::Illegal { verb: Verb::Release, from });
        let refusal = assign(&ticket, &actor, &to_agent("usr_other")).unwrap_err();
        assert_eq!(refusal, Refusal::Illegal { verb: Verb::Assign, from });
    }
}

#[test]
fn only_agents_of_its_queue_claim_and_assign_a_ticket() {
    let ticket = given::ticket_in(Status::New);
    let own = given::acting(given::agent("usr_requester"));
    let outsiders = [given::requester(), given::copied(), given::first_line(), given::guest(), Actor::System, own];
    for actor in outsiders {
        let refusal = claim(&ticket, &actor, false).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Claim }, "{actor:?}");
        let refusal = assign(&ticket, &actor, &to_agent("usr_other")).unwrap_err();
        assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Assign }, "{actor:?}");
    }
    for person in [given::stranger("usr_stranger"), given::agent("usr_elsewhere")] {
        let actor = given::acting(person);
        assert_eq!(claim(&ticket, &actor, false).unwrap_err(), Refusal::Hidden, "{actor:?}");
        assert_eq!(assign(&ticket, &actor, &to_agent("usr_other")).unwrap_err(), Refusal::Hidden, "{actor:?}");
    }
}

#[test]
fn a_ticket_released_before_an_answer_is_new_again_and_asks_for_an_owner() {
    let change = release(&given::ticket_in(Status::Open), &given::handler()).unwrap();
    assert_eq!(given::told(&change), ["assignee: usr_handler → –", "handled: true → false", "status: open → new"]);
    assert_eq!(change.after.awaiting_dispatch, Some(change.events[0].seq));
    assert!(change.events[0].fact.asks_for_dispatch());
}

#[test]
fn a_ticket_released_after_an_answer_waits_for_an_agent() {
    let change = release(&answered(Status::Open), &given::handler()).unwrap();
    assert_eq!(change.after.status(), Status::AwaitingAgent);
    for status in [Status::AwaitingRequester, Status::AwaitingAgent, Status::Scheduled] {
        let change = release(&given::ticket_in(status), &given::handler()).unwrap();
        assert_eq!((change.after.status(), change.after.handled), (status, false));
    }
}

#[test]
fn a_ticket_is_released_by_its_handler_or_a_lead_alone() {
    let ticket = given::ticket_in(Status::Open);
    assert_eq!(release(&ticket, &given::coordinator()).unwrap().after.status(), Status::New);
    assert_eq!(release(&ticket, &given::member()).unwrap_err(), held_by_the_handler());
    assert_eq!(release(&given::ticket(), &given::member()).unwrap_err(), Refusal::NotHandled);
    let refusal = release(&ticket, &given::requester()).unwrap_err();
    assert_eq!(refusal, Refusal::Forbidden { verb: Verb::Release });
}

#[test]
fn s0_41_a_new_ticket_is_forwarded_before_anyone_handles_it() {
    let change = assign(&given::ticket(), &given::member(), &to_agent("usr_other")).unwrap();
    assert_eq!(given::told(&change), ["assignee: – → usr_other"]);
    assert_eq!(change.events[0].body, Some(given::body("The router looks dead.")));
    assert_eq!((change.after.handled, change.after.awaiting_dispatch), (false, None));
}

#[test]
fn s2_43_a_forwarded_ticket_is_not_handled_any_more() {
    let change = assign(&given::ticket_in(Status::Open), &given::member(), &to_agent("usr_other")).unwrap();
    let told = given::told(&change);
    assert_eq!(told, ["assignee: usr_handler → usr_other", "handled: true → false", "status: open → new"]);
    let change = assign(&answered(Status::Open), &given::coordinator(), &to_agent("usr_other")).unwrap();
    assert_eq!(change.after.status(), Status::AwaitingAgent);
}

#[test]
fn s2_45_a_group_gets_a_ticket_into_its_queue() {
    let change = assign(&given::ticket_in(Status::Scheduled), &given::handler(), &to_group("grp_desk")).unwrap();
    let told = given::told(&change);
    assert_eq!(
        told,
        ["assignee: usr_handler → –", "group: grp_network → grp_desk", "handled: true → false", "support_line: 2 → 1"]
    );
    let fact = Fact::TicketAssigned { assignee: None, group: Some(given::group_id("grp_desk")) };
    assert_eq!(change.events[0].fact, fact);
}

#[test]
fn a_ticket_follows_its_agent_into_the_queue_of_the_agents_group() {
    let change = assign(&given::ticket(), &given::member(), &to_agent("usr_first")).unwrap();
    assert_eq!(
        given::told(&change),
        ["assignee: – → usr_first", "group: grp_network → grp_desk", "support_line: 2 → 1"]
    );
    let change = assign(&given::ticket(), &given::member(), &to_agent("usr_handler")).unwrap();
    assert_eq!(given::told(&change), ["assignee: – → usr_handler"]);
}

#[test]
fn s2_49_the_first_line_agent_who_delivers_a_ticket_keeps_following_it() {
    let delivered = assign(&queued_with_the_first_line(), &given::first_line(), &to_agent("usr_member")).unwrap();
    let told = given::told(&delivered);
    assert_eq!(told, ["assignee: – → usr_member", "group: – → grp_network", "tracker: – → usr_first"]);
    let claimed = claim(&delivered.after, &given::member(), false).unwrap().unwrap();
    let allowed = claimed.after.allowed_actions(&given::first_line(), &given::catalog());
    assert!(allowed.contains(&Verb::View) && allowed.contains(&Verb::Note), "{allowed:?}");
}

#[test]
fn s2_49_the_tracker_stays_whoever_delivers_next() {
    let tracker = Some(given::agent("usr_second").as_ref());
    let followed = Ticket { tracker: tracker.clone(), ..queued_with_the_first_line() };
    let change = assign(&followed, &given::first_line(), &to_group("grp_network")).unwrap();
    assert_eq!(change.after.tracker, tracker);
    let change = assign(&given::ticket(), &given::member(), &to_agent("usr_other")).unwrap();
    assert_eq!(change.after.tracker, None);
}

#[test]
fn a_ticket_goes_to_nobody_who_cannot_take_it() {
    let gone = Person { active: false, ..given::agent("usr_other") };
    for agent in [None, Some(gone), Some(given::person("usr_other")), Some(given::agent("usr_requester"))] {
        let decision = assign(&given::ticket(), &given::member(), &Recipient::Agent(agent.map(Box::new)));
        assert_eq!(given::wrong(&decision), ["assignee_id: not_an_agent"]);
    }
    let decision = assign(&given::ticket(), &given::member(), &to_group("grp_nobody"));
    assert_eq!(given::wrong(&decision), ["group_id: unknown"]);
}

fn choice(assignee: Option<&str>, group: Option<&str>) -> Choice {
    let why = Reasoning { step: DispatchStep::Owners, skipped: Vec::new(), passed_over: Vec::new() };
    Choice { assignee: assignee.map(|id| given::agent(id).as_ref()), group: group.map(given::group_id), why }
}

fn dispatch(ticket: &Ticket, choice: Choice) -> Option<Change<Ticket>> {
    ticket.dispatch(1, choice, Author::system(given::later(1)), &given::catalog())
}

#[test]
fn s0_11_dispatch_gives_a_ticket_to_an_agent_who_has_still_to_claim_it() {
    let change = dispatch(&given::ticket(), choice(Some("usr_owner"), Some("grp_network"))).unwrap();
    assert_eq!(given::told(&change), ["assignee: – → usr_owner"]);
    assert_eq!((change.after.status(), change.after.handled), (Status::New, false));
    assert!(dispatch(&change.after, choice(Some("usr_other"), None)).is_none());
}

#[test]
fn s2_29_without_an_owner_it_stands_in_the_queue_of_the_first_line() {
    let change = dispatch(&given::ticket(), choice(None, None)).unwrap();
    assert_eq!(given::told(&change), ["group: grp_network → –", "support_line: 2 → 1"]);
    assert!(claim(&change.after, &given::first_line(), false).unwrap().is_some());
}

#[test]
fn dispatch_comes_too_late_for_a_ticket_that_was_claimed_or_has_ended() {
    let claimed = claim(&given::ticket(), &given::member(), false).unwrap().unwrap().after;
    assert!(dispatch(&claimed, choice(Some("usr_owner"), None)).is_none());
    let ended = Ticket { awaiting_dispatch: Some(1), ..given::ticket_in(Status::Closed) };
    assert!(dispatch(&ended, choice(Some("usr_owner"), None)).is_none());
}
