//! Changes a service.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::keeping::ServiceEdit;
use domain::catalog::reading::{distinct, or_none, parse_auto_close_days, parse_file_size_limit};
use domain::catalog::{AgreementText, Service};
use domain::contact::EmailAddress;
use domain::field::{Fields, Invalid};
use domain::file::FileType;
use domain::id::{GroupId, PolicyId};
use domain::text::{Body, Label, Name};
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};
use crate::view::ServiceResponse;

/// What to change of a service; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditServiceRequest {
    /// The name shown, different from those of all other services.
    pub(crate) name: Option<String>,
    /// What it is about.
    pub(crate) description: Option<String>,
    /// What a requester must accept; a new version asks everybody again.
    pub(crate) agreement: Option<AgreementRequest>,
    /// A mail address: where to turn when nothing fits.
    pub(crate) fallback_contact: Option<String>,
    /// The group that answers it.
    pub(crate) group_id: Option<String>,
    /// Whether the requester is asked to confirm a solution: `required`, `asked` or `off`.
    pub(crate) confirmation: Option<String>,
    /// Days from resolved to closed by itself; 0 for never.
    #[schema(minimum = 0, maximum = 365)]
    pub(crate) auto_close_days: Option<i64>,
    /// Whether only technical contacts may ask for it.
    pub(crate) contacts_only: Option<bool>,
    /// The types of files that may be attached: any of `jpeg`, `png`, `gif`, `bmp`, `txt`, `webp`, `pdf`, `mp4`, `docx`,
    /// `xlsx`, `pptx`, `odt`, `ods`, `odp`.
    pub(crate) file_types: Option<Vec<String>>,
    /// The most bytes of such a file, up to 100 MiB.
    #[schema(minimum = 1, maximum = 104_857_600)]
    pub(crate) file_size_limit: Option<i64>,
    /// What is promised of its tickets; `none` leaves that to the desk's default policy.
    pub(crate) sla_policy_id: Option<String>,
}

/// What a requester must accept.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AgreementRequest {
    /// What a request must name as `agreement_version`.
    #[schema(required = true, nullable = false)]
    version: Option<String>,
    /// What is agreed to.
    #[schema(required = true, nullable = false)]
    text: Option<String>,
}

impl AgreementRequest {
    fn read(&self, fields: &mut Fields) -> Option<AgreementText> {
        let version = fields.required("agreement.version", self.version.as_deref(), Label::parse);
        let text = fields.required("agreement.text", self.text.as_deref(), Body::parse);
        Some(AgreementText { version: version?, text: text? })
    }
}

impl EditServiceRequest {
    /// What it says; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> ServiceEdit {
        let days = self.auto_close_days.map(parse_auto_close_days);
        let bytes = self.file_size_limit.map(parse_file_size_limit);
        ServiceEdit {
            name: fields.optional("name", self.name.as_deref(), Name::parse),
            description: fields.optional("description", self.description.as_deref(), Body::parse),
            agreement: self.agreement.as_ref().and_then(|agreement| agreement.read(fields)),
            fallback_contact: fields.optional(
                "fallback_contact",
                self.fallback_contact.as_deref(),
                EmailAddress::parse,
            ),
            group: fields.optional("group_id", self.group_id.as_deref(), GroupId::parse),
            confirmation: fields.optional("confirmation", self.confirmation.as_deref(), one_of),
            auto_close_days: days.and_then(|days| fields.check("auto_close_days", days)),
            contacts_only: self.contacts_only,
            file_types: self.file_types.as_ref().map(|types| read_file_types(fields, types)),
            file_size_limit: bytes.and_then(|bytes| fields.check("file_size_limit", bytes)),
            policy: fields.optional("sla_policy_id", self.sla_policy_id.as_deref(), |id| or_none(id, PolicyId::parse)),
        }
    }

    fn parse(&self) -> Result<ServiceEdit, Fields> {
        let mut fields = Fields::new();
        let edit = self.read(&mut fields);
        fields.finish(Some(edit))
    }
}

fn read_file_types(fields: &mut Fields, types: &[String]) -> Vec<FileType> {
    if types.is_empty() {
        fields.refuse("file_types", Invalid::new("required", "must name at least one type"));
    }
    distinct(fields, "file_types", types, FileType::ALL.len(), one_of)
}

/// Change a service
#[utoipa::path(
    patch,
    path = "/v1/services/{id}",
    params(
        ("id" = String, Path, description = "The service"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    request_body = EditServiceRequest,
    responses(
        (
            status = 200,
            description = "The service as it is now",
            body = ServiceResponse,
            headers(("ETag" = String, description = "Its version"))
        ),
        (
            status = 409,
            description = "`name_taken`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn edit_service(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Service>(&ports.store, Way::Changing).await? {
        let edit = keeping.request::<EditServiceRequest>()?.parse()?;
        let decision = scene.catalog().edit_service(scene.by.clone(), &scene.id, edit);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Service, _>(ServiceResponse::new)
}
