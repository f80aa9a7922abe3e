//! Attachments: a file is what its content says, belongs to whoever sent it, and is handed out as it was looked at.

mod custody;
mod kinds;
mod names;
mod slots;

use files::samples::pictures;
use serde_json::Value;
use tests::{Answer, Desk, Parcel, Person, a_ticket_with, attachment_of};

use crate::given::refusal;

/// Every type of file that a service can take.
const EVERY_TYPE: [&str; 14] =
    ["jpeg", "png", "gif", "bmp", "txt", "webp", "pdf", "mp4", "docx", "xlsx", "pptx", "odt", "ods", "odp"];

const MIB: u64 = 1024 * 1024;

/// A small picture for one ticket or comment in the making.
fn picture(submission: &str) -> Parcel {
    Parcel::new(submission, "lamp.png", "image/png", pictures::png())
}

/// A text out of JSON.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Lets every type of file go with tickets about the network, however large.
async fn admit_everything(desk: &Desk) {
    desk.admits("svc_network", &EVERY_TYPE, 100 * MIB).await;
}

/// The keys of all objects.
fn keys(desk: &Desk) -> Vec<String> {
    desk.desk.bucket.objects().unwrap().into_keys().collect()
}

/// Opens a ticket with these uploads.
async fn opens_with(person: &Person, uploads: &[String]) -> Answer {
    person.post("/v1/tickets", &a_ticket_with(uploads)).await
}

/// Sends a file that is looked at and refused: its sender is told, as often as they ask; nobody gets it, and nothing is
/// left of it. Answers the reason.
async fn refused(desk: &Desk, person: &Person, parcel: &Parcel, status: u16) -> String {
    let upload = desk.sent(person, parcel).await;
    let mut reasons = Vec::new();
    for _ in 0..2 {
        let answer = refusal(person.completes(&upload).await, status);
        assert_eq!(answer.code(), "file_refused", "{}", answer.text);
        reasons.push(text(&answer.json["reason"]).to_owned());
    }
    let id = text(&upload["id"]).to_owned();
    let attachment = attachment_of(&id);
    refusal(person.get(&format!("/v1/attachments/{attachment}")).await, 404);
    assert_eq!(refusal(opens_with(person, std::slice::from_ref(&id)).await, 422).fields(), ["attachments.0"]);
    assert!(keys(desk).iter().all(|key| !key.contains(&id) && !key.contains(&attachment)), "{:?}", keys(desk));
    assert_eq!(reasons[0], reasons[1]);
    reasons.remove(0)
}
