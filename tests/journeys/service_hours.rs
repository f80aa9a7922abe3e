//! Service hours: a desk that rests at night and at the weekend, and what may be promised there.

use serde_json::{Value, json};
use tests::Desk;

/// A desk that looks for what is due from Monday to Friday, 7:00 to 18:59 in Prague.
async fn desk_of_daytime() -> Desk {
    Desk::ticking("cron(* 7-18 ? * MON-FRI *)", "Europe/Prague").await
}

/// Promises a solution within twenty-four hours of these business hours.
fn promise(name: &str, hours: &str) -> Value {
    let target = json!({ "value": 24 * 3600, "unit": "seconds" });
    json!({
        "name": name,
        "business_hours_id": hours,
        "targets": { "resolution": { "low": target, "normal": target, "high": target, "urgent": target } },
    })
}

/// Of a list, the one with this id.
fn find(list: &Value, id: &str) -> Value {
    list.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
}

fn quoted(version: &Value) -> String {
    format!("\"{version}\"")
}

#[tokio::test]
async fn what_is_promised_fits_the_service_hours_or_may_be_late() {
    let desk = desk_of_daytime().await;
    let ada = desk.sign_in("ada").await;
    let before = desk.table();
    let refused = ada.post("/v1/sla_policies", &promise("Always", "hrs_always")).await.expect(422);
    assert_eq!(refused.fields(), ["business_hours_id"]);
    assert_eq!(refused.json["errors"][0]["code"], "outside_service_hours");
    assert_eq!(desk.table(), before);
    ada.post("/v1/sla_policies", &promise("By day", "hrs_desk")).await.expect(201);
    let mut late = promise("Always", "hrs_always");
    late["late_ok"] = json!(true);
    let accepted = ada.post("/v1/sla_policies", &late).await.expect(201);
    let policy = &accepted.json["sla_policy"];
    assert_eq!(policy["late_ok"], true);
    let (path, etag) = (format!("/v1/sla_policies/{}", policy["id"].as_str().unwrap()), quoted(&policy["version"]));
    let refused = ada.patch(&path, &etag, &json!({ "late_ok": false })).await.expect(422);
    assert_eq!(refused.fields(), ["business_hours_id"]);

    // The demo's policies count by the office hours: those cannot leave the service hours either.
    let office = find(&ada.get("/v1/business_hours").await.expect(200).json["business_hours"], "hrs_desk");
    let week = json!({ "week": { "saturday": [{ "from": "08:00", "to": "17:00" }] } });
    let refused = ada.patch("/v1/business_hours/hrs_desk", &quoted(&office["version"]), &week).await.expect(422);
    assert_eq!(refused.fields(), ["week"]);
    assert_eq!(refused.json["errors"][0]["code"], "outside_service_hours");
    desk.close().await;
}

#[tokio::test]
async fn what_becomes_due_while_the_desk_rests_is_found_in_the_morning_as_of_its_time() {
    let desk = desk_of_daytime().await;
    // Friday, 17:00 in Prague: what is promised now is due on Saturday.
    desk.until("2026-03-06T16:00:00Z").await;
    let ada = desk.sign_in("ada").await;
    let mut late = promise("Always", "hrs_always");
    late["late_ok"] = json!(true);
    let policy = ada.post("/v1/sla_policies", &late).await.expect(201).json["sla_policy"]["id"].clone();
    let other = find(&ada.get("/v1/services").await.expect(200).json["services"], "svc_other");
    let chosen = json!({ "sla_policy_id": policy });
    ada.patch("/v1/services/svc_other", &quoted(&other["version"]), &chosen).await.expect(200);
    let wish = json!({ "subject": "A plant", "description": "For the hall.", "service_id": "svc_other" });
    let opened = desk.sign_in("rita").await.post("/v1/tickets", &wish).await.expect(201);
    let number = opened.json["ticket"]["number"].as_str().unwrap().to_owned();
    desk.settle().await;

    for resting in ["2026-03-07T16:05:00Z", "2026-03-08T12:00:00Z", "2026-03-09T05:59:00Z"] {
        desk.until(resting).await;
        assert!(breaches(&desk, &number).await.is_empty(), "nobody looks at {resting}");
    }
    // Monday, 7:00 in Prague.
    desk.until("2026-03-09T06:00:00Z").await;
    let told = breaches(&desk, &number).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["why"]["breached_at"], "2026-03-07T16:00:00Z");
    assert_eq!((&told[0]["why"]["late"], &told[0]["at"]), (&json!(true), &json!("2026-03-09T06:00:00Z")));
    desk.close().await;
}

/// The breaches that a ticket tells of.
async fn breaches(desk: &Desk, number: &str) -> Vec<Value> {
    let leo = desk.sign_in("leo").await;
    let history = leo.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    let events = history["events"].as_array().unwrap().iter();
    events.filter(|event| event["type"] == "TargetBreached").cloned().collect()
}
