//! Every kind of id, in one alphabetical list: opaque, prefixed by its kind, never guessed.

use std::fmt;

use crate::as_text::stored_as_text;
use crate::crockford;
use crate::field::Invalid;
use crate::number::TicketNumber;
use crate::world::Ids;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What its text starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new one that nobody can guess: 128 random bits.
            #[must_use]
            pub fn fresh(ids: &dyn Ids) -> Self {
                let bytes = ids.bytes();
                let (half, _) = bytes.split_at(16);
                Self(format!("{}_{}", $prefix, crockford::encode(half).to_ascii_lowercase()))
            }

            /// Reads one from text of the form `prefix_…`.
            ///
            /// # Errors
            /// `not_an_id` for another prefix, and for anything but 1 to 40 lower-case letters and digits behind it.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let well_formed = text.strip_prefix(concat!($prefix, "_")).is_some_and(|rest| {
                    (1..=40).contains(&rest.len())
                        && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                });
                if well_formed {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new("not_an_id", concat!("must be an id that starts with ", $prefix, "_")))
                }
            }

            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        stored_as_text!($name);
    )*};
}

ids! {
    /// A file that belongs to a ticket.
    AttachmentId = "att";
    /// A category of a service.
    CategoryId = "cat";
    /// A group of agents.
    GroupId = "grp";
    /// Business hours: when time counts.
    HoursId = "hrs";
    /// An organization: the customer's company.
    OrganizationId = "org";
    /// A person: requester, agent, lead or admin.
    PersonId = "usr";
    /// An SLA policy: what is promised.
    PolicyId = "sla";
    /// A password reset: somebody asked for a new password.
    ResetId = "rst";
    /// A service that one can ask for.
    ServiceId = "svc";
    /// A file on its way.
    UploadId = "upl";
}

impl From<&UploadId> for AttachmentId {
    /// A file keeps its name when it is attached, but for the kind.
    fn from(id: &UploadId) -> Self {
        let (_, own) = id.0.split_once('_').unwrap_or_default();
        Self(format!("{}_{own}", Self::PREFIX))
    }
}

impl From<&AttachmentId> for UploadId {
    /// What a file was called on its way.
    fn from(id: &AttachmentId) -> Self {
        let (_, own) = id.0.split_once('_').unwrap_or_default();
        Self(format!("{}_{own}", Self::PREFIX))
    }
}

/// A comment, known by its ticket and its place on the ticket's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentId {
    /// The ticket it stands on.
    pub ticket: TicketNumber,
    /// The sequence number of its event.
    pub seq: u32,
}

impl CommentId {
    /// Reads the id of a comment on this ticket.
    ///
    /// # Errors
    /// `not_an_id` for anything else, a comment on another ticket included.
    pub fn parse(text: &str, ticket: &TicketNumber) -> Result<Self, Invalid> {
        let prefix = format!("com_{}", ticket.key().to_ascii_lowercase());
        let seq = text.strip_prefix(&prefix).filter(|seq| seq.len() >= 5 && seq.bytes().all(|b| b.is_ascii_digit()));
        seq.and_then(|seq| seq.parse().ok())
            .map(|seq| Self { ticket: ticket.clone(), seq })
            .ok_or_else(|| Invalid::new("not_an_id", "must be an id that starts with com_"))
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.ticket.key().to_ascii_lowercase();
        write!(f, "com_{number}{:05}", self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!(PersonId::parse("usr_ab1").is_ok());
        assert!(PersonId::parse("org_ab1").is_err());
        assert!(PersonId::parse("usr_").is_err());
        assert!(PersonId::parse("usr_A#B").is_err());
    }
}
