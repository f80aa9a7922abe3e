//! The template that is deployed.

use super::*;

fn deployed() -> Template {
    let text = include_str!("../../../../template.yaml");
    Template::parse(text, &given(&[("SenderAddress", "helpdesk@lambdesk.example")])).unwrap()
}

const ROUTES: [&str; 59] = [
    "identity POST /v1/sessions",
    "identity POST /v1/sessions/refresh",
    "identity DELETE /v1/sessions/current",
    "identity GET /v1/users/me",
    "identity PATCH /v1/users/me",
    "identity POST /v1/password_resets",
    "identity POST /v1/password_resets/{token}",
    "catalog GET /v1/services",
    "catalog POST /v1/services",
    "catalog PATCH /v1/services/{id}",
    "catalog DELETE /v1/services/{id}",
    "catalog GET /v1/services/{id}/owners",
    "catalog PUT /v1/services/{id}/owners",
    "catalog POST /v1/categories",
    "catalog PATCH /v1/categories/{id}",
    "catalog DELETE /v1/categories/{id}",
    "catalog GET /v1/groups",
    "catalog POST /v1/groups",
    "catalog PATCH /v1/groups/{id}",
    "catalog DELETE /v1/groups/{id}",
    "catalog POST /v1/groups/{id}/members",
    "catalog DELETE /v1/groups/{id}/members/{person}",
    "catalog GET /v1/business_hours",
    "catalog POST /v1/business_hours",
    "catalog PATCH /v1/business_hours/{id}",
    "catalog DELETE /v1/business_hours/{id}",
    "catalog POST /v1/business_hours/{id}/holidays",
    "catalog GET /v1/sla_policies",
    "catalog POST /v1/sla_policies",
    "catalog PATCH /v1/sla_policies/{id}",
    "catalog DELETE /v1/sla_policies/{id}",
    "intake POST /v1/tickets",
    "intake PATCH /v1/tickets/{number}",
    "intake POST /v1/tickets/{number}/cancel",
    "dispatch POST /v1/tickets/{number}/claim",
    "dispatch POST /v1/tickets/{number}/release",
    "dispatch POST /v1/tickets/{number}/assign",
    "dispatch POST /v1/tickets/{number}/schedule",
    "messaging POST /v1/tickets/{number}/comments",
    "messaging PATCH /v1/tickets/{number}/comments/{id}",
    "messaging POST /v1/tickets/{number}/resolve",
    "messaging POST /v1/tickets/{number}/confirm",
    "messaging POST /v1/tickets/{number}/reopen",
    "messaging POST /v1/tickets/{number}/close",
    "attachments POST /v1/uploads",
    "attachments POST /v1/uploads/{id}/complete",
    "attachments GET /v1/attachments/{id}",
    "query GET /v1/tickets",
    "query GET /v1/tickets/{number}",
    "query GET /v1/tickets/{number}/comments",
    "query GET /v1/tickets/{number}/events",
    "query GET /v1/tickets/{number}/slas",
    "query GET /v1/tickets/{number}/notifications",
    "query GET /v1/queues",
    "query GET /v1/health",
    "query GET /v1/openapi.json",
    "sla POST /v1/sla_policies/{id}/apply",
    "portal GET /l/{token}",
    "portal POST /l/{token}",
];

#[test]
fn the_deployed_template_has_every_route() {
    let template = deployed();
    assert_eq!(said(&template), ROUTES);
    assert_eq!(template.fallback, "query");
}

#[test]
fn the_deployed_template_wires_two_streams_and_two_queues() {
    let template = deployed();
    let streams: Vec<(&str, usize)> =
        template.streams.iter().map(|stream| (stream.function.as_str(), stream.batch_size)).collect();
    assert_eq!(streams, [("dispatch", 25), ("relay", 100)]);
    let read: Vec<(&str, &str, usize)> = template
        .queue_mappings
        .iter()
        .map(|mapping| (mapping.function.as_str(), mapping.queue.as_str(), mapping.batch_size))
        .collect();
    assert_eq!(read, [("notify", "NotifyQueue", 2), ("sla", "SlaQueue", 10)]);
    let longest = template.functions.iter().map(|function| function.timeout_seconds).max().unwrap();
    for (_, id, _) in read {
        let queue = template.queues.iter().find(|queue| queue.logical_id == id).unwrap();
        assert_eq!(queue.dead_letter, Some(("DeadLetterQueue".to_owned(), 5)), "{id}");
        assert_eq!(u64::from(queue.visibility_seconds), 6 * longest, "{id}");
    }
    assert_eq!(template.table["GlobalSecondaryIndexes"].as_array().unwrap().len(), 6);
}

#[test]
fn the_deployed_template_sweeps_once_a_day_and_ticks_once_a_minute() {
    let [sweep, tick] = <[Schedule; 2]>::try_from(deployed().schedules).unwrap();
    assert_eq!(sweep.times, times("rate(1 day)", "UTC"));
    assert_eq!(sweep.target, Target::Function("attachments".to_owned()));
    assert_eq!(tick.times, times("rate(1 minute)", "UTC"));
    assert_eq!(tick.target, Target::Queue("SlaQueue".to_owned()));
    assert_eq!(tick.input, r#"{"tick":{"at":"<aws.scheduler.scheduled-time>"}}"#);
}

#[test]
fn the_deployed_template_has_a_bucket_for_files_and_one_for_failures() {
    let template = deployed();
    let [files, failures] = template.buckets.as_slice() else {
        panic!("two buckets are expected, not {}", template.buckets.len());
    };
    let attachments = template.functions.iter().find(|function| function.name == "attachments").unwrap();
    assert_eq!(files.name, attachments.environment["BUCKET_NAME"], "the function knows the bucket by its name");
    assert_eq!(files.cors.as_ref().unwrap().origins, template.cors.origins);
    let told: Vec<_> = files.notifications.iter().map(|one| (one.prefix.as_str(), one.function.as_str())).collect();
    assert_eq!(told, [("uploads/", "attachments")]);
    let expiring: Vec<_> = files.expiries.iter().map(|one| (one.prefix.as_str(), one.objects_after_days)).collect();
    assert_eq!(expiring, [("uploads/", Some(1)), ("", None)], "what was accepted stays");
    assert_eq!((failures.logical_id.as_str(), failures.name.as_str()), ("FailureBucket", "failurebucket"));
    assert_eq!((&failures.cors, failures.notifications.len()), (&None, 0));
}
