//! Passwords: who has forgotten one gets a link by mail; nobody learns anything by asking for one.

use axum::body::Body;
use futures_util::future::join_all;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Desk, PASSWORD, Person};

use crate::given::{link, newest_link, refusal, told};

const CHOSEN: &str = "correct horse battery";

/// The same as a browser writes it.
const FORM: &str = "password=correct+horse+battery";

/// Asks for a mail with a link.
async fn asked(desk: &Desk, address: &str) -> Answer {
    desk.nobody().post("/v1/password_resets", &json!({ "email": address })).await
}

/// Where a password of Rita's can be set.
async fn door(desk: &Desk) -> String {
    // What was asked for before a password was set does not count any more.
    desk.advance(SignedDuration::from_secs(1));
    format!("/v1/password_resets/{}", desk.reset_token(&desk.email("rita")).await)
}

async fn signs_in(desk: &Desk, password: &str) -> u16 {
    let body = json!({ "email": desk.email("rita"), "password": password });
    desk.nobody().post("/v1/sessions", &body).await.status
}

#[tokio::test]
async fn h179_a_token_that_is_none_of_ours_sets_no_password() {
    let desk = Desk::open().await;
    let (rita, nobody) = (desk.sign_in("rita").await, desk.nobody());
    rita.opens_a_ticket().await;
    let ticket = newest_link(&desk, "rita").await.replace("/l/", "");
    let token = desk.reset_token(&desk.email("rita")).await;
    let (cut_off, _) = token.split_at(token.len() - 2);
    let (turned, longer, blank) = (format!("{cut_off}__"), format!("{token}AAAA"), "A".repeat(74));
    let body = json!({ "password": CHOSEN });
    let problem = told(refusal(nobody.post("/v1/password_resets/x", &body).await, 404));
    let page = told(nobody.fill_in("/l/x", FORM).await.expect(404));
    let before = desk.table();
    for other in ["%20", "%00", "%ff", "!!!!", "rst_1", &ticket, cut_off, &turned, &longer, &blank] {
        assert_eq!(told(nobody.post(&format!("/v1/password_resets/{other}"), &body).await), problem, "{other}");
        assert_eq!(told(nobody.fill_in(&format!("/l/{other}"), FORM).await), page, "{other}");
    }
    refusal(nobody.post("/v1/password_resets/", &body).await, 404);
    assert_eq!(desk.table(), before);

    desk.advance(SignedDuration::from_hours(1));
    assert_eq!(told(nobody.post(&format!("/v1/password_resets/{token}"), &body).await), problem, "expired");
    assert_eq!(told(nobody.fill_in(&format!("/l/{token}"), FORM).await), page, "expired");
    assert_eq!(signs_in(&desk, PASSWORD).await, 201);
    desk.close().await;
}

#[tokio::test]
async fn h179_a_link_counts_once_however_many_use_it_at_the_same_time() {
    let desk = Desk::open().await;
    let (path, nobody) = (door(&desk).await, desk.nobody());
    let passwords: Vec<_> = (0..5).map(|n| format!("password number {n}")).collect();
    let bodies: Vec<_> = passwords.iter().map(|password| json!({ "password": password })).collect();
    let answers = join_all(bodies.iter().map(|body| nobody.post(&path, body))).await;
    let won: Vec<_> = answers.iter().map(|answer| answer.status == 204).collect();
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    for (answer, password) in answers.into_iter().zip(&passwords) {
        let (status, signs) = if answer.status == 204 { (204, 201) } else { (404, 401) };
        answer.expect(status);
        assert_eq!(signs_in(&desk, password).await, signs, "{password}");
    }
    refusal(nobody.post(&path, &bodies[0]).await, 404);
    desk.close().await;
}

#[tokio::test]
async fn h179_the_links_of_earlier_mails_end_with_the_one_that_is_used() {
    let desk = Desk::open().await;
    let (first, second) = (door(&desk).await, door(&desk).await);
    let body = json!({ "password": CHOSEN });
    desk.advance(SignedDuration::from_secs(1));
    desk.nobody().post(&second, &body).await.expect(204);
    refusal(desk.nobody().post(&first, &body).await, 404);
    desk.nobody().post(&door(&desk).await, &body).await.expect(204);
    desk.close().await;
}

#[tokio::test]
async fn h179_the_links_of_earlier_mails_end_with_the_one_that_makes_the_first_admin() {
    let admin = "ada@lambdesk.example";
    let desk = Desk::without_people(admin).await;
    let doors = [desk.reset_token(admin).await, desk.reset_token(admin).await];
    let [first, second] = doors.map(|token| format!("/v1/password_resets/{token}"));
    let body = json!({ "password": CHOSEN });
    desk.advance(SignedDuration::from_secs(1));
    desk.nobody().post(&second, &body).await.expect(204);
    refusal(desk.nobody().post(&first, &json!({ "password": "another password" })).await, 404);
    desk.sign_in_with(admin, CHOSEN).await;
    desk.close().await;
}

#[tokio::test]
async fn h181_asking_for_a_password_tells_nobody_which_addresses_are_known() {
    let desk = Desk::open().await;
    let mut answers = Vec::new();
    for address in [desk.email("rita"), "nobody@acme.example".to_owned()] {
        desk.desk.table.meter.start();
        let answer = asked(&desk, &address).await.expect(202);
        let units = desk.desk.table.meter.stop();
        assert_eq!(answer.text, "");
        answers.push((told(answer), units));
    }
    assert_eq!(answers[0], answers[1], "the same answer after the same work");
    desk.settle().await;
    assert_eq!(desk.outbox().len(), 1);
    assert_eq!(desk.mail_to("rita").len(), 1);
    for email in [json!("rita"), json!(""), json!(null), json!(["rita@acme.example"])] {
        refusal(desk.nobody().post("/v1/password_resets", &json!({ "email": email })).await, 422);
    }
    desk.close().await;
}

#[tokio::test]
async fn h185_passwords_are_taken_verbatim() {
    let desk = Desk::open().await;
    let longest = "x".repeat(1024);
    let taken = [
        "exactly15bytes!",
        " with blanks around it ",
        "with a \0 in its midst",
        "p\u{159}\u{ed}li\u{161} \u{17e}lu\u{165}ou\u{10d}k\u{fd} k\u{16f}\u{148} \u{1f434}",
        &longest,
    ];
    for password in taken {
        desk.nobody().post(&door(&desk).await, &json!({ "password": password })).await.expect(204);
        assert_eq!(signs_in(&desk, password).await, 201, "{password}");
    }
    assert_eq!(signs_in(&desk, &longest[1..]).await, 401);
    desk.nobody().post(&door(&desk).await, &json!({ "password": taken[1] })).await.expect(204);
    assert_eq!(signs_in(&desk, taken[1].trim()).await, 401);
    desk.close().await;
}

#[tokio::test]
async fn h185_a_password_that_is_none_is_422_and_the_link_still_counts() {
    let desk = Desk::open().await;
    let (path, nobody) = (door(&desk).await, desk.nobody());
    let before = desk.table();
    let too_short = [json!(""), json!("elevenchars"), json!("\u{17e}".repeat(11))];
    let too_long = [json!("x".repeat(1025)), json!("\u{17e}".repeat(513))];
    let code = |answer: &Answer| answer.json["errors"][0]["code"].as_str().unwrap().to_owned();
    for (expected, passwords) in [("too_short", too_short.to_vec()), ("too_long", too_long.to_vec())] {
        for password in passwords {
            let answer = refusal(nobody.post(&path, &json!({ "password": password })).await, 422);
            assert_eq!((answer.fields(), code(&answer)), (vec!["password".to_owned()], expected.to_owned()));
        }
    }
    for body in [json!({}), json!({ "password": null }), json!({ "password": 123_456_789_012_i64 })] {
        refusal(nobody.post(&path, &body).await, 422);
    }
    refusal(nobody.post(&path, &json!({ "password": CHOSEN, "role": "admin" })).await, 422);
    let page = path.replace("/v1/password_resets/", "/l/");
    for form in ["", "password=", "password=elevenchars", "other=correct+horse+battery"] {
        let answer = nobody.fill_in(&page, form).await.expect(422);
        assert!(answer.text.contains("role=\"alert\""), "{}", answer.text);
    }
    let long = format!("password={}", "x".repeat(1025));
    assert!(nobody.fill_in(&page, &long).await.expect(422).text.contains("1,024"));
    assert_eq!(desk.table(), before);
    nobody.fill_in(&page, FORM).await.expect(200);
    assert_eq!(signs_in(&desk, CHOSEN).await, 201);
    desk.close().await;
}

/// Somebody with the tokens of a sign-in.
async fn tokens(desk: &Desk, password: &str) -> (Person, Value) {
    let body = json!({ "email": desk.email("rita"), "password": password });
    let session = desk.nobody().post("/v1/sessions", &body).await.expect(201).json["session"].clone();
    let person = desk.nobody().with_token(session["access_token"].as_str().unwrap());
    (person, json!({ "refresh_token": session["refresh_token"] }))
}

#[tokio::test]
async fn h191_a_new_password_ends_every_sign_in_at_once() {
    let desk = Desk::open().await;
    let rob = desk.sign_in("rob").await;
    let path = door(&desk).await;
    let before = [tokens(&desk, PASSWORD).await, tokens(&desk, PASSWORD).await];
    let (rita, refresh) = &before[0];
    let refreshed = desk.nobody().post("/v1/sessions/refresh", refresh).await.expect(201);
    let refreshed = rita.with_token(refreshed.json["session"]["access_token"].as_str().unwrap());
    refreshed.get("/v1/users/me").await.expect(200);

    desk.nobody().post(&path, &json!({ "password": CHOSEN })).await.expect(204);
    refreshed.get("/v1/users/me").await.expect(401);
    for (person, refresh) in &before {
        person.get("/v1/users/me").await.expect(401);
        desk.nobody().post("/v1/sessions/refresh", refresh).await.expect(401);
    }
    assert_eq!(signs_in(&desk, PASSWORD).await, 401);
    rob.get("/v1/users/me").await.expect(200);

    // At the very same moment, for nobody's clock decides.
    let (rita, refresh) = tokens(&desk, CHOSEN).await;
    rita.get("/v1/users/me").await.expect(200);
    desk.nobody().post("/v1/sessions/refresh", &refresh).await.expect(201);
    desk.close().await;
}

#[tokio::test]
async fn whoever_has_an_account_is_told_once_that_its_password_was_set() {
    let desk = Desk::open().await;
    desk.nobody().post(&door(&desk).await, &json!({ "password": CHOSEN })).await.expect(204);
    for _ in 0..2 {
        desk.settle().await;
        let sent = desk.outbox();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0].to, [desk.email("rita")]);
        assert_eq!(sent[0].subject, "Your password was changed");
        assert!(!sent[0].text.contains("/l/"), "{}", sent[0].text);
        desk.desk.replay().await;
    }
    desk.close().await;
}

#[tokio::test]
async fn h193_a_forged_host_does_not_change_where_a_link_leads() {
    let desk = Desk::open().await;
    let forged = [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "ftp"),
        ("forwarded", "host=evil.test"),
        ("origin", "https://evil.test"),
        ("referer", "https://evil.test/l/"),
    ];
    let body = json!({ "email": desk.email("rita") });
    desk.nobody().post_with("/v1/password_resets", &forged, &body).await.expect(202);
    desk.settle().await;
    let sent = desk.mail_to("rita").pop().unwrap();
    assert!(!sent.text.contains("evil") && !sent.html.contains("evil"), "{}", sent.text);
    desk.nobody().get(&link(&sent)).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn h194_of_a_hundred_requests_in_an_hour_three_are_mailed() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        asked(&desk, &desk.email("rita")).await.expect(202);
    }
    let before = desk.table();
    for _ in 0..97 {
        asked(&desk, &desk.email("rita").to_uppercase()).await.expect(202);
    }
    assert_eq!(desk.table(), before);
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 3);

    desk.advance(SignedDuration::from_hours(1));
    asked(&desk, &desk.email("rita")).await.expect(202);
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 4);
    desk.close().await;
}

#[tokio::test]
async fn h197_a_form_on_the_page_of_somebody_else_sets_no_password() {
    let desk = Desk::open().await;
    let path = door(&desk).await.replace("/v1/password_resets/", "/l/");
    let before = desk.table();
    let sent_from = |site: &str| {
        let request = Request::post(&path).header("sec-fetch-site", site);
        request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(FORM)).unwrap()
    };
    for site in ["cross-site", "same-site", "x"] {
        let answer = desk.nobody().raw(sent_from(site)).await.expect(403);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    }
    assert_eq!(desk.table(), before);
    let page = desk.nobody().get(&path).await.expect(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "{policy}");
    desk.nobody().raw(sent_from("same-origin")).await.expect(200);
    desk.close().await;
}
