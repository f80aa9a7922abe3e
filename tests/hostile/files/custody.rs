//! Custody: whose a file is, who may have it, and that what is handed out is what was looked at.

use std::time::SystemTime;

use attachments::{Files, Ports};
use aws_sdk_s3::config::BehaviorVersion;
use aws_sdk_s3::{Client, Config};
use domain::world::Clock;
use files::samples::{documents, pictures};
use futures_util::future::join_all;
use jiff::SignedDuration;
use queue::Errand;
use serde_json::{Value, json};
use tests::{Desk, Parcel, Person, a_ticket_with, attachment_of, sha256};

use super::{keys, opens_with, picture, text};
use crate::given::{own_tickets, refusal, told};

/// The address of a file, for somebody who may have it.
async fn address(person: &Person, attachment: &str, query: &str) -> String {
    let found = person.get(&format!("/v1/attachments/{attachment}{query}")).await.expect(200);
    text(&found.json["url"]).to_owned()
}

#[tokio::test]
async fn h107_what_was_sent_is_not_overwritten_before_it_is_looked_at() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let file = picture("one");
    let upload = desk.sent(&rita, &file).await;
    desk.put(&upload, &file.bytes).await.expect(412);
    assert_eq!(desk.desk.bucket.objects().unwrap().into_values().collect::<Vec<_>>(), [file.bytes]);
    rita.completes(&upload).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn h107_what_is_sent_after_it_was_looked_at_changes_nothing() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let file = Parcel::new("one", "a.jpg", "image/jpeg", pictures::jpeg_with_everything());
    let upload = desk.sent(&rita, &file).await;
    rita.completes(&upload).await.expect(200);
    // Its address is good for as long as it was signed for, so it can be used once more.
    desk.put(&upload, &file.bytes).await.expect(200);
    desk.settle().await;
    assert_eq!(rita.completes(&upload).await.expect(200).json["upload"]["state"], "accepted");
    let opened = opens_with(&rita, &[text(&upload["id"]).to_owned()]).await.expect(201);
    let attachment = &opened.json["ticket"]["attachments"][0];
    let delivered = desk.delivered(&rita, text(&attachment["id"])).await;
    assert_eq!(attachment["sha256"], sha256(&delivered));
    assert_eq!(attachment["size"], delivered.len());

    desk.put(&upload, &file.bytes).await.expect(412);
    desk.settle().await;
    assert_eq!(rita.completes(&upload).await.expect(200).json["upload"]["state"], "attached");
    assert_eq!(desk.delivered(&rita, text(&attachment["id"])).await, delivered);

    desk.advance(SignedDuration::from_hours(25));
    assert_eq!(desk.desk.bucket.expire(SystemTime::from(desk.clock.now())).unwrap(), 1, "what was sent for nothing");
    let rita = desk.sign_in("rita").await;
    assert_eq!(desk.delivered(&rita, text(&attachment["id"])).await, delivered);
    desk.close().await;
}

#[tokio::test]
async fn h107_an_address_leads_to_its_own_key_alone() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let file = picture("one");
    let upload = desk.sent(&rita, &file).await;
    rita.completes(&upload).await.expect(200);
    let kept = keys(&desk);
    let [key] = kept.as_slice() else {
        panic!("one object: {kept:?}");
    };
    assert!(key.starts_with("files/2026-03-02/att_"), "{key}");
    let own = format!("uploads/{}", text(&upload["id"]));
    for other in [key.as_str(), "uploads/upl_0", "files/x", "x"] {
        let mut forged = upload.clone();
        forged["url"] = json!(text(&upload["url"]).replace(&own, other));
        assert_ne!(forged["url"], upload["url"]);
        desk.put(&forged, &file.bytes).await.expect(403);
    }
    for header in ["if-none-match", "x-amz-checksum-sha256", "content-type"] {
        let mut forged = upload.clone();
        forged["headers"].as_object_mut().unwrap().remove(header).unwrap();
        desk.put(&forged, &file.bytes).await.expect(403);
    }
    assert_eq!(keys(&desk), kept);
    desk.close().await;
}

#[tokio::test]
async fn h110_an_event_of_a_foreign_bucket_or_key_is_thrown_away() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let upload = desk.sent(&rita, &picture("one")).await;
    let own = format!("uploads/{}", text(&upload["id"]));
    // Nobody asks S3 because of such an event, so this client leads nowhere.
    let client = Client::from_conf(Config::builder().behavior_version(BehaviorVersion::latest()).build());
    let name = desk.desk.bucket.name.clone();
    let ports = Ports { store: desk.desk.store(), files: Files::new(client, name.clone()) };
    let (before, objects) = (desk.table(), desk.desk.bucket.objects().unwrap());
    let nested = format!("uploads/{own}");
    let foreign = [
        ("another-bucket", own.as_str()),
        ("", own.as_str()),
        (name.as_str(), nested.as_str()),
        (name.as_str(), "files/2026-03-02/att_1/1"),
        (name.as_str(), "uploads/att_1"),
        (name.as_str(), "uploads/"),
        (name.as_str(), "uploads/../uploads/upl_1"),
        (name.as_str(), ""),
    ];
    for (bucket, key) in foreign {
        let errand = Errand::Stored { bucket: bucket.to_owned(), key: key.to_owned() };
        let failure = attachments::consume(&ports, errand).await.unwrap_err();
        assert!(!failure.is_retryable(), "{bucket} {key}");
    }
    assert_eq!(desk.table(), before);
    assert_eq!(desk.desk.bucket.objects().unwrap(), objects);
    rita.completes(&upload).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn h113_a_file_one_may_not_have_is_byte_for_byte_the_404_of_one_that_does_not_exist() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, attached) = desk.attached(&rita, &picture("one")).await;
    let waiting = attachment_of(&desk.attachable(&rita, &picture("two")).await);
    let absent = format!("att_{}", "0".repeat(26));
    for who in ["radek", "petra", "rob"] {
        let person = desk.sign_in(who).await;
        for query in ["", "?redirect=true", "?inline=maybe"] {
            let path = |id: &str| format!("/v1/attachments/{id}{query}");
            let missing = told(refusal(person.get(&path(&absent)).await, 404));
            assert_eq!(told(refusal(person.get(&path(&attached)).await, 404)), missing, "{query} as {who}");
            assert_eq!(told(refusal(person.get(&path(&waiting)).await, 404)), missing, "{query} as {who}");
            assert_eq!(told(refusal(person.get(&path("upl_1")).await, 404)), missing, "{query} as {who}");
            assert_eq!(told(refusal(person.get(&path("%00")).await, 404)), missing, "{query} as {who}");
        }
    }
    refusal(rita.get(&format!("/v1/attachments/{waiting}")).await, 404);
    assert!(attached.len() >= "att_".len() + 26, "128 bits nobody guesses: {attached}");
    desk.close().await;
}

#[tokio::test]
async fn h113_an_address_is_good_for_a_minute_and_for_nothing_else() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, id) = desk.attached(&rita, &picture("one")).await;
    let found = rita.get(&format!("/v1/attachments/{id}")).await.expect(200);
    assert_eq!(found.json["expires_at"], "2026-03-02T09:01:00Z");
    let url = text(&found.json["url"]);
    assert!(url.contains("X-Amz-Expires=60&"), "{url}");
    desk.fetch(url).await.0.expect(200);
    for (own, forged) in [
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        ("attachment%3B", "inline%3B"),
        ("image%2Fpng", "text%2Fhtml"),
        ("files/2026-03-02", "files/2026-03-03"),
    ] {
        assert!(url.contains(own), "{url}");
        desk.fetch(&url.replace(own, forged)).await.0.expect(403);
    }
    let (bare, _) = url.split_once('?').unwrap();
    desk.fetch(bare).await.0.expect(403);
    desk.close().await;
}

#[tokio::test]
async fn h113_an_upload_is_its_senders_alone() {
    let desk = Desk::open().await;
    let (rita, rob) = (desk.sign_in("rita").await, desk.sign_in("rob").await);
    let upload = desk.sent(&rita, &picture("one")).await;
    let before = desk.table();
    let absent = told(refusal(rob.completes(&json!({ "id": format!("upl_{}", "0".repeat(26)) })).await, 404));
    for id in [text(&upload["id"]), "upl_", "att_1", "%00"] {
        assert_eq!(told(refusal(rob.completes(&json!({ "id": id })).await, 404)), absent, "{id}");
    }
    assert_eq!(desk.table(), before);
    rita.completes(&upload).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn h113_only_ones_own_accepted_files_are_attached_and_each_once() {
    let desk = Desk::open().await;
    let (rita, rob) = (desk.sign_in("rita").await, desk.sign_in("rob").await);
    let theirs = desk.attachable(&rob, &picture("one")).await;
    let reserved = rita.reserve(&picture("one")).await.expect(201).json["upload"].clone();
    let sent = desk.sent(&rita, &picture("one")).await;
    let (number, used) = desk.attached(&rita, &picture("one")).await;
    let own = desk.attachable(&rita, &picture("one")).await;
    let absent = format!("upl_{}", "0".repeat(26));
    let used_upload = used.replace("att_", "upl_");
    let path = format!("/v1/tickets/{number}");
    let before = desk.table();
    let unfit = [theirs.as_str(), text(&reserved["id"]), text(&sent["id"]), used_upload.as_str(), used.as_str()];
    for id in unfit.into_iter().chain([absent.as_str(), "", "upl_!"]) {
        let named = json!([own, id]);
        let opened = rita.post("/v1/tickets", &opening_with(&named)).await;
        assert_eq!(refusal(opened, 422).fields(), ["attachments.1"], "{id}");
        let said = rita.does("comments", &number, &json!({ "body": "See.", "attachments": named })).await;
        assert_eq!(refusal(said, 422).fields(), ["attachments.1"], "{id}");
        let edited = rita.patch(&path, "\"1\"", &json!({ "attachments": named })).await;
        assert_eq!(refusal(edited, 422).fields(), ["attachments.1"], "{id}");
    }
    let twice = opens_with(&rita, &[own.clone(), own]).await;
    assert_eq!(refusal(twice, 422).fields(), ["attachments.1"]);
    assert_eq!(desk.table(), before);
    desk.close().await;
}

/// A request that opens a ticket with whatever is named.
fn opening_with(named: &Value) -> Value {
    let mut body = a_ticket_with(&[]);
    body["attachments"] = named.clone();
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn h113_a_file_that_two_tickets_want_at_once_goes_to_one() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for round in 0..5 {
        let body = a_ticket_with(&[desk.attachable(&rita, &picture(&round.to_string())).await]);
        let answers = join_all((0..2).map(|_| rita.post("/v1/tickets", &body))).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(won.len(), 1);
        let lost = answers.iter().find(|answer| answer.status != 201).unwrap().clone();
        assert_eq!(refusal(lost, 422).fields(), ["attachments.0"]);
        assert_eq!(own_tickets(&rita).await.len(), round + 1);
    }
    desk.close().await;
}

#[tokio::test]
async fn h115_a_file_is_served_as_what_it_is_to_be_saved_by_the_buckets_own_host() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, id) = desk.attached(&rita, &Parcel::new("one", "photo.png", "image/png", pictures::jpeg())).await;
    let path = format!("/v1/attachments/{id}");
    let found = rita.get(&path).await.expect(200);
    let attachment = &found.json["attachment"];
    assert_eq!((&attachment["file_name"], &attachment["content_type"]), (&json!("photo.jpg"), &json!("image/jpeg")));
    let led = rita.get(&format!("{path}?redirect=true")).await.expect(302);
    for answer in [&found, &led] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    }
    for url in [text(&found.json["url"]), led.header("location").unwrap()] {
        assert!(url.starts_with("http://files.test/"), "{url}");
        let served = desk.fetch(url).await.0.expect(200);
        assert_eq!(served.header("content-type"), Some("image/jpeg"));
        assert!(served.header("content-disposition").unwrap().starts_with("attachment; "));
        assert_eq!(served.header("cache-control"), Some("private, no-store"));
    }
    desk.close().await;
}

#[tokio::test]
async fn h115_only_a_picture_is_served_to_be_shown() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, shown) = desk.attached(&rita, &picture("one")).await;
    let served = desk.fetch(&address(&rita, &shown, "?inline=true").await).await.0.expect(200);
    assert!(served.header("content-disposition").unwrap().starts_with("inline; "));
    assert_eq!(served.header("content-type"), Some("image/png"));
    let (_, saved) = desk.attached(&rita, &Parcel::new("two", "a.txt", "text/plain", documents::text())).await;
    let refused = rita.get(&format!("/v1/attachments/{saved}?inline=true")).await;
    assert_eq!(refusal(refused, 422).fields(), ["inline"]);
    let served = desk.fetch(&address(&rita, &saved, "?inline=false").await).await.0.expect(200);
    assert_eq!(served.header("content-type"), Some("text/plain"));
    assert!(served.header("content-disposition").unwrap().starts_with("attachment; "));
    desk.close().await;
}

#[tokio::test]
async fn a_picture_that_comes_to_a_note_later_stays_with_the_desk() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let noted =
        ned.does("comments", &number, &json!({ "body": "She calls daily.", "public": false })).await.expect(201);
    let id = noted.json["comment"]["id"].as_str().unwrap();
    let upload = desk.attachable(&ned, &picture("later").inline()).await;
    let body = json!({ "body": format!("See ![the bill]({upload}).") });
    let path = format!("/v1/tickets/{number}/comments/{id}");
    let edited = ned.patch(&path, noted.header("etag").unwrap(), &body).await.expect(200);
    let attachment = attachment_of(&upload);
    assert_eq!(edited.json["comment"]["attachments"][0]["id"], attachment.as_str(), "{}", edited.text);
    ned.get(&format!("/v1/attachments/{attachment}")).await.expect(200);
    refusal(rita.get(&format!("/v1/attachments/{attachment}")).await, 404);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h026_the_same_key_at_the_same_moment_makes_one_ticket_and_one_comment_with_their_files() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for round in 0..5 {
        let key = format!("twin-{round}");
        let headers = [("idempotency-key", key.as_str())];
        let upload = desk.attachable(&rita, &picture(&key)).await;
        let body = a_ticket_with(std::slice::from_ref(&upload));
        let opened = join_all((0..6).map(|_| rita.post_with("/v1/tickets", &headers, &body))).await;
        let number = opened[0].json["ticket"]["number"].clone();
        assert!(opened.iter().all(|one| one.status == 201 && one.json["ticket"]["number"] == number), "{opened:?}");

        let upload = desk.attachable(&rita, &picture(&format!("{key}-comment"))).await;
        let path = format!("/v1/tickets/{}/comments", text(&number));
        let body = json!({ "body": "See.", "attachments": [upload] });
        let said = join_all((0..6).map(|_| rita.post_with(&path, &headers, &body))).await;
        let comment = said[0].json["comment"]["id"].clone();
        assert!(said.iter().all(|one| one.status == 201 && one.json["comment"]["id"] == comment), "{said:?}");
    }
    assert_eq!(own_tickets(&rita).await.len(), 5);
    desk.close().await;
}
