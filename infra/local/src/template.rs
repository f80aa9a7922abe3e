//! Reads `infra/template.yaml`, the one description of how functions are wired, so that the desk on one machine and
//! the one in the cloud cannot differ.
//!
//! A template may say a thousand things; a host of one process understands a few. So what may be written is a subset,
//! and whatever is outside of it is an error that names its line, never silently another behaviour.
//!
//! # What may be written
//!
//! **Sections**: `Parameters` (types `String`, `Number`, `CommaDelimitedList`; patterns and allowed values are left to
//! the cloud), `Conditions`, `Globals` (`Function` only), `Resources`, `Outputs`, and `Metadata`, `Description`,
//! `Transform`, `AWSTemplateFormatVersion`, which are not looked at.
//!
//! **Functions**, in their short form with a `!`:
//!
//! | written | is here |
//! |---|---|
//! | `!Ref Parameter` | the value given to [`Template::parse`], or else the default |
//! | `!Ref AWS::Region`, `AccountId`, `Partition`, `StackName` | `us-east-1`, `123456789012`, `aws`, `lambdesk` |
//! | `!Ref Table` | `Table`: a resource is its logical id |
//! | `!GetAtt Table.Arn` | `Table.Arn`: an attribute is named, not known |
//! | `!Sub 'a ${Stage} b ${Table.Arn} c ${!kept}'` | the same three, inside a text |
//! | `!If [Condition, yes, no]` | one of the two |
//! | `!Equals`, `!Not`, `!And`, `!Or` | in `Conditions`, decided by the parameters |
//!
//! **Resources**: functions (`AWS::Serverless::Function`), one HTTP API with its integrations and routes, one table,
//! queues, event source mappings from the table's stream or from a queue, buckets, and schedules. What has no meaning
//! on one machine (permissions, roles, stages, logs, policies of buckets and queues, alarms with their topic and
//! dashboard, what SES tells of its mails) is passed over by the name of its type; any other type is an error, and so is
//! a property of the former that this page's reader would not heed. A resource may have a `Condition`; one that does not
//! hold is not there.
//!
//! **Buckets** may have one CORS rule, lifecycle rules (`ExpirationInDays` with or without a `Prefix`,
//! `AbortIncompleteMultipartUpload` without one), and notifications of functions: the event `s3:ObjectCreated:*`, and a
//! prefix at most. What they tell the bus is passed over.
//!
//! **Schedules** have a rate, `rate(1 day)`, or what the clocks of a zone show, `cron(* 7-18 ? * MON-FRI *)`, as
//! `domain::schedule` reads it, and a function or a queue of the template as their target.
//!
//! **Filters** of a stream: see [`Pattern`].
//!
//! # How it is read
//!
//! `resolve` turns the YAML into values without functions, each with its line; `scope` knows what a name means.
//! Then each kind of resource has a module that turns values into the types below.

mod buckets;
mod document;
mod functions;
mod mappings;
mod pattern;
mod queues;
mod resolve;
mod resolved;
mod resources;
mod routes;
mod schedules;
mod scope;
mod table;

use std::collections::BTreeMap;

use serde_json::Value as Json;

pub use pattern::{Pattern, PatternError};

/// How the functions are wired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The functions, in the order of the file.
    pub functions: Vec<Function>,
    /// The routes of the HTTP API, in the order of the file, without `$default`.
    pub routes: Vec<Route>,
    /// The folder of the function behind `$default`, which gets what no route names.
    pub fallback: String,
    /// Which browsers may call the API.
    pub cors: Cors,
    /// The body of the request that creates the table; the table is called by its logical id.
    pub table: Json,
    /// The attribute that holds when an item expires, in seconds since 1970.
    pub ttl_attribute: String,
    /// The queues, in the order of the file.
    pub queues: Vec<Queue>,
    /// What reads the table's stream, in the order of the file.
    pub streams: Vec<StreamMapping>,
    /// What reads a queue, in the order of the file.
    pub queue_mappings: Vec<QueueMapping>,
    /// What is called when it is time, in the order of the file.
    pub schedules: Vec<Schedule>,
    /// The buckets, in the order of the file.
    pub buckets: Vec<Bucket>,
}

/// A function and its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name in the template, such as `Intake`.
    pub logical_id: String,
    /// Its folder and crate, such as `intake`.
    pub name: String,
    /// How long one call may take.
    pub timeout_seconds: u64,
    /// Its environment variables; one that names a resource holds a logical id, such as `NotifyQueue`.
    pub environment: BTreeMap<String, String>,
}

/// A method and path, and the function that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Such as `POST`.
    pub method: String,
    /// Such as `/v1/tickets/{number}/claim`.
    pub path: String,
    /// The folder of the function.
    pub function: String,
}

/// Which browsers may call the API or use a bucket, and what they may send and see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Origins of the frontends.
    pub origins: Vec<String>,
    /// Methods that may be used.
    pub methods: Vec<String>,
    /// Headers that may be sent.
    pub headers: Vec<String>,
    /// Headers of an answer that a script may read.
    pub exposed: Vec<String>,
    /// How long a browser may remember all this.
    pub max_age_seconds: u64,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the template, such as `NotifyQueue`.
    pub logical_id: String,
    /// How long a message that was received is hidden.
    pub visibility_seconds: u32,
    /// Where a message goes, by logical id, that was received this often without being deleted.
    pub dead_letter: Option<(String, u32)>,
}

/// A function that reads the table's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamMapping {
    /// Its name in the template, such as `RelayStream`.
    pub logical_id: String,
    /// The folder of the function.
    pub function: String,
    /// How many records it gets at most in one call.
    pub batch_size: usize,
    /// How often a batch is tried again before its records are set aside.
    pub retries: u32,
    /// A record is delivered if one of these matches it; without any, every record is.
    pub filters: Vec<Pattern>,
}

/// A function that reads a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMapping {
    /// The folder of the function.
    pub function: String,
    /// The logical id of the queue.
    pub queue: String,
    /// How many messages it gets at most in one call.
    pub batch_size: usize,
}

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the template, such as `FailureBucket`.
    pub logical_id: String,
    /// Its own name; its logical id in small letters if the template leaves the name to the cloud.
    pub name: String,
    /// Which browsers may use it; none if absent.
    pub cors: Option<Cors>,
    /// What expires in it.
    pub expiries: Vec<Expiry>,
    /// Who is told of new objects.
    pub notifications: Vec<Notification>,
}

/// What expires in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// How the keys begin of the objects that expire.
    pub prefix: String,
    /// After how many days they do.
    pub objects_after_days: Option<u32>,
    /// After how many days the parts of an upload that never ended do.
    pub parts_after_days: Option<u32>,
}

/// A function that is told of new objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it is told of: `s3:ObjectCreated:*`, the only event that is understood.
    pub event: String,
    /// How the keys begin of the objects that it is told of.
    pub prefix: String,
    /// The folder of the function.
    pub function: String,
}

/// What is called again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it is called.
    pub times: domain::schedule::Schedule,
    /// Who is called.
    pub target: Target,
    /// What it is called with; `<aws.scheduler.scheduled-time>` stands for the time.
    pub input: String,
}

/// Who a schedule calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function, by its folder.
    Function(String),
    /// A queue, by its logical id: it gets the input as a message.
    Queue(String),
}

/// A resource as it is written, whatever it is: for who checks a template instead of following it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name in the template, such as `RelayRole`.
    pub logical_id: String,
    /// Its type, such as `AWS::IAM::Role`.
    pub kind: String,
    /// All that it says, type and condition included, with names resolved as above.
    pub body: Json,
}

/// What the template says that is not understood here, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("infra/template.yaml:{line}: {message}")]
pub struct TemplateError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl TemplateError {
    fn at(line: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { line, message }
    }
}

impl Template {
    /// Reads the text of a template; `parameters` replace defaults.
    ///
    /// # Errors
    ///
    /// When the text is no YAML, says something outside of the subset, lacks something that the local desk needs, or
    /// has a parameter with neither a default nor a value.
    pub fn parse(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let document = document::read(text, parameters)?;
        let functions = functions::read(&document)?;
        let (routes, fallback) = routes::read(&document, &functions)?;
        let (table, ttl_attribute) = table::read(&document)?;
        let queues = queues::read(&document)?;
        let (streams, queue_mappings) = mappings::read(&document, &functions)?;
        let schedules = schedules::read(&document, &functions)?;
        Ok(Self {
            cors: routes::read_cors(&document)?,
            buckets: buckets::read(&document, &functions)?,
            functions,
            routes,
            fallback,
            table,
            ttl_attribute,
            queues,
            streams,
            queue_mappings,
            schedules,
        })
    }

    /// Every resource of a template as it is written, whether or not it means something here and its condition holds.
    ///
    /// # Errors
    ///
    /// When the text is no YAML, or says something that cannot be resolved.
    pub fn written(text: &str, parameters: &BTreeMap<String, String>) -> Result<Vec<Written>, TemplateError> {
        document::written(text, parameters)
    }
}

#[cfg(test)]
mod tests;
