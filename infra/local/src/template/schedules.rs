//! The schedules: who is called with what, and how often.

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Function, Schedule, Target, TemplateError, functions};

/// How exactly it is kept, in whose name, and where failures go, is the cloud's affair.
const PROPERTIES: [&str; 4] = ["Description", "FlexibleTimeWindow", "ScheduleExpression", "Target"];

/// The schedules, in the order of the file.
pub(super) fn read(document: &Document, functions: &[Function]) -> Result<Vec<Schedule>, TemplateError> {
    document.all(Kind::Schedule).map(|resource| schedule(resource, document, functions)).collect()
}

fn schedule(resource: &Resource, document: &Document, functions: &[Function]) -> Result<Schedule, TemplateError> {
    let written = &resource.properties;
    written.only(&PROPERTIES)?;
    let called = written.field("Target")?;
    called.only(&["Arn", "DeadLetterConfig", "Input", "RetryPolicy", "RoleArn"])?;
    Ok(Schedule {
        every_seconds: rate(written.field("ScheduleExpression")?)?,
        target: target(called.field("Arn")?, document, functions)?,
        input: called.field("Input")?.text()?.to_owned(),
    })
}

fn target(arn: &Resolved, document: &Document, functions: &[Function]) -> Result<Target, TemplateError> {
    match arn.text()?.strip_suffix(".Arn") {
        Some(id) if document.has(Kind::Queue, id) => Ok(Target::Queue(id.to_owned())),
        Some(_) | None => functions::named(arn, functions).map(Target::Function),
    }
}

/// `rate(1 day)` in seconds.
fn rate(written: &Resolved) -> Result<u64, TemplateError> {
    let inside = written.text()?.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
    let parts = inside.and_then(|inside| inside.split_once(' '));
    let seconds = parts.and_then(|(count, unit)| {
        let unit: u64 = match unit.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 60 * 60,
            "day" => 24 * 60 * 60,
            _ => return None,
        };
        count.parse::<u64>().ok()?.checked_mul(unit).filter(|seconds| *seconds > 0)
    });
    seconds.ok_or_else(|| written.refuse("a rate of minutes, hours or days is expected here"))
}
