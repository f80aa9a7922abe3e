//! What proofs about the clock, and load, stand on: a desk without stories, one simple promise, and tickets made at its
//! table.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use domain::catalog::Catalog;
use domain::event::{Author, Fact};
use domain::file::enclosing::Enclosed;
use domain::id::{HoursId, PersonId, ServiceId};
use domain::number::TicketNumber;
use domain::person::Person;
use domain::sla::policy::Targets;
use domain::sla::{Metric, Target, Unit};
use domain::text::{Body, Subject};
use domain::ticket::opening::{Intake, Opening};
use domain::ticket::{Details, Kind, opening};
use domain::world::Clock;
use jiff::Timestamp;
use local::desk::{Desk, Plan};
use runtime::world::RandomIds;

/// A desk in memory that goes by this clock.
pub(super) async fn desk(clock: Arc<dyn Clock>) -> Desk {
    kept(None, clock).await
}

/// A desk that goes by this clock, with its data in a folder, or in memory without one.
pub(crate) async fn kept(data: Option<PathBuf>, clock: Arc<dyn Clock>) -> Desk {
    let plan = Plan {
        data,
        public_url: "http://desk.test".to_owned(),
        files_url: "http://files.test".to_owned(),
        demo: true,
        admin_address: String::new(),
        origins: Vec::new(),
        clock,
        ids: Arc::new(RandomIds),
        index_lag: 0,
        parameters: BTreeMap::new(),
    };
    Desk::open(&plan).await.unwrap()
}

/// Promises a solution within so many seconds by these hours, warns of nothing, and promises nothing else.
pub(super) async fn promise(desk: &Desk, seconds: i64, hours: &str) {
    let store = desk.store();
    let catalog = store.reader().catalog().await.unwrap();
    let change = catalog.edited(Author::system(store.reader().now()), |catalog, version| {
        let id = catalog.default_policy.clone().unwrap();
        let policy = catalog.policies.iter_mut().find(|policy| policy.id == id).unwrap();
        policy.version = version;
        policy.hours = HoursId::parse(hours).unwrap();
        policy.warn_at.clear();
        policy.targets.clear();
        policy.targets.insert(Metric::Resolution, Targets::all(Target::parse(seconds, Unit::Seconds).unwrap()));
        Ok::<_, ()>(Fact::SlaPolicyChanged { policy: id })
    });
    store.commit(&change.unwrap(), None).await.unwrap();
}

/// Whoever needs help.
pub(super) async fn requester(desk: &Desk) -> Person {
    person(desk, "usr_rita").await
}

/// Somebody of the demo.
pub(crate) async fn person(desk: &Desk, id: &str) -> Person {
    desk.store().reader().person(&PersonId::parse(id).unwrap()).await.unwrap().unwrap()
}

/// Opens a ticket at a moment; answers its number.
pub(crate) async fn open(desk: &Desk, catalog: &Catalog, requester: &Person, at: Timestamp) -> TicketNumber {
    let number = TicketNumber::fresh(&RandomIds);
    let opening = Opening { number: &number, submitter: requester, requester, cc: &[], catalog, at };
    desk.store().commit(&opening::open(&opening, intake()).unwrap(), None).await.unwrap();
    number
}

fn intake() -> Intake {
    Intake {
        subject: Subject::parse("No network in room 12").unwrap(),
        description: Body::parse("Since this morning nothing connects.").unwrap(),
        kind: Kind::Incident,
        service: Some(ServiceId::parse("svc_network").unwrap()),
        category: None,
        impact: None,
        urgency: None,
        contact_method: None,
        agreement_version: None,
        details: Details::default(),
        enclosed: Enclosed::default(),
    }
}
