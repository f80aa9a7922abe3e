//! What each function is asked. The first task of each is one that may be done for ever.

use domain::id::PersonId;
use domain::number::TicketNumber;
use domain::world::Clock;
use files::samples::pictures;
use http::Method;
use runtime::world::SystemClock;
use serde_json::{Value, json};
use store::signing::Purpose;
use web::link::Link;

use super::stage::Stage;
use super::{TIMES, WARM_UP, events};
use crate::{PASSWORD, Parcel, Person, a_ticket};

/// How many events a task needs of which each serves once.
const FRESH: usize = WARM_UP + TIMES;

/// How often a password is checked, and once before: it is dear on purpose.
const PASSWORDS: usize = 20;

/// What sort of request a task is; each has its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Reads.
    Read,
    /// Changes something because somebody asks.
    Command,
    /// Does what follows from a change, or from the time.
    Event,
    /// Checks a password.
    Password,
}

/// Something that a function is asked again and again.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    /// How often it is done before it is measured.
    pub(super) warm_up: usize,
    /// How often it is measured.
    pub(super) times: usize,
    events: Vec<Value>,
    handed: usize,
}

impl Task {
    fn new(name: &'static str, sort: Sort, events: Vec<Value>) -> Self {
        let (warm_up, times) = if sort == Sort::Password { (1, PASSWORDS) } else { (WARM_UP, TIMES) };
        Self { name, sort, warm_up, times, events, handed: 0 }
    }

    /// The next event; the first one after the last.
    pub(super) fn event(&mut self) -> &Value {
        let at = self.handed % self.events.len();
        self.handed += 1;
        &self.events[at]
    }
}

/// What a function is asked; nothing, if it is one that nobody has thought of here.
pub(super) async fn of(stage: &Stage, name: &str) -> Vec<Task> {
    match name {
        "attachments" => of_attachments(stage).await,
        "catalog" => of_catalog(stage).await,
        "dispatch" => of_dispatch(stage).await,
        "identity" => of_identity(stage).await,
        "intake" => of_intake(stage).await,
        "messaging" => of_messaging(stage).await,
        "notify" => of_notify(stage).await,
        "portal" => of_portal(stage).await,
        "query" => of_query(stage).await,
        "relay" => of_relay(stage).await,
        "sla" => of_sla(stage).await,
        _ => Vec::new(),
    }
}

async fn of_attachments(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let (_, attachment) = stage.desk.attached(&rita, &picture("first")).await;
    let reserve = |n: usize| post(&rita, "/v1/uploads", &picture(&format!("s{n}")).said);
    vec![
        Task::new("fetch", Sort::Read, vec![get(&rita, &format!("/v1/attachments/{attachment}"))]),
        Task::new("reserve", Sort::Command, (0..FRESH).map(reserve).collect()),
    ]
}

async fn of_catalog(stage: &Stage) -> Vec<Task> {
    let ada = stage.desk.sign_in("ada").await;
    let members = "/v1/groups/grp_network/members";
    let joins = post(&ada, members, &json!({ "user_id": "usr_leo" }));
    let leaves = events::request(&ada, &Method::DELETE, &format!("{members}/usr_leo"), None);
    vec![
        Task::new("services", Sort::Read, vec![get(&ada, "/v1/services")]),
        Task::new("add, remove a member", Sort::Command, vec![joins, leaves]),
    ]
}

async fn of_dispatch(stage: &Stage) -> Vec<Task> {
    let (rita, ned) = (stage.desk.sign_in("rita").await, stage.desk.sign_in("ned").await);
    rita.opens_a_ticket().await;
    stage.desk.settle().await;
    let chosen = opened(stage, 1);
    let mut claims = Vec::new();
    for _ in 0..FRESH {
        let number = rita.opens_a_ticket().await;
        claims.push(post(&ned, &format!("/v1/tickets/{number}/claim"), &json!({})));
    }
    for _ in 0..FRESH {
        rita.opens_a_ticket().await;
    }
    vec![
        Task::new("a record, its owner chosen before", Sort::Event, chosen),
        Task::new("a record, an owner is chosen", Sort::Event, opened(stage, FRESH)),
        Task::new("claim", Sort::Command, claims),
    ]
}

/// The records of the tickets that were opened last, so many of them.
fn opened(stage: &Stage, count: usize) -> Vec<Value> {
    let records = stage.records("TicketOpened");
    let last = records.len() - count;
    records.iter().skip(last).map(|record| events::record(record, &stage.source)).collect()
}

async fn of_identity(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let credentials = json!({ "email": stage.desk.email("rita"), "password": PASSWORD });
    vec![
        Task::new("me", Sort::Read, vec![get(&rita, "/v1/users/me")]),
        Task::new("sign in", Sort::Password, vec![post(&stage.desk.nobody(), "/v1/sessions", &credentials)]),
    ]
}

async fn of_intake(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let mut ticket = a_ticket();
    ticket["description"] = json!("Since this morning nothing connects, and the lamp on the box is red. ".repeat(14));
    vec![Task::new("create", Sort::Command, vec![post(&rita, "/v1/tickets", &ticket)])]
}

async fn of_messaging(stage: &Stage) -> Vec<Task> {
    let (rita, ned) = (stage.desk.sign_in("rita").await, stage.desk.sign_in("ned").await);
    let mut comments = Vec::new();
    for _ in 0..10 {
        let number = rita.opens_a_ticket().await;
        comments.push(post(&ned, &format!("/v1/tickets/{number}/comments"), &an_answer()));
    }
    vec![Task::new("comment", Sort::Command, comments)]
}

async fn of_notify(stage: &Stage) -> Vec<Task> {
    let (rita, ned) = (stage.desk.sign_in("rita").await, stage.desk.sign_in("ned").await);
    let number = rita.opens_a_ticket().await;
    stage.desk.settle().await;
    let told = events::message(&json!({ "ticket": number, "seq": 1 }), &stage.source);
    for _ in 0..FRESH {
        let number = rita.opens_a_ticket().await;
        ned.does("comments", &number, &an_answer()).await.expect(201);
    }
    let records = stage.records("CommentAdded");
    let untold = records.iter().map(|record| events::message(&told_of(record), &stage.source));
    vec![
        Task::new("an event that was told before", Sort::Event, vec![told]),
        Task::new("an event that one person is told of", Sort::Event, untold.collect()),
    ]
}

/// What `relay` says to `notify` of a record.
fn told_of(record: &Value) -> Value {
    let key = |name: &str| record["dynamodb"]["NewImage"][name]["S"].as_str().unwrap();
    let (_, number) = key("pk").split_once('#').unwrap();
    let (_, seq) = key("sk").split_once('#').unwrap();
    json!({ "ticket": number, "seq": seq.parse::<u32>().unwrap() })
}

async fn of_portal(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let number = a_conversation(stage, &rita, 5).await;
    let store = stage.desk.desk.store();
    let seals = store.reader().seals(Purpose::Links).await.unwrap();
    let (number, person) = (TicketNumber::parse(&number).unwrap(), PersonId::parse(&rita.id).unwrap());
    let token = Link::fresh(&number, &person, SystemClock.now()).write(&seals);
    vec![Task::new("the page, with 5 comments", Sort::Read, vec![get(&stage.desk.nobody(), &format!("/l/{token}"))])]
}

async fn of_query(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let number = a_conversation(stage, &rita, 20).await;
    for _ in 0..30 {
        rita.opens_a_ticket().await;
    }
    let page = format!("/v1/tickets/{number}");
    vec![
        Task::new("show", Sort::Read, vec![get(&rita, &page)]),
        Task::new("show, with 20 comments", Sort::Read, vec![get(&rita, &format!("{page}?include=comments"))]),
        Task::new("list 25", Sort::Read, vec![get(&rita, "/v1/tickets?requester_id=me")]),
    ]
}

async fn of_relay(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    a_conversation(stage, &rita, 1).await;
    let records = stage.records("CommentAdded");
    let records = records.iter().map(|record| events::record(record, &stage.source));
    vec![Task::new("a record", Sort::Event, records.collect())]
}

async fn of_sla(stage: &Stage) -> Vec<Task> {
    let rita = stage.desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    let tick = json!({ "tick": { "at": SystemClock.now().to_string() } });
    let wake = json!({ "wake": { "ticket": number } });
    vec![
        Task::new("an idle tick", Sort::Event, vec![events::message(&tick, &stage.source)]),
        Task::new("a wake, nothing due", Sort::Event, vec![events::message(&wake, &stage.source)]),
    ]
}

/// A ticket with so many answers of 450 characters; answers its number.
async fn a_conversation(stage: &Stage, requester: &Person, answers: usize) -> String {
    let ned = stage.desk.sign_in("ned").await;
    let number = requester.opens_a_ticket().await;
    for _ in 0..answers {
        ned.does("comments", &number, &an_answer()).await.expect(201);
    }
    number
}

fn an_answer() -> Value {
    json!({ "body": "The quick brown fox jumps over the lazy dog. ".repeat(10) })
}

fn picture(submission: &str) -> Parcel {
    Parcel::new(submission, "lamp.png", "image/png", pictures::png())
}

fn get(by: &Person, address: &str) -> Value {
    events::request(by, &Method::GET, address, None)
}

fn post(by: &Person, address: &str, body: &Value) -> Value {
    events::request(by, &Method::POST, address, Some(body))
}
