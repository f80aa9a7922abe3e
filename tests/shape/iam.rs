//! Whether each function may do what it does, and nothing else.
//!
//! What a function does is read from its sources: which methods of the store it calls, which helpers of the edge ask
//! the store for it, which calls of other clients it makes. What each of these asks of AWS stands in the tables of
//! [`needs`], and whatever is in no table fails. What a function may do is read from its role in the template. An
//! action, a partition, an index, a queue that only one of the two knows fails as well. Taken on trust are the tables
//! themselves, held against the store by the operations and the partitions that its sources name.

mod needs;

use std::collections::BTreeSet;

use local::template::{Function, Template, Written};
use needs::Needs;
use serde_json::Value;

use crate::tree::all_of;
use crate::{holds, tree};

/// An action and where it is done.
type Deed = (String, String);

/// What a statement of a policy allows.
#[derive(Debug)]
struct Statement {
    name: String,
    actions: Vec<String>,
    resources: Vec<String>,
    places: Vec<String>,
}

impl Statement {
    fn read(written: &Value) -> Self {
        let resources = texts(written.get("Resource"));
        let keys = written.pointer("/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys");
        let keys = keys.map(|keys| texts(Some(keys)));
        Self {
            name: said(written, "/Sid"),
            actions: texts(written.get("Action")),
            places: resources.iter().flat_map(|resource| places(resource, keys.as_deref())).collect(),
            resources,
        }
    }

    fn deeds(&self) -> impl Iterator<Item = Deed> {
        self.actions.iter().flat_map(|action| self.places.iter().map(move |place| (action.clone(), place.clone())))
    }

    /// Actions and places that nothing needs.
    fn idle(&self, needed: &BTreeSet<Deed>) -> Vec<String> {
        let does = |action: &String| self.places.iter().any(|place| needed.contains(&(action.clone(), place.clone())));
        let serves =
            |place: &String| self.actions.iter().any(|action| needed.contains(&(action.clone(), place.clone())));
        let idle = self.actions.iter().filter(|action| !does(action));
        idle.chain(self.places.iter().filter(|place| !serves(place))).cloned().collect()
    }
}

/// The table is fenced by its keys and its indexes; what else there is, by its name.
fn places(resource: &str, keys: Option<&[String]>) -> Vec<String> {
    match (resource, keys) {
        ("Table.Arn", Some(keys)) => keys.iter().map(|key| key.trim_end_matches('*').to_owned()).collect(),
        ("Table.Arn", None) => vec!["*".to_owned()],
        (other, _) => match other.strip_prefix("Table.Arn/index/") {
            Some(index) => vec![format!("index/{index}")],
            None => vec![other.to_owned()],
        },
    }
}

/// One text, or a list of them.
fn texts(written: Option<&Value>) -> Vec<String> {
    let texts = written.and_then(Value::as_array).into_iter().flatten();
    written.into_iter().chain(texts).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What stands at a place; nothing if nothing does.
fn said(written: &Value, place: &str) -> String {
    written.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn statements(role: &Written) -> Vec<Statement> {
    let policies = role.body.pointer("/Properties/Policies").and_then(Value::as_array).into_iter().flatten();
    let statements = policies.filter_map(|policy| policy.pointer("/PolicyDocument/Statement")?.as_array());
    statements.flatten().map(Statement::read).collect()
}

/// The resource that a property names by its attribute `Arn`.
fn named<'a>(resources: &'a [Written], by: &Value, place: &str) -> Option<&'a Written> {
    let arn = said(by, place);
    let id = arn.strip_suffix(".Arn")?;
    resources.iter().find(|resource| resource.logical_id == id)
}

/// A function with all that its role has to cover.
struct Seen<'a> {
    template: &'a Template,
    resources: &'a [Written],
    function: &'a Function,
}

impl Seen<'_> {
    fn needs(&self, asked: &Needs) -> BTreeSet<Deed> {
        let mut needed: BTreeSet<Deed> = BTreeSet::new();
        needed.extend(asked.table.iter().map(|(action, place)| deed(action, place)));
        for action in &asked.services {
            needed.extend(self.served(action).iter().map(|place| deed(action, place)));
        }
        needed.extend(self.logs());
        needed.extend(self.fed());
        needed.extend(self.set_aside());
        needed
    }

    fn setting(&self, name: &str) -> String {
        self.function.environment.get(name).cloned().unwrap_or_default()
    }

    /// Where an action of another service is done: on what the function's settings name.
    fn served(&self, action: &str) -> Vec<String> {
        let bucket = format!("arn:aws:s3:::{}", self.setting("BUCKET_NAME"));
        let carrier = "arn:aws:ses:us-east-1:123456789012";
        match action {
            "s3:ListBucket" => vec![bucket],
            "sqs:SendMessage" => {
                let settings = self.function.environment.iter().filter(|(name, _)| name.ends_with("_QUEUE_URL"));
                settings.map(|(_, queue)| format!("{queue}.Arn")).collect()
            }
            _ if action.starts_with("ses:") => {
                let set = self.setting("CONFIGURATION_SET");
                vec![format!("{carrier}:identity/*"), format!("{carrier}:configuration-set/{set}")]
            }
            _ => vec![format!("{bucket}/files/*"), format!("{bucket}/uploads/*")],
        }
    }

    fn logs(&self) -> Vec<Deed> {
        let own = self.resources.iter().find(|resource| resource.logical_id == self.function.logical_id);
        let group = own.map(|own| said(&own.body, "/Properties/LoggingConfig/LogGroup")).unwrap_or_default();
        ["logs:CreateLogStream", "logs:PutLogEvents"].map(|action| deed(action, &format!("{group}.Arn"))).into()
    }

    /// What Lambda reads in the function's name.
    fn fed(&self) -> Vec<Deed> {
        let of_streams = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
        let of_queues = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage"];
        let streams = self.template.streams.iter().filter(|mapping| mapping.function == self.function.name);
        let streams = streams.flat_map(|_| of_streams).map(|action| format!("dynamodb:{action}"));
        let streams = streams.map(|action| (action, "Table.Arn/stream/*".to_owned()));
        let queues = self.template.queue_mappings.iter().filter(|mapping| mapping.function == self.function.name);
        let queues = queues.flat_map(|mapping| of_queues.map(|action| (action, format!("{}.Arn", mapping.queue))));
        streams.chain(queues.map(|(action, queue)| (format!("sqs:{action}"), queue))).collect()
    }

    /// What Lambda writes in the function's name, once it has given up.
    fn set_aside(&self) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for resource in self.resources {
            if said(&resource.body, "/Properties/FunctionName") != self.function.logical_id {
                continue;
            }
            let to = "/Properties/DestinationConfig/OnFailure/Destination";
            match named(self.resources, &resource.body, to) {
                Some(queue) if queue.kind == "AWS::SQS::Queue" => {
                    deeds.push(deed("sqs:SendMessage", &format!("{}.Arn", queue.logical_id)));
                }
                Some(bucket) => {
                    deeds.push(deed("s3:PutObject", &format!("{}.Arn/aws/lambda/*", bucket.logical_id)));
                    deeds.push(deed("s3:ListBucket", &format!("{}.Arn", bucket.logical_id)));
                }
                None => {}
            }
        }
        deeds
    }
}

fn deed(action: &str, place: &str) -> Deed {
    (action.to_owned(), place.to_owned())
}

/// What a function or a schedule needs and its role does not allow, and the other way round.
fn unlike(who: &str, role: &Written, needed: &BTreeSet<Deed>) -> Vec<String> {
    let statements = statements(role);
    let allowed: BTreeSet<Deed> = statements.iter().flat_map(Statement::deeds).collect();
    let missing = needed.difference(&allowed).map(|(action, place)| format!("{who} needs {action} on {place}"));
    let idle = statements.iter().flat_map(|one| one.idle(needed).into_iter().map(move |idle| (one.name.clone(), idle)));
    missing.chain(idle.map(|(name, idle)| format!("{who} does not need {idle} ({name})"))).collect()
}

#[test]
fn h242_a_function_may_do_what_it_does_and_nothing_else() {
    let template = tree::template().unwrap();
    let resources = tree::written().unwrap();
    let files = tree::rust(&["functions"]).unwrap();
    let mut broken = Vec::new();
    for function in &template.functions {
        let asked = Needs::of(&function.name, &files);
        broken.extend(asked.unknown.iter().cloned());
        let own = resources.iter().find(|resource| resource.logical_id == function.logical_id).unwrap();
        let role = named(&resources, &own.body, "/Properties/Role").unwrap();
        let seen = Seen { template: &template, resources: &resources, function };
        broken.extend(unlike(&function.name, role, &seen.needs(&asked)));
    }
    holds("a role allows what its function does, and nothing else", &broken);
}

#[test]
fn h242_a_schedule_may_call_what_it_calls_and_nothing_else() {
    let resources = tree::written().unwrap();
    let schedules: Vec<_> = all_of(&resources, "AWS::Scheduler::Schedule").collect();
    assert!(schedules.len() >= 4, "{schedules:?}");
    let roles: BTreeSet<_> = schedules.iter().map(|one| said(&one.body, "/Properties/Target/RoleArn")).collect();
    let mut broken = Vec::new();
    for role in roles {
        let its = schedules.iter().filter(|one| said(&one.body, "/Properties/Target/RoleArn") == role);
        let called = its.map(|one| match named(&resources, &one.body, "/Properties/Target/Arn") {
            Some(queue) if queue.kind == "AWS::SQS::Queue" => {
                deed("sqs:SendMessage", &format!("{}.Arn", queue.logical_id))
            }
            Some(function) => deed("lambda:InvokeFunction", &format!("{}.Arn", function.logical_id)),
            // The one that pauses a mapping and the one that lets it go on.
            None => deed(
                "lambda:UpdateEventSourceMapping",
                "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:SlaMapping",
            ),
        });
        let called: BTreeSet<Deed> = called.collect();
        let id = role.strip_suffix(".Arn").unwrap();
        let role = resources.iter().find(|resource| resource.logical_id == id).unwrap();
        broken.extend(unlike(id, role, &called));
    }
    holds("a role allows what its schedules call, and nothing else", &broken);
}

#[test]
fn h242_no_policy_allows_whatever_there_is() {
    // Names that are made at run time: shards of a stream, keys of objects, and the sender's address or its domain.
    let open = ["/stream/*", "/aws/lambda/*", "/files/*", "/uploads/*", ":identity/*"];
    let resources = tree::written().unwrap();
    let mut broken = Vec::new();
    for role in all_of(&resources, "AWS::IAM::Role") {
        let document = role.body.to_string();
        for word in ["ManagedPolicyArns", "NotAction", "NotResource", "NotPrincipal"] {
            if document.contains(word) {
                broken.push(format!("{} says {word}", role.logical_id));
            }
        }
        for statement in statements(role) {
            let wild = statement.actions.iter().filter(|action| action.contains('*'));
            broken.extend(wild.map(|action| format!("{}: {action}", role.logical_id)));
            let fixed = |resource: &&String| {
                let end = open.iter().find(|end| resource.ends_with(*end));
                end.map_or(resource.as_str(), |end| resource.trim_end_matches(end)).contains('*')
            };
            let wild = statement.resources.iter().filter(fixed);
            broken.extend(wild.map(|resource| format!("{}: {resource}", role.logical_id)));
        }
    }
    holds("policies name actions, and resources as far as they have names", &broken);
}

#[test]
fn h242_every_function_has_a_role_of_its_own_that_nobody_else_takes() {
    let resources = tree::written().unwrap();
    let mut taken = BTreeSet::new();
    for function in all_of(&resources, "AWS::Serverless::Function") {
        let role = named(&resources, &function.body, "/Properties/Role").unwrap();
        assert_eq!(role.logical_id, format!("{}Role", function.logical_id));
        assert!(taken.insert(&role.logical_id), "{}", role.logical_id);
    }
    for role in all_of(&resources, "AWS::IAM::Role") {
        let trusts = role.body.pointer("/Properties/AssumeRolePolicyDocument/Statement").unwrap();
        let [trust] = trusts.as_array().unwrap().as_slice() else {
            panic!("{} trusts one service: {trusts}", role.logical_id);
        };
        let service = if taken.contains(&role.logical_id) { "lambda" } else { "scheduler" };
        assert_eq!(said(trust, "/Principal/Service"), format!("{service}.amazonaws.com"), "{}", role.logical_id);
        assert_eq!(said(trust, "/Action"), "sts:AssumeRole", "{}", role.logical_id);
    }
}

#[test]
fn h242_whoever_is_let_in_from_outside_is_one_resource_of_this_account() {
    let resources = tree::written().unwrap();
    let mut broken = Vec::new();
    for permission in all_of(&resources, "AWS::Lambda::Permission") {
        if said(&permission.body, "/Properties/SourceArn").is_empty() {
            broken.push(permission.logical_id.clone());
        }
    }
    for policy in all_of(&resources, "AWS::SQS::QueuePolicy") {
        let statements = policy.body.pointer("/Properties/PolicyDocument/Statement").unwrap().as_array().unwrap();
        let fenced = statements.iter().all(|one| one.pointer("/Condition/ArnEquals/aws:SourceArn").is_some());
        if !fenced {
            broken.push(policy.logical_id.clone());
        }
    }
    holds("a function and a queue are open to one caller", &broken);
}
