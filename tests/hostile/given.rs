//! What the cases are tried on, and what every answer to them must be like.

use std::collections::BTreeMap;

use http::HeaderMap;
use local::outbox::Sent;
use local::template::{Route, Template};
use tests::{Answer, Desk, Person};

/// The routes that the desk is deployed with.
pub(crate) fn routes() -> Vec<Route> {
    let parameters = BTreeMap::from([
        ("PublicUrl".to_owned(), "http://desk.test".to_owned()),
        ("SenderAddress".to_owned(), "desk@lambdesk.example".to_owned()),
    ]);
    Template::parse(include_str!("../../infra/template.yaml"), &parameters).unwrap().routes
}

/// A path of the template with the same text for each of its parameters.
pub(crate) fn filled(path: &str, with: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { with } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// A refusal like every other: a problem that names its request, and nothing of what is inside the desk.
#[track_caller]
pub(crate) fn refusal(answer: Answer, status: u16) -> Answer {
    let answer = answer.expect(status);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.text);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.json["status"], status);
    let id = answer.header("x-request-id").unwrap();
    assert_eq!(answer.json["request_id"], id);
    assert_eq!(answer.json["instance"], format!("urn:lambdesk:request:{id}"));
    for inside in ["DynamoDB", "TransactWriteItems", "serde", "panicked", ".rs:"] {
        assert!(!answer.text.contains(inside), "{}", answer.text);
    }
    answer
}

/// All that an answer tells, but for the id of its request.
pub(crate) fn told(answer: Answer) -> (u16, HeaderMap, String) {
    let id = answer.header("x-request-id").unwrap().to_owned();
    let mut headers = answer.headers;
    headers.remove("x-request-id");
    (answer.status, headers, answer.text.replace(&id, ""))
}

/// The number of the ticket in an answer.
pub(crate) fn number(answer: &Answer) -> String {
    answer.json["ticket"]["number"].as_str().unwrap().to_owned()
}

/// The version of what is in an answer.
pub(crate) fn etag(answer: &Answer) -> String {
    answer.header("etag").unwrap_or_else(|| panic!("no ETag: {}", answer.text)).to_owned()
}

/// The numbers of one's own tickets, as a list shows them.
pub(crate) async fn own_tickets(person: &Person) -> Vec<String> {
    let list = person.get("/v1/tickets?requester_id=me&limit=100").await.expect(200);
    let tickets = list.json["tickets"].as_array().unwrap();
    tickets.iter().map(|ticket| ticket["number"].as_str().unwrap().to_owned()).collect()
}

/// Where the link in a mail leads, without the host.
pub(crate) fn link(sent: &Sent) -> String {
    let paths = sent.text.split_whitespace().find_map(|word| word.strip_prefix("http://desk.test"));
    paths.filter(|path| path.starts_with("/l/")).unwrap_or_else(|| panic!("no link: {}", sent.text)).to_owned()
}

/// Where the link in the newest mail to somebody leads.
pub(crate) async fn newest_link(desk: &Desk, who: &str) -> String {
    desk.settle().await;
    link(desk.mail_to(who).last().unwrap())
}
