//! Files: what somebody has and says of it, and how it is sent as a browser does.

use axum::body::Body;
use domain::file::Sha256;
use http::Request;
use serde_json::{Value, json};
use sha2::Digest;
use tower::ServiceExt;

use crate::{Answer, Desk, Person, a_ticket, received};

/// A file that somebody has, and what they say of it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The request that reserves a slot for it.
    pub said: Value,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Parcel {
    /// A file for one ticket or comment in the making, with the truth about its size and its hash.
    #[must_use]
    pub fn new(submission: &str, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let said = json!({
            "submission": submission,
            "file_name": name,
            "content_type": content_type,
            "size": bytes.len(),
            "sha256": sha256(&bytes),
        });
        Self { said, bytes }
    }

    /// The same, by the rules of a service.
    #[must_use]
    pub fn by(self, service: &str) -> Self {
        self.saying("service_id", json!(service))
    }

    /// The same, as a picture in a text.
    #[must_use]
    pub fn inline(self) -> Self {
        self.saying("inline", json!(true))
    }

    fn saying(mut self, field: &str, value: Value) -> Self {
        self.said[field] = value;
        self
    }
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::of(sha2::Sha256::digest(bytes).into()).as_str().to_owned()
}

/// What an upload is called once it belongs to a ticket.
#[must_use]
pub fn attachment_of(upload: &str) -> String {
    upload.replacen("upl_", "att_", 1)
}

/// A request that opens a ticket about the network, with these uploads beside its description.
#[must_use]
pub fn a_ticket_with(uploads: &[String]) -> Value {
    let mut ticket = a_ticket();
    ticket["attachments"] = json!(uploads);
    ticket
}

impl Person {
    /// Reserves a slot for a file.
    pub async fn reserve(&self, parcel: &Parcel) -> Answer {
        self.post("/v1/uploads", &parcel.said).await
    }

    /// Says that an upload was sent.
    pub async fn completes(&self, upload: &Value) -> Answer {
        self.post(&format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap()), &json!({})).await
    }
}

impl Desk {
    /// Lets files of these types go with tickets of a service, each of so many bytes at most.
    pub async fn admits(&self, service: &str, types: &[&str], most_bytes: u64) {
        let ada = self.sign_in("ada").await;
        let services = ada.get("/v1/services").await.expect(200).json;
        let mut known = services["services"].as_array().unwrap().iter();
        let version = format!("\"{}\"", known.find(|one| one["id"] == service).unwrap()["version"]);
        let rules = json!({ "file_types": types, "file_size_limit": most_bytes });
        ada.patch(&format!("/v1/services/{service}"), &version, &rules).await.expect(200);
    }

    /// Sends a request to the files' own host; answers what is said there, and its bytes.
    pub async fn at_the_bucket(&self, request: Request<Body>) -> (Answer, Vec<u8>) {
        received(self.desk.files_router().oneshot(request).await.unwrap()).await
    }

    /// Sends bytes to where an upload is to be sent, with all that must be sent along.
    pub async fn put(&self, upload: &Value, bytes: &[u8]) -> Answer {
        let mut request = Request::put(upload["url"].as_str().unwrap()).header("content-length", bytes.len());
        for (name, value) in upload["headers"].as_object().unwrap() {
            request = request.header(name.as_str(), value.as_str().unwrap());
        }
        self.at_the_bucket(request.body(Body::from(bytes.to_vec())).unwrap()).await.0
    }

    /// Fetches what is at an address; answers its bytes too.
    pub async fn fetch(&self, url: &str) -> (Answer, Vec<u8>) {
        self.at_the_bucket(Request::get(url).body(Body::empty()).unwrap()).await
    }

    /// Reserves a slot for a file and sends it there; answers the upload, of which nobody has heard that it was sent.
    pub async fn sent(&self, person: &Person, parcel: &Parcel) -> Value {
        let upload = person.reserve(parcel).await.expect(201).json["upload"].clone();
        self.put(&upload, &parcel.bytes).await.expect(200);
        upload
    }

    /// Sends a file, and says so; answers what the desk makes of it.
    pub async fn send(&self, person: &Person, parcel: &Parcel) -> Answer {
        let upload = self.sent(person, parcel).await;
        person.completes(&upload).await
    }

    /// Sends a file that is accepted; answers its id.
    pub async fn attachable(&self, person: &Person, parcel: &Parcel) -> String {
        let accepted = self.send(person, parcel).await.expect(200);
        assert_eq!(accepted.json["upload"]["state"], "accepted", "{}", accepted.text);
        accepted.json["upload"]["id"].as_str().unwrap().to_owned()
    }

    /// Opens a ticket with one file; answers the ticket's number and the attachment's id.
    pub async fn attached(&self, person: &Person, parcel: &Parcel) -> (String, String) {
        let upload = self.attachable(person, parcel).await;
        let opened = person.post("/v1/tickets", &a_ticket_with(std::slice::from_ref(&upload))).await.expect(201);
        let ticket = &opened.json["ticket"];
        assert_eq!(ticket["attachments"][0]["id"], attachment_of(&upload), "{}", opened.text);
        (ticket["number"].as_str().unwrap().to_owned(), attachment_of(&upload))
    }

    /// What somebody gets who asks for a file.
    pub async fn delivered(&self, person: &Person, attachment: &str) -> Vec<u8> {
        let found = person.get(&format!("/v1/attachments/{attachment}")).await.expect(200);
        let (answer, bytes) = self.fetch(found.json["url"].as_str().unwrap()).await;
        answer.expect(200);
        bytes
    }
}
