//! Fetch: where a file can be had for a minute, by whoever may see it now.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Access, Deed, access};
use domain::file::{File, Upload, UploadState};
use domain::id::{AttachmentId, UploadId};
use http::{StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::call::{About, Call, Caller};
use web::command::hidden;
use web::edge::about;
use web::problem::{Problem, ProblemBody};
use web::query::Params;
use web::view::file::AttachmentView;

use crate::Ports;
use crate::disposition::Disposition;
use crate::files::TO_FETCH;

/// A file, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fetched {
    /// The file.
    attachment: AttachmentView,
    /// Where it can be fetched, by anybody who has this address.
    url: String,
    /// Until when: a minute from now.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A file that the caller may have.
struct Found {
    file: File,
    key: String,
}

/// Where a file can be fetched for a minute.
#[utoipa::path(
    get,
    path = "/v1/attachments/{id}",
    tag = "attachments",
    params(
        ("id" = String, Path, description = "the attachment"),
        ("redirect" = Option<bool>, Query, description = "`true`: answer 302 and lead there; a page cannot follow it to another origin"),
        ("inline" = Option<bool>, Query, description = "`true`: to be shown rather than saved; pictures only"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the file's address", body = Fetched),
        (status = 302, description = "with `redirect=true`"),
        (status = 404, description = "there is none that the caller may see", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "a parameter that does not fit", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn fetch(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let reader = ports.store.reader();
    let id = call.path("id", AttachmentId::parse).ok().map(|id| UploadId::from(&id));
    let (caller, arrival) = call.arrive(reader, About { upload: id.as_ref(), ..About::default() }).await?;
    let Some(Found { file, key }) = permitted(&ports, &caller, arrival.upload).await? else {
        return Err(hidden(reader, &caller).await?);
    };
    let params = call.params()?;
    params.only(&["redirect", "inline"])?;
    let disposition = disposition(params, &file)?.of(&file.name);
    let url = ports.files.address_to_fetch(&key, file.file_type.media_type(), &disposition).await?;
    if truth(params, "redirect")? {
        return Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response());
    }
    let expires_at = caller.actor.author(reader.now()).at + TO_FETCH;
    Ok(Json(Fetched { attachment: (&file).into(), url, expires_at }).into_response())
}

/// The file, if it belongs to a ticket and the caller may see it there.
async fn permitted(ports: &Ports, caller: &Caller, upload: Option<Upload>) -> Result<Option<Found>, Problem> {
    let Some(UploadState::Attached { file, key, ticket, public }) = upload.map(|upload| upload.state) else {
        return Ok(None);
    };
    about(&ticket);
    let Some(ticket) = ports.store.reader().ticket(&ticket).await? else {
        return Ok(None);
    };
    let deed = Deed::ReadFile { ticket: &ticket, public, catalog: &caller.catalog };
    Ok((access(&caller.actor, deed) == Access::Granted).then_some(Found { file, key }))
}

/// Saved, unless it is to be shown and is a picture: those were rewritten, so they are nothing else.
fn disposition(params: &Params, file: &File) -> Result<Disposition, Problem> {
    match (truth(params, "inline")?, file.file_type.is_picture()) {
        (false, _) => Ok(Disposition::Attachment),
        (true, true) => Ok(Disposition::Inline),
        (true, false) => Err(Problem::invalid("inline", "not_a_picture", "is for pictures")),
    }
}

fn truth(params: &Params, name: &str) -> Result<bool, Problem> {
    match params.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::invalid(name, "not_a_truth", "must be true or false")),
    }
}
