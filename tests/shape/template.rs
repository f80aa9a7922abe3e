//! Whether the template says what the code relies on: sizes that AWS allows, settings, binaries, the table, queues that
//! hold back, and stores that are closed to the world.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::holds;
use crate::tree::{self, File, all_of};

/// A stack may have 500 resources.
const RESOURCES: usize = 450;

/// An API may have 300 routes.
const ROUTES: usize = 280;

/// The parameters, each with its lines.
pub(crate) fn declared(text: &str) -> Vec<(&str, String)> {
    let section = text.lines().skip_while(|line| *line != "Parameters:").skip(1);
    let section: Vec<_> = section.take_while(|line| line.starts_with("  ")).collect();
    let mut parameters: Vec<(&str, String)> = Vec::new();
    for line in section {
        if let Some(name) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) {
            parameters.push((name.trim_end_matches(':'), String::new()));
        } else if let Some((_, lines)) = parameters.last_mut() {
            lines.push_str(line);
        }
    }
    parameters
}

/// Whether the environment gives a setting on its own: Lambda does, and a bench may.
fn is_given_elsewhere(name: &str) -> bool {
    name.starts_with("AWS_") || name.starts_with("_X_") || name == "LAMBDESK_ENDPOINT_ROOT"
}

/// The names that code asks the environment for.
fn settings<'a>(files: impl Iterator<Item = &'a File>) -> BTreeSet<String> {
    let calls = files.flat_map(File::code).flat_map(|line| line.split("setting(\"").skip(1));
    calls.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()).collect()
}

/// One text out of each item of a list.
fn each(value: &Value, list: &str, name: &str) -> Vec<String> {
    let items = value.get(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get(name)?.as_str().map(str::to_owned)).collect()
}

/// The indexes of the table, by name.
fn indexes(table: &Value) -> BTreeMap<String, &Value> {
    let indexes = table.get("GlobalSecondaryIndexes").and_then(Value::as_array).into_iter().flatten();
    indexes.filter_map(|index| Some((index.get("IndexName")?.as_str()?.to_owned(), index))).collect()
}

/// The fields of a struct, as its source lists them.
fn fields(text: &str, head: &str) -> BTreeSet<String> {
    let body = text.split_once(head).map_or("", |(_, rest)| rest);
    let lines = body.lines().take_while(|line| *line != "}").map(str::trim);
    let lines = lines.filter(|line| !line.starts_with(['#', '/']));
    let named = lines.filter_map(|line| line.strip_prefix("pub ").unwrap_or(line).split_once(':'));
    named.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_stack_stays_below_the_limits_of_aws() {
    let template = tree::template().unwrap();
    let routes = template.routes.len() + 1;
    assert!(routes < ROUTES, "{routes} routes");
    let resources = tree::written().unwrap().len();
    assert!(resources < RESOURCES, "{resources} resources");
}

#[test]
fn h241_functions_read_what_the_template_gives_them_and_nothing_else() {
    let runtime = tree::rust(&["shared/runtime/src"]).unwrap();
    let mains = tree::rust(&["functions"]).unwrap();
    let shared: BTreeSet<_> = settings(runtime.iter()).into_iter().filter(|name| !is_given_elsewhere(name)).collect();
    let mut broken = Vec::new();
    for function in tree::template().unwrap().functions {
        let main = format!("functions/{}/src/main.rs", function.name);
        let mut read = settings(mains.iter().filter(|file| file.path == main));
        read.extend(shared.iter().cloned());
        let declared: BTreeSet<_> = function.environment.into_keys().collect();
        let undeclared = read.difference(&declared).map(|name| format!("{main} reads {name}, which is not declared"));
        broken.extend(undeclared);
        let unread = declared.difference(&read).map(|name| format!("{main} does not read {name}, which is declared"));
        broken.extend(unread);
    }
    holds("what a function reads is what its environment declares", &broken);
}

#[test]
fn the_runtime_lists_every_setting() {
    let template = tree::template().unwrap();
    let declared: BTreeSet<_> = template.functions.iter().flat_map(|function| function.environment.keys()).collect();
    let listed = runtime::settings::NAMES.iter().filter(|name| !is_given_elsewhere(name));
    let listed: Vec<_> = listed.map(|name| (*name).to_owned()).collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), declared);
}

#[test]
fn h241_what_is_wrong_with_a_parameter_is_said_before_anything_is_deployed() {
    let text = tree::read(tree::TEMPLATE).unwrap();
    let parameters = declared(&text);
    assert!(parameters.len() > 10, "{parameters:?}");
    let asked = parameters.iter().filter(|(_, lines)| !lines.contains("Default:"));
    let asked: Vec<_> = asked.map(|(name, _)| *name).collect();
    assert_eq!(asked, ["SenderAddress"], "what a desk cannot do without, and what nobody else can know");
    let is_checked = |lines: &str| ["AllowedPattern:", "AllowedValues:"].iter().any(|check| lines.contains(check));
    let free = parameters.iter().filter(|(_, lines)| lines.contains("Type: String") && !is_checked(lines));
    let free: Vec<_> = free.map(|(name, _)| (*name).to_owned()).collect();
    holds("a parameter that is a text has a pattern or allowed values", &free);
}

#[test]
fn h058_a_queue_is_held_back_by_its_mapping_and_never_by_its_function() {
    let resources = tree::written().unwrap();
    let template = tree::template().unwrap();
    for function in all_of(&resources, "AWS::Serverless::Function") {
        // A function that is throttled gives its messages back as failed, and at last to the dead letters.
        assert!(function.body.pointer("/Properties/ReservedConcurrentExecutions").is_none(), "{}", function.logical_id);
    }
    let mappings: Vec<_> = all_of(&resources, "AWS::Lambda::EventSourceMapping").collect();
    for mapping in &template.queue_mappings {
        let arn = format!("{}.Arn", mapping.queue);
        let own = mappings.iter().find(|one| one.body.pointer("/Properties/EventSourceArn") == Some(&json!(arn)));
        let most = own.and_then(|own| own.body.pointer("/Properties/ScalingConfig/MaximumConcurrency")?.as_i64());
        assert!(most.is_some_and(|most| most >= 2), "{}", mapping.queue);
    }
}

#[test]
fn every_queue_but_the_last_gives_up_to_it() {
    let template = tree::template().unwrap();
    let lasts: BTreeSet<_> = template.queues.iter().filter_map(|queue| queue.dead_letter.as_ref()).collect();
    assert_eq!(lasts, BTreeSet::from([&("DeadLetterQueue".to_owned(), 5)]));
    let without = template.queues.iter().filter(|queue| queue.dead_letter.is_none());
    let without: Vec<_> = without.map(|queue| queue.logical_id.as_str()).collect();
    assert_eq!(without, ["DeadLetterQueue"]);
    for queue in all_of(&tree::written().unwrap(), "AWS::SQS::Queue") {
        assert_eq!(queue.body.pointer("/Properties/SqsManagedSseEnabled"), Some(&json!(true)), "{}", queue.logical_id);
    }
}

#[test]
fn h243_a_bucket_is_private_encrypted_and_reached_by_tls_alone() {
    let resources = tree::written().unwrap();
    let policies: Vec<_> = all_of(&resources, "AWS::S3::BucketPolicy").collect();
    let mut seen = 0;
    for bucket in all_of(&resources, "AWS::S3::Bucket") {
        let (id, said) = (&bucket.logical_id, |place: &str| bucket.body.pointer(&format!("/Properties/{place}")));
        let closed = json!({
            "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
        });
        assert_eq!(said("PublicAccessBlockConfiguration"), Some(&closed), "{id}");
        let encryption =
            "BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm";
        assert_eq!(said(encryption), Some(&json!("AES256")), "{id}");
        // With this, no object has an access list of its own.
        assert_eq!(said("OwnershipControls/Rules"), Some(&json!([{"ObjectOwnership": "BucketOwnerEnforced"}])), "{id}");
        assert_eq!((said("AccessControl"), said("WebsiteConfiguration")), (None, None), "{id}");
        let policy = policies.iter().find(|one| one.body.pointer("/Properties/Bucket") == Some(&json!(id)));
        let expected = json!([{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [format!("{id}.Arn"), format!("{id}.Arn/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }]);
        let statements = policy.and_then(|one| one.body.pointer("/Properties/PolicyDocument/Statement"));
        assert_eq!(statements, Some(&expected), "{id}");
        seen += 1;
    }
    assert_eq!((seen, policies.len()), (2, 2));
}

#[test]
fn h243_what_is_kept_is_kept_from_being_lost_and_what_is_not_ends() {
    let resources = tree::written().unwrap();
    let table = all_of(&resources, "AWS::DynamoDB::Table").next().unwrap();
    let said = |place: &str| table.body.pointer(&format!("/Properties/{place}"));
    assert_eq!(said("DeletionProtectionEnabled"), Some(&json!(true)));
    assert_eq!(said("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"), Some(&json!(true)));
    assert_eq!(said("TimeToLiveSpecification"), Some(&json!({"AttributeName": "expires_at", "Enabled": true})));
    let kept = all_of(&resources, "AWS::S3::Bucket").chain([table]);
    for resource in kept {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(resource.body.get(policy), Some(&json!("Retain")), "{}: {policy}", resource.logical_id);
        }
    }
    let logs: Vec<_> = all_of(&resources, "AWS::Logs::LogGroup").collect();
    assert_eq!(logs.len(), all_of(&resources, "AWS::Serverless::Function").count());
    for log in logs {
        assert_eq!(log.body.pointer("/Properties/RetentionInDays"), Some(&json!(30)), "{}", log.logical_id);
    }
}

#[test]
fn the_template_names_no_region_and_no_account() {
    let text = tree::read(tree::TEMPLATE).unwrap();
    for region in ["us-east-", "us-west-", "eu-west-", "eu-central-", "ap-", "arn:aws:"] {
        assert!(!text.contains(region), "{region}");
    }
}

#[test]
fn alarms_are_five_and_each_is_about_one_metric() {
    let resources = tree::written().unwrap();
    let alarms: Vec<_> = all_of(&resources, "AWS::CloudWatch::Alarm").collect();
    assert_eq!(alarms.len(), 5, "more than ten in an account cost money, and so does every metric of one");
    for alarm in alarms {
        let said = |place: &str| alarm.body.pointer(&format!("/Properties/{place}"));
        assert!(said("MetricName").is_some() && said("Metrics").is_none(), "{}", alarm.logical_id);
        assert_eq!(said("TreatMissingData"), Some(&json!("notBreaching")), "{}", alarm.logical_id);
    }
}

#[test]
fn h032_an_answer_of_500_rings_though_no_function_failed() {
    let resources = tree::written().unwrap();
    let alarm = all_of(&resources, "AWS::CloudWatch::Alarm").find(|alarm| alarm.logical_id == "FaultAlarm").unwrap();
    let said = |place: &str| alarm.body.pointer(&format!("/Properties/{place}")).cloned().unwrap_or_default();
    assert_eq!((said("Namespace"), said("MetricName")), (json!("AWS/ApiGateway"), json!("5xx")));
    assert_eq!(said("Dimensions"), json!([{"Name": "ApiId", "Value": "Api"}]));
    assert_eq!((said("Statistic"), said("EvaluationPeriods")), (json!("Sum"), json!(1)));
    assert_eq!((said("ComparisonOperator"), said("Threshold")), (json!("GreaterThanThreshold"), json!(0)));
}

#[test]
fn every_function_has_the_binary_that_the_template_builds() {
    let text = tree::read(tree::TEMPLATE).unwrap();
    let built: BTreeSet<_> = text.split("Binary: ").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    let crates = tree::crates().unwrap();
    let functions = crates.iter().filter(|(folder, _)| folder.starts_with("functions/"));
    let targets = functions.flat_map(|(_, package)| &package.targets).filter(|target| target.is_bin());
    assert_eq!(targets.map(|target| target.name.as_str()).collect::<BTreeSet<_>>(), built);
}

#[test]
fn the_attributes_of_the_keys_are_those_that_the_store_writes() {
    let table = tree::template().unwrap().table;
    assert_eq!(each(&table, "KeySchema", "AttributeName"), ["pk", "sk"]);
    let mut defined: BTreeSet<_> = each(&table, "AttributeDefinitions", "AttributeName").into_iter().collect();
    assert!(defined.remove("pk") && defined.remove("sk"), "{defined:?}");
    let item = tree::read("shared/store/src/item.rs").unwrap();
    assert!(item.contains("\"pk\"") && item.contains("\"sk\""), "items have the keys of the table");
    let mut written = fields(&item, "struct TicketItem<'a> {");
    // Beside the keys stands what the lists show of what the ticket itself has deeper down.
    for beside in ["ticket", "due_at", "sla_state"] {
        assert!(written.remove(beside), "{beside}");
    }
    assert_eq!(written, defined);
}

#[test]
fn the_indexes_are_those_that_the_store_asks() {
    let table = tree::template().unwrap().table;
    let indexes = indexes(&table);
    let keys = tree::read("shared/store/src/keys.rs").unwrap();
    let described = keys.lines().filter_map(|line| line.trim().strip_prefix("/// `by_")?.split_once("`:"));
    let described: BTreeSet<_> = described.map(|(name, _)| format!("by_{name}")).collect();
    let named: BTreeSet<_> = indexes.keys().cloned().collect();
    assert_eq!(described, named, "each index has its partitions in `store::keys`");
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, attribute) in tree::arms(&tree::read("shared/store/src/list.rs").unwrap()) {
        asked.entry(index).or_default().push(attribute);
    }
    assert!(!asked.is_empty(), "the indexes are read from `store::list::Index`");
    for keys in asked.values() {
        let index = indexes.get(&keys[0]).unwrap_or_else(|| panic!("there is no index {}", keys[0]));
        assert_eq!(each(index, "KeySchema", "AttributeName"), *keys);
        assert_eq!(each(index, "KeySchema", "KeyType"), ["HASH", "RANGE"]);
    }
}

#[test]
fn an_index_projects_the_rows_of_a_list_or_keys_alone() {
    let mut row = fields(&tree::read("shared/store/src/item.rs").unwrap(), "pub struct Row {");
    assert!(row.remove("number"), "a row's number is read from its key");
    let table = tree::template().unwrap().table;
    for (name, index) in indexes(&table) {
        let kind = index.pointer("/Projection/ProjectionType").unwrap();
        let attributes = index.pointer("/Projection/NonKeyAttributes").cloned().unwrap_or_default();
        let attributes: BTreeSet<String> = serde_json::from_value(attributes).unwrap_or_default();
        let expected = if kind == "KEYS_ONLY" { BTreeSet::new() } else { row.clone() };
        assert_eq!(attributes, expected, "{name}");
    }
}

#[test]
fn the_attribute_by_which_items_expire_is_written() {
    let attribute = tree::template().unwrap().ttl_attribute;
    let files = tree::rust(&["shared/store/src"]).unwrap();
    assert!(files.iter().flat_map(File::code).any(|line| line.contains(&attribute)), "{attribute}");
}
