//! Segments: how a clock came to show what it shows, told from the ticket's history.
//!
//! Every event names the fields that it changed, so the history knows the ticket's situation at every moment. A segment is
//! a span in which the situation stayed as it was; the seconds of those that count add up to what the clock shows.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Metric;
use super::course::{Course, Situation};
use super::hours::BusinessHours;
use crate::catalog::Catalog;
use crate::change::FieldChange;
use crate::event::Event;
use crate::id::{HoursId, PolicyId};
use crate::priority::Priority;
use crate::status::Status;
use crate::ticket::Ticket;

/// A span of a clock, in which nothing turned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// From this moment.
    pub from: Timestamp,
    /// Up to this one; for the last it is the moment of asking.
    pub to: Timestamp,
    /// Whether time counted, in business hours.
    pub counted: bool,
    /// How many seconds it counted.
    pub seconds: u64,
    /// Where the ticket stood.
    pub status: Status,
    /// In which order it was handled.
    pub priority: Priority,
    /// By which hours.
    pub hours: Version<HoursId>,
    /// The event with which it began.
    pub seq: u32,
    /// What that event was.
    pub cause: &'static str,
}

/// One version of something of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version<T> {
    /// Which.
    pub id: T,
    /// The version of the catalog in which it changed.
    pub version: u64,
}

impl<T: std::fmt::Display> std::fmt::Display for Version<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

/// The ticket as it was from one event to the next.
#[derive(Clone, Debug)]
struct Scene {
    from: Timestamp,
    to: Timestamp,
    seq: u32,
    cause: &'static str,
    situation: Situation,
    policy: Option<Version<PolicyId>>,
    hours: Option<Version<HoursId>>,
}

/// The versions of policies and hours that a history names: whoever tells segments needs them all.
#[must_use]
pub fn versions_named(ticket: &Ticket, events: &[Event]) -> (Vec<Version<PolicyId>>, Vec<Version<HoursId>>) {
    let values = |field: &'static str| {
        let changes = events.iter().flat_map(|event| &event.changes).filter(move |change| change.field == field);
        changes.flat_map(|change| [&change.from, &change.to]).flatten()
    };
    let mut policies: Vec<_> = values("sla_policy").filter_map(|value| version(value, PolicyId::parse)).collect();
    let mut hours: Vec<_> = values("business_hours").filter_map(|value| version(value, HoursId::parse)).collect();
    if let Some(sla) = &ticket.sla {
        policies.push(Version { id: sla.policy.clone(), version: sla.policy_version });
        hours.push(Version { id: sla.hours.clone(), version: sla.hours_version });
    }
    (policies, hours)
}

/// The segments of a metric's clock, oldest first; none if there is no clock.
#[must_use]
pub fn segments(metric: Metric, ticket: &Ticket, events: &[Event], catalog: &Catalog, now: Timestamp) -> Vec<Segment> {
    let mut told: Vec<(Course, Segment)> = Vec::new();
    let mut began = None;
    for scene in scenes(ticket, events, now) {
        let since = scene.situation.unanswered_since.filter(|_| metric == Metric::NextResponse);
        // Each unanswered comment is a new promise.
        if since.is_some() && since != began {
            (told, began) = (Vec::new(), None);
        }
        let Some((course, hours)) = scene.course(metric, catalog, began.is_some()) else {
            (told, began) = (Vec::new(), None);
            continue;
        };
        began = since.or(began).or(Some(scene.from));
        extend(&mut told, course, scene.segment(course, hours));
    }
    while told.last().is_some_and(|(course, _)| matches!(course, Course::Stopped | Course::Canceled)) {
        told.pop();
    }
    told.into_iter().map(|(_, segment)| segment).collect()
}

/// What goes on as it was is one segment, however many events passed over it.
fn extend(told: &mut Vec<(Course, Segment)>, course: Course, next: Segment) {
    if let Some((last, segment)) = told.last_mut()
        && *last == course
        && segment.status == next.status
        && segment.priority == next.priority
        && segment.hours == next.hours
    {
        segment.to = next.to;
        segment.seconds += next.seconds;
        return;
    }
    told.push((course, next));
}

impl Scene {
    /// Whether the clock of a metric counted; `None` while there is none.
    fn course<'a>(&self, metric: Metric, catalog: &'a Catalog, began: bool) -> Option<(Course, &'a BusinessHours)> {
        let (policy, hours) = (self.policy.as_ref()?, self.hours.as_ref()?);
        let policy = catalog.policy_stood_by(&policy.id, policy.version)?;
        let hours = catalog.hours_stood_by(&hours.id, hours.version)?;
        if !began && !policy.targets.contains_key(&metric) {
            return None;
        }
        let course = metric.course(&self.situation, &policy.pauses_on);
        match course {
            Some(course @ (Course::Counting | Course::Paused)) => Some((course, hours)),
            Some(course @ (Course::Stopped | Course::Canceled)) => began.then_some((course, hours)),
            None => began.then_some((Course::Stopped, hours)),
        }
    }

    fn segment(self, course: Course, hours: &BusinessHours) -> Segment {
        let counted = course == Course::Counting;
        Segment {
            from: self.from,
            to: self.to,
            counted,
            seconds: if counted { hours.counted(self.from, self.to) } else { 0 },
            status: self.situation.status,
            priority: self.situation.priority,
            hours: Version { id: hours.id.clone(), version: hours.version },
            seq: self.seq,
            cause: self.cause,
        }
    }
}

/// The history as scenes, each beginning with an event.
fn scenes(ticket: &Ticket, events: &[Event], now: Timestamp) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    let mut current = at_first(ticket, events, now);
    let mut latest = Timestamp::MIN;
    for event in events {
        // As for the head, time does not run backwards.
        let at = event.took_effect_at().max(latest);
        latest = latest.max(event.by.at);
        if let Some(last) = scenes.last_mut() {
            last.to = at;
        }
        current.follow(event, ticket);
        scenes.push(Scene { from: at, to: now.max(at), seq: event.seq, cause: event.fact.name(), ..current.clone() });
    }
    scenes
}

/// How the ticket was born: what the first change of a field changed it from, and what it still is if nothing did.
fn at_first(ticket: &Ticket, events: &[Event], now: Timestamp) -> Scene {
    let mut scene = Scene {
        from: now,
        to: now,
        seq: 0,
        cause: "",
        situation: Situation { answered: false, unanswered_since: None, ..ticket.situation() },
        policy: ticket.sla.as_ref().map(|sla| Version { id: sla.policy.clone(), version: sla.policy_version }),
        hours: ticket.sla.as_ref().map(|sla| Version { id: sla.hours.clone(), version: sla.hours_version }),
    };
    let mut seen: Vec<&str> = Vec::new();
    for change in events.iter().flat_map(|event| &event.changes) {
        if !seen.contains(&change.field.as_str()) {
            seen.push(&change.field);
            scene.set(&change.field, change.from.as_ref());
        }
    }
    scene
}

impl Scene {
    fn follow(&mut self, event: &Event, ticket: &Ticket) {
        if event.asks(&ticket.requester.id) {
            self.situation.unanswered_since.get_or_insert(event.by.at);
        }
        if event.answers_the_requester() {
            self.situation.answered = true;
            self.situation.unanswered_since = None;
        }
        for FieldChange { field, to, .. } in &event.changes {
            self.set(field, to.as_ref());
        }
    }

    fn set(&mut self, field: &str, value: Option<&Value>) {
        let situation = &mut self.situation;
        match field {
            "status" => situation.status = read(value).unwrap_or(situation.status),
            "priority" => situation.priority = read(value).unwrap_or(situation.priority),
            "support_line" => situation.line = read(value).unwrap_or(situation.line),
            "sla_policy" => self.policy = value.and_then(|value| version(value, PolicyId::parse)),
            "business_hours" => self.hours = value.and_then(|value| version(value, HoursId::parse)),
            _ => {}
        }
    }
}

fn read<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    value.and_then(|value| serde_json::from_value(value.clone()).ok())
}

/// Reads `sla_…@12`.
fn version<T, E>(value: &Value, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<Version<T>> {
    let (id, version) = value.as_str()?.split_once('@')?;
    Some(Version { id: parse(id).ok()?, version: version.parse().ok()? })
}

#[cfg(test)]
mod tests;
