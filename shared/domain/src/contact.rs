//! Where people are reached: mail addresses, phone numbers, and the hours in which a phone may ring.

use std::fmt;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::as_text::stored_as_text;
use crate::field::{Fields, Invalid};

/// A mail address, its domain in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as people type it.
    ///
    /// # Errors
    /// `not_an_address` for anything that a mail header could mistake, or that is longer than 320 characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("not_an_address", "must be a mail address like name@example.org");
        let (local, domain) = text.trim().rsplit_once('@').ok_or_else(invalid)?;
        let local_ok = (1..=64).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        let domain_ok = domain.len() <= 255 && domain.contains('.') && domain.split('.').all(is_domain_label);
        if local_ok && domain_ok {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(invalid())
        }
    }

    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// The address by which a person is looked up: all in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn is_domain_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A phone number in E.164 form, `+420123456789`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number with its country code; spaces, hyphens and brackets are dropped.
    ///
    /// # Errors
    /// `not_a_phone_number` unless 7 to 15 digits remain behind `+` or `00`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")).unwrap_or_default();
        let well_formed =
            (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        if well_formed {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(Invalid::new(
                "not_a_phone_number",
                "must be a phone number with its country code, like +420 123 456 789",
            ))
        }
    }

    /// The number in E.164 form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! redacted_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        stored_as_text!($name);
    };
}

redacted_text!(EmailAddress);
redacted_text!(PhoneNumber);

/// How the requester of one ticket wants to be told of its progress (S0.30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContactMethod {
    /// By mail.
    Email {
        /// The address.
        value: EmailAddress,
    },
    /// By phone, as short messages.
    Phone {
        /// The number.
        value: PhoneNumber,
        /// When it may ring; at any time if absent (S0.40).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<Window>,
    },
}

/// The daily hours in which a phone may ring, in its owner's time zone (S0.31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first minute of the day.
    pub from: Time,
    /// The minute after the last; earlier than `from` when the hours pass midnight.
    pub to: Time,
    /// An IANA name, such as `Europe/Prague`.
    pub time_zone: String,
}

impl ContactMethod {
    /// Builds a contact method from the fields of a request; `None` with the reasons noted in `fields`.
    pub fn parse(fields: &mut Fields, kind: Option<&str>, value: Option<&str>, window: Option<Window>) -> Option<Self> {
        match kind {
            Some("email") if window.is_some() => {
                fields.refuse("contact_method.window", Invalid::new("not_for_email", "belongs to a phone number"));
                None
            }
            Some("email") => {
                fields.required("contact_method.value", value, EmailAddress::parse).map(|value| Self::Email { value })
            }
            Some("phone") => fields
                .required("contact_method.value", value, PhoneNumber::parse)
                .map(|value| Self::Phone { value, window }),
            Some(_) => {
                fields.refuse("contact_method.kind", Invalid::new("unknown", "must be email or phone"));
                None
            }
            None => {
                fields.refuse("contact_method.kind", Invalid::new("required", "is required"));
                None
            }
        }
    }
}

impl Window {
    /// Builds a window from `HH:MM` texts and an IANA zone; `None` with the reasons noted in `fields`.
    pub fn parse(fields: &mut Fields, from: Option<&str>, to: Option<&str>, time_zone: Option<&str>) -> Option<Self> {
        let from = fields.required("contact_method.window.from", from, parse_minute);
        let to = fields.required("contact_method.window.to", to, parse_minute);
        let time_zone = fields.required("contact_method.time_zone", time_zone, parse_zone);
        let (Some(from), Some(to), Some(time_zone)) = (from, to, time_zone) else {
            return None;
        };
        if from == to {
            fields.refuse("contact_method.window.to", Invalid::new("empty", "must differ from the start"));
            return None;
        }
        Some(Self { from, to, time_zone })
    }
}

fn parse_minute(text: &str) -> Result<Time, Invalid> {
    Time::strptime("%H:%M", text).map_err(|_ignored| Invalid::new("not_a_time", "must be a time like 08:00"))
}

fn parse_zone(text: &str) -> Result<String, Invalid> {
    TimeZone::get(text)
        .map(|_zone| text.to_owned())
        .map_err(|_ignored| Invalid::new("not_a_time_zone", "must be an IANA time zone like Europe/Prague"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h158_an_address_that_a_header_could_mistake_is_refused() {
        let long = format!("{}@example.org", "a".repeat(309));
        for text in
            ["a@b", "a b@c.d", "a@b.c\r\nBcc: z@evil.org", "a,b@c.d", "<a@b.c>", "a@@b.c", "@b.c", long.as_str()]
        {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
        assert!(EmailAddress::parse("Jana.Nováková@example.org").is_err());
    }

    #[test]
    fn an_address_keeps_its_case_and_is_found_without() -> Result<(), Invalid> {
        let address = EmailAddress::parse("Jana.Novak@Example.ORG")?;
        assert_eq!(address.as_str(), "Jana.Novak@example.org");
        assert_eq!(address.key(), "jana.novak@example.org");
        Ok(())
    }

    #[test]
    fn a_phone_number_is_normalized() -> Result<(), Invalid> {
        assert_eq!(PhoneNumber::parse("+420 123-456-789")?.as_str(), "+420123456789");
        assert!(PhoneNumber::parse("123456789").is_err());
        assert!(PhoneNumber::parse("+४२०१२३४५६").is_err());
        Ok(())
    }
}
