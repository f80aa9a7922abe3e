//! Edit a comment: its author may, until somebody else has said something after it.

use axum::extract::State;
use axum::response::Response;
use domain::event::{Entry, Event};
use domain::field::Fields;
use domain::file::enclosing::Said;
use domain::id::CommentId;
use domain::status::Verb;
use domain::text::Body;
use domain::ticket::Ticket;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use store::Reader;
use store::item::Told;
use store::timeline::Stretch;
use utoipa::ToSchema;
use web::command::Command;
use web::enclosed;
use web::problem::{Problem, ProblemBody};
use web::view::comment::CommentView;
use web::view::person::Names;

use crate::Ports;
use crate::comment::Commented;

/// The new text.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditCommentRequest {
    /// 1 to 20,000 characters.
    #[schema(required = true, nullable = false)]
    body: Option<String>,
}

/// Change the text of one's own comment, until somebody else has answered. `If-Match` takes the ticket's `ETag`.
#[utoipa::path(
    patch,
    path = "/v1/tickets/{number}/comments/{id}",
    tag = "messaging",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("id" = String, Path, description = "the comment"),
        ("if-match" = String, Header, description = "the ticket's ETag that was read"),
    ),
    request_body = EditCommentRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the comment and the ticket", body = Commented),
        (status = 409, description = "somebody has answered it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "If-Match is missing", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn edit_comment(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    let reader = ports.store.reader();
    let mut edited = None;
    while let Some(scene) = command.enter(&ports.store, Verb::View).await? {
        let seq = scene.path("id", |id| CommentId::parse(id, &scene.ticket.number))?.seq;
        let comment = reader.event(&scene.ticket.number, seq).await?.ok_or_else(Problem::not_found)?;
        scene.decide(|ticket, doing| ticket.permit_author_of(doing, &comment.event))?;
        scene.require_version()?;
        let since = until_answered(reader, &scene.ticket, &comment.event).await?;
        let body = scene.request::<EditCommentRequest>()?.parse()?;
        let enclosed = enclosed::load(reader, Vec::new(), Some(&body)).await?;
        let said = Said { body, enclosed };
        let change = scene.decide(|ticket, doing| ticket.edit_comment(doing, &comment.event, &since, said))?;
        let Entry { body, files } = change.entry_of(seq, comment.event.entry());
        edited = Some(Told { event: Event { body, files, ..comment.event }, edited_at: Some(change.at()) });
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    let settled = command.settled()?;
    let names = Names::on(&settled.ticket, &settled.caller);
    let comment = edited.and_then(|told| CommentView::new(&settled.ticket.number, &told, true, |id| names.get(id)));
    Ok(settled.respond(StatusCode::OK, json!({ "comment": comment, "ticket": settled.view() })))
}

/// What was said or done after a comment, as far as the first page with an answer to it.
async fn until_answered(reader: &Reader, ticket: &Ticket, comment: &Event) -> Result<Vec<Event>, Problem> {
    let mut events = Vec::new();
    let mut after = Some(comment.seq);
    while let Some(behind) = after.filter(|_| !events.iter().any(|event: &Event| event.answers(comment))) {
        let stretch = Stretch { ascending: true, after: behind, limit: 100 };
        let page = reader.timeline(ticket, stretch).await?;
        events.extend(page.told.into_iter().map(|told| told.event));
        after = page.next;
    }
    Ok(events)
}

impl EditCommentRequest {
    fn parse(self) -> Result<Body, Fields> {
        let mut fields = Fields::new();
        let body = fields.required("body", self.body.as_deref(), Body::parse);
        fields.finish(body)
    }
}
