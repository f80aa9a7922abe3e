//! Errors as clients see them (RFC 9457), and the half of them that clients never see.
//!
//! A [`Problem`] becomes an answer without a body; [`crate::edge`] writes the body, for only there the request id is
//! known. The cause inside has neither `Display` nor `Serialize`, so it cannot slip into an answer: it is logged once.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::field::{FieldError, Fields, Invalid};
use domain::status::{Status, Verb};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use store::StoreError;
use store::commit::CommitError;
use store::count::TooMany;
use utoipa::ToSchema;

/// What went wrong inside; for the log alone.
#[derive(Clone, Debug)]
struct Cause(Arc<dyn std::error::Error + Send + Sync>);

/// An error answer.
#[derive(Clone, Debug)]
pub struct Problem(Box<Particulars>);

/// What there is to say about an error.
#[derive(Clone, Debug)]
struct Particulars {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldError>,
    extra: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Cause>,
}

/// The body of an error answer, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Always `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// A sentence for people; may change.
    detail: String,
    /// This very answer: `urn:lambdesk:request:` and the request id.
    instance: String,
    /// Stable, for programs.
    code: &'static str,
    /// Every wrong field of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<WrongField>,
    /// The id under which this answer is logged.
    request_id: String,
    /// The status of the ticket, with a 409 of one of its verbs.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    extra: Map<String, Value>,
}

/// One wrong field of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrongField {
    /// Its path, such as `contact_method.value`.
    pub(crate) field: String,
    /// Stable, for programs.
    code: String,
    /// A sentence for people; may change.
    message: String,
}

impl Problem {
    /// An error with its status, stable code and sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let (fields, extra, headers) = (Vec::new(), Map::new(), Vec::new());
        Self(Box::new(Particulars { status, code, detail, fields, extra, headers, cause: None }))
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// 400: the request cannot be read.
    pub fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: nobody knows who is asking.
    #[must_use]
    pub fn unauthorized() -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in and send the access token.");
        problem.with_header(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// 403: this role may never do it.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this.")
    }

    /// 404: there is no such thing, or none that the caller may know of. Always the same.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here that you may see.")
    }

    /// 409: the state of the thing does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409: too many others changed the same thing at the same time.
    #[must_use]
    pub fn contended() -> Self {
        Self::conflict("contended", "Others kept changing this; read it again and retry.")
    }

    /// 409 with what a ticket's status allows.
    #[must_use]
    pub fn illegal(verb: Verb, from: Status, allowed: &[Verb]) -> Self {
        let detail = format!("A ticket that is {} cannot be changed by {}.", from.name(), verb.name());
        Self::conflict("illegal_status", detail).with_state(from, allowed)
    }

    /// The ticket's status and the verbs it allows, in the body.
    #[must_use]
    pub fn with_state(self, status: Status, allowed: &[Verb]) -> Self {
        let allowed: Vec<_> = allowed.iter().map(|verb| verb.name()).collect();
        self.with("ticket_status", status.name()).with("allowed_actions", allowed)
    }

    /// 429: too many guesses.
    #[must_use]
    pub fn too_many(limit: TooMany) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Wait before you try again.");
        problem.retry_after(limit.retry_after_seconds)
    }

    /// 503: something that the desk needs is out of reach.
    pub fn unavailable(detail: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(1).caused_by(cause)
    }

    /// 500: a mistake of ours.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        let detail = "Something is wrong on our side.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).caused_by(cause)
    }

    /// One more member of the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// One more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.0.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    fn retry_after(self, seconds: i64) -> Self {
        self.with_header(header::RETRY_AFTER, &seconds.to_string())
    }

    fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Cause(Arc::new(cause)));
        self
    }

    /// Writes the cause to the log, once. The lines of a request name it.
    pub(crate) fn log(&self) {
        if let Some(Cause(cause)) = &self.0.cause {
            let mut chain = cause.to_string();
            let mut source = cause.source();
            while let Some(deeper) = source {
                chain.push_str(": ");
                chain.push_str(&deeper.to_string());
                source = deeper.source();
            }
            tracing::error!(code = self.0.code, cause = chain, "request failed");
        }
    }

    /// The body, now that the request id is known.
    pub(crate) fn body(&self, request_id: &str) -> ProblemBody {
        let errors = self.0.fields.iter().map(|field| WrongField {
            field: field.field.clone(),
            code: field.code.to_owned(),
            message: field.message.clone(),
        });
        ProblemBody {
            kind: "about:blank",
            title: self.0.status.canonical_reason().unwrap_or_default().to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            instance: format!("urn:lambdesk:request:{request_id}"),
            code: self.0.code,
            errors: errors.collect(),
            request_id: request_id.to_owned(),
            extra: self.0.extra.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Fields> for Problem {
    fn from(fields: Fields) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields are not valid.");
        problem.0.fields = fields.into_vec();
        problem
    }
}

impl Problem {
    /// 422 for one field.
    #[must_use]
    pub fn invalid(field: &str, code: &'static str, message: &str) -> Self {
        Fields::one(field, Invalid::new(code, message)).into()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::TooLarge(what) = error {
            return Self::conflict("full", format!("There is no room for more: {what} is as large as it can be."));
        }
        if error.is_retryable() {
            Self::unavailable("The desk cannot reach its table right now; try again.", error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Raced => Self::contended(),
            CommitError::Taken => Self::conflict("taken", "That address or number belongs to somebody already."),
            CommitError::Done => Self::conflict("in_progress", "A command with this key was just done; retry."),
            CommitError::Store(error) => error.into(),
        }
    }
}
