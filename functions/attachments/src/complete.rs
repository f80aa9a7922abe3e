//! Complete: the file was sent; it is looked at, and accepted or refused at once.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::file::{Upload, UploadState};
use domain::id::UploadId;
use files::source::Source;
use http::StatusCode;
use jiff::SignedDuration;
use web::call::{About, Call, Caller};
use web::command::hidden;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::check::{CheckError, check};
use crate::files::{FilesError, upload_key};
use crate::view::{UploadView, Uploaded};

/// Larger files are looked at when the bucket says that they are there, for it may take longer than a request.
pub(crate) const AT_ONCE: u64 = 16 * 1024 * 1024;

/// How long the bucket may take to say that something is there; when it has said nothing by then, nobody waits for it.
const NEWS: SignedDuration = SignedDuration::from_mins(2);

/// Say that a file was sent.
///
/// A large file is looked at in the background: ask again until the answer is not 202.
#[utoipa::path(
    post,
    path = "/v1/uploads/{id}/complete",
    tag = "attachments",
    params(("id" = String, Path, description = "the upload")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "it was accepted, and can be named by a ticket or a comment", body = Uploaded),
        (status = 202, description = "it is being looked at; ask again", body = Uploaded),
        (status = 404, description = "there is none of the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`not_uploaded`: nothing was sent; `expired`: its time was over", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`file_refused`: it is of a type that is not taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`file_refused`: its `reason` says why", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn complete(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let id = call.path("id", UploadId::parse).ok();
    let about = About { upload: id.as_ref(), ..About::default() };
    let (caller, arrival) = call.arrive(ports.store.reader(), about).await?;
    let upload = own(&ports, &caller, arrival.upload).await?;
    if !matches!(upload.state, UploadState::Reserved { .. }) {
        return answer(&upload);
    }
    if upload.is_forgotten(ports.store.reader().now()) {
        return Err(expired());
    }
    let stored = match ports.files.open(&upload_key(&upload.id)).await {
        Ok(stored) => stored,
        Err(FilesError::Missing) => return nothing_sent(&ports, &upload).await,
        Err(error) => return Err(error.into()),
    };
    let is_new = ports.store.reader().now().duration_since(stored.since()) < NEWS;
    if stored.len() > AT_ONCE && is_new {
        return Ok((StatusCode::ACCEPTED, Json(Uploaded { upload: UploadView::checking(&upload) })).into_response());
    }
    match check(&ports, &upload, stored).await {
        Ok(Some(upload)) => answer(&upload),
        Ok(None) => Err(expired()),
        Err(CheckError::Files(FilesError::Missing)) => nothing_sent(&ports, &upload).await,
        Err(error) => Err(error.into()),
    }
}

fn expired() -> Problem {
    Problem::conflict("expired", "Its time was over; reserve a slot for it again.")
}

/// An upload of the caller's own; anybody else's is not there.
async fn own(ports: &Ports, caller: &Caller, upload: Option<Upload>) -> Result<Upload, Problem> {
    let person = &caller.person()?.id;
    match upload.filter(|upload| upload.person == *person) {
        Some(upload) => Ok(upload),
        None => Err(hidden(ports.store.reader(), caller).await?),
    }
}

/// Nothing is there: nothing was sent, or the same request was faster and has taken it away.
async fn nothing_sent(ports: &Ports, upload: &Upload) -> Result<Response, Problem> {
    let now = ports.store.reader().uploads(std::slice::from_ref(&upload.id)).await?.pop();
    match now.filter(|now| !matches!(now.state, UploadState::Reserved { .. })) {
        Some(settled) => answer(&settled),
        None => Err(Problem::conflict("not_uploaded", "Nothing was sent yet: PUT the file first.")),
    }
}

fn answer(upload: &Upload) -> Result<Response, Problem> {
    match &upload.state {
        UploadState::Refused { code, reason } => Err(refused(code, reason)),
        UploadState::Reserved { .. } | UploadState::Accepted { .. } | UploadState::Attached { .. } => {
            Ok(Json(Uploaded { upload: UploadView::new(upload) }).into_response())
        }
    }
}

fn refused(code: &str, reason: &str) -> Problem {
    let status = match code {
        "unknown_type" | "unsupported_type" | "active_content" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, "file_refused", format!("The file was refused: {reason}.")).with("reason", code)
}
