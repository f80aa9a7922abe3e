//! The queues.

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Queue, TemplateError};

/// What a queue has when nothing is said, as in SQS.
const VISIBILITY_SECONDS: u32 = 30;

/// Encryption and how long messages are kept are the cloud's affair.
const PROPERTIES: [&str; 4] = ["MessageRetentionPeriod", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout"];

/// The queues, in the order of the file.
pub(super) fn read(document: &Document) -> Result<Vec<Queue>, TemplateError> {
    document.all(Kind::Queue).map(|resource| queue(resource, document)).collect()
}

fn queue(resource: &Resource, document: &Document) -> Result<Queue, TemplateError> {
    let written = &resource.properties;
    written.only(&PROPERTIES)?;
    let redrive = written.get("RedrivePolicy")?;
    let visibility = written.get("VisibilityTimeout")?;
    Ok(Queue {
        logical_id: resource.id.clone(),
        visibility_seconds: visibility.map_or(Ok(VISIBILITY_SECONDS), Resolved::number)?,
        dead_letter: redrive.map(|policy| dead_letter(policy, document)).transpose()?,
    })
}

fn dead_letter(policy: &Resolved, document: &Document) -> Result<(String, u32), TemplateError> {
    policy.only(&["deadLetterTargetArn", "maxReceiveCount"])?;
    let target = policy.field("deadLetterTargetArn")?;
    match target.text()?.strip_suffix(".Arn") {
        Some(id) if document.has(Kind::Queue, id) => Ok((id.to_owned(), policy.field("maxReceiveCount")?.number()?)),
        Some(_) | None => Err(target.refuse("a dead-letter queue is expected here")),
    }
}
