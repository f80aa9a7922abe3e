//! The schedules: who is called with what, and how often.

use domain::schedule::Schedule as Times;
use domain::sla::hours::Zone;

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Function, Schedule, Target, TemplateError, functions};

/// How exactly it is kept, in whose name, and where failures go, is the cloud's affair.
const PROPERTIES: [&str; 5] =
    ["Description", "FlexibleTimeWindow", "ScheduleExpression", "ScheduleExpressionTimezone", "Target"];

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
        times: times(written)?,
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

/// When it is called: by the clocks of UTC unless it names others.
fn times(written: &Resolved) -> Result<Times, TemplateError> {
    let zone = match written.get("ScheduleExpressionTimezone")? {
        Some(named) => Zone::parse(named.text()?).map_err(|invalid| named.refuse(format!("a zone {invalid}")))?,
        None => Zone::parse("UTC").map_err(|invalid| written.refuse(invalid.to_string()))?,
    };
    let expression = written.field("ScheduleExpression")?;
    Times::parse(expression.text()?, zone).map_err(|invalid| expression.refuse(format!("a schedule {invalid}")))
}
