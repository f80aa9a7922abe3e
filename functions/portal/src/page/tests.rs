//! Pages as browsers get them.

use std::sync::Arc;

use domain::access::Actor;
use domain::catalog::Catalog;
use domain::person::Person;
use domain::text::{Name, Subject};
use serde_json::{Value, json};

use super::*;

fn person(id: &str, name: &str, role: &str) -> Person {
    let stored =
        json!({ "id": id, "version": 1, "last_seq": 1, "name": name, "role": role, "locale": "en", "active": true });
    serde_json::from_value(stored).unwrap()
}

fn jana() -> Person {
    person("usr_jana", "Jana Nováková", "requester")
}

/// Jana's ticket, which Petr has answered.
fn ticket() -> Ticket {
    let at = "2026-03-02T09:00:00Z";
    let stored = json!({ "number": "7K3Q-M9XV", "version": 3, "last_seq": 3, "subject": "No network in room 12",
        "kind": "incident", "status": "awaiting_requester", "impact": "medium", "urgency": "medium",
        "priority": "normal", "requester": { "id": "usr_jana", "name": "Jana Nováková" },
        "assignee": { "id": "usr_petr", "name": "Petr Svoboda" }, "handled": true,
        "service": "svc_network", "via": "web", "created_at": at, "updated_at": at });
    serde_json::from_value(stored).unwrap()
}

fn caller(person: Person) -> Caller {
    Caller { actor: Actor::Person(Box::new(person)), catalog: Arc::new(Catalog::default()) }
}

/// Something that Petr said.
fn told(particulars: &Value, body: &str) -> Told {
    let mut stored = json!({ "seq": 2, "actor": { "kind": "person", "id": "usr_petr" },
        "at": "2026-03-02T10:30:00Z", "body": body });
    for (name, value) in particulars.as_object().unwrap() {
        stored[name] = value.clone();
    }
    Told { event: serde_json::from_value(stored).unwrap(), edited_at: None }
}

fn answer(body: &str) -> Told {
    let changes = json!([{ "field": "status", "from": "open", "to": "awaiting_requester" }]);
    told(&json!({ "type": "CommentAdded", "public": true, "voice": "desk", "changes": changes }), body)
}

fn shown(ticket: &Ticket, person: Person, entries: &[Told]) -> String {
    let caller = caller(person);
    let description = Body::parse("Since this morning.").unwrap();
    let names = Names::on(ticket, &caller);
    let page = Page::of(ticket, &caller, Some(&description)).with_dialogue(ticket, entries, false, &names);
    render(TICKET.0, &page).unwrap()
}

#[test]
fn a_page_shows_the_ticket_and_what_was_said() {
    let page = shown(&ticket(), jana(), &[answer("Try again now.")]);
    for part in [
        "7K3Q-M9XV <span class=\"status\">Waiting for the requester</span>",
        "<h1><bdi>No network in room 12</bdi></h1>",
        "<dd><bdi>You</bdi></dd>",
        "<dd><bdi>Petr Svoboda</bdi></dd>",
        "<time datetime=\"2026-03-02T09:00:00Z\">2 March 2026, 09:00 UTC</time>",
        "<div class=\"paper text\" dir=\"auto\">Since this morning.</div>",
        "<bdi class=\"author\">Petr Svoboda</bdi>",
        "<article class=\"desk\">",
        "<div class=\"text\" dir=\"auto\">Try again now.</div>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn a_page_speaks_the_language_of_its_reader() {
    let titles = [(Locale::Cs, "Komunikace"), (Locale::Zh, "沟通记录"), (Locale::En, "Dialogue")];
    for (locale, title) in titles {
        let page = shown(&ticket(), Person { locale, ..jana() }, &[]);
        assert!(page.contains(title) && page.contains(status(locale, ticket().status())), "{locale:?}");
        assert!(page.contains(words(locale).silence), "{locale:?}");
    }
}

#[test]
fn h155_what_people_wrote_is_text() {
    let evil = "</div><script>alert(1)</script><img src=x onerror=\"alert(1)\">";
    let mut ticket = ticket();
    ticket.subject = Subject::parse(evil).unwrap();
    ticket.requester.name = Name::parse("<b>Eve</b>").unwrap();
    let page = shown(&ticket, jana(), &[answer(evil)]);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
}

#[test]
fn h157_what_looks_like_a_template_stays_as_it_is() {
    let page = shown(&ticket(), jana(), &[answer("{{7*7}} ${env} %s%n")]);
    assert!(page.contains("{{7*7}} ${env} %s%n"), "{page}");
}

#[test]
fn h159_a_subject_cannot_turn_what_stands_beside_it() {
    let mut ticket = ticket();
    ticket.subject = Subject::parse("\u{202e}gpj.exe").unwrap();
    assert!(shown(&ticket, jana(), &[]).contains("<bdi>gpj.exe</bdi>"));
}

#[test]
fn h169_a_note_is_not_shown_to_anybody() {
    let note = told(&json!({ "type": "CommentAdded", "public": false, "voice": "desk" }), "Difficult customer.");
    let handing_over = told(&json!({ "type": "TicketAssigned" }), "Difficult customer.");
    for reader in [jana(), person("usr_petr", "Petr Svoboda", "agent")] {
        let page = shown(&ticket(), reader, &[note.clone(), handing_over.clone()]);
        assert!(!page.contains("Difficult"), "{page}");
    }
}

#[test]
fn a_browser_may_use_the_style_sheet_and_nothing_else() {
    let response = gone().unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-robots-tag"), "noindex");
    let policy = header("content-security-policy");
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains(&hash) && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_style_sheet_stands_in_the_page_as_it_was_hashed() {
    let page = shown(&ticket(), jana(), &[]);
    let gone = render(GONE.0, Blank { style: STYLE }).unwrap();
    for page in [page, gone] {
        let (_, rest) = page.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        assert_eq!(style, STYLE);
        assert!(!page.contains(" style=") && !page.contains("<script"), "{page}");
    }
}
