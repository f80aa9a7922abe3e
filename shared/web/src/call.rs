//! A call: who is asking, for what, under which conditions. Read from the request, judged later.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use domain::access::Actor;
use domain::catalog::Catalog;
use domain::id::UploadId;
use domain::number::TicketNumber;
use domain::person::Person;
use http::{HeaderMap, StatusCode, header};
use store::Reader;
use store::arrival::{Arrival, Visit};
use store::receipt::Stub;
use store::session::Token;

use crate::body::RawBody;
use crate::problem::Problem;
use crate::query::Params;

/// A request as the desk reads it. Neither its path, which may be a link, nor its token or anything else that was sent is
/// shown (H232).
#[derive(Clone)]
pub struct Call {
    /// The body.
    pub body: RawBody,
    /// The query string; wrong ones are told in their turn.
    params: Result<Params, Problem>,
    path: Vec<(String, String)>,
    operation: String,
    headers: HeaderMap,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.operation.split(' ').next().unwrap_or_default();
        f.debug_struct("Call").field("method", &method).finish_non_exhaustive()
    }
}

/// What a call is about, so that it is read together with who is asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// A ticket.
    pub ticket: Option<&'a TicketNumber>,
    /// A file.
    pub upload: Option<&'a UploadId>,
    /// A command that may have been done before.
    pub stub: Option<&'a Stub>,
}

/// Somebody who signed in, and the catalog in force.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The catalog.
    pub catalog: Arc<Catalog>,
}

impl Caller {
    /// The person.
    ///
    /// # Errors
    /// 401 for anyone else.
    pub fn person(&self) -> Result<&Person, Problem> {
        self.actor.person().ok_or_else(Problem::unauthorized)
    }
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let path = RawPathParams::from_request_parts(&mut parts, state).await.map_err(|_bad| Problem::not_found())?;
        let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let params = Params::from_request_parts(&mut parts, state).await;
        let operation = format!("{} {}", parts.method, parts.uri.path());
        let headers = parts.headers.clone();
        let body = RawBody::take(Request::from_parts(parts, body)).await;
        Ok(Self { body, params, path, operation, headers })
    }
}

impl Call {
    /// The bearer's token.
    ///
    /// # Errors
    /// 401 without one.
    pub fn token(&self) -> Result<Token, Problem> {
        let value = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).and_then(Token::parse);
        token.ok_or_else(Problem::unauthorized)
    }

    /// Who is asking, with the catalog in force: for everything that is not about one ticket.
    ///
    /// # Errors
    /// 401, then 400, 413 and 415.
    pub async fn caller(&self, reader: &Reader) -> Result<Caller, Problem> {
        let (caller, _) = self.arrive(reader, About::default()).await?;
        Ok(caller)
    }

    /// Who is asking, and what the table says about it.
    ///
    /// # Errors
    /// 401, then 400, 413 and 415.
    pub async fn arrive(&self, reader: &Reader, about: About<'_>) -> Result<(Caller, Arrival), Problem> {
        let token = self.token()?;
        let About { ticket, upload, stub } = about;
        let mut arrival = reader.arrive(Visit { token: &token, ticket, upload, stub }).await?;
        let person = arrival.person.take().ok_or_else(Problem::unauthorized)?;
        self.body.check()?;
        self.params.clone()?;
        let caller = Caller { actor: Actor::Person(Box::new(person)), catalog: Arc::clone(&arrival.catalog) };
        Ok((caller, arrival))
    }

    /// The query string.
    ///
    /// # Errors
    /// 400 for a parameter that stands twice.
    pub fn params(&self) -> Result<&Params, Problem> {
        self.params.as_ref().map_err(Clone::clone)
    }

    /// A part of the path, read by `parse`; what cannot be read is not there.
    ///
    /// # Errors
    /// 404.
    pub fn path<T, E>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Problem> {
        let value = self.path.iter().find(|(own, _)| own == name);
        value.and_then(|(_, value)| parse(value).ok()).ok_or_else(Problem::not_found)
    }

    /// The ticket in the path; `None` for what is not a number, which is like a number that does not exist.
    #[must_use]
    pub fn number(&self) -> Option<TicketNumber> {
        self.path("number", TicketNumber::parse).ok()
    }

    /// The path of the request, without its query.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// What identifies this command if it is sent again; `None` without an idempotency key, and for anything but `POST`.
    ///
    /// # Errors
    /// 401 without a token; 400 for a key that is not 1 to 200 visible characters.
    pub fn stub(&self) -> Result<Option<Stub>, Problem> {
        let token = self.token()?;
        let Some(value) = self.headers.get("idempotency-key").filter(|_| self.operation.starts_with("POST ")) else {
            return Ok(None);
        };
        let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
        let key = key.filter(|key| key.bytes().all(|b| b.is_ascii_graphic())).ok_or_else(|| {
            Problem::malformed("bad_idempotency_key", "Idempotency-Key must be 1 to 200 visible characters.")
        })?;
        let principal = token.person().clone();
        let operation = self.operation.clone();
        Ok(Some(Stub { principal, operation, key: key.to_owned(), body_hash: self.body.hash() }))
    }

    /// The versions the client says it knows.
    #[must_use]
    pub fn if_match(&self) -> IfMatch {
        match self.headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().trim()) {
            None => IfMatch::Absent,
            Some("*") => IfMatch::Any,
            Some(tags) => IfMatch::Tags(tags.split(',').map(|tag| tag.trim().to_owned()).collect()),
        }
    }
}

/// The condition of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// None.
    Absent,
    /// `*`.
    Any,
    /// Some versions, as they were sent; a weak one matches nothing.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Whether this version is meant; without a condition every version is.
    ///
    /// # Errors
    /// 412 with the `ETag` in force.
    pub fn check(&self, version: u64) -> Result<(), Problem> {
        let current = etag(version);
        match self {
            Self::Absent | Self::Any => Ok(()),
            Self::Tags(tags) if tags.contains(&current) => Ok(()),
            Self::Tags(_) => {
                let detail = "It has changed since you read it; read it again.";
                let problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail);
                Err(problem.with("etag", current.clone()).with_header(header::ETAG, &current))
            }
        }
    }

    /// As [`IfMatch::check`], where a condition must be sent.
    ///
    /// # Errors
    /// 428 without one, 412 for another version.
    pub fn require(&self, version: u64) -> Result<(), Problem> {
        match self {
            Self::Tags(_) => self.check(version),
            Self::Absent | Self::Any => {
                let detail = "Send If-Match with the ETag you read.";
                Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", detail))
            }
        }
    }
}

/// A version as an `ETag`.
#[must_use]
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn h232_of_a_call_only_its_method_is_shown() {
        let call = Call {
            body: RawBody::take(Request::new(Body::from(r#"{"password": "canary"}"#))).await,
            params: Params::parse("token=canary"),
            path: vec![("token".to_owned(), "canary".to_owned())],
            operation: "POST /v1/password_resets/canary".to_owned(),
            headers: HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Bearer canary"))]),
        };
        assert_eq!(format!("{call:?}"), r#"Call { method: "POST", .. }"#);
    }
}
