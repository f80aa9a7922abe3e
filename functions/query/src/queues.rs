//! Queues: the work lists of the desk, with counts (S0.15, S2.29, S2.41, S2.46).

mod sight;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Anchor, Deed, access};
use domain::catalog::Group;
use domain::id::PersonId;
use domain::sla::clock::SlaState;
use futures_util::future::{try_join, try_join_all};
use serde::Serialize;
use store::Reader;
use store::item::Row;
use store::keys::partition;
use store::list::{Index, Listing, Source};
use utoipa::ToSchema;
use web::call::{Call, Caller};
use web::problem::{Problem, ProblemBody};
use web::view::ticket::RowView;

use self::sight::Sight;
use crate::Ports;

/// Where counting stops.
const MOST: usize = 100;

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
    let first_line = access(&caller.actor, Deed::List(&Anchor::Unassigned, &caller.catalog)) == Access::Granted;
    let lists = asked(&caller, me, first_line).into_iter().map(|asked| queue(&ports.store, &caller, asked));
    let sight = Sight::look(&ports.store, in_sight(&caller, first_line));
    let (mut queues, sight) = try_join(try_join_all(lists), sight).await?;
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

impl Sight {
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

/// A queue that is the beginning of one list.
struct Asked<'a> {
    kind: &'static str,
    group: Option<&'a Group>,
    href: String,
    index: Index,
    partition: String,
}

/// The to-dos, the caller's groups, and for the first line what stands in no group's queue.
fn asked<'a>(caller: &'a Caller, me: &'a PersonId, first_line: bool) -> Vec<Asked<'a>> {
    let todos = Asked {
        kind: "todos",
        group: None,
        href: "/v1/tickets?assignee_id=me".to_owned(),
        index: Index::Holder,
        partition: partition::holder(me),
    };
    let of_group = |group: &'a Group| {
        let live = "new,open,pending,on_hold,resolved";
        let href = format!("/v1/tickets?group_id={}&status_category={live}", group.id);
        let partition = partition::group(&group.id, true);
        Asked { kind: "group", group: Some(group), href, index: Index::Group, partition }
    };
    let unassigned = || Asked {
        kind: "unassigned",
        group: None,
        href: "/v1/tickets?group_id=none".to_owned(),
        index: Index::Group,
        partition: partition::UNASSIGNED.to_owned(),
    };
    let groups = caller.catalog.groups_of(me).map(of_group);
    [todos].into_iter().chain(groups).chain(first_line.then(unassigned)).collect()
}

async fn queue(reader: &Reader, caller: &Caller, asked: Asked<'_>) -> Result<QueueView, Problem> {
    let Asked { kind, group, href, index, partition } = asked;
    let source = Source::Index(index, vec![partition]);
    let listing = Listing { source, filters: Vec::new(), ascending: true, limit: MOST, after: None };
    let page = reader.list(&listing).await?;
    Ok(QueueView {
        kind,
        group_id: group.map(|group| group.id.to_string()),
        name: group.map(|group| group.name.as_str().to_owned()),
        href: Some(href),
        count: Count { count: page.items.len(), more: page.next.is_some() },
        tickets: page.items.iter().take(SHOWN).map(|row| view(row, caller)).collect(),
    })
}
