//! Apply: a lead puts the open tickets of an SLA policy under its version in force, page by page, one event per ticket.
//!
//! A ticket stands by what it was promised, so a changed policy changes no promise by itself. This job does, for those
//! tickets that the policy is for now. Its pages are messages: each does its tickets and says which page is next. Done
//! twice, a page finds nothing left to do; a ticket that moves from one queue to another meanwhile may be missed, and is
//! found when the job is begun again.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Deed, access};
use domain::event::Author;
use domain::id::{GroupId, PersonId, PolicyId};
use domain::number::TicketNumber;
use http::StatusCode;
use queue::Failure;
use serde::{Deserialize, Serialize};
use store::commit::CommitError;
use store::keys::partition;
use store::list::{Index, Listing, Position, Source};
use utoipa::ToSchema;
use web::call::Call;
use web::problem::{Problem, ProblemBody};
use web::view::Nothing;

use crate::Ports;
use crate::post::{Message, say};

/// How many tickets are on a page: well within a function's time.
const PAGE: usize = 25;

/// How often a ticket is tried again because somebody else was faster.
const TRIES: u32 = 6;

/// What is left of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The policy.
    policy: PolicyId,
    /// Who asked for it.
    by: PersonId,
    /// The queues still to go through; `None` is the first line's.
    queues: Vec<Option<GroupId>>,
    /// Where the first of them goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Position>,
}

/// A job that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplyResponse {
    apply: Begun,
}

/// What it applies.
#[derive(Debug, Serialize, ToSchema)]
struct Begun {
    /// The policy.
    policy_id: String,
    /// Its version in force.
    version: u64,
}

/// Put the open tickets of a policy under its version in force. They follow within moments, each with an event.
#[utoipa::path(
    post,
    path = "/v1/sla_policies/{id}/apply",
    tag = "sla",
    params(("id" = String, Path, description = "the policy")),
    request_body = Nothing,
    security(("bearer" = [])),
    responses(
        (status = 202, description = "the job has begun", body = ApplyResponse),
        (status = 403, description = "only leads may", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "there is no such policy", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn apply(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    let id = call.path("id", PolicyId::parse)?;
    let catalog = ports.store.reader().catalog().await?;
    let policy = catalog.policy(&id).ok_or_else(Problem::not_found)?;
    if access(&caller.actor, Deed::ApplyPolicy) != Access::Granted {
        return Err(Problem::forbidden());
    }
    call.params()?.only(&[])?;
    let Nothing {} = call.body.read()?;
    // Done twice it changes nothing more, so there is no receipt; but a key that is none is refused as everywhere.
    call.stub()?;
    let queues = catalog.groups.iter().map(|group| Some(group.id.clone())).chain([None]).collect();
    let job = Job { policy: id, by: caller.person()?.id.clone(), queues, after: None };
    let said = say(&ports, &Message::Apply(job)).await;
    said.map_err(|cause| Problem::unavailable("The job could not be begun.", cause))?;
    let apply = Begun { policy_id: policy.id.to_string(), version: policy.version };
    Ok((StatusCode::ACCEPTED, axum::Json(ApplyResponse { apply })).into_response())
}

/// Does the next page of a job, and says which is next.
///
/// # Errors
/// A [`Failure`] to be retried.
pub(crate) async fn go_on(ports: &Ports, job: Job) -> Result<(), Failure> {
    let Some(queue) = job.queues.first() else {
        return Ok(());
    };
    let partition = queue.as_ref().map_or_else(|| partition::UNASSIGNED.to_owned(), |id| partition::group(id, true));
    let source = Source::Index(Index::Group, vec![partition]);
    let listing = Listing { source, filters: Vec::new(), ascending: true, limit: PAGE, after: job.after.clone() };
    let page = ports.store.reader().list(&listing).await.map_err(Failure::retry)?;
    for row in &page.items {
        apply_to(ports, &job, &row.number).await?;
    }
    let queues = if page.next.is_some() { job.queues } else { job.queues.into_iter().skip(1).collect() };
    if queues.is_empty() {
        return Ok(());
    }
    say(ports, &Message::Apply(Job { queues, after: page.next, ..job })).await
}

/// One ticket that cannot be read or written keeps none of the others waiting.
async fn apply_to(ports: &Ports, job: &Job, number: &TicketNumber) -> Result<(), Failure> {
    for _ in 0..TRIES {
        match attempt(ports, job, number).await {
            Ok(()) => return Ok(()),
            Err(CommitError::Raced) => {}
            Err(CommitError::Store(error)) if error.is_retryable() => return Err(Failure::retry(error)),
            Err(error) => {
                let ticket = number.to_string();
                tracing::error!(ticket, %error, "a policy cannot be applied");
                return Ok(());
            }
        }
    }
    Err(Failure::retry("the ticket keeps changing"))
}

async fn attempt(ports: &Ports, job: &Job, number: &TicketNumber) -> Result<(), CommitError> {
    let reader = ports.store.reader();
    let Some(ticket) = reader.ticket(number).await? else {
        return Ok(());
    };
    let catalog = reader.catalog_for(&ticket).await?;
    let policy = catalog.policy_for(&ticket.service, ticket.category.as_ref());
    if policy.is_none_or(|policy| policy.id != job.policy) {
        return Ok(());
    }
    match ticket.apply_policy(Author::person(&job.by, reader.now()), &catalog) {
        Some(change) => ports.store.commit(&change, None).await,
        None => Ok(()),
    }
}
