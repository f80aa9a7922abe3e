//! The story of one ticket, as often as asked for, and what each part of it consumed.
//!
//! Five messages follow the description: the agent asks, the requester answers, the agent notes twice what was found, and
//! says how it was solved. Five mails go out: two when it is opened, and one for each message that somebody else wrote.
//! Between them people open what they open: a form, lists of 25, the page of the ticket, the link in a mail.

use domain::world::Clock;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::watch::Watch;
use super::{Tenths, Usage, WARM_MILLIS};
use crate::{Answer, PASSWORD, Person, a_ticket};

/// What kind of ticket it is.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// What is asked for; the one agent who can be chosen for both kinds is Fay.
    service: &'static str,
    category: Option<&'static str>,
    /// Whether the agent claims it first, and the requester is asked in the end whether it is solved.
    ceremonial: bool,
}

/// A ticket with five messages and five mails, of a service that asks for no confirmation.
pub const PLAIN: Course = Course { service: "svc_computing", category: None, ceremonial: false };

/// A ticket with five messages that is claimed and confirmed: both are told of in a mail.
pub const CEREMONIAL: Course =
    Course { service: "svc_counters", category: Some("cat_configuration"), ceremonial: true };

/// How many tickets there are before, so that lists are full.
const BEFORE: usize = 30;

/// What stories consumed, part by part.
#[derive(Clone, Debug)]
pub struct Told {
    /// How many tickets there were.
    pub tickets: u64,
    /// What each part of all of them consumed.
    pub parts: Vec<(&'static str, Usage)>,
}

impl Told {
    /// What so many tickets consume.
    #[must_use]
    pub fn usage(&self, tickets: u64) -> Usage {
        let all = self.parts.iter().fold(Usage::default(), |all, (_, usage)| all.plus(*usage));
        all.scaled(tickets, self.tickets)
    }
}

/// Tells the story so many times, one ticket after the other.
///
/// # Panics
/// When something goes wrong on the way.
pub async fn tell(course: Course, tickets: u64) -> Told {
    let mut teller = Teller::open(course).await;
    for _ in 0..tickets {
        teller.tell().await;
    }
    let Teller { watch, parts, .. } = teller;
    watch.desk.close().await;
    Told { tickets, parts }
}

/// What it consumes that nobody answers until a promise is about to be missed, from the four ticks before on: a wake, and
/// a mail to whoever has the ticket.
///
/// # Panics
/// When nobody is told.
pub async fn warning() -> Usage {
    let mut watch = Watch::open().await;
    let rita = watch.desk.sign_in("rita").await;
    let number = opened(&rita, PLAIN).await;
    watch.desk.settle().await;
    let at = alarm(&watch, &number);
    watch.desk.until(&(at - SignedDuration::from_mins(4)).to_string()).await;
    watch.overlook();
    let sent = watch.desk.outbox().len();
    watch.desk.desk.table.meter.start();
    watch.desk.until(&at.to_string()).await;
    let units = watch.desk.desk.table.meter.stop();
    let mut usage = Usage { writes: Tenths::of(units.write), reads: Tenths::of(units.read), ..Usage::default() };
    // The tick rings it by a message.
    usage.message("sla");
    let usage = watch.since(sent, usage).await;
    assert!(usage.mails > 0, "whoever has it is told at {at}");
    watch.desk.close().await;
    usage
}

/// What a minute consumes in which nothing is due.
///
/// # Panics
/// When something is.
pub async fn idle_tick() -> Usage {
    let mut watch = Watch::open().await;
    watch.desk.settle().await;
    let mut most = Usage::default();
    for _ in 0..5 {
        watch.desk.advance(SignedDuration::from_mins(1));
        let mut usage = watch.follow().await;
        usage.call("sla", WARM_MILLIS);
        assert_eq!((usage.writes, usage.mails, usage.calls), (Tenths(0), 0, 1), "nothing is due");
        most = if usage.reads > most.reads { usage } else { most };
    }
    watch.desk.close().await;
    most
}

/// When a ticket needs the clock's attention next.
fn alarm(watch: &Watch, number: &str) -> Timestamp {
    let pk = format!("TICKET#{}", number.replace('-', ""));
    let items = watch.desk.desk.table.everything("Table").unwrap();
    let head = items.iter().find(|item| item["pk"]["S"] == pk.as_str() && item["sk"]["S"] == "#").unwrap();
    let at: Timestamp = head["alarm_key"]["S"].as_str().unwrap().parse().unwrap();
    assert!(at > watch.desk.clock.now());
    at
}

async fn opened(person: &Person, course: Course) -> String {
    let answer = person.post("/v1/tickets", &course.opening()).await.expect(201);
    number(&answer)
}

fn number(answer: &Answer) -> String {
    answer.json["ticket"]["number"].as_str().unwrap().to_owned()
}

impl Course {
    /// A ticket with a description of about one kilobyte.
    fn opening(self) -> Value {
        let mut ticket = a_ticket();
        ticket["service_id"] = json!(self.service);
        match self.category {
            Some(category) => ticket["category_id"] = json!(category),
            None => drop(ticket.as_object_mut().unwrap().remove("category_id")),
        }
        ticket["description"] = json!(text(16));
        ticket
    }
}

/// A text of so many sentences.
fn text(sentences: usize) -> String {
    let sentence = |n: usize| format!("Since {n} o'clock nothing connects, and lamp {} of the box is red.", n * n + 7);
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

struct Teller {
    watch: Watch,
    course: Course,
    /// The agent, who signs in once and then lets the session be renewed.
    fay: Person,
    refresh: String,
    parts: Vec<(&'static str, Usage)>,
}

impl Teller {
    async fn open(course: Course) -> Self {
        let mut watch = Watch::open().await;
        let rita = watch.desk.sign_in("rita").await;
        let of_days = Course { service: CEREMONIAL.service, category: CEREMONIAL.category, ..course };
        let mut before = Vec::new();
        for _ in 0..BEFORE {
            before.push(opened(&rita, of_days).await);
        }
        watch.desk.settle().await;
        // They are answered, so that for days nothing is due.
        let fay = watch.desk.sign_in("fay").await;
        for number in &before {
            fay.does("comments", number, &json!({ "body": "Soon.", "keep_status": true })).await.expect(201);
        }
        watch.desk.settle().await;
        watch.overlook();
        let body = json!({ "email": watch.desk.email("fay"), "password": PASSWORD });
        let session = watch.desk.nobody().post("/v1/sessions", &body).await.expect(201).json["session"].clone();
        let fay = watch.desk.nobody().with_token(session["access_token"].as_str().unwrap());
        let refresh = session["refresh_token"].as_str().unwrap().to_owned();
        fay.get("/v1/queues").await.expect(200);
        Self { watch, course, fay, refresh, parts: Vec::new() }
    }

    async fn tell(&mut self) {
        let rita = self.sign_in().await;
        self.read(&rita, "/v1/services").await;
        let opening = self.course.opening();
        let number = number(&self.send("open", &rita, "/v1/tickets", &opening).await);
        self.follow("dispatch, and two mails").await;

        self.renew().await;
        let fay = self.fay.clone();
        self.read(&fay, "/v1/queues").await;
        self.read(&fay, "/v1/tickets?assignee_id=me").await;
        if self.course.ceremonial {
            self.verb("claim", &fay, &number, &json!({})).await;
        }
        self.comment(&fay, &number, &json!({ "body": text(5) })).await;
        self.open_link().await;
        self.read(&rita, "/v1/tickets?requester_id=me").await;
        self.comment(&rita, &number, &json!({ "body": text(5) })).await;
        for _ in 0..2 {
            self.comment(&fay, &number, &json!({ "body": text(5), "public": false })).await;
        }
        self.read(&fay, &format!("/v1/tickets/{number}/events")).await;
        self.end(&rita, &number).await;
        self.read(&rita, &format!("/v1/tickets/{number}?include=comments")).await;
        let kept_bytes = self.watch.kept(&number);
        self.note("what stays in the table", Usage { kept_bytes, ..Usage::default() });
    }

    /// The solution, and what the requester says to it.
    async fn end(&mut self, rita: &Person, number: &str) {
        let fay = self.fay.clone();
        if self.course.ceremonial {
            self.verb("resolve", &fay, number, &json!({ "solution": text(5) })).await;
            self.verb("confirm", rita, number, &json!({ "satisfaction": 5 })).await;
        } else {
            let solved = json!({ "reason": "solved", "solution": text(5) });
            self.verb("close", &fay, number, &solved).await;
        }
    }

    /// Somebody reads the dialogue and adds to it.
    async fn comment(&mut self, who: &Person, number: &str, body: &Value) {
        self.pass_time().await;
        self.read(who, &format!("/v1/tickets/{number}?include=comments")).await;
        let is_note = body["public"] == false;
        let (part, follows) =
            if is_note { ("note", "what follows a note") } else { ("comment", "what follows a comment") };
        self.send(part, who, &format!("/v1/tickets/{number}/comments"), body).await;
        self.follow(follows).await;
    }

    async fn verb(&mut self, verb: &'static str, who: &Person, number: &str, body: &Value) {
        self.pass_time().await;
        self.send(verb, who, &format!("/v1/tickets/{number}/{verb}"), body).await;
        self.follow("what follows a verb").await;
    }

    /// The ticks of two minutes are not this ticket's.
    async fn pass_time(&self) {
        self.watch.desk.advance(SignedDuration::from_mins(2));
        self.watch.desk.settle().await;
    }

    async fn sign_in(&mut self) -> Person {
        let body = json!({ "email": self.watch.desk.email("rita"), "password": PASSWORD });
        let nobody = self.watch.desk.nobody();
        let answer = self.send("sign-in and renewal", &nobody, "/v1/sessions", &body).await;
        nobody.with_token(answer.json["session"]["access_token"].as_str().unwrap())
    }

    async fn renew(&mut self) {
        let body = json!({ "refresh_token": self.refresh });
        let nobody = self.watch.desk.nobody();
        let answer = self.send("sign-in and renewal", &nobody, "/v1/sessions/refresh", &body).await;
        let session = &answer.json["session"];
        self.fay = nobody.with_token(session["access_token"].as_str().unwrap());
        session["refresh_token"].as_str().unwrap().clone_into(&mut self.refresh);
    }

    /// The requester opens the newest mail's link.
    async fn open_link(&mut self) {
        let mail = self.watch.desk.mail_to("rita").pop().unwrap();
        let link = mail.text.split_whitespace().find(|word| word.contains("/l/")).unwrap();
        let path = link.trim_start_matches("http://desk.test").to_owned();
        let nobody = self.watch.desk.nobody();
        self.read(&nobody, &path).await;
    }

    async fn read(&mut self, who: &Person, path: &str) {
        let (_, usage) = self.watch.ask(who, Method::GET, path, None).await;
        self.note("reads", usage);
    }

    async fn send(&mut self, part: &'static str, who: &Person, path: &str, body: &Value) -> Answer {
        let (answer, usage) = self.watch.ask(who, Method::POST, path, Some(body)).await;
        self.note(part, usage);
        answer
    }

    async fn follow(&mut self, part: &'static str) {
        let usage = self.watch.follow().await;
        self.note(part, usage);
    }

    fn note(&mut self, part: &'static str, usage: Usage) {
        match self.parts.iter_mut().find(|(name, _)| *name == part) {
            Some((_, sum)) => *sum = sum.plus(usage),
            None => self.parts.push((part, usage)),
        }
    }
}
