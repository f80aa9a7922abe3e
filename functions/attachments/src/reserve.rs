//! Reserve: a slot for a file, and the one address to which exactly its bytes can be sent (S0.28, S1.18, S4.24).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::field::{Fields, Invalid};
use domain::file::name::FileName;
use domain::file::submission::{Reserving, SubmissionName, TooManyFiles};
use domain::file::{Declared, FileRules, FileType, Sha256};
use domain::id::{ServiceId, UploadId};
use domain::number::TicketNumber;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::call::{Call, Caller};
use web::command::visible;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::view::{UploadView, Uploaded};

/// What is said of a file before it is sent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReserveRequest {
    /// The client's own name for the ticket or comment in the making: 1 to 64 letters, digits, dots, hyphens, underscores.
    /// Five files share it, and ten pictures.
    #[schema(required = true, nullable = false)]
    submission: Option<String>,
    /// What it is called, ending as its type does.
    #[schema(required = true, nullable = false)]
    file_name: Option<String>,
    /// What it is, like `image/png`.
    #[schema(required = true, nullable = false)]
    content_type: Option<String>,
    /// How many bytes it has.
    #[schema(required = true, nullable = false)]
    size: Option<u64>,
    /// Their SHA-256, as 64 hexadecimal digits.
    #[schema(required = true, nullable = false)]
    sha256: Option<String>,
    /// Whether it is a picture that a text names, rather than a file beside it; not unless said so.
    inline: Option<bool>,
    /// The service whose rules it is taken by; the usual rules if neither this nor a ticket is named.
    service_id: Option<String>,
    /// The ticket whose service's rules it is taken by.
    ticket: Option<String>,
}

/// A request, parsed but for what depends on the rules.
struct Wish {
    name: SubmissionName,
    declared: Declared,
}

/// Reserve a slot for a file, and learn where to send it.
///
/// Send exactly the declared bytes with `PUT` and the answer's headers, then `complete`.
#[utoipa::path(
    post,
    path = "/v1/uploads",
    tag = "attachments",
    request_body = ReserveRequest,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "the upload, with its address", body = Uploaded),
        (status = 409, description = "`too_many_files`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_type`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "everything that does not fit", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "more than a person uploads in a day", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn reserve(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let reader = ports.store.reader();
    let caller = call.caller(reader).await?;
    let person = caller.person()?.id.clone();
    let request: ReserveRequest = call.body.read()?;
    let rules = request.rules(&ports, &caller).await?;
    let Wish { name, declared } = request.parse(&rules)?;
    let (id, size, at) = (UploadId::fresh(reader.ids()), declared.size, reader.now());
    if let Some(limit) = ports.store.count_bytes(&person, size, at).await? {
        return Err(Problem::too_many(limit));
    }
    let reserving = Reserving { id, person: person.clone(), name, declared, rules, at };
    let upload = match ports.store.reserve(reserving).await {
        Ok(Ok(upload)) => upload,
        refused => {
            ports.store.forgive_bytes(&person, size, at).await?;
            refused?.map_err(too_many_files)?
        }
    };
    let address = ports.files.address_to_upload(&upload).await?;
    let upload = UploadView::new(&upload).at(address);
    Ok((StatusCode::CREATED, Json(Uploaded { upload })).into_response())
}

fn too_many_files(full: TooManyFiles) -> Problem {
    let detail = format!("There are {} already, and no more may be sent.", full.most);
    Problem::conflict("too_many_files", detail).with("most", full.most)
}

impl ReserveRequest {
    /// The rules of the service that is named, or of the ticket's.
    async fn rules(&self, ports: &Ports, caller: &Caller) -> Result<FileRules, Problem> {
        if let Some(number) = &self.ticket {
            let reader = ports.store.reader();
            let ticket = match TicketNumber::parse(number) {
                Ok(number) => reader.ticket(&number).await?,
                Err(_not_a_number) => None,
            };
            let ticket = visible(reader, caller, ticket).await?;
            return Ok(caller.catalog.file_rules(&ticket.service));
        }
        let Some(id) = &self.service_id else {
            return Ok(FileRules::default());
        };
        let service = ServiceId::parse(id).ok().and_then(|id| caller.catalog.service(&id));
        let offered = service.filter(|service| caller.person().is_ok_and(|who| caller.catalog.offers(service, who)));
        let unknown = || Problem::invalid("service_id", "not_offered", "is not a service offered to you");
        Ok(offered.ok_or_else(unknown)?.files.clone())
    }

    fn parse(self, rules: &FileRules) -> Result<Wish, Problem> {
        let mut fields = Fields::new();
        let name = fields.required("submission", self.submission.as_deref(), SubmissionName::parse);
        let file_name = fields.required("file_name", self.file_name.as_deref(), FileName::parse);
        let sha256 = fields.required("sha256", self.sha256.as_deref(), Sha256::parse);
        let size = self.size.ok_or_else(|| Invalid::new("required", "is required"));
        let size = fields.check("size", size.and_then(|size| rules.admit_size(size).map(|()| size)));
        let inline = self.inline.unwrap_or(false);
        let file_type = self.content_type.as_deref().map(|content_type| {
            FileType::parse(content_type).and_then(|file_type| rules.admit_type(file_type).map(|()| file_type))
        });
        let file_type = match file_type {
            None => fields.check("content_type", Err(Invalid::new("required", "is required"))),
            // Nothing else about a file matters while its type is not taken at all (H093).
            Some(Err(invalid)) => return Err(unsupported(&invalid)),
            Some(Ok(file_type)) => Some(file_type),
        };
        if inline && file_type.is_some_and(|file_type| !file_type.is_picture()) {
            fields.refuse("inline", Invalid::new("not_a_picture", "is for pictures"));
        }
        if let Some((name, file_type)) = file_name.as_ref().zip(file_type) {
            fields.check("file_name", name.check_extension(file_type));
        }
        let declared = file_name.zip(file_type).zip(size.zip(sha256));
        let declared =
            declared.map(|((name, file_type), (size, sha256))| Declared { name, file_type, size, sha256, inline });
        Ok(fields.finish(name.zip(declared).map(|(name, declared)| Wish { name, declared }))?)
    }
}

fn unsupported(invalid: &Invalid) -> Problem {
    let detail = format!("The content type {}.", invalid.message);
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", detail)
}
