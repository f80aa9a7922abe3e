//! Pages as browsers get them.

use std::slice;
use std::sync::Arc;

use domain::access::Actor;
use domain::catalog::Catalog;
use domain::person::Person;
use domain::text::{Body, Name, Subject};
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

/// A file, as it is stored.
fn file(name: &str, inline: bool) -> Value {
    json!({ "id": "att_1", "name": name, "file_type": "png", "size": 12_288, "sha256": "0".repeat(64),
        "inline": inline })
}

/// An answer with a file beside it, and a picture in it.
fn illustrated(name: &str) -> Told {
    let files = json!([file(name, false), file("lamp.png", true)]);
    let particulars = json!({ "type": "CommentAdded", "public": true, "voice": "desk", "files": files });
    told(&particulars, "See ![the red lamp](att_1).")
}

fn shown(ticket: &Ticket, person: Person, entries: &[Told]) -> String {
    let body = Body::parse("Since this morning.").unwrap();
    described(ticket, person, &event::Entry { body: Some(body), files: Vec::new() }, entries)
}

fn described(ticket: &Ticket, person: Person, description: &event::Entry, entries: &[Told]) -> String {
    let caller = caller(person);
    let names = Names::on(ticket, &caller);
    let page = Page::of(ticket, &caller, Some(description)).with_dialogue(ticket, entries, false, &names);
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
        "<div class=\"paper\">\n<div class=\"text\" dir=\"auto\">Since this morning.</div>\n</div>",
        "<bdi class=\"author\">Petr Svoboda</bdi>",
        "<article class=\"desk\">",
        "<div class=\"text\" dir=\"auto\">Try again now.</div>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn files_are_named_below_what_they_came_with_and_not_linked() {
    let expected = "<div class=\"text\" dir=\"auto\">See [the red lamp].</div>
<p class=\"label\">Attached files</p>
<ul class=\"files\">
<li><bdi>network log.png</bdi> <span class=\"quiet\">12 KB</span></li>
</ul>
";
    let answer = illustrated("network log.png");
    let in_dialogue = shown(&ticket(), jana(), slice::from_ref(&answer));
    let in_description = described(&ticket(), jana(), &answer.event.entry(), &[]);
    for page in [in_dialogue, in_description] {
        assert_eq!(page.matches(expected).count(), 1, "{page}");
        assert!(!page.contains("lamp.png") && !page.contains("att_1") && !page.contains("href"), "{page}");
    }
}

#[test]
fn a_page_without_files_does_not_speak_of_any() {
    let page = shown(&ticket(), jana(), &[answer("Try again now.")]);
    assert!(!page.contains(words(Locale::En).files) && !page.contains("<ul"), "{page}");
}

#[test]
fn a_ticket_that_was_opened_without_a_word_has_no_description() {
    let page = described(&ticket(), jana(), &event::Entry::default(), &[]);
    assert!(!page.contains(words(Locale::En).description), "{page}");
}

#[test]
fn h099_html_in_the_name_of_a_file_is_text() {
    let answer = illustrated("<img src=x onerror=alert(1)>.png");
    let page = described(&ticket(), jana(), &answer.event.entry(), slice::from_ref(&answer));
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("<bdi>&lt;img src=x onerror=alert(1)&gt;.png</bdi>").count(), 2, "{page}");
}

#[test]
fn a_page_speaks_the_language_of_its_reader() {
    let titles = [(Locale::Cs, "Komunikace"), (Locale::Zh, "沟通记录"), (Locale::En, "Dialogue")];
    for (locale, title) in titles {
        let page = shown(&ticket(), Person { locale, ..jana() }, &[]);
        let with_files = shown(&ticket(), Person { locale, ..jana() }, &[illustrated("log.png")]);
        assert!(with_files.contains(words(locale).files), "{locale:?}");
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
    let files = json!([file("Difficult.png", false)]);
    let note = json!({ "type": "CommentAdded", "public": false, "voice": "desk", "files": files });
    let handing_over = json!({ "type": "TicketAssigned", "files": files });
    let [note, handing_over] = [note, handing_over].map(|particulars| told(&particulars, "Difficult customer."));
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
