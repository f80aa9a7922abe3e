//! Adds a service.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Service;
use domain::catalog::keeping::ServiceEdit;
use domain::field::Fields;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::edit_service::{AgreementRequest, EditServiceRequest};
use crate::keep::{Keeping, Way};
use crate::view::ServiceResponse;

/// A new service.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddServiceRequest {
    /// The name shown, different from those of all other services.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// What it is about.
    description: Option<String>,
    /// What a requester must accept.
    agreement: Option<AgreementRequest>,
    /// A mail address: where to turn when nothing fits.
    fallback_contact: Option<String>,
    /// The group that answers it; the first line if there is none.
    group_id: Option<String>,
    /// Whether the requester is asked to confirm a solution: `required`, `asked` (default) or `off`.
    confirmation: Option<String>,
    /// Days from resolved to closed by itself, 0 for never; 7 unless said otherwise.
    #[schema(minimum = 0, maximum = 365)]
    auto_close_days: Option<i64>,
    /// Whether only technical contacts may ask for it; not unless said so.
    contacts_only: Option<bool>,
    /// The types of files that may be attached: `jpeg`, `png`, `gif`, `bmp`, `txt` unless said otherwise; also `webp`, `pdf`,
    /// `mp4`, `docx`, `xlsx`, `pptx`, `odt`, `ods`, `odp`.
    file_types: Option<Vec<String>>,
    /// The most bytes of such a file, up to 100 MiB; 10 MiB unless said otherwise.
    #[schema(minimum = 1, maximum = 104_857_600)]
    file_size_limit: Option<i64>,
    /// What is promised of its tickets; the desk's default policy unless said otherwise.
    sla_policy_id: Option<String>,
}

impl AddServiceRequest {
    fn parse(self) -> Result<(Name, ServiceEdit), Fields> {
        let mut fields = Fields::new();
        let name = fields.required("name", self.name.as_deref(), Name::parse);
        let rest = EditServiceRequest {
            name: None,
            description: self.description,
            agreement: self.agreement,
            fallback_contact: self.fallback_contact,
            group_id: self.group_id,
            confirmation: self.confirmation,
            auto_close_days: self.auto_close_days,
            contacts_only: self.contacts_only,
            file_types: self.file_types,
            file_size_limit: self.file_size_limit,
            sla_policy_id: self.sla_policy_id,
        };
        let rest = rest.read(&mut fields);
        fields.finish(name.map(|name| (name, rest)))
    }
}

/// Add a service
#[utoipa::path(
    post,
    path = "/v1/services",
    params(("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")),
    request_body = AddServiceRequest,
    responses(
        (
            status = 201,
            description = "The service",
            body = ServiceResponse,
            headers(("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))
        ),
        (
            status = 409,
            description = "`name_taken`, or `full`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn add_service(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Service>(&ports.store, Way::Adding).await? {
        let (name, rest) = keeping.request::<AddServiceRequest>()?.parse()?;
        let service = Service::named(scene.id.clone(), name);
        let decision = scene.catalog().add_service(scene.by.clone(), service, rest);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Service, _>(ServiceResponse::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let request: AddServiceRequest = serde_json::from_value(serde_json::json!({
            "description": " ",
            "agreement": { "version": "2026-01" },
            "fallback_contact": "nobody",
            "group_id": "svc_network",
            "confirmation": "maybe",
            "auto_close_days": -1,
            "file_types": ["png", "exe", "png"],
            "file_size_limit": 0,
            "sla_policy_id": "Standard",
        }))
        .unwrap();
        let fields = request.parse().unwrap_err();
        let wrong: Vec<_> = fields.into_vec().into_iter().map(|error| (error.field, error.code)).collect();
        let expected = [
            ("name", "required"),
            ("description", "blank"),
            ("agreement.text", "required"),
            ("fallback_contact", "not_an_address"),
            ("group_id", "not_an_id"),
            ("confirmation", "unknown"),
            ("auto_close_days", "out_of_range"),
            ("file_types.1", "unknown"),
            ("file_types.2", "repeated"),
            ("file_size_limit", "out_of_range"),
            ("sla_policy_id", "not_an_id"),
        ];
        assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
