//! Slas: the clocks of a ticket, and how each came to show what it shows (S2.36, S4.26, S4.27, S4.31).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::catalog::Catalog;
use domain::event::{Author, Event};
use domain::priority::Priority;
use domain::sla::clock::{Clock, ClockState, Sla};
use domain::sla::segment::{Segment, segments};
use domain::sla::{Metric, Target};
use domain::status::Status;
use domain::ticket::Ticket;
use jiff::Timestamp;
use serde::Serialize;
use store::Reader;
use store::arrival::Versions;
use store::timeline::Stretch;
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::page::Seen;

/// The clocks of a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clocks {
    /// One per metric.
    slas: Vec<ClockView>,
    /// The moment for which they show this.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// One clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaClock)]
pub(crate) struct ClockView {
    /// `first_response`, `next_response`, `resolution`, `line_1` or `line_2`.
    #[schema(value_type = String)]
    metric: Metric,
    /// `running`, `paused`, `met`, `breached` or `canceled`.
    #[schema(value_type = String)]
    state: ClockState,
    /// What was promised: `{"value", "unit"}`, in `seconds` or `business_days`.
    #[schema(value_type = Object)]
    target: Target,
    /// The seconds of business hours that this is.
    target_seconds: u64,
    /// Those that have passed.
    elapsed_seconds: u64,
    /// Those that are left; 0 once it is missed.
    remaining_seconds: u64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// When it is or was due; unknown while it stands still.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// When it was missed, if it was.
    #[schema(value_type = Option<String>, format = DateTime)]
    breached_at: Option<Timestamp>,
    /// The policy, as `sla_…@version`.
    policy: String,
    /// What its seconds are made of, oldest first; they add up to `elapsed_seconds`.
    segments: Vec<SegmentView>,
}

/// A span of a clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaSegment)]
pub(crate) struct SegmentView {
    /// From this moment.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Up to this one.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Whether time counted, in business hours.
    counted: bool,
    /// How many seconds it counted.
    seconds: u64,
    /// Where the ticket stood.
    #[schema(value_type = String)]
    status: Status,
    /// In which order it was handled.
    #[schema(value_type = String)]
    priority: Priority,
    /// The business hours, as `hrs_…@version`.
    business_hours: String,
    /// The event with which it began.
    cause: Cause,
}

/// An event of the ticket's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaCause)]
pub(crate) struct Cause {
    /// Its place in the history.
    seq: u32,
    /// What happened.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The clocks of a ticket, with every segment and its cause; for the desk alone.
#[utoipa::path(
    get,
    path = "/v1/tickets/{number}/slas",
    tag = "query",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the clocks", body = Clocks),
        (status = 403, description = "the caller is not of the desk", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "there is no ticket that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn slas(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let seen = Seen::load(&ports.store, &call).await?;
    if !seen.at_desk() {
        return Err(Problem::forbidden());
    }
    call.params()?.only(&[])?;
    let events = history(&ports.store, &seen.ticket).await?;
    let versions = Versions::named(&seen.ticket, &events);
    let catalog = ports.store.complete(Arc::clone(&seen.caller.catalog), &versions).await?;
    let at = Author::system(ports.store.now()).at.max(seen.ticket.updated_at);
    let told = Told { ticket: &seen.ticket, events: &events, catalog: &catalog, at };
    Ok(Json(Clocks { slas: told.clocks(), at: told.at }).into_response())
}

/// Every event of a ticket: what a clock shows may begin with the first.
async fn history(reader: &Reader, ticket: &Ticket) -> Result<Vec<Event>, Problem> {
    let mut events = Vec::new();
    let mut after = 0;
    loop {
        let page = reader.timeline(ticket, Stretch { ascending: true, after, limit: 100 }).await?;
        events.extend(page.told.into_iter().map(|told| told.event));
        match page.next {
            Some(next) => after = next,
            // What came after the head was read is not told yet.
            None => return Ok(events.into_iter().filter(|event: &Event| event.seq <= ticket.last_seq).collect()),
        }
    }
}

/// Everything that clocks are told from.
struct Told<'a> {
    ticket: &'a Ticket,
    events: &'a [Event],
    catalog: &'a Catalog,
    at: Timestamp,
}

impl Told<'_> {
    fn clocks(&self) -> Vec<ClockView> {
        let sla = self.ticket.sla.as_ref();
        sla.map(|sla| sla.clocks.iter().filter_map(|clock| self.clock(sla, clock)).collect()).unwrap_or_default()
    }

    /// `None` for a clock that is held against nothing.
    fn clock(&self, sla: &Sla, clock: &Clock) -> Option<ClockView> {
        let goal = clock.goal?;
        let segments = segments(clock.metric, self.ticket, self.events, self.catalog, self.at);
        let hours = self.catalog.hours_stood_by(&sla.hours, sla.hours_version);
        let elapsed = hours.map_or(clock.counted, |hours| clock.elapsed(hours, self.at));
        let remaining = hours.and_then(|hours| clock.remaining(hours, self.at));
        Some(ClockView {
            metric: clock.metric,
            state: clock.state(),
            target: goal.target,
            target_seconds: goal.seconds,
            elapsed_seconds: elapsed,
            remaining_seconds: remaining.unwrap_or_default(),
            began_at: clock.began,
            due_at: clock.due_at,
            breached_at: clock.due_at.filter(|_| clock.breached),
            policy: format!("{}@{}", sla.policy, sla.policy_version),
            segments: segments.iter().map(SegmentView::of).collect(),
        })
    }
}

impl SegmentView {
    fn of(segment: &Segment) -> Self {
        Self {
            from: segment.from,
            to: segment.to,
            counted: segment.counted,
            seconds: segment.seconds,
            status: segment.status,
            priority: segment.priority,
            business_hours: segment.hours.to_string(),
            cause: Cause { seq: segment.seq, kind: segment.cause },
        }
    }
}
