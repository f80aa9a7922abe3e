//! Sign in: an address and a password become a pair of tokens.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::contact::EmailAddress;
use domain::field::{Fields, Invalid};
use domain::person::Person;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::count::Guess;
use store::session::{ACCESS_LIFETIME, Pair};
use utoipa::ToSchema;
use web::call::Call;
use web::password::{MOST_BYTES, is_right};
use web::problem::{Problem, ProblemBody};
use web::view::person::UserView;

use crate::Ports;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignInRequest {
    /// The mail address of the account.
    #[schema(required = true, nullable = false)]
    email: Option<String>,
    /// Its password.
    #[schema(required = true, nullable = false)]
    password: Option<String>,
}

/// A sign-in, and who it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// The tokens.
    session: SessionView,
    /// Who it is.
    user: UserView,
}

/// The tokens of a sign-in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Seconds until it stops counting.
    expires_in: i64,
    /// For the next pair, once; thirty days.
    refresh_token: String,
}

impl From<&Pair> for SessionView {
    fn from(pair: &Pair) -> Self {
        Self {
            access_token: pair.access.expose(),
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh_token: pair.refresh.expose(),
        }
    }
}

/// Sign in. An unknown address and a wrong password get the same answer.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    tag = "identity",
    request_body = SignInRequest,
    responses(
        (status = 201, description = "the tokens", body = SignedIn),
        (status = 401, description = "not this address with this password", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "too many wrong passwords", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_in(State(ports): State<Ports>, call: Call) -> Result<Response, Problem> {
    let (email, password) = call.body.read::<SignInRequest>()?.parse()?;
    let reader = ports.store.reader();
    let who = counted(&email);
    if let Some(limit) = reader.count_guess(Guess::Password, &who).await? {
        return Err(Problem::too_many(limit));
    }
    let person = reader.person_by_email(&email).await?.filter(|person| person.active);
    if !is_right(&password, person.as_ref().and_then(|person| person.password.as_ref())) {
        return Err(wrong());
    }
    let person = person.ok_or_else(wrong)?;
    reader.forgive_guess(Guess::Password, &who).await?;
    let pair = ports.store.open_session(&person).await?;
    Ok(signed_in(StatusCode::CREATED, &pair, &person))
}

/// The answer to every sign-in that counts.
pub(crate) fn signed_in(status: StatusCode, pair: &Pair, person: &Person) -> Response {
    (status, Json(SignedIn { session: pair.into(), user: person.into() })).into_response()
}

/// The name under which guesses at an account are counted: the address itself is personal data.
pub(crate) fn counted(email: &EmailAddress) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(email.key()))
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "This address and this password do not go together.")
}

impl SignInRequest {
    fn parse(self) -> Result<(EmailAddress, String), Fields> {
        let mut fields = Fields::new();
        let email = fields.required("email", self.email.as_deref(), EmailAddress::parse);
        let password = fields.required("password", self.password.as_deref(), |password| match password.len() {
            0 => Err(Invalid::new("blank", "must not be blank")),
            1..=MOST_BYTES => Ok(password.to_owned()),
            _ => Err(Invalid::new("too_long", format!("must have at most {MOST_BYTES} bytes"))),
        });
        fields.finish(email.zip(password))
    }
}
