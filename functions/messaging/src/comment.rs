//! Comment: somebody says something on a ticket, to everyone or, as a note, to the desk alone (S0.12, S1.21, S4.46).

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::file::enclosing::Said;
use domain::id::UploadId;
use domain::status::Verb;
use domain::text::Body;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Reader;
use store::item::Told;
use utoipa::ToSchema;
use web::command::{Command, Settled, located, unless_done};
use web::enclosed;
use web::problem::{Problem, ProblemBody};
use web::view::comment::CommentView;
use web::view::person::Names;
use web::view::ticket::TicketView;

use crate::Ports;

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CommentRequest {
    /// 1 to 20,000 characters.
    #[schema(required = true, nullable = false)]
    body: Option<String>,
    /// Whether everyone on the ticket reads it (default), or the desk alone.
    public: Option<bool>,
    /// Ids of uploads that were accepted, at most five. Pictures in the text are uploads too, declared inline and named
    /// there as `![what it shows](upl_…)`; there may be ten.
    attachments: Option<Vec<String>>,
    /// Leave the status as it is; the desk's.
    keep_status: Option<bool>,
}

/// A request, parsed.
struct Wish {
    body: Body,
    attachments: Vec<UploadId>,
    keep_status: bool,
}

/// A comment, and the ticket as it is because of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Commented {
    /// The comment.
    comment: CommentView,
    /// The ticket as it is now.
    ticket: TicketView,
}

/// Say something on a ticket.
#[utoipa::path(
    post,
    path = "/v1/tickets/{number}/comments",
    tag = "messaging",
    params(("number" = String, Path, description = "the ticket, like 7K3Q-M9XV")),
    request_body = CommentRequest,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "the comment and the ticket", body = Commented),
        (status = 409, description = "it has ended", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn comment(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    let verb = verb(&command);
    while let Some(scene) = command.enter(&ports.store, verb).await? {
        let Wish { body, attachments, keep_status } = scene.request::<CommentRequest>()?.parse()?;
        let enclosed = enclosed::load(ports.store.reader(), attachments, Some(&body)).await?;
        let said = Said { body, enclosed };
        let decision = scene.decide(|ticket, doing| {
            if verb == Verb::Note { ticket.note(doing, said) } else { ticket.comment(doing, said, keep_status) }
        });
        let change = match decision {
            Ok(change) => change,
            Err(refusal) => {
                unless_done(ports.store.reader(), scene.stub(), refusal).await?;
                continue;
            }
        };
        let cue = scene.cue(StatusCode::CREATED);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    let settled = command.settled()?;
    let comment = said(ports.store.reader(), &settled).await?;
    let place = format!("/v1/tickets/{}/comments/{}", settled.ticket.number, comment.id);
    let body = json!({ "comment": comment, "ticket": settled.view() });
    Ok(located(settled.respond(StatusCode::CREATED, body), &place))
}

/// A note is another verb than a comment, so it must be known before anybody is judged; a body that cannot be read is
/// told of in its turn.
fn verb(command: &Command) -> Verb {
    let request = command.call().body.read::<CommentRequest>();
    if request.is_ok_and(|request| request.public == Some(false)) { Verb::Note } else { Verb::Comment }
}

impl CommentRequest {
    fn parse(self) -> Result<Wish, Fields> {
        let mut fields = Fields::new();
        let body = fields.required("body", self.body.as_deref(), Body::parse);
        let attachments = enclosed::parse(&mut fields, self.attachments.as_deref());
        let keep_status = self.keep_status.unwrap_or(false);
        fields.finish(body.map(|body| Wish { body, attachments, keep_status }))
    }
}

/// The comment that a command wrote, now or when it was first sent.
pub(crate) async fn said(reader: &Reader, settled: &Settled) -> Result<CommentView, Problem> {
    let told = match &settled.event {
        Some(event) => Some(Told { event: event.clone(), edited_at: None }),
        None => reader.event(&settled.ticket.number, settled.seq()).await?,
    };
    let names = Names::on(&settled.ticket, &settled.caller);
    let view = told.and_then(|told| CommentView::new(&settled.ticket.number, &told, true, |id| names.get(id)));
    view.ok_or_else(Problem::not_found)
}
