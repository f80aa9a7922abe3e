//! Letters as their readers and their mail programs see them.

use domain::contact::EmailAddress;
use domain::event::Fact;
use domain::file::File;
use domain::person::{Locale, Person};
use domain::sla::Metric;
use domain::status::Voice;
use domain::text::{Name, Subject};
use domain::ticket::{State, Ticket};

use super::*;
use crate::given;

const NOTICES: [Notice; 16] = [
    Notice::Acknowledged,
    Notice::Copied,
    Notice::Assigned,
    Notice::Answered,
    Notice::Replied,
    Notice::Noted,
    Notice::Moved,
    Notice::Scheduled,
    Notice::Resolved,
    Notice::Reopened,
    Notice::CloseAnnounced,
    Notice::Closed,
    Notice::Canceled,
    Notice::AtRisk,
    Notice::Breached,
    Notice::EtaChanged,
];

const LINK: &str = "https://desk.example.org/l/token";

fn news(fact: Fact, body: Option<&str>) -> News {
    let author = Some("Petr Svoboda".to_owned());
    News { ticket: given::ticket(), event: given::event(fact, body), author, at: given::at() }
}

fn answer(body: &str) -> News {
    news(Fact::CommentAdded { public: true, voice: Voice::Desk }, Some(body))
}

fn with_files(news: News, files: &[File]) -> News {
    News { event: Event { files: files.to_vec(), ..news.event }, ..news }
}

fn to(person: Person, notice: Notice) -> Addressee {
    Addressee { address: EmailAddress::parse("jana@example.org").unwrap(), person, notice, sees: true }
}

fn jana(notice: Notice) -> Addressee {
    to(given::requester(), notice)
}

fn texts(news: &News, addressee: &Addressee) -> (String, String) {
    Press::new().unwrap().texts(Layout::Letter, &Letter { news, addressee, link: LINK }.sheet()).unwrap()
}

fn mail(news: &News, addressee: &Addressee) -> String {
    let letter = Letter { news, addressee, link: LINK };
    String::from_utf8(letter.mail(&Press::new().unwrap(), "desk@example.org").unwrap()).unwrap()
}

/// The headers of a mail, unfolded.
fn headers(mail: &str) -> Vec<(String, String)> {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    unfolded.split("\r\n").map(header).collect()
}

fn header(mail: &str, name: &str) -> String {
    headers(mail).into_iter().find(|(own, _)| own == name).unwrap().1
}

#[test]
fn an_answer_says_who_said_what_and_where_to_read_on() {
    let (text, _) = texts(&answer("Try again now."), &jana(Notice::Answered));
    let expected = "Hello Jana Nováková,

There is a new answer from the helpdesk.

[7K3Q-M9XV] No network in room 12
Status: In progress
In charge: Petr Svoboda

Petr Svoboda · 2 March 2026, 09:00 UTC
----------
Try again now.
----------

Open the ticket
https://desk.example.org/l/token

This message was sent automatically by the helpdesk.";
    assert_eq!(text, expected);
}

#[test]
fn whoever_does_not_see_the_ticket_any_more_reads_its_number_and_what_was_missed() {
    let breached_at = "2026-03-02T08:00:00Z".parse().unwrap();
    let fact = Fact::TargetBreached { metric: Metric::Resolution, breached_at, late: false, tell: Vec::new() };
    let addressee = Addressee { sees: false, ..to(given::agent(), Notice::Breached) };
    let news = news(fact, None);
    assert_eq!(header(&mail(&news, &addressee), "Subject"), "[7K3Q-M9XV] Overdue");
    let (text, html) = texts(&news, &addressee);
    for shown in [text, html] {
        assert!(shown.contains("7K3Q-M9XV") && shown.contains("Solution") && shown.contains("08:00 UTC"), "{shown}");
        for hidden in ["No network", "In progress", "In charge", "Open the ticket", LINK] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
    }
}

#[test]
fn a_solution_comes_with_the_day_on_which_the_ticket_closes() {
    let auto_close_at = Some("2026-03-09T09:00:00Z".parse().unwrap());
    let state = State::Resolved { resolved_at: given::at(), auto_close_at, announced: false };
    let mut news = news(Fact::TicketResolved {}, Some("Replaced the switch."));
    news.ticket = Ticket { state, ..news.ticket };
    let (text, html) = texts(&news, &jana(Notice::Resolved));
    for shown in [text, html] {
        assert!(
            shown.contains("It closes by itself on 9 March 2026, 09:00 UTC, unless it is reopened before."),
            "{shown}"
        );
        assert!(shown.contains("Replaced the switch."), "{shown}");
    }
}

#[test]
fn a_solution_that_was_refused_meanwhile_promises_nothing() {
    let (text, _) = texts(&news(Fact::TicketResolved {}, None), &jana(Notice::Resolved));
    assert!(!text.contains("closes by itself"), "{text}");
}

#[test]
fn files_are_named_below_what_they_came_with() {
    let files = [given::file("network log.png"), File { size: 740, ..given::file("účet.png") }];
    let (text, html) = texts(&with_files(answer("Try again now."), &files), &jana(Notice::Answered));
    let expected = "
----------
Try again now.
----------
Attached:
- network log.png · 12 KB
- účet.png · 740 bytes

Open the ticket
";
    assert!(text.contains(expected), "{text}");
    let lines = ["<li><bdi>network log.png</bdi> · 12 KB</li>", "<li><bdi>účet.png</bdi> · 740 bytes</li>"];
    for part in [">Attached:</p>"].into_iter().chain(lines) {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn a_picture_in_a_text_is_spoken_of_where_it_stands() {
    let picture = File { inline: true, ..given::file("lamp.png") };
    let news = with_files(answer("See ![the red lamp](att_1)."), &[picture]);
    let (text, html) = texts(&news, &jana(Notice::Answered));
    for shown in [text, html] {
        assert!(shown.contains("See [the red lamp]."), "{shown}");
        assert!(!shown.contains("lamp.png") && !shown.contains("Attached") && !shown.contains("att_1"), "{shown}");
    }
}

#[test]
fn h099_html_in_the_name_of_a_file_is_text() {
    let name = "<img src=x onerror=alert(1)>.png";
    let (text, html) = texts(&with_files(answer("Done."), &[given::file(name)]), &jana(Notice::Answered));
    assert!(text.contains(name), "{text}");
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("<bdi>&lt;img src=x onerror=alert(1)&gt;.png</bdi>"), "{html}");
}

#[test]
fn everybody_is_told_of_everything_in_their_language() {
    for locale in [Locale::En, Locale::Cs, Locale::Zh] {
        for notice in NOTICES {
            let news = with_files(answer("Hotovo."), &[given::file("hotovo.png")]);
            let addressee = to(Person { locale, ..given::requester() }, notice);
            let (text, html) = texts(&news, &addressee);
            assert!(text.contains(words(locale).attached) && html.contains(words(locale).attached), "{locale:?}");
            assert!(text.contains(LINK) && html.contains("<a href="), "{locale:?} {notice:?}");
            assert!(html.contains(&format!("<html lang=\"{}\">", tag(locale))), "{locale:?}");
            let saying = (words(locale).saying)(notice);
            assert!(text.contains(saying.sentence) && !saying.headline.is_empty(), "{locale:?} {notice:?}");
        }
    }
}

#[test]
fn the_mails_of_a_ticket_keep_together() {
    let mail = mail(&answer("Done."), &jana(Notice::Answered));
    assert_eq!(header(&mail, "Subject"), "[7K3Q-M9XV] New answer: No network in room 12");
    assert_eq!(header(&mail, "From"), "\"Lambdesk\" <desk@example.org>");
    assert_eq!(header(&mail, "References"), "<ticket.7K3QM9XV@example.org>");
    assert_eq!(header(&mail, "In-Reply-To"), "<ticket.7K3QM9XV@example.org>");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "X-Lambdesk-Reference"), "7K3QM9XV/3/usr_jana");
    assert!(headers(&mail).iter().all(|(name, _)| name != "Message-ID"));
}

#[test]
fn an_acknowledgement_answers() {
    let mail = mail(&news(Fact::TicketOpened {}, Some("Since this morning.")), &jana(Notice::Acknowledged));
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-replied");
}

#[test]
fn h073_a_letter_that_cannot_be_written_is_one_of_fifty() {
    let picky = "{% if greeting == 'Hello Eve,' %}{{ missing }}{% endif %}{{ greeting }}";
    let press = Press::with([("letter.txt", picky), ("letter.html", "{{ greeting }}")]).unwrap();
    let news = answer("Done.");
    let written = |number: u32| {
        let name = if number == 7 { "Eve".to_owned() } else { format!("Reader {number}") };
        let addressee = to(Person { name: Name::parse(&name).unwrap(), ..given::requester() }, Notice::Answered);
        Letter { news: &news, addressee: &addressee, link: LINK }.mail(&press, "desk@example.org").is_ok()
    };
    assert_eq!((0..50).filter(|number| written(*number)).count(), 49);
}

#[test]
fn h075_no_name_adds_a_header() {
    assert!(Name::parse("Eve\r\nBcc: z@evil.example").is_err());
    let names =
        ["Eve\" <z@evil.example>, \"", "Eve, z@evil.example", "=?utf-8?Q?=0D=0ABcc:_z@evil.example?=", "Žofie\\"];
    for name in names {
        let person = Person { name: Name::parse(name).unwrap(), ..given::requester() };
        let mail = mail(&answer("Done."), &to(person, Notice::Answered));
        let expected = [
            "Content-Type",
            "MIME-Version",
            "Date",
            "From",
            "To",
            "Subject",
            "References",
            "In-Reply-To",
            "Auto-Submitted",
            "X-Lambdesk-Reference",
        ];
        let found: Vec<_> = headers(&mail).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, expected, "{name}");
        assert!(header(&mail, "To").ends_with(" <jana@example.org>"), "{name}");
    }
}

#[test]
fn h157_what_looks_like_a_template_stays_as_it_is() {
    let odd = "{{7*7}} ${env} %s%n {% raw %} {# #}";
    let mut news = answer(odd);
    news.ticket.subject = Subject::parse(odd).unwrap();
    let person = Person { name: Name::parse(odd).unwrap(), ..given::requester() };
    let (text, html) = texts(&news, &to(person, Notice::Answered));
    assert_eq!(text.matches(odd).count(), 3, "{text}");
    assert_eq!(html.matches(odd).count(), 3, "{html}");
}

#[test]
fn h155_html_in_a_text_is_text() {
    let (_, html) = texts(&answer("<img src=x onerror=alert(1)>"), &jana(Notice::Answered));
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("&lt;img"), "{html}");
}

#[test]
fn h158_no_subject_adds_a_header() {
    assert!(Subject::parse("x\r\nBcc: z@evil.example").is_err());
    assert!(EmailAddress::parse("a@example.org\r\nBcc: z@evil.example").is_err());
    let mut news = answer("Done.");
    for subject in ["ž".repeat(200), "Bcc: z@evil.example ".repeat(9)] {
        news.ticket.subject = Subject::parse(&subject).unwrap();
        assert_eq!(headers(&mail(&news, &jana(Notice::Answered))).len(), 10, "{subject}");
    }
}

#[test]
fn h159_a_subject_cannot_turn_what_stands_beside_it() {
    let mut news = answer("Done.");
    news.ticket.subject = Subject::parse("\u{202e}gpj.exe").unwrap();
    let (text, html) = texts(&news, &jana(Notice::Answered));
    assert!(!text.contains('\u{202e}') && !html.contains('\u{202e}'));
}

#[test]
fn a_warning_names_the_promise_and_when_it_is_due() {
    let due_at = "2026-03-09T08:30:00Z".parse().unwrap();
    let fact = Fact::TargetWarned { metric: Metric::Resolution, percent: 75, due_at, tell: Vec::new() };
    let (text, html) = texts(&news(fact, None), &jana(Notice::AtRisk));
    let promised = "Solution: promised by 9 March 2026, 08:30 UTC.";
    assert!(text.contains(promised) && html.contains(promised), "{text}");
}

#[test]
fn h169_a_note_goes_out_with_no_notice_that_a_customer_gets() {
    let note = Fact::CommentAdded { public: false, voice: Voice::Desk };
    let handing_over = Fact::TicketAssigned { assignee: None, group: None };
    for fact in [note, handing_over] {
        let news = with_files(news(fact, Some("The customer is difficult.")), &[given::file("complaints.png")]);
        for notice in NOTICES {
            let (text, html) = texts(&news, &jana(notice));
            for secret in ["difficult", "complaints.png"] {
                let shown = text.contains(secret) || html.contains(secret);
                let for_the_desk =
                    matches!(notice, Notice::Noted | Notice::Assigned | Notice::AtRisk | Notice::Breached);
                assert_eq!(shown, for_the_desk, "{secret} {notice:?}");
            }
        }
    }
}

#[test]
fn h147_a_description_is_not_mailed() {
    let news = with_files(news(Fact::TicketOpened {}, Some("Buy my watches.")), &[given::file("watches.png")]);
    for notice in [Notice::Acknowledged, Notice::Copied] {
        let (text, html) = texts(&news, &jana(notice));
        assert!(!text.contains("watches") && !html.contains("watches"), "{notice:?}");
    }
}
