//! Edit: the requester until the desk has answered (S2.26, S2.53), the desk for filing at any time (S4.42).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::field::{Fields, Invalid};
use domain::file::enclosing::Enclosed;
use domain::id::UploadId;
use domain::status::Verb;
use domain::text::Label;
use domain::ticket::editing::Edit;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;
use web::command::Command;
use web::enclosed;
use web::problem::{Problem, ProblemBody};
use web::view::Ticketed;

use crate::Ports;
use crate::said::{ContactRequest, Given};

/// The most words a ticket is filed under.
const MOST_TAGS: usize = 20;

/// The fields to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditTicketRequest {
    /// In one line; the requester's.
    subject: Option<String>,
    /// At length; the requester's.
    description: Option<String>,
    /// The requester's.
    kind: Option<String>,
    /// A change dispatches the ticket again.
    service_id: Option<String>,
    /// More precisely.
    category_id: Option<String>,
    /// `low`, `medium` or `high`.
    impact: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    urgency: Option<String>,
    /// The requester's.
    contact_method: Option<ContactRequest>,
    /// The version of the new service's agreement that is accepted.
    agreement_version: Option<String>,
    /// The requester's.
    occurred_at: Option<String>,
    /// The requester's.
    site: Option<String>,
    /// The requester's.
    device: Option<String>,
    /// The requester's.
    serial_number: Option<String>,
    /// The requester's.
    answers: Option<BTreeMap<String, String>>,
    /// `low`, `normal`, `high` or `urgent`; the desk's.
    priority: Option<String>,
    /// At most 20; the desk's.
    tags: Option<Vec<String>>,
    /// More files beside the description, as ids of uploads that were accepted; those there are stay, and there are at
    /// most five in all. The requester's.
    attachments: Option<Vec<String>>,
}

/// Change fields of a ticket. `If-Match` is required.
#[utoipa::path(
    patch,
    path = "/v1/tickets/{number}",
    tag = "intake",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("if-match" = String, Header, description = "the ETag that was read"),
    ),
    request_body = EditTicketRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket as it is now", body = Ticketed),
        (status = 409, description = "the desk has answered, or it has ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "it has changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "If-Match is missing", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn edit(State(ports): State<Ports>, mut command: Command) -> Result<Response, Problem> {
    while let Some(scene) = command.enter(&ports.store, Verb::Edit).await? {
        let (edit, attachments) = scene.request::<EditTicketRequest>()?.parse()?;
        let enclosed = enclosed::load(ports.store.reader(), attachments, edit.description.as_ref()).await?;
        let edit = Edit { enclosed, beside: scene.files().to_vec(), ..edit };
        let change = scene.decide(|ticket, doing| ticket.edit(doing, edit))?;
        let cue = scene.cue(StatusCode::OK);
        command.commit(&ports.store, cue, Some(change)).await?;
    }
    command.answer()
}

impl EditTicketRequest {
    fn parse(self) -> Result<(Edit, Vec<UploadId>), Fields> {
        let mut fields = Fields::new();
        let given = Given {
            subject: self.subject.as_deref(),
            description: self.description.as_deref(),
            kind: self.kind.as_deref(),
            service_id: self.service_id.as_deref(),
            category_id: self.category_id.as_deref(),
            impact: self.impact.as_deref(),
            urgency: self.urgency.as_deref(),
            contact_method: self.contact_method.as_ref(),
            agreement_version: self.agreement_version.as_deref(),
            occurred_at: self.occurred_at.as_deref(),
            site: self.site.as_deref(),
            device: self.device.as_deref(),
            serial_number: self.serial_number.as_deref(),
            answers: self.answers.as_ref(),
        };
        let said = given.parse(&mut fields);
        let edit = Edit {
            subject: said.subject,
            description: said.description,
            kind: said.kind,
            service: said.service,
            category: said.category,
            impact: said.impact,
            urgency: said.urgency,
            agreement_version: said.agreement_version,
            contact_method: said.contact_method,
            details: said.details,
            priority: fields.optional("priority", self.priority.as_deref(), one_of),
            tags: self.tags.map(|tags| parse_tags(&mut fields, &tags)),
            enclosed: Enclosed::default(),
            beside: Vec::new(),
        };
        let attachments = enclosed::parse(&mut fields, self.attachments.as_deref());
        fields.finish(Some((edit, attachments)))
    }
}

fn parse_tags(fields: &mut Fields, tags: &[String]) -> Vec<Label> {
    if tags.len() > MOST_TAGS {
        fields.refuse("tags", Invalid::new("too_many", format!("must be at most {MOST_TAGS}")));
    }
    let tags = tags.iter().enumerate();
    tags.filter_map(|(at, tag)| fields.check(&format!("tags.{at}"), Label::parse(tag))).collect()
}
