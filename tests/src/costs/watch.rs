//! A desk under watch: whatever is done there, this knows what it consumed, and what followed from it.

use domain::event::Event;
use domain::notice::may_concern_somebody;
use domain::number::TicketNumber;
use http::Method;
use local::table::Record;
use local::template::{Route, StreamMapping};
use serde_json::Value;

use super::{
    HEADER_BYTES, MAIL_REPORTS, METRIC_LINE_BYTES, REPORT_READS, REQUEST_LINE_BYTES, SIGN_IN_MILLIS, Tenths, Usage,
    WARM_MILLIS, count,
};
use crate::{Answer, Desk, Person, wiring};

/// The events that a line of the log counts.
const COUNTED: [&str; 3] = ["TicketOpened", "TicketDispatched", "TargetBreached"];

/// What DynamoDB adds to the size of each item and each entry of an index.
const OVERHEAD_BYTES: u64 = 100;

/// A desk under watch.
pub(super) struct Watch {
    pub(super) desk: Desk,
    routes: Vec<Route>,
    streams: Vec<StreamMapping>,
    /// Up to where the stream has been counted.
    counted: i64,
}

impl Watch {
    pub(super) async fn open() -> Self {
        let template = wiring::template();
        let desk = Desk::open().await;
        let mut watch = Self { desk, routes: template.routes, streams: template.streams, counted: 0 };
        watch.overlook();
        watch
    }

    /// What was written so far is not counted.
    pub(super) fn overlook(&mut self) {
        drop(self.news());
    }

    /// Sends a request, and answers what it consumed itself.
    pub(super) async fn ask(&self, who: &Person, method: Method, path: &str, body: Option<&Value>) -> (Answer, Usage) {
        let millis = if path == "/v1/sessions" { SIGN_IN_MILLIS } else { WARM_MILLIS };
        let function = self.function(&method, path);
        self.desk.desk.table.meter.start();
        let answer = who.send(method, path, &[], body).await;
        let units = self.desk.desk.table.meter.stop();
        assert!(answer.status < 300, "{path}: {}", answer.text);
        let mut usage = Usage {
            writes: Tenths::of(units.write),
            reads: Tenths::of(units.read),
            requests: 1,
            bytes_out: count(answer.text.len()) + HEADER_BYTES,
            log_bytes: REQUEST_LINE_BYTES,
            ..Usage::default()
        };
        usage.call(function, millis);
        (answer, usage)
    }

    /// Lets everything happen that follows from what was done, and answers what it consumed.
    pub(super) async fn follow(&mut self) -> Usage {
        let sent = self.desk.outbox().len();
        self.desk.desk.table.meter.start();
        self.desk.settle().await;
        let units = self.desk.desk.table.meter.stop();
        self.since(sent, Usage { writes: Tenths::of(units.write), reads: Tenths::of(units.read), ..Usage::default() })
            .await
    }

    /// The units that something consumed, and with them the records and messages that came of it, and the mails.
    pub(super) async fn since(&mut self, sent: usize, units: Usage) -> Usage {
        let mut usage = units;
        usage.mails = count(self.desk.outbox().len() - sent);
        for record in self.news() {
            usage = usage.plus(self.led_to(&record).await);
        }
        for _ in 0..usage.mails {
            usage.log_bytes += METRIC_LINE_BYTES;
            // SES speaks of it by a rule that puts that on the queue.
            for _ in 0..MAIL_REPORTS {
                usage.message("notify");
                usage.reads.0 += REPORT_READS.0;
            }
        }
        usage
    }

    /// The calls of whoever reads a record, and the messages that they send.
    async fn led_to(&self, record: &Record) -> Usage {
        let mut usage = Usage::default();
        let wants = |mapping: &&StreamMapping| {
            mapping.filters.is_empty() || mapping.filters.iter().any(|filter| filter.matches(&record.json))
        };
        for mapping in self.streams.iter().filter(wants) {
            usage.call(&mapping.function, WARM_MILLIS);
        }
        if let Some(event) = self.event(record).await {
            if may_concern_somebody(&event) {
                usage.message("notify");
            }
            if event.alarm_at.is_some() {
                usage.message("sla");
            }
            if COUNTED.contains(&event.fact.name()) {
                usage.log_bytes += METRIC_LINE_BYTES;
            }
        }
        usage
    }

    /// The ticket's event that a record is about, when it was written.
    async fn event(&self, record: &Record) -> Option<Event> {
        if record.json["eventName"] != "INSERT" {
            return None;
        }
        let image = &record.json["dynamodb"]["NewImage"];
        let number = image["pk"]["S"].as_str()?.strip_prefix("TICKET#")?;
        let seq = image["sk"]["S"].as_str()?.strip_prefix("E#")?.parse().ok()?;
        let store = self.desk.desk.store();
        let told = store.reader().event(&TicketNumber::parse(number).unwrap(), seq).await.unwrap();
        told.map(|told| told.event)
    }

    /// The records that nobody has counted yet.
    fn news(&mut self) -> Vec<Record> {
        let mut news = Vec::new();
        loop {
            let records = self.desk.desk.table.records("Table", self.counted, 500).unwrap();
            let Some(last) = records.last() else {
                return news;
            };
            self.counted = last.sequence;
            news.extend(records);
        }
    }

    /// The function behind a route.
    fn function(&self, method: &Method, path: &str) -> &str {
        let path = path.split('?').next().unwrap_or_default();
        let leads = |route: &&Route| route.method == method.as_str() && fits(&route.path, path);
        self.routes.iter().find(leads).map_or("query", |route| route.function.as_str())
    }

    /// The bytes that the table keeps of a ticket. Whatever an index holds of an item is counted as the whole of it.
    pub(super) fn kept(&self, number: &str) -> u64 {
        let pk = format!("TICKET#{}", number.replace('-', ""));
        let items = self.desk.desk.table.everything("Table").unwrap();
        items.iter().filter(|item| item["pk"]["S"] == pk.as_str()).map(kept).sum()
    }
}

/// Whether a path is one of those that a route of the template stands for.
fn fits(route: &str, path: &str) -> bool {
    let (own, given) = (route.split('/'), path.split('/'));
    own.clone().count() == given.clone().count()
        && own.zip(given).all(|(own, given)| own.starts_with('{') || own == given)
}

fn kept(item: &Value) -> u64 {
    let indexes = item.as_object().unwrap().keys().filter(|name| name.starts_with("by_"));
    (bytes(item) + OVERHEAD_BYTES) * (1 + count(indexes.count()))
}

/// The bytes of an item, as the table counts them: names and values.
fn bytes(map: &Value) -> u64 {
    map.as_object().unwrap().iter().map(|(name, value)| count(name.len()) + of_value(value)).sum()
}

fn of_value(value: &Value) -> u64 {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    let letters = count(inner.as_str().map_or(0, str::len));
    match kind.as_str() {
        "M" => 3 + bytes(inner) + count(inner.as_object().unwrap().len()),
        "L" => 3 + inner.as_array().unwrap().iter().map(|one| 1 + of_value(one)).sum::<u64>(),
        "N" => letters.div_ceil(2) + 1,
        "S" | "B" => letters,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_the_route_that_it_is_of() {
        assert!(fits("/v1/tickets/{number}/comments", "/v1/tickets/7K3Q-M9XV/comments"));
        assert!(!fits("/v1/tickets/{number}", "/v1/tickets"));
        assert!(!fits("/v1/sessions/refresh", "/v1/sessions/current"));
    }
}
