//! The resources by kind, and which kinds there are.

use super::TemplateError;
use super::resolved::Resolved;
use super::scope::Scope;

/// What a resource may say of itself beside its properties.
const ATTRIBUTES: [&str; 7] =
    ["Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy"];

/// What has no meaning on one machine.
const PASSED_OVER: [&str; 13] = [
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SNS::Topic",
    "AWS::SQS::QueuePolicy",
];

const KINDS: [Kind; 9] = [
    Kind::Api,
    Kind::Bucket,
    Kind::Function,
    Kind::Integration,
    Kind::Mapping,
    Kind::Queue,
    Kind::Route,
    Kind::Schedule,
    Kind::Table,
];

/// A kind of resource that means something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Api,
    Bucket,
    Function,
    Integration,
    Mapping,
    Queue,
    Route,
    Schedule,
    Table,
}

impl Kind {
    /// What a template calls it.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Api => "AWS::ApiGatewayV2::Api",
            Self::Bucket => "AWS::S3::Bucket",
            Self::Function => "AWS::Serverless::Function",
            Self::Integration => "AWS::ApiGatewayV2::Integration",
            Self::Mapping => "AWS::Lambda::EventSourceMapping",
            Self::Queue => "AWS::SQS::Queue",
            Self::Route => "AWS::ApiGatewayV2::Route",
            Self::Schedule => "AWS::Scheduler::Schedule",
            Self::Table => "AWS::DynamoDB::Table",
        }
    }
}

/// A resource that means something here.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) properties: Resolved,
}

/// Those resources whose kind has a meaning and whose condition holds.
pub(super) fn read(written: &Resolved, scope: &Scope) -> Result<Vec<Resource>, TemplateError> {
    let mut resources = Vec::new();
    for (id, body) in written.entries()? {
        body.only(&ATTRIBUTES)?;
        let Some(kind) = kind_of(body.field("Type")?)? else {
            continue;
        };
        if is_wanted(body, scope)? {
            let properties = body.get("Properties")?.cloned().unwrap_or_else(|| Resolved::nothing(body.line));
            resources.push(Resource { id: id.clone(), kind, properties });
        }
    }
    Ok(resources)
}

fn kind_of(written: &Resolved) -> Result<Option<Kind>, TemplateError> {
    let name = written.text()?;
    if PASSED_OVER.contains(&name) {
        return Ok(None);
    }
    match KINDS.into_iter().find(|kind| kind.type_name() == name) {
        Some(kind) => Ok(Some(kind)),
        None => Err(written.refuse(format!("resources of type {name} are not supported"))),
    }
}

fn is_wanted(body: &Resolved, scope: &Scope) -> Result<bool, TemplateError> {
    match body.get("Condition")? {
        Some(condition) => scope.holds(condition),
        None => Ok(true),
    }
}
