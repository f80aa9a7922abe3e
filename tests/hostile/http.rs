//! HTTP and JSON: what cannot be read is refused, and nothing is written.

mod edge;

use axum::body::Body;
use http::Request;
use serde_json::json;
use tests::{Answer, Desk, Person, a_ticket};

use crate::given::{etag, refusal};

const JSON: Option<&str> = Some("application/json");

/// Sends a body as it is.
async fn sent(person: &Person, path: &str, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> Answer {
    let body: Vec<u8> = body.into();
    let mut request = Request::post(path);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    person.raw(request.body(Body::from(body)).unwrap()).await
}

/// Tries bodies where a ticket would be opened: each is refused with this status, and nothing is written.
async fn all_refused(status: u16, bodies: impl IntoIterator<Item = impl Into<Vec<u8>>>) {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    for body in bodies {
        refusal(sent(&rita, "/v1/tickets", JSON, body).await, status);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h001_a_body_that_is_no_json_is_400() {
    let cut_off = r#"{"subject": "No netw"#;
    all_refused(400, [cut_off, "subject=x", "{} {}", "{,}", "{'subject': 1}", r#"{"subject": "x",}"#, "<a/>"]).await;
}

#[tokio::test]
async fn h002_a_body_that_does_not_say_that_it_is_json_is_415() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    let others =
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "application/jsonp"];
    for content_type in [None].into_iter().chain(others.map(Some)) {
        refusal(sent(&rita, "/v1/tickets", content_type, a_ticket().to_string()).await, 415);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h003_unknown_fields_are_422_and_all_named() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    let mut body = a_ticket();
    for field in ["role", "is_admin", "version", "requester_id", "number"] {
        body[field] = json!("1");
    }
    let mut fields = refusal(rita.post("/v1/tickets", &body).await, 422).fields();
    fields.sort();
    assert_eq!(fields, ["is_admin", "number", "requester_id", "role", "version"]);

    let mut body = a_ticket();
    body["contact_method"] = json!({ "kind": "email", "value": desk.email("rita"), "role": "admin" });
    assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["contact_method.role"]);

    let body = json!({ "email": desk.email("rita"), "password": "x", "role": "admin" });
    assert_eq!(refusal(desk.nobody().post("/v1/sessions", &body).await, 422).fields(), ["role"]);
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h004_a_key_that_stands_twice_is_400() {
    let top = r#"{"subject": "x", "description": "y", "subject": "z"}"#;
    let nested = r#"{"contact_method": {"kind": "email", "value": "a@b.example", "kind": "phone"}}"#;
    let escaped = r#"{"subject": "x", "\u0073ubject": "y"}"#;
    all_refused(400, [top, nested, escaped]).await;
}

#[tokio::test]
async fn h005_a_deep_body_is_400_before_it_is_parsed() {
    let arrays = "[".repeat(100_000);
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let behind_a_field = format!(r#"{{"subject": "x", "answers": {}"#, r#"{"a":"#.repeat(10_000));
    all_refused(400, [arrays, objects, behind_a_field]).await;
}

#[tokio::test]
async fn h007_numbers_that_are_none_or_do_not_fit_are_refused() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    leo.does("resolve", &number, &json!({ "solution": "Done." })).await.expect(200);
    let before = desk.table();
    let not_json = ["1e400", "NaN", "Infinity", "01", "+1", "0x1"].map(|score| (400, score));
    let unfit = ["9223372036854775808", "-9223372036854775808", "-0", "-1", "0", "6", "256", "1.5", "1e0", "\"1\""];
    for (status, score) in not_json.into_iter().chain(unfit.map(|score| (422, score))) {
        let body = format!(r#"{{"satisfaction": {score}}}"#);
        refusal(sent(&rita, &format!("/v1/tickets/{number}/confirm"), JSON, body).await, status);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h008_a_body_that_is_no_utf_8_is_400() {
    let invalid = b"{\"subject\": \"\xff\"}".to_vec();
    let overlong = b"{\"subject\": \"\xc0\xaf\"}".to_vec();
    let surrogate = b"{\"subject\": \"\xed\xa0\x80\"}".to_vec();
    let escaped_surrogate = br#"{"subject": "\ud800"}"#.to_vec();
    let marked = b"\xef\xbb\xbf{}".to_vec();
    all_refused(400, [invalid, overlong, surrogate, escaped_surrogate, marked]).await;
}

#[tokio::test]
async fn h009_control_characters_in_texts_and_names_are_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let version = etag(&rita.get("/v1/users/me").await);
    let before = desk.table();
    for control in ['\0', '\u{1}', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}'] {
        let text = format!("a{control}b");
        for field in ["subject", "description", "site", "device", "serial_number"] {
            let mut body = a_ticket();
            body[field] = json!(text);
            assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), [field]);
        }
        let renamed = rita.patch("/v1/users/me", &version, &json!({ "name": text })).await;
        assert_eq!(refusal(renamed, 422).fields(), ["name"]);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h014_an_encoded_body_is_415_and_never_unpacked() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    for encoding in ["gzip", "br", "deflate", "identity, gzip"] {
        let headers = [("content-encoding", encoding)];
        refusal(rita.post_with("/v1/tickets", &headers, &a_ticket()).await, 415);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}
