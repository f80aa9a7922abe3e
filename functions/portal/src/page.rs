//! The pages: what is on them, how they look, and what a browser may do with them.
//!
//! Everything that people typed is a value that the template escapes, and stands apart from what is around it, whatever
//! direction it is written in (H099, H155, H159). The policy allows the one style sheet by its hash, and nothing else.

pub(crate) mod password;

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::access::{Standing, standing};
use domain::event::{self, Event, Fact};
use domain::file::enclosing::spoken;
use domain::person::Locale;
use domain::status::{NextActionBy, Voice};
use domain::ticket::Ticket;
use http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::item::Told;
use web::call::Caller;
use web::problem::Problem;
use web::view::comment::CommentView;
use web::view::person::Names;
use web::wording::{Attached, attached, in_line, moment, status, tag};

use crate::words::{Words, words};

const STYLE: &str = include_str!("templates/style.css");
/// What stands around every page.
const FRAME: (&str, &str) = ("frame.html", include_str!("templates/frame.html"));
const TICKET: (&str, &str) = ("ticket.html", include_str!("templates/ticket.html"));
const GONE: (&str, &str) = ("gone.html", include_str!("templates/gone.html"));
const PASSWORD: (&str, &str) = ("password.html", include_str!("templates/password.html"));
const PASSWORD_SET: (&str, &str) = ("password_set.html", include_str!("templates/password_set.html"));
const FOREIGN: (&str, &str) = ("foreign.html", include_str!("templates/foreign.html"));

/// The templates of this build; that they can be read is tested.
static TEMPLATES: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(templates);

/// Nothing may be loaded, run, framed or sent.
static POLICY: LazyLock<String> = LazyLock::new(|| policy("'none'"));

/// Nothing may be loaded, run or framed, and what is sent goes to the desk.
static FORM_POLICY: LazyLock<String> = LazyLock::new(|| policy("'self'"));

/// The style sheet is known by its hash.
fn policy(form_action: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action {form_action}"
    )
}

/// A ticket as its page shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    #[serde(skip)]
    locale: Locale,
    lang: &'static str,
    style: &'static str,
    words: &'static Words,
    number: String,
    subject: String,
    status: &'static str,
    facts: Vec<Labelled>,
    description: Option<Written>,
    entries: Vec<Entry>,
    goes_on: bool,
}

/// A fact about the ticket.
#[derive(Debug, Serialize)]
struct Labelled {
    label: &'static str,
    text: String,
    /// For machines, where the text is a moment.
    moment: Option<String>,
}

/// What somebody wrote, and the files beside it.
///
/// The files are named, not linked: the address of a file lives for 60 seconds and a page lies open for longer, so it
/// can hold none. Whoever wants a file signs in and asks for it.
#[derive(Debug, Serialize)]
struct Written {
    /// Its pictures are spoken of where they stand.
    text: String,
    files: Vec<Attached>,
}

/// One entry of the dialogue.
#[derive(Debug, Serialize)]
struct Entry {
    author: String,
    from_desk: bool,
    at: Moment,
    edited: bool,
    /// The status it led to.
    status: Option<&'static str>,
    written: Written,
}

/// A moment for people and for machines.
#[derive(Debug, Serialize)]
struct Moment {
    text: String,
    moment: String,
}

impl Page {
    /// A ticket without its dialogue.
    pub(crate) fn of(ticket: &Ticket, caller: &Caller, description: Option<&event::Entry>) -> Self {
        let locale = caller.actor.person().map(|person| person.locale).unwrap_or_default();
        Self {
            locale,
            lang: tag(locale),
            style: STYLE,
            words: words(locale),
            number: ticket.number.to_string(),
            subject: in_line(ticket.subject.as_str()),
            status: status(locale, ticket.status()),
            facts: facts(locale, ticket, caller),
            description: description.and_then(|entry| describing(locale, entry)),
            entries: Vec::new(),
            goes_on: false,
        }
    }

    /// The same with its dialogue, oldest first; `goes_on` says that there may be older entries than these.
    pub(crate) fn with_dialogue(self, ticket: &Ticket, told: &[Told], goes_on: bool, names: &Names<'_>) -> Self {
        let entry = |told: &Told| {
            let comment = CommentView::new(&ticket.number, told, false, |id| names.get(id))?;
            Some(entry(self.locale, &told.event, comment))
        };
        let entries = told.iter().filter_map(entry).collect();
        Self { entries, goes_on, ..self }
    }
}

/// `None` for a ticket that was opened without a word.
fn describing(locale: Locale, entry: &event::Entry) -> Option<Written> {
    let body = entry.body.as_ref()?;
    Some(Written { text: spoken(body.as_str()), files: attached(locale, &entry.files) })
}

fn entry(locale: Locale, event: &Event, comment: CommentView) -> Entry {
    let from_desk = is_from_desk(&event.fact);
    let unnamed = if from_desk { words(locale).helpdesk } else { words(locale).participant };
    Entry {
        author: comment.author.map_or_else(|| unnamed.to_owned(), |author| in_line(&author.name)),
        from_desk,
        at: Moment { text: moment(locale, comment.created_at), moment: comment.created_at.to_string() },
        edited: comment.edited_at.is_some(),
        status: event.new_status().map(|new| status(locale, new)),
        written: Written { text: spoken(&comment.body), files: attached(locale, &event.files) },
    }
}

/// Whether something was said by the desk rather than to it.
fn is_from_desk(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CommentAdded { voice: Voice::Desk, .. }
            | Fact::TicketResolved {}
            | Fact::TicketClosed { .. }
            | Fact::TicketScheduled { .. }
    )
}

fn facts(locale: Locale, ticket: &Ticket, caller: &Caller) -> Vec<Labelled> {
    let (words, catalog) = (words(locale), &caller.catalog);
    let category = ticket.category.as_ref().and_then(|id| catalog.category(id));
    let assignee = ticket.assignee.as_ref().map_or(words.unassigned, |assignee| assignee.name.as_str());
    let named = |label, text: Option<&str>| text.map(|text| Labelled { label, text: in_line(text), moment: None });
    let timed = |label, at: Option<Timestamp>| {
        at.map(|at| Labelled { label, text: moment(locale, at), moment: Some(at.to_string()) })
    };
    let facts = [
        named(words.next, Some(next(words, ticket, caller))),
        named(words.assignee, Some(assignee)),
        named(words.service, catalog.service(&ticket.service).map(|service| service.name.as_str())),
        named(words.category, category.map(|category| category.name.as_str())),
        timed(words.opened, Some(ticket.created_at)),
        timed(words.updated, Some(ticket.updated_at)),
        timed(words.expected, expected(ticket)),
        timed(words.resumes, ticket.scheduled_until()),
        timed(words.closes, ticket.auto_close_at()),
        timed(words.closed, ticket.closed_at()),
    ];
    facts.into_iter().flatten().collect()
}

/// When a solution may be expected, unless that is planned or was to be before the last change.
fn expected(ticket: &Ticket) -> Option<Timestamp> {
    ticket.eta().filter(|at| *at > ticket.updated_at && ticket.scheduled_until().is_none())
}

/// Who must act next (S4.41).
fn next(words: &'static Words, ticket: &Ticket, caller: &Caller) -> &'static str {
    let is_requester = standing(&caller.actor, ticket, &caller.catalog) == Some(Standing::Requester);
    match ticket.status().next_action_by() {
        NextActionBy::Agent => words.helpdesk,
        NextActionBy::Requester if is_requester => words.you,
        NextActionBy::Requester => words.requester,
        NextActionBy::Nobody => words.nobody,
    }
}

/// 200 with the page of a ticket.
pub(crate) fn found(page: &Page) -> Result<Response, Problem> {
    Ok(html(StatusCode::OK, &POLICY, render(TICKET.0, page)?))
}

/// 404 with the page that is the same for every link that opens nothing.
pub(crate) fn gone() -> Result<Response, Problem> {
    Ok(html(StatusCode::NOT_FOUND, &POLICY, render(GONE.0, Blank { style: STYLE })?))
}

/// What a page without a ticket shows.
#[derive(Debug, Serialize)]
struct Blank {
    style: &'static str,
}

fn html(status: StatusCode, policy: &str, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (status, headers, page).into_response()
}

fn render(template: &str, sheet: impl Serialize) -> Result<String, Problem> {
    let templates = LazyLock::force(&TEMPLATES).as_ref().map_err(broken)?;
    let rendered = templates.get_template(template).and_then(|template| template.render(Serde(sheet)));
    rendered.map_err(|error| broken(&error))
}

fn broken(error: &Error) -> Problem {
    // In words it may quote what is on the page.
    tracing::error!(cause = error.kind().to_string(), line = error.line(), "a page could not be written");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something is wrong on our side.")
}

/// What a template's name ends in says whether texts are escaped.
fn templates() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template(TICKET.0, TICKET.1)?;
    for (name, source) in [FRAME, GONE, PASSWORD, PASSWORD_SET, FOREIGN] {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests;
