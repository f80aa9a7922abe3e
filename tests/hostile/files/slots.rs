//! Slots and sizes: five files for each ticket in the making, none larger than was said, and so much a day.

use files::samples::films;
use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, Parcel, sha256};

use super::{MIB, admit_everything, keys, opens_with, picture, text};
use crate::given::{own_tickets, refusal};

/// A film that is looked at in the background.
fn large_film() -> Parcel {
    let bytes = [films::mp4(), films::boxed(b"mdat", &vec![7_u8; 17 * 1024 * 1024])].concat();
    Parcel::new("one", "film.mp4", "video/mp4", bytes).by("svc_network")
}

#[tokio::test]
async fn h086_a_sixth_file_finds_no_slot_and_six_are_not_attached() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(desk.attachable(&rita, &picture("one")).await);
    }
    let before = desk.table();
    let full = refusal(rita.reserve(&picture("one")).await, 409);
    assert_eq!((full.code(), &full.json["most"]), ("too_many_files", &json!(5)));
    assert_eq!(desk.table(), before);

    ids.push(desk.attachable(&rita, &picture("two")).await);
    let before = desk.table();
    assert_eq!(refusal(opens_with(&rita, &ids).await, 422).fields(), ["attachments"]);
    assert_eq!(desk.table(), before);
    assert_eq!(own_tickets(&rita).await, Vec::<String>::new());
    let opened = opens_with(&rita, &ids[..5]).await.expect(201);
    assert_eq!(opened.json["ticket"]["attachments"].as_array().unwrap().len(), 5, "the five are as good as before");
    desk.close().await;
}

#[tokio::test]
async fn h086_an_eleventh_picture_finds_no_slot_in_a_text() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for _ in 0..10 {
        rita.reserve(&picture("one").inline()).await.expect(201);
    }
    let before = desk.table();
    let full = refusal(rita.reserve(&picture("one").inline()).await, 409);
    assert_eq!((full.code(), &full.json["most"]), ("too_many_files", &json!(10)));
    assert_eq!(desk.table(), before);
    rita.reserve(&picture("one")).await.expect(201);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h087_ten_at_once_get_exactly_five_slots() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let file = picture("one");
    let answers = join_all((0..10).map(|_| rita.reserve(&file))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 201, 201, 201, 409, 409, 409, 409, 409]);
    desk.close().await;
}

#[tokio::test]
async fn h088_a_file_without_a_byte_or_with_too_many_is_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    let file = picture("one");
    for size in [json!(0), json!(10 * MIB + 1), json!(u64::MAX), Value::Null] {
        let mut said = file.said.clone();
        said["size"] = size.clone();
        assert_eq!(refusal(rita.post("/v1/uploads", &said).await, 422).fields(), ["size"], "{size}");
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h089_a_byte_more_is_refused_by_the_bucket_and_the_slot_is_free_again() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for _ in 0..5 {
        let file = picture("one");
        let upload = rita.reserve(&file).await.expect(201).json["upload"].clone();
        let longer = [file.bytes.as_slice(), b"!"].concat();
        desk.put(&upload, &longer).await.expect(403);
        desk.put(&upload, &file.bytes[1..]).await.expect(403);
        let mut other = file.bytes.clone();
        other[0] ^= 1;
        desk.put(&upload, &other).await.expect(400);
        assert_eq!(refusal(rita.completes(&upload).await, 409).code(), "not_uploaded");
    }
    assert_eq!(keys(&desk), Vec::<String>::new());
    refusal(rita.reserve(&picture("one")).await, 409);

    desk.advance(SignedDuration::from_mins(31));
    for _ in 0..5 {
        rita.reserve(&picture("one")).await.expect(201);
    }
    refusal(rita.reserve(&picture("one")).await, 409);
    desk.close().await;
}

#[tokio::test]
async fn h089_whoever_says_so_too_late_has_no_slot_any_more() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let late = desk.sent(&rita, &picture("one")).await;
    desk.advance(SignedDuration::from_mins(31));
    for _ in 0..5 {
        rita.reserve(&picture("one")).await.expect(201);
    }
    assert_eq!(refusal(rita.completes(&late).await, 409).code(), "expired");
    assert_eq!(keys(&desk), Vec::<String>::new());
    assert_eq!(refusal(opens_with(&rita, &[text(&late["id"]).to_owned()]).await, 422).fields(), ["attachments.0"]);
    desk.close().await;
}

#[tokio::test]
async fn h111_a_file_that_is_gone_before_it_is_looked_at_is_missing_and_its_slot_is_free() {
    let desk = Desk::open().await;
    admit_everything(&desk).await;
    let rita = desk.sign_in("rita").await;
    let upload = desk.sent(&rita, &large_film()).await;
    for _ in 0..4 {
        rita.reserve(&picture("one")).await.expect(201);
    }
    refusal(rita.reserve(&picture("one")).await, 409);
    let checking = rita.completes(&upload).await.expect(202);
    assert_eq!(checking.json["upload"]["state"], "checking");
    assert!(desk.desk.bucket.remove(&format!("uploads/{}", text(&upload["id"]))).unwrap());
    desk.settle().await;

    let missing = refusal(rita.completes(&upload).await, 422);
    assert_eq!((missing.code(), &missing.json["reason"]), ("file_refused", &json!("missing")));
    rita.reserve(&picture("one")).await.expect(201);
    // Closing shows that nobody goes on trying.
    desk.close().await;
}

#[tokio::test]
async fn h112_completing_what_was_not_sent_is_409_and_changes_nothing() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let file = picture("one");
    let upload = rita.reserve(&file).await.expect(201).json["upload"].clone();
    let before = desk.table();
    for _ in 0..2 {
        assert_eq!(refusal(rita.completes(&upload).await, 409).code(), "not_uploaded");
    }
    assert_eq!(desk.table(), before);
    desk.put(&upload, &file.bytes).await.expect(200);
    for _ in 0..2 {
        assert_eq!(rita.completes(&upload).await.expect(200).json["upload"]["state"], "accepted");
    }
    desk.close().await;
}

#[tokio::test]
async fn h116_whoever_uploads_more_than_so_much_a_day_gets_429() {
    let desk = Desk::open().await;
    let (rita, rob) = (desk.sign_in("rita").await, desk.sign_in("rob").await);
    let declared = |submission: u64, size: u64| {
        json!({ "submission": submission.to_string(), "file_name": "a.png", "content_type": "image/png",
            "size": size, "sha256": sha256(b"") })
    };
    for file in 0..50 {
        rita.post("/v1/uploads", &declared(file / 5, 10 * MIB)).await.expect(201);
    }
    let before = desk.table();
    let mut wait = 0;
    for size in [10 * MIB, 1] {
        let answer = refusal(rita.post("/v1/uploads", &declared(10, size)).await, 429);
        wait = answer.header("retry-after").unwrap().parse().unwrap();
    }
    assert_eq!(desk.table(), before);
    rob.post("/v1/uploads", &declared(0, 10 * MIB)).await.expect(201);

    assert_eq!(wait, 15 * 60 * 60, "a day ends at midnight");
    desk.advance(SignedDuration::from_secs(wait));
    let rita = desk.sign_in("rita").await;
    rita.post("/v1/uploads", &declared(10, 10 * MIB)).await.expect(201);
    desk.close().await;
}
