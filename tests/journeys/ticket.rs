//! "A ticket from intake to closed": the walkthrough of ARCHITECTURE.md and of WALK.md.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, a_ticket};

/// The demo agent who has a ticket.
fn holder(ticket: &Value) -> &'static str {
    match ticket["assignee"]["name"].as_str() {
        Some("Ned Network") => "ned",
        Some("Nora Network") => "nora",
        other => panic!("nobody of the network group has it: {other:?}"),
    }
}

#[tokio::test]
async fn a_ticket_from_intake_to_closed() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;

    // Intake: the requester chooses a service and opens a ticket (S0.33, S1.12, S2.22, S4.15).
    let services = rita.get("/v1/services").await.expect(200);
    assert!(services.json["services"].as_array().unwrap().iter().any(|service| service["id"] == "svc_network"));
    let opened = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    let number = opened.json["ticket"]["number"].as_str().unwrap().to_owned();
    assert_eq!(opened.header("location"), Some(format!("/v1/tickets/{number}").as_str()));
    assert_eq!(opened.json["ticket"]["status"], "new");

    // Dispatch and acknowledgement follow by themselves (S0.11, S2.15, S2.23).
    desk.settle().await;
    let ticket = rita.ticket(&number).await;
    let agent = desk.sign_in(holder(&ticket)).await;
    assert_eq!((&ticket["status"], &ticket["handled"]), (&json!("new"), &json!(false)));
    let acknowledgement = desk.mail_to("rita").remove(0);
    assert!(acknowledgement.subject.contains(&number), "{}", acknowledgement.subject);
    let link = acknowledgement.text.split_whitespace().find(|word| word.contains("/l/")).unwrap();
    let page = desk.nobody().get(link.trim_start_matches("http://desk.test")).await.expect(200);
    assert!(page.text.contains("No network in room 12"));

    // The agent finds it in the to-dos, claims it and asks back (S0.15, S0.17, S2.32).
    let todos = agent.get("/v1/tickets?assignee_id=me").await.expect(200);
    assert_eq!(todos.json["tickets"][0]["number"], number);
    let claimed = agent.does("claim", &number, &json!({})).await.expect(200);
    assert_eq!(claimed.json["ticket"]["status"], "open");
    desk.advance(SignedDuration::from_mins(5));
    let asked = agent.does("comments", &number, &json!({ "body": "Which socket is it?" })).await.expect(201);
    assert_eq!(asked.json["ticket"]["status"], "awaiting_requester");
    desk.settle().await;
    assert!(desk.mail_to("rita").last().unwrap().text.contains("Which socket is it?"));

    // The requester answers, the agent resolves, the requester confirms with a score (S0.7, S0.8, S0.13, S0.14).
    let answered = rita.does("comments", &number, &json!({ "body": "Number 7." })).await.expect(201);
    assert_eq!(answered.json["ticket"]["status"], "awaiting_agent");
    let resolved = agent.does("resolve", &number, &json!({ "solution": "The socket was dead." })).await.expect(200);
    assert_eq!(resolved.json["ticket"]["status"], "resolved");
    let confirmed = rita.does("confirm", &number, &json!({ "satisfaction": 5, "comment": "Quick!" })).await.expect(200);
    assert_eq!(confirmed.json["ticket"]["status"], "closed");
    assert_eq!(confirmed.json["ticket"]["satisfaction"], json!({ "score": 5, "comment": "Quick!" }));

    // What is closed stays closed (S0.10, S1.26).
    let refused = rita.does("comments", &number, &json!({ "body": "One more thing" })).await.expect(409);
    assert_eq!(refused.json["ticket_status"], "closed");
    assert_eq!(refused.json["allowed_actions"], json!([]));
    the_events_tell_the_story(&agent.get(&format!("/v1/tickets/{number}/events")).await.expect(200).json);
    desk.close().await;
}

/// Who, when, what changed, and why that assignee was chosen.
fn the_events_tell_the_story(history: &Value) {
    let events = history["events"].as_array().unwrap();
    let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "TicketOpened",
            "TicketDispatched",
            "TicketClaimed",
            "CommentAdded",
            "CommentAdded",
            "TicketResolved",
            "TicketConfirmed"
        ]
    );
    assert_eq!(events[0]["actor"]["name"], "Rita Requester");
    assert_eq!(events[1]["actor"]["kind"], "system");
    assert_eq!(events[1]["why"]["step"], "group");
    let status = events[2]["changes"].as_array().unwrap().iter().find(|change| change["field"] == "status").unwrap();
    assert_eq!((&status["from"], &status["to"]), (&json!("new"), &json!("open")));
    assert_eq!(events[3]["at"], "2026-03-02T09:05:00Z");
}

#[tokio::test]
async fn s2_29_what_nobody_answers_by_itself_waits_for_the_first_line() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let wish = json!({ "subject": "A plant", "description": "For the hall.", "service_id": "svc_other" });
    let number =
        rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].as_str().unwrap().to_owned();
    desk.settle().await;
    let fay = desk.sign_in("fay").await;
    let queues = fay.get("/v1/queues").await.expect(200).json;
    let unassigned = queues["queues"].as_array().unwrap().iter().find(|queue| queue["kind"] == "unassigned").unwrap();
    assert_eq!(unassigned["tickets"][0]["number"], number);
    // The first line delivers it to a group and keeps following it (S2.31, S2.45, S2.49).
    let delivered =
        fay.does("assign", &number, &json!({ "group_id": "grp_network", "note": "Yours?" })).await.expect(200);
    assert_eq!(delivered.json["ticket"]["tracker"]["name"], "Fay First");
    let ned = desk.sign_in("ned").await;
    let queue = ned.get("/v1/tickets?group_id=grp_network").await.expect(200);
    assert_eq!(queue.json["tickets"][0]["number"], number);
    let dialogue = ned.get(&format!("/v1/tickets/{number}/comments")).await.expect(200).json;
    assert_eq!(dialogue["comments"][0]["body"], "Yours?");
    let seen = rita.get(&format!("/v1/tickets/{number}/comments")).await.expect(200).json;
    assert_eq!(seen["comments"], json!([]), "a note is the desk's own");
    desk.close().await;
}

#[tokio::test]
async fn s0_9_a_ticket_is_canceled_even_after_automatic_dispatch() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let agent = holder(&rita.ticket(&number).await);
    let canceled = rita.does("cancel", &number, &json!({})).await.expect(200);
    assert_eq!(canceled.json["ticket"]["status"], "canceled");
    desk.settle().await;
    let todos = desk.sign_in(agent).await.get("/v1/tickets?assignee_id=me").await.expect(200);
    assert_eq!(todos.json["tickets"], json!([]), "it has left every queue");
    assert!(desk.mail_to(agent).last().unwrap().subject.contains(&number), "the holder is told");
    desk.close().await;
}

#[tokio::test]
async fn s1_24_what_is_not_solved_is_reopened_with_a_comment() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    leo.does("resolve", &number, &json!({ "solution": "Try again." })).await.expect(200);
    assert_eq!(rita.does("reopen", &number, &json!({})).await.expect(422).fields(), ["comment"]);
    let reopened = rita.does("reopen", &number, &json!({ "comment": "It is still dead." })).await.expect(200);
    assert_eq!(reopened.json["ticket"]["status"], "awaiting_agent");
    assert_eq!(reopened.json["ticket"]["reopen_count"], 1);
    desk.close().await;
}

#[tokio::test]
async fn s2_26_a_ticket_is_edited_until_the_desk_has_answered() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let opened = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    let number = opened.json["ticket"]["number"].as_str().unwrap().to_owned();
    let path = format!("/v1/tickets/{number}");
    let change = json!({ "subject": "No network in room 13", "description": "It is room 13.", "urgency": "critical" });
    let edited = rita.patch(&path, opened.header("etag").unwrap(), &change).await.expect(200);
    assert_eq!(edited.json["ticket"]["description"], "It is room 13.");
    assert_eq!(edited.json["ticket"]["priority"], "urgent");
    assert_eq!(rita.ticket(&number).await["description"], "It is room 13.");
    let answered = leo.does("comments", &number, &json!({ "body": "On my way." })).await.expect(201);
    let etag = answered.header("etag").unwrap();
    assert_eq!(rita.patch(&path, etag, &change).await.expect(409).code(), "already_answered");
    desk.close().await;
}

#[tokio::test]
async fn a_comment_is_edited_until_somebody_has_answered() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    let said = rita.does("comments", &number, &json!({ "body": "Socket 7." })).await.expect(201);
    let path = said.header("location").unwrap().to_owned();
    let edited = rita.patch(&path, said.header("etag").unwrap(), &json!({ "body": "Socket 8." })).await.expect(200);
    assert_eq!(edited.json["comment"]["body"], "Socket 8.");
    let dialogue = leo.get(&format!("/v1/tickets/{number}/comments")).await.expect(200);
    assert_eq!(dialogue.json["comments"][0]["body"], "Socket 8.");
    assert!(!dialogue.json["comments"][0]["edited_at"].is_null());
    let etag = edited.header("etag").unwrap().to_owned();
    assert_eq!(leo.patch(&path, &etag, &json!({ "body": "Mine." })).await.status, 403);
    let answered = leo.does("comments", &number, &json!({ "body": "Thanks." })).await.expect(201);
    let refused = rita.patch(&path, answered.header("etag").unwrap(), &json!({ "body": "Socket 9." })).await;
    assert_eq!(refused.expect(409).code(), "already_answered");
    desk.close().await;
}

#[tokio::test]
async fn copies_named_twice_go_out_once_and_strangers_learn_no_names() {
    let desk = Desk::open().await;
    let radek = desk.sign_in("radek").await;
    let mut wish = a_ticket();
    let (rita, petra) = (desk.email("rita"), desk.email("petra"));
    wish["cc"] = json!([rita, rita.to_uppercase(), petra, "new@visitor.example", "NEW@visitor.example"]);
    let ticket = radek.post("/v1/tickets", &wish).await.expect(201).json["ticket"].clone();
    let names: Vec<_> = ticket["cc"].as_array().unwrap().iter().map(|copy| copy["name"].clone()).collect();
    assert_eq!(names, ["rita", "Petra Power", "new"]);
    desk.close().await;
}

#[tokio::test]
async fn nobody_makes_the_desk_write_to_strangers_without_end() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for round in 0..5 {
        let mut wish = a_ticket();
        wish["cc"] = (0..10).map(|n| json!(format!("stranger-{round}-{n}@visitor.example"))).collect();
        let answer = rita.post("/v1/tickets", &wish).await;
        assert_eq!(answer.status, if round < 4 { 201 } else { 429 }, "{}", answer.text);
    }
    rita.opens_a_ticket().await;
    desk.close().await;
}

#[tokio::test]
async fn strangers_count_whether_the_desk_knows_them_or_not() {
    let desk = Desk::open().await;
    let known = ["rita", "rob", "pia", "ada", "leo", "fay", "ned", "nora"].map(|who| desk.email(who));
    let unknown = |round: u32| (0..20).map(move |n| format!("stranger-{round}-{n}@visitor.example"));
    let renata = desk.sign_in("renata").await;
    let radek = desk.sign_in("radek").await;
    let mut wish = a_ticket();
    for round in 0..2 {
        wish["cc"] = json!(unknown(round).collect::<Vec<_>>());
        renata.post("/v1/tickets", &wish).await.expect(201);
        // As many, but the desk knows some of them: all of these are new to whoever asks.
        wish["cc"] = json!(known.iter().cloned().chain(unknown(round)).take(20).collect::<Vec<_>>());
        radek.post("/v1/tickets", &wish).await.expect(201);
    }
    for copy in [desk.email("rita"), "stranger-0-0@visitor.example".to_owned(), "new@visitor.example".to_owned()] {
        wish["cc"] = json!([copy]);
        for person in [&renata, &radek] {
            assert_eq!(person.post("/v1/tickets", &wish).await.status, 429, "{copy}");
        }
    }
    wish["cc"] = json!([desk.email("petra")]);
    radek.post("/v1/tickets", &wish).await.expect(201);
    desk.close().await;
}

#[tokio::test]
async fn s0_24_an_agent_opens_a_ticket_for_somebody_without_an_account() {
    let desk = Desk::open().await;
    let fay = desk.sign_in("fay").await;
    let call = json!({
        "subject": "Forgot my badge", "description": "Called from the gate.", "service_id": "svc_computing",
        "on_behalf_of": { "name": "Gina Guest", "email": "gina@visitor.example" },
        "cc": ["gina@visitor.example", "boss@visitor.example"],
    });
    let opened = fay.post("/v1/tickets", &call).await.expect(201).json["ticket"].clone();
    assert_eq!(opened["requester"]["name"], "Gina Guest");
    assert_eq!(opened["submitter"]["name"], "Fay First");
    assert_eq!(opened["cc"][0]["name"], "boss", "who asks gets no copy of it");
    let mine = fay.get("/v1/tickets?submitter_id=me").await.expect(200);
    assert_eq!(mine.json["tickets"][0]["number"], opened["number"]);
    desk.settle().await;
    let told: Vec<_> = desk.outbox().into_iter().flat_map(|sent| sent.to).collect();
    assert!(told.contains(&"gina@visitor.example".to_owned()) && told.contains(&"boss@visitor.example".to_owned()));
    desk.close().await;
}
