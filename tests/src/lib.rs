//! Tests of the whole desk: a desk in memory, with a clock that stands still until a story moves it.
//!
//! This crate owns how stories are told: [`Desk`] is opened, people sign in, send requests and read answers. A desk that
//! is dropped with a message on its way fails its test.
//!
//! It must never reach behind the doors to make something true that no request could make true, except where a story
//! says that something befalls what the desk stands on.
//!
//! # Map
//!
//! | place | what is there |
//! |---|---|
//! | `journeys` | stories, and the promises of the desk |
//! | `hostile` | what the desk must survive, case by case |
//! | `shape` | whether the tree is what it says it is |
//! | `cloud` | the rehearsal: a deployment onto a stand-in for AWS, in Python |
//! | `src/person.rs` | people: how they ask, and what they are answered |
//! | `src/paper.rs` | the log of a story |
//! | `src/parcel.rs` | files, and how they are sent |
//! | `src/proof.rs` | what is proved by many cases: few in `cargo test`, very many in `src/bin/prove.rs` |
//! | `src/bench.rs` | each function as a process of its own, as Lambda runs it, for `src/bin/functions.rs` |
//! | `src/bin/measure.rs` | what operations cost |
//! | `src/costs.rs` | what requests, tickets and idle months cost, printed by `src/bin/costs.rs` |
//! | `src/load.rs` | how quick the desk on one machine is, printed by `src/bin/load.rs` |
//! | `src/wiring.rs` | the template, for those who count its routes and readers |
//!
//! # Example
//!
//! ```
//! # #[tokio::main]
//! # async fn main() {
//! let desk = tests::Desk::open().await;
//! let rita = desk.sign_in("rita").await;
//! let answer = rita.get("/v1/users/me").await;
//! assert_eq!(answer.json["user"]["name"], "Rita Requester");
//! desk.close().await;
//! # }
//! ```
//!
//! # Adding a story
//!
//! A file in `journeys`, named for what it tells; the walkthroughs of ARCHITECTURE.md each have one of the same name.

// This crate is nothing but tests: a wrong step stops the story.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a story stops where it goes wrong")]
#![expect(clippy::missing_panics_doc, reason = "every step of a story may stop it")]

pub mod bench;
pub mod costs;
pub mod load;
pub mod paper;
mod parcel;
mod person;
pub mod proof;
mod wiring;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::contact::EmailAddress;
use domain::id::ResetId;
use domain::reset::Reset;
use domain::world::Clock;
use jiff::{SignedDuration, Timestamp};
use local::clock::ManualClock;
use local::desk::Plan;
use local::outbox::Sent;
use runtime::world::RandomIds;
use serde_json::{Value, json};
use store::signing::Purpose;
use web::link::ResetLink;

pub use crate::parcel::{Parcel, a_ticket_with, attachment_of, sha256};
use crate::person::received;
pub use crate::person::{Answer, Person};

/// Where every story begins: a Monday morning.
pub const MONDAY: &str = "2026-03-02T09:00:00Z";

/// The password of every demo person.
pub const PASSWORD: &str = "welcome-to-lambdesk";

fn monday() -> Timestamp {
    MONDAY.parse().unwrap()
}

/// A desk in memory, and its clock.
#[derive(Debug)]
pub struct Desk {
    /// The desk itself.
    pub desk: Arc<local::desk::Desk>,
    /// Its clock.
    pub clock: ManualClock,
    closed: AtomicBool,
}

impl Desk {
    /// A new desk, its demo people in place.
    pub async fn open() -> Self {
        Self::lagging(0).await
    }

    /// A new desk whose indexes lag so many writes behind.
    pub async fn lagging(writes: usize) -> Self {
        Self::planned(monday(), |plan| Plan { index_lag: writes, ..plan }).await
    }

    /// A new desk that looks for what is due at these times by the clocks of this zone.
    pub async fn ticking(schedule: &str, zone: &str) -> Self {
        let given = [("TickSchedule", schedule), ("TickZone", zone)];
        let parameters = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self::planned(monday(), |plan| Plan { parameters, ..plan }).await
    }

    /// A new desk on which there is nobody, deployed with the address of its first admin.
    pub async fn without_people(admin_address: &str) -> Self {
        Self::planned(monday(), |plan| Plan { demo: false, admin_address: admin_address.to_owned(), ..plan }).await
    }

    /// A new desk whose clock stands at a moment, and that differs from others by what is changed in its plan.
    pub async fn planned(at: Timestamp, change: impl FnOnce(Plan) -> Plan) -> Self {
        paper::start();
        let clock = ManualClock::at(at);
        let plan = change(Plan {
            data: None,
            public_url: "http://desk.test".to_owned(),
            files_url: "http://files.test".to_owned(),
            demo: true,
            admin_address: String::new(),
            origins: vec!["https://frontend.test".to_owned()],
            parameters: BTreeMap::new(),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(RandomIds),
            index_lag: 0,
        });
        let desk = Arc::new(local::desk::Desk::open(&plan).await.unwrap());
        Self { desk, clock, closed: AtomicBool::new(false) }
    }

    /// What the link ends with that somebody gets who asks for a new password for an address, however often.
    pub async fn reset_token(&self, address: &str) -> String {
        let store = self.desk.store();
        let reader = store.reader();
        let address = EmailAddress::parse(address).unwrap();
        let asked = Reset::asked(ResetId::fresh(reader.ids()), address, reader.now());
        store.commit(&asked, None).await.unwrap();
        ResetLink::of(&asked.after).write(&reader.seals(Purpose::Links).await.unwrap())
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) -> &Self {
        self.clock.advance(by);
        self
    }

    /// Lets time pass until a moment, the last minutes of it one by one, and everything happen that they bring.
    pub async fn until(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        let ahead = moment - SignedDuration::from_mins(4);
        if ahead > self.clock.now() {
            self.clock.advance(ahead.duration_since(self.clock.now()));
            self.settle().await;
        }
        while self.clock.now() < moment {
            let left = moment.duration_since(self.clock.now());
            self.clock.advance(left.min(SignedDuration::from_mins(1)));
            self.settle().await;
        }
    }

    /// Lets everything happen that follows from what was done.
    pub async fn settle(&self) {
        self.desk.settle().await.unwrap();
    }

    /// What was sent, newest last.
    #[must_use]
    pub fn outbox(&self) -> Vec<Sent> {
        self.desk.outbox.messages()
    }

    /// What was sent to somebody, newest last.
    #[must_use]
    pub fn mail_to(&self, who: &str) -> Vec<Sent> {
        let to = self.email(who);
        self.outbox().into_iter().filter(|sent| sent.to.contains(&to)).collect()
    }

    /// The address of a demo person, by what stands before the `@`.
    #[must_use]
    pub fn email(&self, who: &str) -> String {
        let people = &self.desk.demo.people;
        let person = people.iter().find(|person| person.email.starts_with(&format!("{who}@")));
        person.unwrap_or_else(|| panic!("nobody is called {who}")).email.clone()
    }

    /// Everything in the table but counts of guesses and signing keys, for a comparison before and after.
    #[must_use]
    pub fn table(&self) -> Vec<String> {
        let kept = |item: &Value| {
            let pk = item["pk"]["S"].as_str().unwrap_or_default();
            !pk.starts_with("COUNT#") && !pk.starts_with("KEY#")
        };
        let items = self.desk.table.everything("Table").unwrap();
        let mut lines: Vec<_> = items.iter().filter(|item| kept(item)).map(Value::to_string).collect();
        lines.sort();
        lines
    }

    /// Signs a demo person in, by what stands before the `@`.
    pub async fn sign_in(&self, who: &str) -> Person {
        self.sign_in_with(&self.email(who), PASSWORD).await
    }

    /// Signs somebody in.
    pub async fn sign_in_with(&self, email: &str, password: &str) -> Person {
        let body = json!({ "email": email, "password": password });
        let answer = self.nobody().post("/v1/sessions", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        let id = answer.json["user"]["id"].as_str().unwrap().to_owned();
        let token = answer.json["session"]["access_token"].as_str().unwrap().to_owned();
        Person { router: self.desk.router(), token: Some(token), id }
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn nobody(&self) -> Person {
        Person { router: self.desk.router(), token: None, id: String::new() }
    }

    /// Ends a story that is meant to leave something behind.
    pub fn abandon(self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Ends a story: nothing may be left on its way.
    pub async fn close(self) {
        self.close_leaving(0).await;
    }

    /// Ends a story in which so many records or messages failed for good.
    pub async fn close_leaving(self, failed: usize) {
        self.settle().await;
        self.closed.store(true, Ordering::Relaxed);
        let leftovers = self.desk.leftovers().await.unwrap();
        assert_eq!(leftovers, failed, "messages failed for good, or are still on their way");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.closed.load(Ordering::Relaxed), "a story ends with desk.close().await");
        }
    }
}

/// A request that opens a ticket about the network.
#[must_use]
pub fn a_ticket() -> Value {
    json!({
        "subject": "No network in room 12",
        "description": "Since this morning nothing connects.",
        "service_id": "svc_network",
        "category_id": "cat_outage",
        "kind": "incident",
    })
}
