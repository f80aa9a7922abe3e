//! The people of a history: what they wish, how they insist on it, and what they were told.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use domain::id::PersonId;
use http::Method;
use local::desk::Desk;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::{Answer, Person};

/// Who takes part, and whether they are of the desk.
const CAST: [(&str, bool); 4] = [("usr_rita", false), ("usr_rob", false), ("usr_ned", true), ("usr_nora", true)];

/// How often somebody says the same before giving it up.
const TRIES: u32 = 6;

/// The most seconds that somebody thinks before the next command.
const THOUGHT: u64 = 60;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Open,
    Comment,
    Note,
    Claim,
    Release,
    Resolve,
    Confirm,
    Reopen,
    Edit,
}

/// How a command ended for whoever gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The desk said that it is done.
    Acknowledged,
    /// The desk refused it, with this status.
    Refused(u16),
    /// There was no answer.
    GivenUp,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged => f.write_str("done"),
            Self::Refused(status) => write!(f, "refused, {status}"),
            Self::GivenUp => f.write_str("given up"),
        }
    }
}

/// A command that somebody gave.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// Who.
    pub(super) who: String,
    /// What.
    pub(super) deed: Deed,
    /// About which ticket, if it is known.
    pub(super) ticket: Option<String>,
    /// What nothing else holds but what it leads to.
    pub(super) mark: String,
    /// How it ended.
    pub(super) ended: Ended,
    /// Whether an answer is missing, so that it may be done whatever was said last.
    pub(super) unsure: bool,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { who, deed, ticket, mark, ended, unsure } = self;
        let ticket = ticket.as_deref().unwrap_or("-");
        let unsure = if *unsure { ", an answer is missing" } else { "" };
        write!(f, "{who} {deed:?} {ticket} {mark}: {ended}{unsure}")
    }
}

/// What the people of a history share.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Tickets that somebody knows, with their requesters.
    tickets: RefCell<Vec<(String, String)>>,
    /// Every command.
    pub(super) journal: RefCell<Vec<Said>>,
    /// Answers that should not have been given.
    pub(super) wrong: RefCell<Vec<String>>,
}

/// Somebody who gives commands.
#[derive(Debug)]
pub(super) struct Client {
    person: Person,
    is_of_the_desk: bool,
    dice: Dice,
    place: usize,
    commands: u64,
}

/// What somebody wants done.
#[derive(Debug)]
struct Wish {
    deed: Deed,
    ticket: Option<String>,
    path: String,
    body: Value,
    key: String,
    mark: String,
    etag: Option<String>,
}

/// The people, signed in; five to eight commands each.
pub(super) async fn clients(desk: &Desk, dice: &mut Dice) -> Vec<Client> {
    let mut clients = Vec::new();
    for (place, (id, is_of_the_desk)) in CAST.into_iter().enumerate() {
        let known = desk.store().reader().person(&PersonId::parse(id).unwrap()).await.unwrap().unwrap();
        let pair = desk.store().open_session(&known).await.unwrap();
        let person = Person { router: desk.router(), token: Some(pair.access.expose()), id: id.to_owned() };
        let commands = 5 + dice.below(4);
        clients.push(Client { person, is_of_the_desk, dice: dice.another(), place, commands });
    }
    clients
}

impl Client {
    /// Gives one command after the other.
    pub(super) async fn act(mut self, room: &Room) {
        for n in 0..self.commands {
            tokio::time::sleep(Duration::from_secs(self.dice.below(THOUGHT))).await;
            if let Some(wish) = self.wish(room, n).await {
                self.insist(room, wish).await;
            }
        }
    }

    /// What to do next; nothing, while there is nothing to do it to.
    async fn wish(&mut self, room: &Room, n: u64) -> Option<Wish> {
        let ticket = self.ticket(room);
        let deed = match &ticket {
            Some(_) => self.deed(),
            None if self.is_of_the_desk => return None,
            None => Deed::Open,
        };
        let place = self.place;
        let (key, mut mark) = (format!("key-{place}-{n:02}"), format!("mark-{place}-{n:02}-end"));
        let ticket = ticket.filter(|_| deed != Deed::Open);
        let mut etag = None;
        if let (Deed::Edit, Some(number)) = (deed, &ticket) {
            // What an edit leaves in the history is a time.
            mark = format!("2026-03-01T{place:02}:{n:02}:00Z");
            etag = Some(self.person.get(&format!("/v1/tickets/{number}")).await.header("etag")?.to_owned());
        }
        let path = path(deed, ticket.as_deref());
        let body = self.body(deed, &mark);
        Some(Wish { deed, ticket, path, body, key, mark, etag })
    }

    /// A ticket that this person may do something to.
    fn ticket(&mut self, room: &Room) -> Option<String> {
        let tickets = room.tickets.borrow();
        let own = |requester: &str| self.is_of_the_desk || requester == self.person.id;
        let known: Vec<_> = tickets.iter().filter(|(_, requester)| own(requester)).collect();
        let chosen = self.dice.below(u64::try_from(known.len()).unwrap());
        known.get(usize::try_from(chosen).unwrap()).map(|(number, _)| number.clone())
    }

    fn deed(&mut self) -> Deed {
        let shares: &[(u64, Deed)] = if self.is_of_the_desk {
            &[(25, Deed::Claim), (30, Deed::Comment), (8, Deed::Note), (22, Deed::Resolve), (15, Deed::Release)]
        } else {
            &[(25, Deed::Open), (35, Deed::Comment), (15, Deed::Confirm), (13, Deed::Reopen), (12, Deed::Edit)]
        };
        let mut thrown = self.dice.below(100);
        for (share, deed) in shares {
            if thrown < *share {
                return *deed;
            }
            thrown -= share;
        }
        Deed::Comment
    }

    fn body(&mut self, deed: Deed, mark: &str) -> Value {
        match deed {
            Deed::Open => json!({
                "subject": "No network", "description": mark, "service_id": "svc_network", "category_id": "cat_outage",
            }),
            Deed::Comment => json!({ "body": mark }),
            Deed::Note => json!({ "body": mark, "public": false }),
            Deed::Claim => json!({ "take_over": self.dice.chance(500) }),
            Deed::Release => json!({}),
            Deed::Resolve => json!({ "solution": mark }),
            Deed::Confirm => json!({ "satisfaction": 5, "comment": mark }),
            Deed::Reopen => json!({ "comment": mark }),
            Deed::Edit => json!({ "occurred_at": mark }),
        }
    }

    /// Says the same until there is an answer; now and then once more, for whoever is not sure of having heard it.
    async fn insist(&mut self, room: &Room, wish: Wish) {
        let (ended, unsure, answer) = self.until_answered(room, &wish).await;
        let mut ticket = wish.ticket.clone();
        if let Some(answer) = answer {
            ticket = answer.json["ticket"]["number"].as_str().map(str::to_owned);
            if let (Deed::Open, Some(number)) = (wish.deed, &ticket) {
                room.tickets.borrow_mut().push((number.clone(), self.person.id.clone()));
            }
            if self.dice.chance(200) {
                self.repeat(room, &wish, &answer).await;
            }
        }
        let Wish { deed, mark, .. } = wish;
        let who = self.person.id.clone();
        room.journal.borrow_mut().push(Said { who, deed, ticket, mark, ended, unsure });
    }

    async fn until_answered(&self, room: &Room, wish: &Wish) -> (Ended, bool, Option<Answer>) {
        let mut unsure = false;
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
            }
            let answer = self.send(wish).await;
            match answer.status {
                200..=299 => return (Ended::Acknowledged, unsure, Some(answer)),
                409 if answer.code() == "contended" => {}
                429 => {}
                // An edit has no key: it may be one's own that is in the way.
                412 => return (Ended::Refused(412), true, None),
                400..=499 => return (Ended::Refused(answer.status), unsure, None),
                503 => unsure = true,
                _ => {
                    unsure = true;
                    room.wrong.borrow_mut().push(format!("{}: {} {}", wish.path, answer.status, answer.text));
                }
            }
        }
        (Ended::GivenUp, unsure, None)
    }

    /// The same command is answered as it was before, if it is answered at all.
    async fn repeat(&self, room: &Room, wish: &Wish, first: &Answer) {
        let again = self.send(wish).await;
        if again.status < 300 && about(&again) != about(first) {
            let (before, after) = (about(first), about(&again));
            room.wrong.borrow_mut().push(format!("{} is answered {after:?} after {before:?}", wish.key));
        }
    }

    async fn send(&self, wish: &Wish) -> Answer {
        let mut headers = vec![("idempotency-key", wish.key.as_str())];
        headers.extend(wish.etag.as_deref().map(|etag| ("if-match", etag)));
        let method = if wish.deed == Deed::Edit { Method::PATCH } else { Method::POST };
        self.person.send(method, &wish.path, &headers, Some(&wish.body)).await
    }
}

/// What an answer is about: its status, the ticket, the comment.
fn about(answer: &Answer) -> (u16, Value, Value) {
    let Answer { status, json, .. } = answer;
    (*status, json["ticket"]["number"].clone(), json["comment"]["id"].clone())
}

fn path(deed: Deed, ticket: Option<&str>) -> String {
    let Some(number) = ticket else {
        return "/v1/tickets".to_owned();
    };
    let of = |verb: &str| format!("/v1/tickets/{number}/{verb}");
    match deed {
        Deed::Open => "/v1/tickets".to_owned(),
        Deed::Comment | Deed::Note => of("comments"),
        Deed::Claim => of("claim"),
        Deed::Release => of("release"),
        Deed::Resolve => of("resolve"),
        Deed::Confirm => of("confirm"),
        Deed::Reopen => of("reopen"),
        Deed::Edit => format!("/v1/tickets/{number}"),
    }
}
