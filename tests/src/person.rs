//! Somebody in front of the desk, and what they are answered.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::a_ticket;

/// Somebody in front of the desk.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who answers.
    pub(crate) router: Router,
    /// Their access token, if they have signed in.
    pub(crate) token: Option<String>,
    /// Their id; empty for nobody.
    pub id: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, if it is JSON.
    pub json: Value,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// This answer, once it has the status that the story expects.
    #[track_caller]
    #[expect(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "often only the status matters")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The stable code of a problem.
    #[must_use]
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The fields that a problem names.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}

impl Person {
    /// The same person, with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The access token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// Does.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// Does, with headers.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send(Method::POST, path, headers, Some(body)).await
    }

    /// Changes what has this version.
    pub async fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", etag)], Some(body)).await
    }

    /// Sends the form of a page, as a browser writes it.
    pub async fn fill_in(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.raw(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends any request with a JSON body.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.raw(request.body(body).unwrap()).await
    }

    /// Sends a request as it is, signed with the token.
    pub async fn raw(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = &self.token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        received(self.router.clone().oneshot(request).await.unwrap()).await.0
    }

    /// Opens a ticket about the network; answers its number.
    pub async fn opens_a_ticket(&self) -> String {
        let answer = self.post("/v1/tickets", &a_ticket()).await;
        assert_eq!(answer.status, StatusCode::CREATED.as_u16(), "{}", answer.text);
        answer.json["ticket"]["number"].as_str().unwrap().to_owned()
    }

    /// The ticket page.
    pub async fn ticket(&self, number: &str) -> Value {
        self.get(&format!("/v1/tickets/{number}")).await.expect(200).json["ticket"].clone()
    }

    /// Uses a verb on a ticket.
    pub async fn does(&self, verb: &str, number: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/tickets/{number}/{verb}"), body).await
    }
}

/// What a response says, and the bytes of its body.
pub(crate) async fn received(response: Response<Body>) -> (Answer, Vec<u8>) {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let json = serde_json::from_str(&text).unwrap_or_default();
    (Answer { status: parts.status.as_u16(), headers: parts.headers, json, text }, bytes.to_vec())
}
