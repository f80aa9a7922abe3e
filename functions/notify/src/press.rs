//! The press: makes a mail of a text and its headers.
//!
//! Texts that people typed are values of the templates, never templates, and stand in headers only through types that
//! hold one line.

use domain::contact::EmailAddress;
use jiff::Timestamp;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior};
use serde::Serialize;
use web::wording::in_line;

/// The name that mails come from.
const SENDER_NAME: &str = "Lambdesk";

/// The layouts of this build, and what stands around those in HTML. What a name ends in says whether texts are escaped.
const LAYOUTS: [(&str, &str); 5] = [
    ("frame.html", include_str!("templates/frame.html")),
    ("letter.txt", include_str!("templates/letter.txt")),
    ("letter.html", include_str!("templates/letter.html")),
    ("plain.txt", include_str!("templates/plain.txt")),
    ("plain.html", include_str!("templates/plain.html")),
];

/// How a mail is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layout {
    /// The news of one ticket.
    Letter,
    /// Sentences, perhaps a list, perhaps a link.
    Plain,
}

/// What stands on a plain mail.
#[derive(Debug, Serialize)]
pub(crate) struct Sheet {
    /// The language's tag.
    pub(crate) lang: &'static str,
    /// The greeting.
    pub(crate) greeting: String,
    /// Its sentences, each a paragraph.
    pub(crate) paragraphs: Vec<&'static str>,
    /// Its list.
    pub(crate) rows: Vec<Row>,
    /// What is said of those that are not listed.
    pub(crate) more: Option<String>,
    /// Its link.
    pub(crate) link: Option<Button>,
    /// Its end.
    pub(crate) footer: &'static str,
}

/// A ticket in a list.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its number.
    pub(crate) number: String,
    /// Its subject.
    pub(crate) subject: String,
    /// What is said of it.
    pub(crate) detail: String,
    /// Where its reader opens it.
    pub(crate) link: String,
}

/// A link with words on it.
#[derive(Debug, Serialize)]
pub(crate) struct Button {
    /// The words.
    pub(crate) label: &'static str,
    /// Where it leads.
    pub(crate) to: String,
}

/// What is written on the outside of a mail.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    /// The address that it comes from.
    pub(crate) sender: &'a str,
    /// The name of its reader.
    pub(crate) name: &'a str,
    /// The address of its reader.
    pub(crate) to: &'a EmailAddress,
    /// What it is about.
    pub(crate) subject: String,
    /// What keeps it together with others, if anything does: a word that no other thread has.
    pub(crate) thread: Option<String>,
    /// `auto-generated` or `auto-replied` (RFC 3834).
    pub(crate) auto_submitted: &'static str,
    /// The same for a mail that goes out twice.
    pub(crate) reference: String,
    /// The time of writing.
    pub(crate) at: Timestamp,
}

/// Writes mails.
#[derive(Debug)]
pub(crate) struct Press {
    environment: Environment<'static>,
}

impl Press {
    /// With the layouts of this build.
    pub(crate) fn new() -> Result<Self, Error> {
        Self::with(LAYOUTS)
    }

    /// With these layouts.
    pub(crate) fn with(layouts: impl IntoIterator<Item = (&'static str, &'static str)>) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, layout) in layouts {
            environment.add_template(name, layout)?;
        }
        Ok(Self { environment })
    }

    /// A mail as the carrier takes it.
    ///
    /// It has no `Message-ID` of ours: the carrier gives it one.
    pub(crate) fn mail(
        &self,
        layout: Layout,
        sheet: &impl Serialize,
        envelope: Envelope<'_>,
    ) -> Result<Vec<u8>, Error> {
        let (text, html) = self.texts(layout, sheet)?;
        let Envelope { sender, name, to, subject, thread, auto_submitted, reference, at } = envelope;
        let domain = sender.rsplit_once('@').map_or(sender, |(_, domain)| domain);
        let parts = vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)];
        let mut mail = MimePart::new("multipart/alternative", parts)
            .header("MIME-Version", Raw::new("1.0"))
            .header("Date", Date::new(at.as_second()))
            .header("From", Address::new_address(Some(SENDER_NAME), sender))
            .header("To", Address::new_address(Some(in_line(name)), to.as_str()))
            .header("Subject", Text::new(subject));
        if let Some(thread) = thread {
            let thread = format!("{thread}@{domain}");
            mail =
                mail.header("References", MessageId::new(thread.clone())).header("In-Reply-To", MessageId::new(thread));
        }
        let mail =
            mail.header("Auto-Submitted", Raw::new(auto_submitted)).header("X-Lambdesk-Reference", Raw::new(reference));
        let mut bytes = Vec::new();
        mail.write_part(&mut bytes);
        Ok(bytes)
    }

    /// What a mail says, as text and as HTML.
    pub(crate) fn texts(&self, layout: Layout, sheet: &impl Serialize) -> Result<(String, String), Error> {
        let (text, html) = match layout {
            Layout::Letter => ("letter.txt", "letter.html"),
            Layout::Plain => ("plain.txt", "plain.html"),
        };
        let text = self.environment.get_template(text)?.render(Serde(sheet))?;
        let html = self.environment.get_template(html)?.render(Serde(sheet))?;
        Ok((text, html))
    }
}
