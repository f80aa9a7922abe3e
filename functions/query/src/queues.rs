//! Queues: the work lists of the desk, with counts (S0.15, S2.29, S2.41, S2.46).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Anchor, Deed, access};
use domain::catalog::Group;
use domain::sla::clock::SlaState;
use serde::Serialize;
use store::Reader;
use store::item::Row;
use store::keys::partition;
use store::list::{Index, Listing, Source};
use utoipa::ToSchema;
use web::call::{Call, Caller};
use web::problem::{Problem, ProblemBody};
use web::view::ticket::RowView;

use crate::Ports;

/// Where counting stops.
const MOST: usize = 100;

/// How many of the most urgent tickets are looked at for the queues that are made of some of them.
const FARTHEST: usize = 500;

/// How many tickets a queue shows at once.
const SHOWN: usize = 25;

/// The work lists of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queues {
    /// One after the other: to-dos, groups, unassigned, unhandled, at risk, breached.
    queues: Vec<QueueView>,
}

/// One work list: its most urgent tickets first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(crate) struct QueueView {
    /// `todos`, `group`, `unassigned`, `unhandled`, `at_risk` or `breached`.
    kind: &'static str,
    /// The group, for a group's.
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    /// The group's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The list behind it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    /// How many tickets are in it.
    count: Count,
    /// The first 25.
    tickets: Vec<RowView>,
}

/// A number that stops at 100.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Count {
    /// At most 100.
    count: usize,
    /// Whether there are more.
    more: bool,
}

/// The work lists of the desk: my to-dos, my groups', the first line's, what nobody handles, and what is or will be too late.
#[utoipa::path(
    get,
    path = "/v1/queues",
    tag = "query",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the queues", body = Queues),
        (status = 403, description = "only agents have queues", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn queues(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(&ports.store).await?;
    if access(&caller.actor, Deed::ReadQueues) != Access::Granted {
        return Err(Problem::forbidden());
    }
    let me = &caller.person()?.id;
    let mut queues = Vec::new();
    let todos = Asked { kind: "todos", group: None, href: Some("/v1/tickets?assignee_id=me".to_owned()) };
    queues.push(queue(&ports.store, &caller, todos, Index::Holder, vec![partition::holder(me)]).await?);
    for group in caller.catalog.groups_of(me) {
        let live = "new,open,pending,on_hold,resolved";
        let href = Some(format!("/v1/tickets?group_id={}&status_category={live}", group.id));
        let asked = Asked { kind: "group", group: Some(group), href };
        queues.push(queue(&ports.store, &caller, asked, Index::Group, vec![partition::group(&group.id, true)]).await?);
    }
    let first_line = access(&caller.actor, Deed::List(&Anchor::Unassigned, &caller.catalog)) == Access::Granted;
    if first_line {
        let unassigned = vec![partition::UNASSIGNED.to_owned()];
        let href = Some("/v1/tickets?group_id=none".to_owned());
        let asked = Asked { kind: "unassigned", group: None, href };
        queues.push(queue(&ports.store, &caller, asked, Index::Group, unassigned).await?);
    }
    let sight = Sight::look(&ports.store, in_sight(&caller, first_line)).await?;
    if first_line {
        queues.push(sight.those(&caller, "unhandled", |row| !row.handled));
    }
    for state in [SlaState::AtRisk, SlaState::Breached] {
        queues.push(sight.those(&caller, state.name(), |row| row.sla_state == Some(state)));
    }
    Ok(Json(Queues { queues }).into_response())
}

/// The queues that somebody answers for: the first line for all of them, everybody else for those of their groups.
fn in_sight(caller: &Caller, first_line: bool) -> Vec<String> {
    let catalog = &caller.catalog;
    let mine = |group: &&Group| first_line || caller.actor.person().is_some_and(|person| group.has(&person.id));
    let groups = catalog.groups.iter().filter(mine).map(|group| partition::group(&group.id, true));
    groups.chain(first_line.then(|| partition::UNASSIGNED.to_owned())).collect()
}

/// The most urgent tickets that somebody answers for, read once for every queue that is made of some of them.
struct Sight {
    rows: Vec<Row>,
    more: bool,
}

impl Sight {
    async fn look(reader: &Reader, partitions: Vec<String>) -> Result<Self, Problem> {
        let mut sight = Self { rows: Vec::new(), more: !partitions.is_empty() };
        let mut after = None;
        while sight.more && sight.rows.len() < FARTHEST {
            let source = Source::Index(Index::Group, partitions.clone());
            let listing = Listing { source, filters: Vec::new(), ascending: true, limit: MOST, after };
            let page = reader.list(&listing).await?;
            sight.rows.extend(page.items);
            sight.more = page.next.is_some();
            after = page.next;
        }
        Ok(sight)
    }

    /// Those of them that belong into a queue.
    fn those(&self, caller: &Caller, kind: &'static str, belongs: impl Fn(&Row) -> bool) -> QueueView {
        let rows: Vec<_> = self.rows.iter().filter(|row| belongs(row)).collect();
        QueueView {
            kind,
            group_id: None,
            name: None,
            href: None,
            count: Count { count: rows.len().min(MOST), more: self.more || rows.len() > MOST },
            tickets: rows.into_iter().take(SHOWN).map(|row| view(row, caller)).collect(),
        }
    }
}

/// A row; of their own tickets agents see what requesters see.
fn view(row: &Row, caller: &Caller) -> RowView {
    let own = caller.actor.person().is_some_and(|person| person.id == row.requester.id);
    RowView::new(row, !own, &caller.catalog)
}

struct Asked<'a> {
    kind: &'static str,
    group: Option<&'a Group>,
    href: Option<String>,
}

async fn queue(
    reader: &Reader,
    caller: &Caller,
    asked: Asked<'_>,
    index: Index,
    partitions: Vec<String>,
) -> Result<QueueView, Problem> {
    let source = Source::Index(index, partitions);
    let listing = Listing { source, filters: Vec::new(), ascending: true, limit: MOST, after: None };
    let page = reader.list(&listing).await?;
    Ok(QueueView {
        kind: asked.kind,
        group_id: asked.group.map(|group| group.id.to_string()),
        name: asked.group.map(|group| group.name.as_str().to_owned()),
        href: asked.href,
        count: Count { count: page.items.len(), more: page.next.is_some() },
        tickets: page.items.iter().take(SHOWN).map(|row| view(row, caller)).collect(),
    })
}
