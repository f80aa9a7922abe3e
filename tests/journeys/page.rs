//! A page on an allowed origin can do the whole walk with `fetch`: every preflight is granted, every answer may be read.

use http::{Method, Request};
use serde_json::{Value, json};
use tests::{Answer, Desk, Person};

const ORIGIN: &str = "https://frontend.test";

/// A browser's page: before each request it asks whether it may send it.
struct Page<'a> {
    desk: &'a Desk,
    person: Person,
}

impl Page<'_> {
    async fn fetch(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let names: Vec<_> =
            ["authorization", "content-type"].into_iter().chain(headers.iter().map(|(name, _)| *name)).collect();
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", method.as_str())
            .header("access-control-request-headers", names.join(","))
            .body(axum::body::Body::empty())
            .unwrap();
        let granted = self.desk.nobody().raw(preflight).await.expect(200);
        assert_eq!(granted.header("access-control-allow-origin"), Some(ORIGIN));
        let methods = granted.header("access-control-allow-methods").unwrap_or_default().to_owned();
        assert!(methods.contains(method.as_str()), "{method} is not among {methods}");
        let allowed = granted.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
        assert!(names.iter().all(|name| allowed.contains(name)), "{names:?} are not among {allowed}");
        let sent: Vec<_> = headers.iter().copied().chain([("origin", ORIGIN)]).collect();
        let answer = self.person.send(method, path, &sent, Some(body).filter(|body| !body.is_null())).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{path} may not be read");
        answer
    }

    /// A header of an answer, if a script may read it.
    fn read<'a>(answer: &'a Answer, name: &str) -> &'a str {
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
        assert!(exposed.contains(name), "{name} is not exposed: {exposed}");
        answer.header(name).unwrap()
    }
}

#[tokio::test]
async fn a_page_on_an_allowed_origin_can_do_the_whole_walk() {
    let desk = Desk::open().await;
    let nobody = Page { desk: &desk, person: desk.nobody() };
    let credentials = json!({ "email": desk.email("rita"), "password": tests::PASSWORD });
    nobody.fetch(Method::POST, "/v1/sessions", &[], &credentials).await.expect(201);
    let rita = Page { desk: &desk, person: desk.sign_in("rita").await };
    let leo = Page { desk: &desk, person: desk.sign_in("leo").await };
    rita.fetch(Method::GET, "/v1/services", &[], &Value::Null).await.expect(200);
    let key = [("idempotency-key", "from-the-page")];
    let opened = rita.fetch(Method::POST, "/v1/tickets", &key, &tests::a_ticket()).await.expect(201);
    let path = Page::read(&opened, "location").to_owned();
    let etag = Page::read(&opened, "etag").to_owned();
    let again = rita.fetch(Method::POST, "/v1/tickets", &key, &tests::a_ticket()).await.expect(201);
    assert_eq!(Page::read(&again, "idempotency-replayed"), "true");
    let changed = json!({ "urgency": "high" });
    rita.fetch(Method::PATCH, &path, &[("if-match", &etag)], &changed).await.expect(200);
    leo.fetch(Method::POST, &format!("{path}/claim"), &[], &json!({})).await.expect(200);
    leo.fetch(Method::POST, &format!("{path}/comments"), &[], &json!({ "body": "Which?" })).await.expect(201);
    leo.fetch(Method::POST, &format!("{path}/resolve"), &[], &json!({ "solution": "So." })).await.expect(200);
    rita.fetch(Method::POST, &format!("{path}/confirm"), &[], &json!({ "satisfaction": 4 })).await.expect(200);
    let refused =
        rita.fetch(Method::POST, &format!("{path}/comments"), &[], &json!({ "body": "And" })).await.expect(409);
    Page::read(&refused, "x-request-id");
    rita.fetch(Method::GET, &format!("{path}/events"), &[], &Value::Null).await.expect(200);
    leo.fetch(Method::DELETE, "/v1/sessions/current", &[], &Value::Null).await.expect(204);
    desk.close().await;
}
