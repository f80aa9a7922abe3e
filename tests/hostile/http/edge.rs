//! HTTP without the bodies: methods, paths, queries, headers, and what the gateway hands on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request};
use queue::Deadline;
use runtime::Doors;
use serde_json::{Value, json};
use tests::{Answer, Desk, PASSWORD, Parcel, a_ticket};

use crate::given::{filled, own_tickets, refusal, routes};

/// The one origin from which browsers may call.
const ORIGIN: &str = "https://frontend.test";

#[tokio::test]
async fn h010_an_unsupported_method_is_405_with_allow() {
    let desk = Desk::open().await;
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in routes() {
        paths.entry(filled(&route.path, "x")).or_default().insert(route.method.to_lowercase());
    }
    let before = desk.table();
    for (path, methods) in &paths {
        let all = ["get", "post", "put", "patch", "delete", "trace"];
        for other in all.into_iter().filter(|method| !methods.contains(*method)) {
            let method = other.to_uppercase().parse().unwrap();
            let answer = refusal(desk.nobody().send(method, path, &[], None).await, 405);
            assert_eq!(listed(&answer, "allow"), *methods, "{other} {path}");
        }
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h011_a_parameter_that_stands_twice_is_400() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    for path in [
        "/v1/tickets?requester_id=me&requester_id=usr_rob".to_owned(),
        "/v1/tickets?requester_id=me&limit=1&limit=1".to_owned(),
        format!("/v1/tickets/{number}?include=comments&include=requester"),
        format!("/v1/tickets/{number}/comments?limit=1&limit=2"),
        format!("/v1/tickets/{number}/events?after=a&after=b"),
        "/v1/users/me?x&x".to_owned(),
        "/v1/services?x=1&x=2".to_owned(),
    ] {
        assert_eq!(refusal(rita.get(&path).await, 400).code(), "repeated_parameter", "{path}");
    }
    desk.close().await;
}

/// A request as the gateway hands it to a function.
fn handed_on(body: &str) -> String {
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/tickets",
        "rawPath": "/v1/tickets",
        "rawQueryString": "",
        "headers": { "content-type": "application/json", "host": "desk.test" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "desk.test",
            "domainPrefix": "desk",
            "http": {
                "method": "POST",
                "path": "/v1/tickets",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "browser",
            },
            "requestId": "request",
            "routeKey": "POST /v1/tickets",
            "stage": "$default",
            "time": "02/Mar/2026:09:00:00 +0000",
        },
        "body": body,
        "isBase64Encoded": true,
    })
    .to_string()
}

#[tokio::test]
async fn h013_a_body_that_says_it_is_base64_and_is_not_is_400() {
    let desk = Desk::open().await;
    let doors = Doors { http: Some(intake::router(intake::Ports { store: desk.desk.store() })), events: None };
    let deadline = Deadline::until("2026-03-02T09:00:25Z".parse().unwrap(), Arc::new(desk.clock.clone()));
    let before = desk.table();
    for (body, status) in [("%%%", 400), ("e30", 400), ("e30=e30=", 400), ("{\"subject\": 1}", 400), ("e30=", 401)] {
        let answer = doors.enter(&handed_on(body), "id", &deadline).await.unwrap();
        let answer: Value = serde_json::from_str(answer.get()).unwrap();
        assert_eq!(answer["statusCode"], status, "{body}: {answer}");
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(problem["request_id"], "id");
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h015_a_path_that_leads_nowhere_is_404() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    let before = desk.table();
    let long = "a".repeat(8192);
    for path in [
        "/v1/tickets/..%2fadmin",
        "/v1/tickets/%2e%2e/admin",
        "/v1/tickets/../users/me",
        "//v1/tickets",
        "/v1//tickets",
        "/v1/tickets/",
        "/v1/tickets;x",
        "/v1/tickets/%00",
        "/v1/tickets/%ff",
        "/v1/TICKETS",
        "/tickets",
        "/l/",
        "/../etc/passwd",
        &format!("/v1/tickets/{number};x"),
        &format!("/v1/tickets/{number}%00"),
        &format!("/v1/tickets/{number}/"),
        &format!("/v1/tickets/{long}"),
        &format!("/{long}"),
    ] {
        assert_eq!(refusal(rita.get(path).await, 404).code(), "not_found", "{path}");
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h016_forged_headers_change_neither_who_asks_nor_what_is_counted() {
    let desk = Desk::open().await;
    let (rita, nobody) = (desk.sign_in("rita").await, desk.nobody());
    let forged = [("x-user-id", "usr_ada"), ("x-remote-user", "ada"), ("x-forwarded-user", "ada@lambdesk.example")];
    let me = rita.send(Method::GET, "/v1/users/me", &forged, None).await.expect(200);
    assert_eq!(me.json["user"]["id"], "usr_rita");
    refusal(nobody.send(Method::GET, "/v1/users/me", &forged, None).await, 401);

    let wrong = json!({ "email": desk.email("rob"), "password": "wrong" });
    for guess in 0..10 {
        let from = format!("203.0.113.{guess}");
        let headers = [("x-forwarded-for", from.as_str()), ("cf-connecting-ip", from.as_str())];
        refusal(nobody.post_with("/v1/sessions", &headers, &wrong).await, 401);
    }
    let right = json!({ "email": desk.email("rob"), "password": PASSWORD });
    let headers = [("x-forwarded-for", "198.51.100.7"), ("cf-connecting-ip", "198.51.100.7")];
    let answer = refusal(nobody.post_with("/v1/sessions", &headers, &right).await, 429);
    assert!(answer.header("retry-after").is_some());
    desk.close().await;
}

#[tokio::test]
async fn h017_a_cursor_serves_its_person_and_its_query_alone() {
    let desk = Desk::open().await;
    let (rita, rob) = (desk.sign_in("rita").await, desk.sign_in("rob").await);
    let (first, _second) = (rita.opens_a_ticket().await, rita.opens_a_ticket().await);
    let list = "/v1/tickets?requester_id=me&limit=1";
    let page = rita.get(list).await.expect(200);
    let after = page.json["meta"]["after"].as_str().unwrap();
    let next = rita.get(&format!("{list}&after={after}")).await.expect(200);
    let shown = [&page, &next].map(|page| page.json["tickets"][0]["number"].as_str().unwrap().to_owned());
    let own: BTreeSet<_> = own_tickets(&rita).await.into_iter().collect();
    assert_eq!(BTreeSet::from(shown), own);

    refusal(rob.get(&format!("{list}&after={after}")).await, 400);
    for query in [
        format!("/v1/tickets?requester_id=me&limit=1&status=new&after={after}"),
        format!("/v1/tickets?requester_id=me&limit=2&after={after}"),
        format!("/v1/tickets?cc=me&limit=1&after={after}"),
        format!("/v1/tickets/{first}/comments?limit=1&after={after}"),
        format!("/v1/tickets/{first}/events?limit=1&after={after}"),
        format!("{list}&after={after}AAAA"),
        format!("{list}&after=A{after}"),
        format!("{list}&after={}", after.to_lowercase()),
        format!("{list}&after="),
        format!("{list}&after=1"),
        format!("{list}&after=%00"),
        format!("{list}&after={}", "A".repeat(4000)),
    ] {
        assert_eq!(refusal(rita.get(&query).await, 400).code(), "foreign_cursor", "{query}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h019_whoever_asks_for_html_gets_json() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let accept = [("accept", "text/html,application/xhtml+xml")];
    let me = rita.send(Method::GET, "/v1/users/me", &accept, None).await.expect(200);
    assert_eq!(me.header("content-type"), Some("application/json"));
    refusal(rita.send(Method::GET, "/v1/tickets/0000-0000", &accept, None).await, 404);
    refusal(rita.send(Method::GET, "/v1/nothing", &accept, None).await, 404);
    refusal(rita.send(Method::POST, "/v1/tickets", &accept, Some(&json!({}))).await, 422);
    let opened = rita.send(Method::POST, "/v1/tickets", &accept, Some(&a_ticket())).await.expect(201);
    assert_eq!(opened.header("content-type"), Some("application/json"));
    desk.close().await;
}

/// A header that is a list, in lower case.
fn listed(answer: &Answer, header: &str) -> BTreeSet<String> {
    let value = answer.header(header).unwrap_or_else(|| panic!("no {header}: {:?}", answer.headers));
    value.split(',').map(|name| name.trim().to_lowercase()).collect()
}

/// A browser's question whether it may send a request.
async fn preflight(desk: &Desk, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,content-type,if-match"),
    ];
    desk.nobody().send(Method::OPTIONS, "/v1/tickets/7K3Q-M9XV", &headers, None).await
}

#[tokio::test]
async fn h020_the_frontend_may_call_from_a_browser() {
    let desk = Desk::open().await;
    let answer = preflight(&desk, ORIGIN).await;
    assert!([200, 204].contains(&answer.status), "{}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let methods: BTreeSet<_> = routes().into_iter().map(|route| route.method.to_lowercase()).collect();
    assert_eq!(listed(&answer, "access-control-allow-methods"), methods);
    let headers = ["authorization", "content-type", "idempotency-key", "if-match"].map(str::to_owned);
    assert_eq!(listed(&answer, "access-control-allow-headers"), BTreeSet::from(headers));

    let rita = desk.sign_in("rita").await;
    let exposed = ["etag", "idempotency-replayed", "location", "retry-after", "x-request-id"].map(str::to_owned);
    for person in [rita, desk.nobody()] {
        let answer = person.send(Method::GET, "/v1/users/me", &[("origin", ORIGIN)], None).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(listed(&answer, "access-control-expose-headers"), BTreeSet::from(exposed.clone()));
    }
    desk.close().await;
}

/// An upload, and a browser's question whether it may send the file to its address.
async fn file_preflight(desk: &Desk, origin: &str) -> (Value, Answer) {
    let rita = desk.sign_in("rita").await;
    let file = Parcel::new("one", "a.txt", "text/plain", "On fire.");
    let upload = rita.reserve(&file).await.expect(201).json["upload"].clone();
    let names: Vec<_> = upload["headers"].as_object().unwrap().keys().map(String::as_str).collect();
    let request = Request::options(upload["url"].as_str().unwrap())
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", names.join(","));
    let (answer, _) = desk.at_the_bucket(request.body(Body::empty()).unwrap()).await;
    (upload, answer)
}

#[tokio::test]
async fn h020_the_frontend_may_send_files_from_a_browser() {
    let desk = Desk::open().await;
    let (upload, answer) = file_preflight(&desk, ORIGIN).await;
    assert!([200, 204].contains(&answer.status), "{}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(listed(&answer, "access-control-allow-methods"), BTreeSet::from(["get", "put"].map(str::to_owned)));
    let named: BTreeSet<_> = upload["headers"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(listed(&answer, "access-control-allow-headers"), named, "what must be sent along may be");
    desk.close().await;
}

#[tokio::test]
async fn h020_a_foreign_origin_may_send_no_files() {
    let desk = Desk::open().await;
    for origin in ["https://evil.test", "https://frontend.test.evil.test", "http://frontend.test", "null"] {
        let (_, answer) = file_preflight(&desk, origin).await;
        let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(cors, None, "{origin}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h020_a_foreign_origin_gets_no_cors_headers() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for origin in ["https://evil.test", "https://frontend.test.evil.test", "http://frontend.test", "null"] {
        let asked = preflight(&desk, origin).await;
        let called = rita.send(Method::GET, "/v1/users/me", &[("origin", origin)], None).await;
        for answer in [asked, called] {
            let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(cors, None, "{origin}");
        }
    }
    desk.close().await;
}
