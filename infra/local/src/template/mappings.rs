//! What reads the table's stream or a queue.

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Function, Pattern, QueueMapping, StreamMapping, TemplateError, functions};

const OF_A_STREAM: [&str; 9] = [
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionName",
    "FunctionResponseTypes",
    "MaximumRetryAttempts",
    "StartingPosition",
];

const OF_A_QUEUE: [&str; 5] = ["BatchSize", "EventSourceArn", "FunctionName", "FunctionResponseTypes", "ScalingConfig"];

/// Both kinds of mapping, each in the order of the file.
pub(super) fn read(
    document: &Document,
    functions: &[Function],
) -> Result<(Vec<StreamMapping>, Vec<QueueMapping>), TemplateError> {
    let (mut streams, mut queues) = (Vec::new(), Vec::new());
    for resource in document.all(Kind::Mapping) {
        let source = resource.properties.field("EventSourceArn")?;
        match source.text()?.split_once('.') {
            Some((id, "StreamArn")) if document.has(Kind::Table, id) => streams.push(stream(resource, functions)?),
            Some((id, "Arn")) if document.has(Kind::Queue, id) => queues.push(queue(resource, id, functions)?),
            Some(_) | None => return Err(source.refuse("the stream of a table or a queue is expected here")),
        }
    }
    Ok((streams, queues))
}

fn stream(resource: &Resource, functions: &[Function]) -> Result<StreamMapping, TemplateError> {
    let written = &resource.properties;
    written.only(&OF_A_STREAM)?;
    written.must_be("StartingPosition", "TRIM_HORIZON")?;
    written.must_be("BisectBatchOnFunctionError", "true")?;
    must_report(written)?;
    Ok(StreamMapping {
        logical_id: resource.id.clone(),
        function: functions::named(written.field("FunctionName")?, functions)?,
        batch_size: written.field("BatchSize")?.number()?,
        retries: written.field("MaximumRetryAttempts")?.number()?,
        filters: filters(written)?,
    })
}

fn queue(resource: &Resource, queue: &str, functions: &[Function]) -> Result<QueueMapping, TemplateError> {
    let written = &resource.properties;
    written.only(&OF_A_QUEUE)?;
    must_report(written)?;
    Ok(QueueMapping {
        function: functions::named(written.field("FunctionName")?, functions)?,
        queue: queue.to_owned(),
        batch_size: written.field("BatchSize")?.number()?,
    })
}

/// A function says which of a batch failed; without this the whole batch would count as done or as failed.
fn must_report(written: &Resolved) -> Result<(), TemplateError> {
    let answers = written.field("FunctionResponseTypes")?;
    if answers.texts()? == ["ReportBatchItemFailures"] {
        return Ok(());
    }
    Err(answers.refuse("`FunctionResponseTypes` must be `[ReportBatchItemFailures]` here"))
}

fn filters(written: &Resolved) -> Result<Vec<Pattern>, TemplateError> {
    let Some(criteria) = written.get("FilterCriteria")? else {
        return Ok(Vec::new());
    };
    criteria.only(&["Filters"])?;
    criteria.field("Filters")?.items()?.iter().map(filter).collect()
}

fn filter(written: &Resolved) -> Result<Pattern, TemplateError> {
    let pattern = written.field("Pattern")?;
    Pattern::parse(pattern.text()?).map_err(|error| pattern.refuse(error.to_string()))
}
