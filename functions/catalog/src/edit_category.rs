//! Changes a category.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::keeping::{CategoryEdit, MOST_OWNERS};
use domain::catalog::reading::{distinct, or_none};
use domain::catalog::{Category, SelectableBy};
use domain::field::Fields;
use domain::id::{PersonId, PolicyId};
use domain::text::{Body, Name};
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::form::{QuestionRequest, SelectableByRequest, read_form};
use crate::keep::{Keeping, Way};
use crate::view::CategoryResponse;

/// What to change of a category; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditCategoryRequest {
    /// The name shown, different from those of the service's other categories.
    pub(crate) name: Option<String>,
    /// What belongs into it, shown where it is chosen.
    pub(crate) description: Option<String>,
    /// What is asked in addition, as a whole; at most 50 questions.
    pub(crate) form: Option<Vec<QuestionRequest>>,
    /// Who may choose it.
    pub(crate) selectable_by: Option<SelectableByRequest>,
    /// Its own default agents, at most 20; an empty list leaves it to those of the service.
    pub(crate) owners: Option<Vec<String>>,
    /// What is promised of its tickets; `none` leaves that to the service.
    pub(crate) sla_policy_id: Option<String>,
}

impl EditCategoryRequest {
    /// What it says; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> CategoryEdit {
        let (selectable_by, owners) = (self.selectable_by.as_ref(), self.owners.as_deref());
        CategoryEdit {
            name: fields.optional("name", self.name.as_deref(), Name::parse),
            description: fields.optional("description", self.description.as_deref(), Body::parse),
            form: self.form.as_deref().map(|form| read_form(form, fields)),
            selectable_by: selectable_by
                .and_then(|by| SelectableBy::parse(fields, by.kind.as_deref(), by.groups.as_deref())),
            owners: owners.map(|given| distinct(fields, "owners", given, MOST_OWNERS, PersonId::parse)),
            policy: fields.optional("sla_policy_id", self.sla_policy_id.as_deref(), |id| or_none(id, PolicyId::parse)),
        }
    }

    fn parse(&self) -> Result<CategoryEdit, Fields> {
        let mut fields = Fields::new();
        let edit = self.read(&mut fields);
        fields.finish(Some(edit))
    }
}

/// Change a category
#[utoipa::path(
    patch,
    path = "/v1/categories/{id}",
    params(
        ("id" = String, Path, description = "The category"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    request_body = EditCategoryRequest,
    responses(
        (
            status = 200,
            description = "The category as it is now",
            body = CategoryResponse,
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
pub(crate) async fn edit_category(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<Category>(&ports.store, Way::Changing).await? {
        let edit = keeping.request::<EditCategoryRequest>()?.parse()?;
        let people = ports.store.reader().people(edit.owners.as_deref().unwrap_or_default()).await?;
        let decision = scene.catalog().edit_category(scene.by.clone(), &scene.id, edit, &people);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<Category, _>(CategoryResponse::new)
}
