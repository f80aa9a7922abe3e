//! Edit me: people change their name and their language.

use axum::extract::State;
use axum::response::Response;
use domain::field::Fields;
use domain::person::{Locale, Person};
use domain::text::Name;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use store::commit::CommitError;
use utoipa::ToSchema;
use web::body::one_of;
use web::call::Call;
use web::command::versioned;
use web::problem::{Problem, ProblemBody};
use web::view::person::UserView;

use crate::Ports;
use crate::me::Me;

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditMeRequest {
    /// The name shown.
    name: Option<String>,
    /// `en`, `cs` or `zh`: the language of mails and pages.
    locale: Option<String>,
}

/// Change one's name or language. `If-Match` is required.
#[utoipa::path(
    patch,
    path = "/v1/users/me",
    tag = "identity",
    params(("if-match" = String, Header, description = "the ETag that was read")),
    request_body = EditMeRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "the caller as they are now", body = Me),
        (status = 412, description = "changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "If-Match is missing", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn edit_me(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let caller = call.caller(ports.store.reader()).await?;
    let person = caller.person()?;
    call.if_match().require(person.version)?;
    let (name, locale) = call.body.read::<EditMeRequest>()?.parse()?;
    let change = person.edit(caller.actor.author(ports.store.reader().now()), name, locale);
    match ports.store.commit(&change, None).await {
        Ok(()) => Ok(answer(&change.after)),
        // Whoever was faster has made at least the next version.
        Err(CommitError::Raced) => {
            Err(call.if_match().check(person.version + 1).err().unwrap_or_else(Problem::contended))
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(person: &Person) -> Response {
    versioned(StatusCode::OK, person.version, false, json!({ "user": UserView::from(person) }))
}

impl EditMeRequest {
    fn parse(self) -> Result<(Option<Name>, Option<Locale>), Fields> {
        let mut fields = Fields::new();
        let name = fields.optional("name", self.name.as_deref(), Name::parse);
        let locale = fields.optional("locale", self.locale.as_deref(), one_of);
        fields.finish(Some((name, locale)))
    }
}
