//! What a function finds around it: a desk, AWS in front of it, and the environment that the template gives it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::world::Clock;
use local::template::{Function, Template};
use runtime::world::SystemClock;
use serde_json::Value;

use super::Sandbox;
use super::aws::Aws;
use super::lambda::Lambda;
use super::process::Process;
use crate::Desk;

/// The template, whose settings a function is started with.
const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// What Lambda itself puts into the environment, but for its own address and the session's token.
const OF_LAMBDA: [(&str, &str); 15] = [
    ("AWS_ACCESS_KEY_ID", "LAMBDESK"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/measured"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/03/02/[$LATEST]8476a536e9f411e89739"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_SECRET_ACCESS_KEY", "on-one-machine-there-is-no-secret"),
    ("LANG", "en_US.UTF-8"),
    ("LAMBDA_TASK_ROOT", "/var/task"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
    ("TZ", ":UTC"),
    ("_HANDLER", "bootstrap"),
];

/// As long as a session's token is; every request to AWS carries it, and signs it.
const TOKEN_LENGTH: usize = 700;

/// A desk, and how one function is started beside it.
#[derive(Debug)]
pub(super) struct Stage {
    /// The desk: its clock stands, its pumps rest.
    pub(super) desk: Desk,
    /// AWS, as the function reaches it.
    pub(super) aws: Aws,
    /// Where the function's records and messages come from.
    pub(super) source: String,
    binary: PathBuf,
    environment: BTreeMap<String, String>,
}

impl Stage {
    /// A new desk for a function.
    pub(super) async fn open(binary: &Path, name: &str) -> Self {
        let desk = Desk::planned(SystemClock.now(), |plan| plan).await;
        // Nobody carries on what the function leads to, so this desk never settles.
        desk.closed.store(true, Ordering::Relaxed);
        let aws = Aws::open(desk.desk.endpoint().await).await;
        let mut functions = template().functions.into_iter();
        let function = functions.find(|function| function.name == name).unwrap();
        let source = function.environment.get("SOURCE_ARN").cloned().unwrap_or_default();
        let environment = environment(&function, &desk, &aws);
        Self { desk, aws, source, binary: binary.to_owned(), environment }
    }

    /// Starts the function; answers when it waits for its first event, and how long that took.
    pub(super) async fn sandbox(&self) -> (Sandbox, Duration) {
        let mut lambda = Lambda::open().await;
        let mut environment = self.environment.clone();
        environment.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), lambda.address.to_string());
        let began = Instant::now();
        let process = Process::start(&self.binary, &environment);
        lambda.until_it_waits().await;
        (Sandbox { process, lambda }, began.elapsed())
    }

    /// What the table's stream says of events of a type, oldest first.
    pub(super) fn records(&self, event: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut passed = 0;
        loop {
            let batch = self.desk.desk.table.records("Table", passed, 500).unwrap();
            let Some(last) = batch.last() else {
                return records;
            };
            passed = last.sequence;
            let told = batch.into_iter().map(|record| record.json);
            records.extend(told.filter(|record| {
                record["eventName"] == "INSERT" && record["dynamodb"]["NewImage"]["type"]["S"] == event
            }));
        }
    }
}

/// The template, as the desk reads it.
pub(super) fn template() -> Template {
    let parameters = [("SenderAddress", "desk@lambdesk.example"), ("PublicUrl", "http://desk.test")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Template::parse(TEMPLATE, &BTreeMap::from(parameters)).unwrap()
}

/// What Lambda sets, and what the template does: a queue that it names by its address, and AWS where it is here.
fn environment(function: &Function, desk: &Desk, aws: &Aws) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<_, _> =
        OF_LAMBDA.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (name, value) in &function.environment {
        let value = desk.desk.address_of(value).unwrap_or(value);
        environment.insert(name.clone(), value.to_owned());
    }
    let own = [
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_SESSION_TOKEN", "A".repeat(TOKEN_LENGTH)),
        ("LAMBDESK_ENDPOINT_ROOT", aws.root.clone()),
        ("LAMBDESK_ENDPOINT_URL", aws.url.clone()),
    ];
    environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
    environment
}
