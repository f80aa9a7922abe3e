//! Telemetry: one log of JSON lines, metrics among them, and how a trace goes on.
//!
//! # Lines
//!
//! Whatever the desk tells through `tracing`, from INFO up, becomes one line of JSON: `level`, `message`, the fields of
//! the event, and what the spans around it pass on, so that every line says to which request, trace, message and ticket
//! it belongs. A line has no time, which Lambda adds, and no character that a terminal obeys (H166). It holds ids, codes,
//! numbers and routes, and nothing that people wrote (H232): whoever logs an error names it and does not quote it. A line
//! costs money: an HTTP request has one line, and what goes well elsewhere has none.
//!
//! # Metrics
//!
//! An event with the target `metric`, such as `tracing::info!(target: "metric", name = "TicketsOpened", count = 1_u64)`,
//! becomes a line in the embedded metric format, which is counted when it arrives in the log group: nothing is called for
//! it. The only dimension is the stage, since each further value would be another metric to pay for.
//!
//! # Traces
//!
//! Lambda hands a trace header over with each invocation. `lambda_runtime` sets it as `_X_AMZN_TRACE_ID` before the
//! handler runs, and every client of the SDK sends it on as `x-amzn-trace-id` while `AWS_LAMBDA_FUNCTION_NAME` is set
//! (`aws-runtime` does so to detect recursion). So a trace goes on without our doing anything: SQS keeps it as the
//! `AWSTraceHeader` of a message, and whoever handles the message belongs to the trace. It ends at the table's stream,
//! which carries none. Lines have the root id as `trace`, from the span that `lambda_runtime` opens.

use std::io::Write;
use std::panic::PanicHookInfo;

use domain::world::Clock;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::world::SystemClock;

/// The target of events that are metrics.
const METRIC: &str = "metric";

/// The namespace of the desk's metrics.
const NAMESPACE: &str = "Lambdesk";

/// What lines take from the spans around them: the field of the span, and what it is called in a line. The first two are
/// those of the Lambda runtime's own span. Spans of libraries may hold anything, so nothing else is taken.
const PASSED_ON: [(&str, &str); 5] = [
    ("requestId", "request_id"),
    ("xrayTraceId", "trace"),
    ("request_id", "request_id"),
    ("message_id", "message_id"),
    ("ticket", "ticket"),
];

/// Starts the log of a function.
pub(crate) fn start(stage: String) {
    std::panic::set_hook(Box::new(tell_place));
    if tracing::subscriber::set_global_default(log(std::io::stdout, stage)).is_err() {
        tracing::warn!("the log was set up before");
    }
}

/// The log of a stage, written to wherever `writer` says, each line at once.
#[must_use]
pub fn log<W>(writer: W, stage: String) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::registry().with(Lines { writer, stage, clock: SystemClock }).with(LevelFilter::INFO)
}

/// What a panic says may quote what people wrote: only its place is told.
fn tell_place(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panicked");
}

/// Writes events as lines.
#[derive(Debug)]
struct Lines<W> {
    writer: W,
    stage: String,
    clock: SystemClock,
}

/// What a span passes on to the lines within it.
#[derive(Debug)]
struct Marks(Map<String, Value>);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut marks = Fields::of_span();
        attributes.record(&mut marks);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Marks(marks.found));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut marks = Fields::of_span();
        values.record(&mut marks);
        let Some(span) = context.span(id) else {
            return;
        };
        let mut extensions = span.extensions_mut();
        if let Some(Marks(known)) = extensions.get_mut::<Marks>() {
            known.extend(marks.found);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Marks(marks)) = span.extensions().get::<Marks>() {
                line.extend(marks.clone());
            }
        }
        let mut fields = Fields::of_event();
        event.record(&mut fields);
        let counted = Some(&fields.found).filter(|_| event.metadata().target() == METRIC);
        if let Some(metric) = counted.and_then(|fields| self.metric(fields)) {
            line.extend(metric);
        } else {
            line.extend(fields.found);
            line.insert("level".to_owned(), event.metadata().level().as_str().into());
        }
        self.write(line);
    }
}

impl<W> Lines<W>
where
    W: for<'a> MakeWriter<'a>,
{
    /// A metric in the embedded format; `None` for what has no name or no count.
    fn metric(&self, fields: &Map<String, Value>) -> Option<Map<String, Value>> {
        let name = fields.get("name")?.as_str()?;
        let count = fields.get("count")?.clone();
        let directive = json!({
            "Timestamp": self.clock.now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["stage"]],
                "Metrics": [{ "Name": name, "Unit": "Count" }],
            }],
        });
        let stage = Value::from(self.stage.as_str());
        let members = [("_aws".to_owned(), directive), ("stage".to_owned(), stage), (name.to_owned(), count)];
        Some(members.into_iter().collect())
    }

    fn write(&self, line: Map<String, Value>) {
        let mut text = harmless(&Value::Object(line).to_string());
        text.push('\n');
        // If the log itself cannot be written, there is nobody to tell.
        drop(self.writer.make_writer().write_all(text.as_bytes()));
    }
}

/// JSON itself escapes what is below a space. Terminals and viewers act on more than that, and in JSON it can only stand
/// in texts.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    for letter in json.chars() {
        if letter.is_control() || letter == '\u{2028}' || letter == '\u{2029}' {
            let code = format!("{:04x}", u32::from(letter));
            text.extend(["\\u", code.as_str()]);
        } else {
            text.push(letter);
        }
    }
    text
}

/// The root id of a trace header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`.
fn root(header: &str) -> &str {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root=")).unwrap_or(header)
}

/// The fields of an event or a span, as JSON.
#[derive(Debug)]
struct Fields {
    /// What a field is called in a line; `None` for one that is left out.
    called: fn(&'static str) -> Option<&'static str>,
    found: Map<String, Value>,
}

impl Fields {
    fn of_event() -> Self {
        Self { called: Some, found: Map::new() }
    }

    fn of_span() -> Self {
        let called = |name: &'static str| PASSED_ON.into_iter().find(|(own, _)| *own == name).map(|(_, called)| called);
        Self { called, found: Map::new() }
    }

    fn keep(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        if let Some(name) = (self.called)(field.name()) {
            self.found.insert(name.to_owned(), value());
        }
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, || value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, || value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, || value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let told = if field.name() == "xrayTraceId" { root(value) } else { value };
        self.keep(field, || told.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.keep(field, || format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::field::Empty;

    use super::*;

    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is logged meanwhile.
    fn logged(telling: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        tracing::subscriber::with_default(log(move || writer.clone(), "dev".to_owned()), telling);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    fn line(text: &str) -> Value {
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_line_has_its_own_fields_and_those_that_spans_pass_on() {
        let text = logged(|| {
            let _request = tracing::info_span!("request", request_id = "req-1", secret = "no").entered();
            let message = tracing::info_span!("message", message_id = "m1", ticket = Empty);
            message.in_scope(|| {
                message.record("ticket", "7K3Q-M9XV");
                tracing::warn!(tries = 3_u64, why = %"away", "it failed");
                tracing::debug!("nobody reads this");
            });
        });
        let expected = json!({
            "level": "WARN", "message": "it failed", "tries": 3, "why": "away",
            "request_id": "req-1", "message_id": "m1", "ticket": "7K3Q-M9XV",
        });
        assert_eq!(line(&text), expected);
    }

    #[test]
    fn the_runtime_s_own_span_names_request_and_trace() {
        let mut context = lambda_runtime::Context::default();
        context.request_id = "req-1".to_owned();
        context.xray_trace_id =
            Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".to_owned());
        let text = logged(|| {
            let span = lambda_runtime::layers::trace::request_span(&context);
            span.in_scope(|| tracing::info!("inside"));
        });
        let expected = json!({
            "level": "INFO", "message": "inside", "request_id": "req-1",
            "trace": "1-5759e988-bd862e3fe1be46a994272793",
        });
        assert_eq!(line(&text), expected);
    }

    #[test]
    fn a_metric_is_a_line_that_cloudwatch_counts() {
        let text = logged(|| tracing::info!(target: "metric", name = "TicketsOpened", count = 1_u64));
        let mut line = line(&text);
        let at = line["_aws"]["Timestamp"].take();
        assert!(at.as_i64().is_some_and(|at| at > 1_700_000_000_000), "milliseconds: {at}");
        let expected = json!({
            "_aws": {
                "Timestamp": null,
                "CloudWatchMetrics": [{
                    "Namespace": "Lambdesk",
                    "Dimensions": [["stage"]],
                    "Metrics": [{ "Name": "TicketsOpened", "Unit": "Count" }],
                }],
            },
            "stage": "dev",
            "TicketsOpened": 1,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn h166_whatever_is_told_is_one_line_without_a_character_that_a_terminal_obeys() {
        let hostile = "a\r\nb\u{1b}[31m\u{9b}2J\u{7f}\u{85}\u{2028}\"\\\0";
        let text = logged(|| {
            let _request = tracing::info_span!("request", request_id = hostile).entered();
            tracing::error!(cause = %hostile, why = ?hostile, plain = hostile, "{hostile}");
        });
        let line = line(&text);
        assert_eq!((&line["request_id"], &line["cause"]), (&json!(hostile), &json!(hostile)));
        assert_eq!((&line["message"], &line["plain"]), (&json!(hostile), &json!(hostile)));
        let rest = text.strip_suffix('\n').unwrap();
        assert!(!rest.chars().any(|letter| letter.is_control() || letter == '\u{2028}'), "{rest:?}");
    }

    #[test]
    fn a_panic_tells_its_place_alone() {
        let text = logged(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(tell_place));
            let wrote = "what somebody wrote";
            let panicked = std::panic::catch_unwind(|| assert!(wrote.is_empty(), "{wrote}"));
            std::panic::set_hook(before);
            assert!(panicked.is_err());
        });
        assert!(text.contains("telemetry.rs") && !text.contains("wrote"), "{text}");
    }
}
