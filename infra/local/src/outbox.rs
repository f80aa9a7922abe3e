//! The outbox: mail that the desk has sent, kept in a file before SES "answers", so that nothing sent is forgotten.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::future::Future;
use std::io::{Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::number::TicketNumber;
use domain::world::Clock;
use mail_parser::MessageParser;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse, MockService};

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Always `email`, until short messages come.
    pub channel: String,
    /// To whom.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as a page.
    pub html: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// The number in its reference, if it is about a ticket.
    pub ticket: Option<String>,
    /// When.
    pub sent_at: String,
    /// The id SES gave it.
    pub message_id: String,
}

impl Sent {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The outbox, and the SES that fills it.
#[derive(Clone, Debug)]
pub struct Outbox {
    kept: Arc<Mutex<Kept>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Sent>,
    file: Option<File>,
}

impl Outbox {
    /// The outbox in a file, or in memory without one.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(file: Option<&Path>, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let mut kept = Kept::default();
        if let Some(path) = file {
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            // A line that was cut off was never answered: it goes, and its message will come again.
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            file.set_len(u64::try_from(whole).unwrap_or_default())?;
            let lines = bytes.split(|byte| *byte == b'\n');
            kept.messages.extend(lines.filter_map(|line| serde_json::from_slice::<Sent>(line).ok()));
            kept.file = Some(file);
        }
        Ok(Self { kept: Arc::new(Mutex::new(kept)), clock })
    }

    /// Every message, newest last.
    #[must_use]
    pub fn messages(&self) -> Vec<Sent> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).messages.clone()
    }

    fn take(&self, request: &MockRequest) -> Result<MockResponse, String> {
        let request = winterbaume_sesv2::wire::deserialize_send_email_request(request, &[], &HashMap::new())?;
        let request = serde_json::to_value(&request).map_err(|error| error.to_string())?;
        let text = |pointer: &str| request.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let raw = STANDARD.decode(text("/Content/Raw/Data")).map_err(|error| error.to_string())?;
        let to = request.pointer("/Destination/ToAddresses").and_then(Value::as_array).cloned().unwrap_or_default();
        let to = to.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let message = parse(&raw, to, &self.clock.now().to_string(), kept.messages.len()).ok_or("not a message")?;
        let line = serde_json::to_string(&message).map_err(|error| error.to_string())? + "\n";
        if let Some(file) = &mut kept.file {
            file.write_all(line.as_bytes()).map_err(|error| error.to_string())?;
        }
        let answer = json!({ "MessageId": message.message_id }).to_string();
        kept.messages.push(message);
        Ok(MockResponse::rest_json(200, answer))
    }
}

/// The answer to a mail that cannot be read.
fn refusal(why: &str) -> MockResponse {
    let mut response = MockResponse::rest_json(400, json!({ "message": why }).to_string());
    if let Ok(code) = "BadRequestException".parse() {
        response.headers.insert("x-amzn-errortype", code);
    }
    response
}

fn parse(raw: &[u8], to: Vec<String>, at: &str, count: usize) -> Option<Sent> {
    let message = MessageParser::default().parse(raw)?;
    let headers: Vec<(String, String)> = message
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    let reference = headers.iter().find(|(name, _)| name == "X-Lambdesk-Reference");
    // What is about no ticket begins with a word that is no number.
    let ticket = reference.and_then(|(_, value)| TicketNumber::parse(value.split('/').next()?).ok());
    Some(Sent {
        channel: "email".to_owned(),
        to,
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        headers,
        ticket: ticket.map(|number| number.to_string()),
        sent_at: at.to_owned(),
        message_id: format!("local-{count}"),
    })
}

impl MockService for Outbox {
    fn service_name(&self) -> &'static str {
        "ses"
    }

    fn url_patterns(&self) -> Vec<&str> {
        vec![r"https?://email\..*\.amazonaws\.com"]
    }

    fn handle(&self, request: MockRequest) -> Pin<Box<dyn Future<Output = MockResponse> + Send + '_>> {
        Box::pin(async move {
            match self.take(&request) {
                Ok(response) => response,
                Err(error) => refusal(&error),
            }
        })
    }
}
