//! Signing in, refreshing, signing out: tokens stop counting at once.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, PASSWORD};

async fn tokens(desk: &Desk) -> (String, String) {
    let credentials = json!({ "email": desk.email("rita"), "password": PASSWORD });
    pair(&desk.nobody().post("/v1/sessions", &credentials).await.expect(201).json)
}

fn pair(answer: &Value) -> (String, String) {
    let token = |name: &str| answer["session"][name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

#[tokio::test]
async fn h191_signing_out_ends_both_tokens_at_once() {
    let desk = Desk::open().await;
    let (access, refresh) = tokens(&desk).await;
    let rita = desk.nobody().with_token(&access);
    rita.get("/v1/users/me").await.expect(200);
    rita.send(http::Method::DELETE, "/v1/sessions/current", &[], None).await.expect(204);
    rita.get("/v1/users/me").await.expect(401);
    desk.nobody().post("/v1/sessions/refresh", &json!({ "refresh_token": refresh })).await.expect(401);
    desk.close().await;
}

#[tokio::test]
async fn h190_a_refresh_token_counts_once_and_used_again_later_it_ends_the_sign_in() {
    let desk = Desk::open().await;
    let (_, refresh) = tokens(&desk).await;
    let body = json!({ "refresh_token": refresh });
    let first = pair(&desk.nobody().post("/v1/sessions/refresh", &body).await.expect(201).json);
    // Two tabs of a browser ask at once: both get the same pair.
    let second = pair(&desk.nobody().post("/v1/sessions/refresh", &body).await.expect(201).json);
    assert_eq!(first, second);
    let rita = desk.nobody().with_token(&first.0);
    rita.get("/v1/users/me").await.expect(200);
    desk.advance(SignedDuration::from_secs(11));
    desk.nobody().post("/v1/sessions/refresh", &body).await.expect(401);
    rita.get("/v1/users/me").await.expect(401);
    desk.close().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_told_of_only_to_somebody_signed_in() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    let stranger = rita.with_token(&format!("lds_usr_rita.{}", "A".repeat(43)));
    for path in ["/v1/tickets".to_owned(), format!("/v1/tickets/{number}/cancel"), "/v1/groups".to_owned()] {
        let bad = [("idempotency-key", "two words")];
        assert_eq!(rita.post_with(&path, &bad, &json!({})).await.expect(400).code(), "bad_idempotency_key");
        stranger.post_with(&path, &bad, &json!({})).await.expect(401);
    }
    desk.close().await;
}

#[tokio::test]
async fn an_access_token_counts_for_an_hour() {
    let desk = Desk::open().await;
    let (access, _) = tokens(&desk).await;
    let rita = desk.nobody().with_token(&access);
    desk.advance(SignedDuration::from_mins(59));
    rita.get("/v1/users/me").await.expect(200);
    desk.advance(SignedDuration::from_mins(1));
    rita.get("/v1/users/me").await.expect(401);
    desk.close().await;
}

#[tokio::test]
async fn h184_of_many_wrong_passwords_at_once_only_ten_are_looked_at() {
    let desk = Desk::open().await;
    let wrong = json!({ "email": desk.email("rita"), "password": "no" });
    let nobody = desk.nobody();
    let answers = futures_util::future::join_all((0..15).map(|_| nobody.post("/v1/sessions", &wrong))).await;
    let refused = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(refused, 10);
    assert!(answers.iter().all(|answer| answer.status == 401 || answer.header("retry-after").is_some()));
    desk.close().await;
}

#[tokio::test]
async fn people_change_their_own_name_and_language() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let me = rita.get("/v1/users/me").await.expect(200);
    let etag = me.header("etag").unwrap().to_owned();
    let change = json!({ "name": "Rita R.", "locale": "cs" });
    assert_eq!(rita.send(http::Method::PATCH, "/v1/users/me", &[], Some(&change)).await.status, 428);
    let changed = rita.patch("/v1/users/me", &etag, &change).await.expect(200);
    assert_eq!((&changed.json["user"]["name"], &changed.json["user"]["locale"]), (&json!("Rita R."), &json!("cs")));
    assert_eq!(rita.patch("/v1/users/me", &etag, &change).await.status, 412);
    desk.close().await;
}
