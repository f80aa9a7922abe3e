//! What the catalog decides: owners, agreements, forms, who may choose what, and how a ticket may end.

use serde_json::{Value, json};
use tests::{Desk, a_ticket};

fn service<'a>(services: &'a Value, id: &str) -> &'a Value {
    services["services"].as_array().unwrap().iter().find(|service| service["id"] == id).unwrap()
}

#[tokio::test]
async fn s0_37_s0_38_s0_44_the_owners_of_a_service_are_chosen_before_its_group() {
    let desk = Desk::open().await;
    let (ada, rita) = (desk.sign_in("ada").await, desk.sign_in("rita").await);
    let services = ada.get("/v1/services").await.expect(200).json;
    let version = format!("\"{}\"", service(&services, "svc_network")["version"]);
    let owners = json!({ "owners": ["usr_fay", "usr_leo"] });
    let path = "/v1/services/svc_network/owners";
    assert_eq!(ada.send(http::Method::PUT, path, &[], Some(&owners)).await.status, 428);
    let put = ada.send(http::Method::PUT, path, &[("if-match", &version)], Some(&owners)).await.expect(200);
    assert_eq!(put.json["owners"][0]["name"], "Fay First");
    assert_eq!(ada.get(path).await.expect(200).json["owners"][1]["name"], "Leo Lead");
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let ticket = rita.ticket(&number).await;
    assert!(["Fay First", "Leo Lead"].contains(&ticket["assignee"]["name"].as_str().unwrap()));
    let history = ada.get(&format!("/v1/tickets/{number}/events")).await.expect(200).json;
    assert_eq!(history["events"][1]["why"]["step"], "owners");
    desk.close().await;
}

#[tokio::test]
async fn s0_33_s0_34_s4_63_services_tell_their_categories_scopes_and_fallback() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let services = rita.get("/v1/services").await.expect(200).json;
    let counters = service(&services, "svc_counters");
    assert_eq!(counters["fallback_contact"], "help@lambdesk.example");
    let names: Vec<_> = counters["categories"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    let expected = [
        "Data accuracy",
        "Training",
        "Technical issue",
        "Configuration",
        "Service request",
        "Device error",
        "Software error",
    ];
    assert_eq!(names, expected, "what only agents may choose is not shown");
    let accuracy = &counters["categories"][0];
    assert!(accuracy["description"].as_str().unwrap().contains("Counts"));
    let service_request = counters["categories"][4]["description"].as_str().unwrap();
    assert!(service_request.ends_with("store closing, special tuning."), "{service_request}");
    // S0.27: where something is described, it says what not to write.
    assert!(accuracy["form"][0]["warning"].as_str().unwrap().contains("no passwords"));
    desk.close().await;
}

#[tokio::test]
async fn s0_35_s0_36_an_agreement_and_a_form_are_asked_for_all_at_once() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    let refused = rita.post("/v1/tickets", &json!({ "subject": " ", "service_id": "svc_security" })).await.expect(422);
    assert_eq!(refused.fields(), ["description", "subject"]);
    let wish = json!({ "subject": "An alarm", "description": "It rings.", "service_id": "svc_security" });
    assert_eq!(rita.post("/v1/tickets", &wish).await.expect(422).fields(), ["agreement_version"]);
    let outdated = json!({ "subject": "An alarm", "description": "It rings.", "service_id": "svc_security",
        "agreement_version": "2025-01" });
    assert_eq!(rita.post("/v1/tickets", &outdated).await.expect(422).fields(), ["agreement_version"]);
    let unanswered = json!({ "subject": "Counts", "description": "They differ.", "service_id": "svc_counters",
        "category_id": "cat_accuracy", "answers": { "how_many": "seven", "colour": "red" } });
    let fields = rita.post("/v1/tickets", &unanswered).await.expect(422).fields();
    assert_eq!(fields, ["answers.where", "answers.how_many", "answers.colour"]);
    assert_eq!(desk.table(), before);
    let accepted = json!({ "subject": "An alarm", "description": "It rings.", "service_id": "svc_security",
        "agreement_version": "2026-01" });
    let ticket = rita.post("/v1/tickets", &accepted).await.expect(201).json["ticket"].clone();
    assert_eq!(ticket["agreement"]["version"], "2026-01");
    desk.close().await;
}

#[tokio::test]
async fn s2_30_s2_51_where_nobody_is_asked_agents_close_what_they_solved() {
    let desk = Desk::open().await;
    let (rita, fay) = (desk.sign_in("rita").await, desk.sign_in("fay").await);
    let wish = json!({ "subject": "A password", "description": "Forgotten.", "service_id": "svc_computing" });
    let number =
        rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].as_str().unwrap().to_owned();
    let solved = json!({ "reason": "solved", "solution": "A new one is in your box." });
    let closed = fay.does("close", &number, &solved).await.expect(200);
    assert_eq!(closed.json["ticket"]["status"], "closed");
    let dialogue = rita.get(&format!("/v1/tickets/{number}/comments")).await.expect(200).json;
    assert_eq!(dialogue["comments"][0]["body"], "A new one is in your box.");
    let asked = rita.opens_a_ticket().await;
    let leo = desk.sign_in("leo").await;
    assert_eq!(leo.does("close", &asked, &solved).await.expect(422).fields(), ["reason"]);
    leo.does("close", &asked, &json!({ "reason": "duplicate" })).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn s1_25_a_service_may_require_a_score() {
    let desk = Desk::open().await;
    let (rita, fay) = (desk.sign_in("rita").await, desk.sign_in("fay").await);
    let wish = json!({ "subject": "Training", "description": "Please.", "service_id": "svc_counters" });
    let number =
        rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].as_str().unwrap().to_owned();
    let resolved = fay.does("resolve", &number, &json!({ "solution": "Monday at ten." })).await.expect(200);
    assert_eq!(resolved.json["ticket"]["auto_close_at"], "2026-03-16T09:00:00Z", "fourteen days for this service");
    assert_eq!(rita.does("confirm", &number, &json!({})).await.expect(422).fields(), ["satisfaction"]);
    assert_eq!(
        rita.does("confirm", &number, &json!({ "satisfaction": 6 })).await.expect(422).fields(),
        ["satisfaction"]
    );
    rita.does("confirm", &number, &json!({ "satisfaction": 1 })).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn s0_19_s0_41_s2_43_a_ticket_is_forwarded_to_a_person_even_while_it_is_new() {
    let desk = Desk::open().await;
    let (rita, ned, nora) = (desk.sign_in("rita").await, desk.sign_in("ned").await, desk.sign_in("nora").await);
    let number = rita.opens_a_ticket().await;
    let to = json!({ "assignee_id": nora.id, "note": "You know the switch." });
    let forwarded = ned.does("assign", &number, &to).await.expect(200);
    assert_eq!(forwarded.json["ticket"]["status"], "new");
    assert_eq!(forwarded.json["ticket"]["assignee"]["name"], "Nora Network");
    desk.settle().await;
    assert_eq!(rita.ticket(&number).await["assignee"]["name"], "Nora Network", "dispatch leaves it where it was put");
    assert!(desk.mail_to("nora").last().unwrap().subject.contains(&number));
    assert_eq!(
        ned.does("assign", &number, &json!({ "assignee_id": rita.id })).await.expect(422).fields(),
        ["assignee_id"]
    );
    assert_eq!(ned.does("assign", &number, &json!({})).await.expect(422).fields(), ["assignee_id"]);
    // S0.42: opening the page of what somebody handles refuses nothing and changes nothing.
    nora.does("claim", &number, &json!({})).await.expect(200);
    let before = desk.table();
    ned.get(&format!("/v1/tickets/{number}")).await.expect(200);
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn a_ticket_that_is_given_back_goes_to_somebody_else() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let number = rita.opens_a_ticket().await;
    ned.does("claim", &number, &json!({})).await.expect(200);
    let released = ned.does("release", &number, &json!({})).await.expect(200);
    assert_eq!(
        (&released.json["ticket"]["status"], &released.json["ticket"]["assignee"]),
        (&json!("new"), &Value::Null)
    );
    desk.settle().await;
    assert_eq!(rita.ticket(&number).await["assignee"]["name"], "Nora Network");
    desk.close().await;
}

#[tokio::test]
async fn s4_42_a_change_of_service_dispatches_again() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let shown = leo.get(&format!("/v1/tickets/{number}")).await.expect(200);
    let change = json!({ "service_id": "svc_counters", "category_id": "cat_tuning", "tags": ["shop 7"] });
    let edited = leo.patch(&format!("/v1/tickets/{number}"), shown.header("etag").unwrap(), &change).await.expect(200);
    assert_eq!(edited.json["ticket"]["category"]["name"], "Obstacle to an accuracy audit");
    assert_eq!(edited.json["ticket"]["tags"], json!(["shop 7"]));
    desk.settle().await;
    assert_eq!(rita.ticket(&number).await["assignee"]["name"], "Fay First");
    assert!(rita.ticket(&number).await.get("tags").is_none(), "tags are the desk's own");
    desk.close().await;
}

#[tokio::test]
async fn s4_45_everyone_on_a_ticket_is_told_of_every_comment_and_every_status() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let mut wish = a_ticket();
    wish["cc"] = json!([desk.email("rob")]);
    let number =
        rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].as_str().unwrap().to_owned();
    ned.does("claim", &number, &json!({})).await.expect(200);
    ned.does("comments", &number, &json!({ "body": "For the desk.", "public": false })).await.expect(201);
    ned.does("comments", &number, &json!({ "body": "For all." })).await.expect(201);
    ned.does("resolve", &number, &json!({ "solution": "Replugged." })).await.expect(200);
    desk.settle().await;
    for who in ["rita", "rob"] {
        let mails = desk.mail_to(who);
        assert_eq!(mails.len(), 4, "{who}: opened, claimed, answered, resolved");
        assert!(mails.iter().all(|mail| mail.subject.contains(&number)));
        assert!(mails.iter().all(|mail| !mail.text.contains("For the desk.")), "a note is the desk's own");
        assert!(mails.iter().all(|mail| mail.header("Auto-Submitted").is_some_and(|value| value.starts_with("auto-"))));
        assert!(mails.iter().all(|mail| mail.header("References").is_some()));
    }
    // Rob reads Chinese.
    assert!(desk.mail_to("rob")[0].text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)));
    assert!(desk.mail_to("ned").is_empty(), "nobody is told of what they did themselves");
    desk.close().await;
}

#[tokio::test]
async fn only_an_admin_keeps_the_catalog_and_everyone_gets_it_at_once() {
    let desk = Desk::open().await;
    let (ada, leo, rita) = (desk.sign_in("ada").await, desk.sign_in("leo").await, desk.sign_in("rita").await);
    let wish = json!({ "name": "Printing", "description": "Paper and toner.", "group_id": "grp_desk" });
    assert_eq!(leo.post("/v1/services", &wish).await.status, 403);
    let added = ada.post_with("/v1/services", &[("idempotency-key", "printing")], &wish).await.expect(201);
    let again = ada.post_with("/v1/services", &[("idempotency-key", "printing")], &wish).await.expect(201);
    assert_eq!(again.header("location"), added.header("location"));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let services = rita.get("/v1/services").await.expect(200).json;
    assert!(services["services"].as_array().unwrap().iter().any(|service| service["name"] == "Printing"));
    desk.close().await;
}
