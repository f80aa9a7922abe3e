//! "A file travels to S3": the walkthrough of ARCHITECTURE.md, and what else is promised of files.

use std::time::SystemTime;

use domain::file::FileType;
use domain::world::Clock;
use files::samples::{documents, films, pictures};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Desk, Parcel, a_ticket, a_ticket_with, attachment_of, sha256};

const MIB: u64 = 1024 * 1024;

/// A small picture for one ticket or comment in the making.
fn picture(submission: &str) -> Parcel {
    Parcel::new(submission, "lamp.png", "image/png", pictures::png())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// The ids of the files beside what is in an answer.
fn ids(answer: &Answer, noun: &str) -> Vec<String> {
    let attachments = answer.json[noun]["attachments"].as_array().unwrap();
    attachments.iter().map(|attachment| text(&attachment["id"]).to_owned()).collect()
}

/// Whether something is left that nobody should get.
fn holds_secrets(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"SECRET")
}

#[tokio::test]
async fn a_file_travels_to_s3() {
    let desk = Desk::open().await;
    let (rita, radek, leo) = (desk.sign_in("rita").await, desk.sign_in("radek").await, desk.sign_in("leo").await);

    // A slot is reserved, the browser sends the bytes to S3, and the desk looks at them (S0.28, S1.18).
    let photo = Parcel::new("walk", "router.jpg", "image/jpeg", pictures::jpeg_with_everything());
    let upload = rita.reserve(&photo).await.expect(201).json["upload"].clone();
    assert_eq!(upload["state"], "reserved");
    desk.put(&upload, &photo.bytes).await.expect(200);
    let accepted = rita.completes(&upload).await.expect(200);
    assert_eq!(accepted.json["upload"]["state"], "accepted");
    let mut uploads = vec![text(&upload["id"]).to_owned()];
    for _ in 0..4 {
        uploads.push(desk.attachable(&rita, &picture("walk")).await);
    }

    // Five, and no sixth.
    let before = desk.table();
    assert_eq!(rita.reserve(&picture("walk")).await.expect(409).code(), "too_many_files");
    assert_eq!(desk.table(), before);

    // The ticket names them, and they are its own from now on.
    let opened = rita.post("/v1/tickets", &a_ticket_with(&uploads)).await.expect(201);
    let attached = ids(&opened, "ticket");
    assert_eq!(attached, uploads.iter().map(|upload| attachment_of(upload)).collect::<Vec<_>>());
    let keys: Vec<_> = desk.desk.bucket.objects().unwrap().into_keys().collect();
    assert!(keys.len() == 5 && keys.iter().all(|key| key.starts_with("files/2026-03-02/")), "{keys:?}");

    // An agent gets what may be delivered of the photo: nothing tells where it was taken.
    let delivered = desk.delivered(&leo, &attached[0]).await;
    assert!(holds_secrets(&photo.bytes) && !holds_secrets(&delivered));
    let shown = rita.ticket(text(&opened.json["ticket"]["number"])).await["attachments"][0].clone();
    assert_eq!((&shown["sha256"], &shown["size"]), (&json!(sha256(&delivered)), &json!(delivered.len())));

    // Another customer learns nothing.
    radek.get(&format!("/v1/attachments/{}", attached[0])).await.expect(404);
    desk.close().await;
}

#[tokio::test]
async fn s1_21_a_comment_brings_its_files_to_whoever_reads_it() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    let path = |id: &str| format!("/v1/attachments/{id}");

    // What comes with a note is the desk's own.
    let plan = Parcel::new("note", "switches.png", "image/png", pictures::png());
    let note = json!({ "body": "For us.", "public": false, "attachments": [desk.attachable(&leo, &plan).await] });
    let noted = ids(&leo.does("comments", &number, &note).await.expect(201), "comment");
    leo.get(&path(&noted[0])).await.expect(200);
    rita.get(&path(&noted[0])).await.expect(404);

    // What comes with an answer is for everyone on the ticket, and the mail names it.
    let log = Parcel::new("answer", "network.txt", "text/plain", documents::text());
    let answer = json!({ "body": "See the log.", "attachments": [desk.attachable(&leo, &log).await] });
    let answered = ids(&leo.does("comments", &number, &answer).await.expect(201), "comment");
    assert_eq!(desk.delivered(&rita, &answered[0]).await, documents::text());
    let dialogue = rita.get(&format!("/v1/tickets/{number}/comments")).await.expect(200);
    assert!(dialogue.text.contains(&answered[0]) && !dialogue.text.contains(&noted[0]), "{}", dialogue.text);
    desk.settle().await;
    let mails = desk.mail_to("rita");
    assert!(mails.last().unwrap().text.contains("network.txt"), "{}", mails.last().unwrap().text);
    assert!(mails.iter().all(|mail| !mail.text.contains("switches.png")));

    // The requester replies with a file too.
    let reply = json!({ "body": "It looks so.", "attachments": [desk.attachable(&rita, &picture("reply")).await] });
    let replied = ids(&rita.does("comments", &number, &reply).await.expect(201), "comment");
    assert_eq!(desk.delivered(&leo, &replied[0]).await, pictures::png());
    desk.close().await;
}

#[tokio::test]
async fn s0_26_a_picture_stands_in_the_text_that_names_it() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let upload = desk.attachable(&rita, &picture("one").inline()).await;
    let mut body = a_ticket();
    body["description"] = json!(format!("It shows ![the red lamp]({upload})."));
    let opened = rita.post("/v1/tickets", &body).await.expect(201);
    let shown = attachment_of(&upload);
    let ticket = &opened.json["ticket"];
    assert_eq!(ticket["description"], format!("It shows ![the red lamp]({shown})."));
    assert_eq!((&ticket["attachments"][0]["id"], &ticket["attachments"][0]["inline"]), (&json!(shown), &json!(true)));
    assert_eq!(desk.delivered(&leo, &shown).await, pictures::png());

    // Who cannot see pictures is told what they show.
    let upload = desk.attachable(&leo, &picture("two").inline()).await;
    let answer = json!({ "body": format!("Like ![a green one]({upload})?") });
    let said = leo.does("comments", text(&ticket["number"]), &answer).await.expect(201);
    assert_eq!(said.json["comment"]["body"], format!("Like ![a green one]({})?", attachment_of(&upload)));
    desk.settle().await;
    assert!(desk.mail_to("rita").last().unwrap().text.contains("Like [a green one]?"));

    // A picture of a text does not stand beside it, and the other way round.
    let inline = desk.attachable(&rita, &picture("three").inline()).await;
    let beside = desk.attachable(&rita, &picture("three")).await;
    let refused = rita.post("/v1/tickets", &a_ticket_with(&[inline])).await.expect(422);
    assert_eq!(refused.fields(), ["attachments.0"]);
    body["description"] = json!(format!("It shows ![the red lamp]({beside})."));
    assert_eq!(rita.post("/v1/tickets", &body).await.expect(422).fields(), ["description"]);
    desk.close().await;
}

#[tokio::test]
async fn files_are_added_to_a_ticket_until_there_are_five() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let first = desk.attachable(&rita, &picture("first")).await;
    let opened = rita.post("/v1/tickets", &a_ticket_with(&[first])).await.expect(201);
    let path = opened.header("location").unwrap();
    let mut more = Vec::new();
    for _ in 0..5 {
        more.push(desk.attachable(&rita, &picture("more")).await);
    }
    let edited = rita.patch(path, opened.header("etag").unwrap(), &json!({ "attachments": more[..3] })).await;
    let edited = edited.expect(200);
    assert_eq!(ids(&edited, "ticket").len(), 4);
    let before = desk.table();
    let etag = edited.header("etag").unwrap();
    let refused = rita.patch(path, etag, &json!({ "attachments": more[3..] })).await.expect(422);
    assert_eq!(refused.fields(), ["attachments"]);
    assert_eq!(desk.table(), before);
    let edited = rita.patch(path, etag, &json!({ "attachments": more[3..4] })).await.expect(200);

    let shown = leo.get(path).await.expect(200);
    assert_eq!(ids(&shown, "ticket"), ids(&edited, "ticket"));
    for id in ids(&shown, "ticket") {
        assert_eq!(desk.delivered(&leo, &id).await, pictures::png());
    }
    assert_eq!(shown.json["ticket"]["description"], a_ticket()["description"], "the text is as it was");
    desk.close().await;
}

#[tokio::test]
async fn s4_24_a_film_is_looked_at_in_the_background() {
    let desk = Desk::open().await;
    desk.admits("svc_network", &["png", "mp4"], 50 * MIB).await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let frames = films::boxed(b"mdat", &vec![7_u8; 17 * 1024 * 1024]);
    let bytes = [films::mp4_with_place(), frames].concat();
    let film = Parcel::new("film", "socket.mp4", "video/mp4", bytes).by("svc_network");
    let upload = desk.sent(&rita, &film).await;
    let checking = rita.completes(&upload).await.expect(202);
    assert_eq!(checking.json["upload"]["state"], "checking");
    let named = a_ticket_with(&[text(&upload["id"]).to_owned()]);
    assert_eq!(rita.post("/v1/tickets", &named).await.expect(422).fields(), ["attachments.0"]);

    desk.settle().await;
    let accepted = rita.completes(&upload).await.expect(200);
    assert_eq!(accepted.json["upload"]["state"], "accepted");
    let opened = rita.post("/v1/tickets", &named).await.expect(201);
    let delivered = desk.delivered(&leo, &ids(&opened, "ticket")[0]).await;
    assert!(delivered.len() == film.bytes.len() && !holds_secrets(&delivered), "places in a film may not move");
    assert_eq!(opened.json["ticket"]["attachments"][0]["sha256"], sha256(&delivered));
    desk.close().await;
}

/// A file of each type that is taken unless a service says otherwise, by every way to end its name.
fn usual() -> [(&'static str, FileType, Vec<u8>); 6] {
    [
        ("a.jpg", FileType::Jpeg, pictures::jpeg()),
        ("a.JPEG", FileType::Jpeg, pictures::jpeg()),
        ("a.bmp", FileType::Bmp, pictures::bmp()),
        ("a.gif", FileType::Gif, pictures::gif()),
        ("a.txt", FileType::Txt, documents::text()),
        ("a.png", FileType::Png, pictures::png()),
    ]
}

#[tokio::test]
async fn s0_29_a_service_takes_the_types_that_it_names_and_no_others() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let network = |services: Answer| {
        let services = services.json["services"].as_array().unwrap().clone();
        services.into_iter().find(|service| service["id"] == "svc_network").unwrap()
    };
    let shown = network(rita.get("/v1/services").await.expect(200));
    assert_eq!(shown["file_types"], json!(["jpeg", "png", "gif", "bmp", "txt"]));
    assert_eq!(shown["file_size_limit"], 10 * MIB);
    for (name, file_type, bytes) in usual() {
        let file = Parcel::new(name, name, file_type.media_type(), bytes).by("svc_network");
        desk.attachable(&rita, &file).await;
    }
    let pdf = Parcel::new("pdf", "a.pdf", "application/pdf", documents::pdf());
    rita.reserve(&pdf).await.expect(415);
    rita.reserve(&pdf.clone().by("svc_network")).await.expect(415);

    desk.admits("svc_network", &["pdf"], 2048).await;
    let shown = network(rita.get("/v1/services").await.expect(200));
    assert_eq!((&shown["file_types"], &shown["file_size_limit"]), (&json!(["pdf"]), &json!(2048)));
    desk.attached(&rita, &pdf.clone().by("svc_network")).await;
    rita.reserve(&pdf).await.expect(415);
    rita.reserve(&picture("pdf").by("svc_network")).await.expect(415);
    let large = Parcel::new("pdf", "a.pdf", "application/pdf", vec![b' '; 2049]).by("svc_network");
    assert_eq!(rita.reserve(&large).await.expect(422).fields(), ["size"]);
    desk.close().await;
}

#[tokio::test]
async fn what_is_sent_and_never_completed_is_gone_after_a_day() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, attached) = desk.attached(&rita, &picture("one")).await;
    let abandoned = desk.sent(&rita, &picture("two")).await;
    let expire = || desk.desk.bucket.expire(SystemTime::from(desk.clock.now())).unwrap();
    desk.advance(SignedDuration::from_hours(23));
    assert_eq!(expire(), 0);
    desk.advance(SignedDuration::from_hours(2));
    assert_eq!(expire(), 1);
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.completes(&abandoned).await.expect(409).code(), "expired");
    assert_eq!(desk.delivered(&rita, &attached).await, pictures::png(), "what is attached stays");
    desk.close().await;
}

#[tokio::test]
async fn what_is_accepted_and_never_attached_is_gone_after_three_days() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (_, attached) = desk.attached(&rita, &picture("one")).await;
    let waiting = attachment_of(&desk.attachable(&rita, &picture("two")).await);
    desk.desk.bucket.put(&format!("files/2026-03-02/{attached}/0"), b"written for nothing").unwrap();
    let keys = || desk.desk.bucket.objects().unwrap().into_keys().collect::<Vec<_>>();
    assert_eq!(keys().len(), 3);
    desk.advance(SignedDuration::from_hours(2 * 24));
    desk.settle().await;
    assert_eq!(keys().iter().filter(|key| key.contains(&waiting)).count(), 1, "somebody may still be writing");

    desk.advance(SignedDuration::from_hours(24));
    desk.settle().await;
    assert_eq!(keys().len(), 1);
    let rita = desk.sign_in("rita").await;
    assert_eq!(desk.delivered(&rita, &attached).await, pictures::png(), "what is attached stays");
    desk.close().await;
}
