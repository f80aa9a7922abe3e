//! What a requester says about the matter: the fields that opening and editing share, parsed once.

use std::collections::BTreeMap;

use domain::contact::{ContactMethod, Window};
use domain::field::{Fields, Invalid};
use domain::id::{CategoryId, ServiceId};
use domain::priority::{Impact, Urgency};
use domain::text::{Body, Label, Subject};
use domain::ticket::{Details, Kind};
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::{one_of, time};

/// How to tell of progress.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ContactMethodRequest)]
pub(crate) struct ContactRequest {
    /// `email` or `phone`.
    kind: Option<String>,
    /// The address or the number.
    value: Option<String>,
    /// The hours in which a phone may ring.
    window: Option<WindowRequest>,
    /// The IANA time zone of those hours.
    time_zone: Option<String>,
}

/// Hours of a day.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct WindowRequest {
    /// Like `08:00`.
    from: Option<String>,
    /// Like `20:00`.
    to: Option<String>,
}

/// The fields as they came, borrowed from whichever request they came in.
#[derive(Debug, Default)]
pub(crate) struct Given<'a> {
    pub(crate) subject: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) service_id: Option<&'a str>,
    pub(crate) category_id: Option<&'a str>,
    pub(crate) impact: Option<&'a str>,
    pub(crate) urgency: Option<&'a str>,
    pub(crate) contact_method: Option<&'a ContactRequest>,
    pub(crate) agreement_version: Option<&'a str>,
    pub(crate) occurred_at: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
    pub(crate) device: Option<&'a str>,
    pub(crate) serial_number: Option<&'a str>,
    pub(crate) answers: Option<&'a BTreeMap<String, String>>,
}

/// The same, parsed; `None` for what was not said, and for what was wrong.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) subject: Option<Subject>,
    pub(crate) description: Option<Body>,
    pub(crate) kind: Option<Kind>,
    pub(crate) service: Option<ServiceId>,
    pub(crate) category: Option<CategoryId>,
    pub(crate) impact: Option<Impact>,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) contact_method: Option<ContactMethod>,
    pub(crate) agreement_version: Option<Label>,
    pub(crate) details: Details,
}

impl Given<'_> {
    /// Parses every field, noting each that is wrong.
    pub(crate) fn parse(&self, fields: &mut Fields) -> Said {
        Said {
            subject: fields.optional("subject", self.subject, Subject::parse),
            description: fields.optional("description", self.description, Body::parse),
            kind: fields.optional("kind", self.kind, one_of),
            service: fields.optional("service_id", self.service_id, ServiceId::parse),
            category: fields.optional("category_id", self.category_id, CategoryId::parse),
            impact: fields.optional("impact", self.impact, one_of),
            urgency: fields.optional("urgency", self.urgency, one_of),
            contact_method: self.contact_method.and_then(|contact| contact.parse(fields)),
            agreement_version: fields.optional("agreement_version", self.agreement_version, Label::parse),
            details: Details {
                occurred_at: fields.optional("occurred_at", self.occurred_at, time),
                site: fields.optional("site", self.site, Label::parse),
                device: fields.optional("device", self.device, Label::parse),
                serial_number: fields.optional("serial_number", self.serial_number, Label::parse),
                answers: self.answers.map(|answers| parse_answers(fields, answers)).unwrap_or_default(),
            },
        }
    }
}

impl ContactRequest {
    fn parse(&self, fields: &mut Fields) -> Option<ContactMethod> {
        let window = match (&self.window, &self.time_zone) {
            (None, None) => None,
            (Some(window), zone) => {
                Some(Window::parse(fields, window.from.as_deref(), window.to.as_deref(), zone.as_deref())?)
            }
            (None, Some(_)) => {
                fields.refuse("contact_method.time_zone", Invalid::new("no_window", "belongs to a window"));
                return None;
            }
        };
        ContactMethod::parse(fields, self.kind.as_deref(), self.value.as_deref(), window)
    }
}

fn parse_answers(fields: &mut Fields, answers: &BTreeMap<String, String>) -> BTreeMap<String, Body> {
    let mut parsed = BTreeMap::new();
    for (name, answer) in answers {
        if let Some(answer) = fields.check(&format!("answers.{name}"), Body::parse(answer)) {
            parsed.insert(name.clone(), answer);
        }
    }
    parsed
}
