//! Show: the ticket page (S0.18, S1.19, S2.16, S2.24). It never refuses who may see the ticket, and changes nothing.

use axum::extract::State;
use axum::response::Response;
use domain::field::{Fields, Invalid};
use domain::id::PersonId;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use store::Reader;
use utoipa::ToSchema;
use web::call::Call;
use web::command::versioned;
use web::problem::{Problem, ProblemBody};
use web::query::Params;
use web::view::comment::CommentView;
use web::view::file::AttachmentView;
use web::view::person::PersonName;
use web::view::ticket::TicketView;

use crate::Ports;
use crate::comments::newest;
use crate::page::Seen;

/// A ticket, with what was asked for beside it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shown {
    /// The ticket.
    ticket: TicketView,
    /// With `include=comments`: the newest 50 entries of the dialogue, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentView>>,
    /// With `include=attachments`: the files beside the description.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<AttachmentView>>,
    /// With `include=requester`.
    #[serde(skip_serializing_if = "Option::is_none")]
    requester: Option<PersonName>,
    /// With `include=assignee`.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<PersonName>,
}

/// A ticket as the caller may see it.
#[utoipa::path(
    get,
    path = "/v1/tickets/{number}",
    tag = "query",
    params(
        ("number" = String, Path, description = "the ticket, like 7K3Q-M9XV"),
        ("include" = Option<String>, Query, description = "comments, attachments, requester, assignee; with commas between"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the ticket, with its ETag", body = Shown),
        (status = 404, description = "there is none that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let seen = Seen::load(&ports.store, &call).await?;
    let include = included(call.params()?)?;
    let Seen { caller, ticket, description } = &seen;
    let view = TicketView::new(ticket, description.as_ref(), &caller.actor, &caller.catalog);
    let mut body = json!({ "ticket": view });
    for name in include {
        let beside = beside(&ports.store, &seen, name).await?;
        if let Some(body) = body.as_object_mut() {
            body.insert(name.to_owned(), beside);
        }
    }
    Ok(versioned(StatusCode::OK, ticket.version, false, body))
}

async fn beside(reader: &Reader, seen: &Seen, name: &str) -> Result<Value, Problem> {
    let person = |id: Option<&PersonId>| {
        let known = id.and_then(|id| seen.ticket.people().find(|person| person.id == *id));
        json!(known.map(PersonName::from))
    };
    Ok(match name {
        "comments" => json!(newest(reader, seen).await?),
        "attachments" => {
            let files = seen.description.iter().flat_map(|entry| &entry.files);
            json!(files.map(AttachmentView::from).collect::<Vec<_>>())
        }
        "assignee" => person(seen.ticket.assignee.as_ref().map(|assignee| &assignee.id)),
        _ => person(Some(&seen.ticket.requester.id)),
    })
}

fn included(params: &Params) -> Result<Vec<&str>, Problem> {
    params.only(&["include"])?;
    let mut fields = Fields::new();
    let mut include = Vec::new();
    for name in params.get("include").into_iter().flat_map(|list| list.split(',')) {
        if ["comments", "attachments", "requester", "assignee"].contains(&name) {
            include.push(name);
        } else {
            fields.refuse("include", Invalid::new("unknown", "must name comments, attachments, requester or assignee"));
        }
    }
    Ok(fields.finish(Some(include))?)
}
