//! Content: what people type stays text, wherever it is shown.

use local::outbox::Sent;
use serde_json::json;
use tests::{Desk, Person, a_ticket};

use crate::given::{etag, link, number, refusal};

/// What browsers would run, load or send if it were let into a page.
const CORPUS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><annotation-xml encoding=\"text/html\"><script>alert(1)</script></annotation-xml></math>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<base href=\"https://evil.test/\">",
    "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.test/\">",
    "<form action=\"https://evil.test/\"><input type=\"password\"></form>",
    "</title></style></textarea><iframe srcdoc=\"<script>alert(1)</script>\">",
    "<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]>",
];

/// Where a text is shown: the mails about a ticket, and its page.
struct Shown {
    mails: Vec<Sent>,
    page: String,
}

/// Opens a ticket that says this everywhere, lets a lead answer with it, and looks at everything that was sent and at
/// the page that the newest mail opens.
async fn shown(desk: &Desk, rita: &Person, leo: &Person, text: &str) -> Shown {
    let mut body = a_ticket();
    body["subject"] = json!(text);
    body["description"] = json!(text);
    let number = number(&rita.post("/v1/tickets", &body).await.expect(201));
    desk.settle().await;
    leo.does("comments", &number, &json!({ "body": text })).await.expect(201);
    desk.settle().await;
    let mails = desk.outbox().into_iter().filter(|sent| sent.ticket.as_deref() == Some(number.as_str()));
    let mails: Vec<_> = mails.collect();
    let newest = mails.iter().rfind(|sent| sent.to.contains(&desk.email("rita"))).unwrap();
    let page = desk.nobody().get(&link(newest)).await.expect(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    Shown { mails, page: page.text }
}

impl Shown {
    /// Everything that a browser or a mail program renders.
    fn documents(&self) -> Vec<&str> {
        self.mails.iter().map(|sent| sent.html.as_str()).chain([self.page.as_str()]).collect()
    }

    /// The tags of every document, which do not depend on any text but for where a link leads.
    fn markup(&self) -> Vec<Vec<&str>> {
        let mut markup: Vec<_> = self.documents().into_iter().map(tags).collect();
        markup.sort();
        markup
    }
}

fn tags(document: &str) -> Vec<&str> {
    let tags = document.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag));
    tags.map(|tag| if tag.starts_with("a href=") { "a" } else { tag }).collect()
}

/// Gives somebody another name.
async fn rename(person: &Person, name: &str) {
    let version = etag(&person.get("/v1/users/me").await);
    person.patch("/v1/users/me", &version, &json!({ "name": name })).await.expect(200);
}

#[tokio::test]
async fn h155_what_people_type_adds_no_tag_to_any_page_or_mail() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let harmless = shown(&desk, &rita, &leo, "No network in room 12").await;
    assert!(harmless.mails.len() >= 3, "acknowledged, assigned, answered");
    for text in CORPUS {
        rename(&rita, text).await;
        rename(&leo, text).await;
        let hostile = shown(&desk, &rita, &leo, text).await;
        assert_eq!(hostile.markup(), harmless.markup(), "{text}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h155_what_people_type_comes_back_as_json_that_no_browser_renders() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for text in CORPUS {
        let mut body = a_ticket();
        body["subject"] = json!(text);
        body["description"] = json!(text);
        let opened = rita.post("/v1/tickets", &body).await.expect(201);
        let read = rita.get(&format!("/v1/tickets/{}?include=comments", number(&opened))).await.expect(200);
        let listed = rita.get("/v1/tickets?requester_id=me&limit=1").await.expect(200);
        assert_eq!(read.json["ticket"]["subject"], text, "neither cut nor escaped");
        assert_eq!(read.json["ticket"]["description"], text);
        for answer in [opened, read, listed] {
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
        }
    }
    desk.close().await;
}

#[tokio::test]
async fn h157_what_looks_like_a_template_stays_as_it_is() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let text = "{{7*7777777}} ${env} %s%n {% if x %} {# y #} #{z} {{ self }}";
    rename(&rita, text).await;
    rename(&leo, text).await;
    let shown = shown(&desk, &rita, &leo, text).await;
    for document in shown.documents() {
        assert!(document.contains(text) && !document.contains("54444439"), "{document}");
    }
    for sent in &shown.mails {
        assert!(sent.subject.ends_with(text), "{}", sent.subject);
        assert!(sent.text.contains(text), "{}", sent.text);
    }
    desk.close().await;
}

#[tokio::test]
async fn h158_a_line_break_or_a_comma_in_what_becomes_a_header_is_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let version = etag(&rita.get("/v1/users/me").await);
    let before = desk.table();
    for line in ["x\r\nBcc: z@evil.test", "x\nBcc: z@evil.test", "x\rBcc: z@evil.test", "x\u{85}Bcc: z@evil.test"] {
        let mut body = a_ticket();
        body["subject"] = json!(line);
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["subject"]);
        let renamed = rita.patch("/v1/users/me", &version, &json!({ "name": line })).await;
        assert_eq!(refusal(renamed, 422).fields(), ["name"]);
    }
    let long = format!("{}@acme.example", "a".repeat(308));
    let addresses = ["a@acme.example\r\nBcc: z@evil.test", "a@acme.example,z@evil.test", "<a@acme.example>", &long];
    for address in addresses {
        let mut body = a_ticket();
        body["contact_method"] = json!({ "kind": "email", "value": address });
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["contact_method.value"]);
        let mut body = a_ticket();
        body["cc"] = json!(["rob@acme.example", address]);
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["cc.1"]);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

/// The characters that turn the order of what stands around them.
const TURNING: [char; 9] =
    ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];

#[tokio::test]
async fn h159_no_subject_or_name_turns_what_stands_beside_it() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    rename(&rita, "Rita \u{202e}niamod\u{2066}").await;
    rename(&leo, "\u{202d}Leo\u{2069} \u{202b}").await;
    let mut body = a_ticket();
    body["subject"] = json!("invoice \u{202e}fdp.exe\u{2069}");
    let opened = rita.post("/v1/tickets", &body).await.expect(201);
    assert_eq!(opened.json["ticket"]["subject"], body["subject"], "kept as it was typed");
    desk.settle().await;
    leo.does("comments", &number(&opened), &json!({ "body": "We have it." })).await.expect(201);
    desk.settle().await;
    let mails = desk.mail_to("rita");
    let page = desk.nobody().get(&link(mails.last().unwrap())).await.expect(200).text;
    assert!(page.contains("invoice fdp.exe"), "{page}");
    for sent in &mails {
        let name = sent.header("To").unwrap();
        for shown in [name, &sent.subject, &sent.text, &sent.html, &page] {
            assert!(!shown.contains(TURNING), "{shown:?}");
        }
    }
    desk.close().await;
}

#[tokio::test]
async fn h159_identifiers_with_turning_characters_are_refused() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let own = rita.opens_a_ticket().await;
    let before = desk.table();
    for turning in TURNING {
        let mut body = a_ticket();
        body["contact_method"] = json!({ "kind": "email", "value": format!("rita{turning}@acme.example") });
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["contact_method.value"]);
        let mut body = a_ticket();
        body["service_id"] = json!(format!("svc_network{turning}"));
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), ["service_id"]);
    }
    refusal(rita.get(&format!("/v1/tickets/{own}%e2%80%ae")).await, 404);
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h165_what_looks_like_an_expression_is_a_value_or_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let own = rita.opens_a_ticket().await;
    let filters = ["status", "status_category", "next_action_by", "service_id", "category_id", "priority", "kind"];
    let times = ["created_after", "created_before", "closed_after", "closed_before", "sort"];
    for value in [":v", ":f0_0", "%23f0_0", "attribute_exists(pk)", "svc_network'%20OR%201=1", "a%20AND%20b"] {
        for filter in filters.into_iter().chain(times) {
            let answer = rita.get(&format!("/v1/tickets?requester_id=me&{filter}={value}")).await;
            assert_eq!(refusal(answer, 422).fields(), [filter], "{value}");
        }
        refusal(rita.get(&format!("/v1/tickets?requester_id={value}")).await, 422);
    }
    let spelled = json!({ "body": ":v #n attribute_exists(pk)" });
    let said = rita.does("comments", &own, &spelled).await.expect(201);
    assert_eq!(said.json["comment"]["body"], spelled["body"]);
    assert_eq!(said.json["comment"]["author"], json!({ "id": "usr_rita", "name": "Rita Requester" }));
    desk.close().await;
}
