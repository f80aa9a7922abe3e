//! Adds a category to a service.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Category;
use domain::catalog::keeping::CategoryEdit;
use domain::field::Fields;
use domain::id::ServiceId;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::edit_category::EditCategoryRequest;
use crate::form::{QuestionRequest, SelectableByRequest};
use crate::keep::{Keeping, Way};
use crate::view::CategoryResponse;

/// A new category.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddCategoryRequest {
    /// The service it belongs to, for good.
    #[schema(required = true, nullable = false)]
    service_id: Option<String>,
    /// The name shown, different from those of the service's other categories.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// What belongs into it, shown where it is chosen.
    description: Option<String>,
    /// What is asked in addition; at most 50 questions.
    form: Option<Vec<QuestionRequest>>,
    /// Who may choose it; everyone unless said otherwise.
    selectable_by: Option<SelectableByRequest>,
    /// Its own default agents, at most 20, asked before those of the service.
    owners: Option<Vec<String>>,
    /// What is promised of its tickets; what the service promises unless said otherwise.
    sla_policy_id: Option<String>,
}

impl AddCategoryRequest {
    fn parse(self) -> Result<(ServiceId, Name, CategoryEdit), Fields> {
        let mut fields = Fields::new();
        let service = fields.required("service_id", self.service_id.as_deref(), ServiceId::parse);
        let name = fields.required("name", self.name.as_deref(), Name::parse);
        let rest = EditCategoryRequest {
            name: None,
            description: self.description,
            form: self.form,
            selectable_by: self.selectable_by,
            owners: self.owners,
            sla_policy_id: self.sla_policy_id,
        };
        let rest = rest.read(&mut fields);
        fields.finish(service.zip(name).map(|(service, name)| (service, name, rest)))
    }
}

/// Add a category to a service
#[utoipa::path(
    post,
    path = "/v1/categories",
    params(("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")),
    request_body = AddCategoryRequest,
    responses(
        (
            status = 201,
            description = "The category",
            body = CategoryResponse,
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
pub(crate) async fn add_category(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Category>(&ports.store, Way::Adding).await? {
        let (service, name, rest) = keeping.request::<AddCategoryRequest>()?.parse()?;
        let people = ports.store.reader().people(rest.owners.as_deref().unwrap_or_default()).await?;
        let category = Category::named(scene.id.clone(), service, name);
        let decision = scene.catalog().add_category(scene.by.clone(), category, rest, &people);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Category, _>(CategoryResponse::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let request: AddCategoryRequest = serde_json::from_value(serde_json::json!({
            "name": "x".repeat(101),
            "form": [{ "name": "where" }],
            "selectable_by": { "kind": "groups" },
            "owners": ["usr_a", "grp_b", "usr_a"],
        }))
        .unwrap();
        let fields = request.parse().unwrap_err();
        let wrong: Vec<_> = fields.into_vec().into_iter().map(|error| (error.field, error.code)).collect();
        let expected = [
            ("service_id", "required"),
            ("name", "too_long"),
            ("form.0.label", "required"),
            ("selectable_by.groups", "required"),
            ("owners.1", "not_an_id"),
            ("owners.2", "repeated"),
        ];
        assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
