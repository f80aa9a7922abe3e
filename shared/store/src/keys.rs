//! The truth about keys: one constructor per kind of item, with the access pattern it serves.

use std::fmt;

use domain::contact::{EmailAddress, PhoneNumber};
use domain::file::submission::SubmissionName;
use domain::id::{AttachmentId, GroupId, OrganizationId, PersonId, ResetId, UploadId};
use domain::number::TicketNumber;
use jiff::Timestamp;

use crate::digest::Hour;

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The partition.
    pub pk: String,
    /// The place in it.
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// A ticket's head: by its number.
    #[must_use]
    pub fn ticket(number: &TicketNumber) -> Self {
        Self::new(format!("TICKET#{}", number.key()), "#")
    }

    /// One event of a timeline: in order, from either end.
    #[must_use]
    pub fn event(subject: &str, seq: u32) -> Self {
        Self::new(subject, format!("E#{seq:010}"))
    }

    /// A notification, beside what it is about: it is the de-duplication, so that of a ticket's event never expires.
    #[must_use]
    pub fn notification(subject: impl Into<String>, seq: u32, whom: &str, channel: &str) -> Self {
        Self::new(subject, format!("N#{seq:010}#{whom}#{channel}"))
    }

    /// The partition of what an hour brought somebody too much of: its digest's notification, and what it tells.
    #[must_use]
    pub fn digest(whom: &str, hour: Hour) -> String {
        format!("DIGEST#{whom}#{hour}")
    }

    /// A notification that waits for the digest of an hour.
    #[must_use]
    pub fn held(whom: &str, hour: Hour, number: &TicketNumber, seq: u32) -> Self {
        Self::new(Self::digest(whom, hour), format!("T#{}#{seq:010}", number.key()))
    }

    /// A file on its way, and attached: by its id, which says nothing of its ticket.
    #[must_use]
    pub fn upload(id: &UploadId) -> Self {
        Self::new(format!("ATT#{}", AttachmentId::from(id)), "#")
    }

    /// The slots of a submission: by its person and the name the client gave it.
    #[must_use]
    pub fn submission(person: &PersonId, name: &SubmissionName) -> Self {
        Self::new(Self::person(person).pk, format!("SUB#{}", name.as_str()))
    }

    /// A person: by id.
    #[must_use]
    pub fn person(id: &PersonId) -> Self {
        Self::new(format!("PERSON#{id}"), "#")
    }

    /// A session: by its person and the hash of its secret, together with the person in one batch.
    #[must_use]
    pub fn session(id: &PersonId, hash: &str) -> Self {
        Self::new(Self::person(id).pk, format!("S#{hash}"))
    }

    /// A refresh token: like a session.
    #[must_use]
    pub fn refresh(id: &PersonId, hash: &str) -> Self {
        Self::new(Self::person(id).pk, format!("R#{hash}"))
    }

    /// The person who has an address.
    #[must_use]
    pub fn email(address: &EmailAddress) -> Self {
        Self::new(format!("EMAIL#{}", address.key()), "#")
    }

    /// That no mail goes to an address: together with the notifications of those who have it.
    #[must_use]
    pub fn suppressed(address: &EmailAddress) -> Self {
        Self::new(Self::email(address).pk, "SUPPRESSED")
    }

    /// The person who has a number.
    #[must_use]
    pub fn phone(number: &PhoneNumber) -> Self {
        Self::new(format!("PHONE#{}", number.as_str()), "#")
    }

    /// The catalog's version: small, looked at by every request.
    #[must_use]
    pub fn catalog() -> Self {
        Self::new("CATALOG", "#")
    }

    /// The catalog itself, compressed: read when its version changed.
    #[must_use]
    pub fn catalog_bundle() -> Self {
        Self::new("CATALOG", "bundle#0")
    }

    /// One version of a policy or of business hours: kept for the tickets that stand by it.
    #[must_use]
    pub fn catalog_version(id: &impl fmt::Display, version: u64) -> Self {
        Self::new("CATALOG", format!("{id}@{version}"))
    }

    /// What an agent has to do.
    #[must_use]
    pub fn load(agent: &PersonId) -> Self {
        Self::new(format!("LOAD#{agent}"), "#")
    }

    /// That a person gets copies of a ticket: their list, newest last.
    #[must_use]
    pub fn cc(person: &PersonId, created: Timestamp, number: &TicketNumber) -> Self {
        Self::new(pointers("CC", person), pointer(created, number))
    }

    /// That a person typed a ticket in for somebody else.
    #[must_use]
    pub fn submitter(person: &PersonId, created: Timestamp, number: &TicketNumber) -> Self {
        Self::new(pointers("BY", person), pointer(created, number))
    }

    /// That a person keeps following a ticket.
    #[must_use]
    pub fn tracker(person: &PersonId, created: Timestamp, number: &TicketNumber) -> Self {
        Self::new(pointers("TRACK", person), pointer(created, number))
    }

    /// The receipt of a command that carried an idempotency key: by the hash of operation and key.
    #[must_use]
    pub fn receipt(principal: &PersonId, hash: &str) -> Self {
        Self::new(format!("IDEM#{principal}#{hash}"), "#")
    }

    /// A password reset: by the id that its link carries.
    #[must_use]
    pub fn reset(id: &ResetId) -> Self {
        Self::new(format!("RESET#{id}"), "#")
    }

    /// That the desk has had an admin: written whenever somebody becomes one, and never removed.
    #[must_use]
    pub fn admin() -> Self {
        Self::new("ADMIN", "#")
    }

    /// The signing keys of a purpose.
    #[must_use]
    pub fn signing(purpose: &str, kid: &str) -> Self {
        Self::new(format!("KEY#{purpose}"), kid)
    }

    /// How much of something there was by somebody, within a span of time.
    #[must_use]
    pub fn count(what: &str, who: &str, window: i64) -> Self {
        Self::new(format!("COUNT#{what}#{who}"), format!("{window}"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses and phone numbers are keys, and personal data: only the kind is shown.
        let kind = self.pk.split('#').next().unwrap_or_default();
        match kind {
            "EMAIL" | "PHONE" | "IDEM" => write!(f, "{kind}#…"),
            _ => write!(f, "{} · {}", self.pk, self.sk),
        }
    }
}

/// The partition of a person's pointers of one kind.
pub(crate) fn pointers(kind: &str, person: &PersonId) -> String {
    format!("{kind}#{person}")
}

fn pointer(created: Timestamp, number: &TicketNumber) -> String {
    format!("{}#{}", moment(created), number.key())
}

/// The ticket that a pointer's sort key ends with.
pub(crate) fn pointed(sk: &str) -> Option<TicketNumber> {
    sk.rsplit_once('#').and_then(|(_, number)| TicketNumber::parse(number).ok())
}

/// The ticket whose partition this is.
pub(crate) fn number_of(pk: &str) -> Option<TicketNumber> {
    pk.strip_prefix("TICKET#").and_then(|number| TicketNumber::parse(number).ok())
}

/// The reset whose partition this is.
pub(crate) fn reset_of(pk: &str) -> Option<ResetId> {
    pk.strip_prefix("RESET#").and_then(|id| ResetId::parse(id).ok())
}

/// A moment as keys hold it: of fixed width, so that it sorts.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The partitions of the indexes, each a list that somebody pages through.
pub mod partition {
    use super::{GroupId, OrganizationId, PersonId, TicketNumber, Timestamp};

    fn half(live: bool) -> &'static str {
        if live { "open" } else { "done" }
    }

    /// `by_requester`: somebody's own tickets, live or ended.
    #[must_use]
    pub fn requester(person: &PersonId, live: bool) -> String {
        format!("{person}#{}", half(live))
    }

    /// `by_organization`: an organization's tickets, live or ended.
    #[must_use]
    pub fn organization(organization: &OrganizationId, live: bool) -> String {
        format!("{organization}#{}", half(live))
    }

    /// `by_holder`: what an agent has; live tickets only.
    #[must_use]
    pub fn holder(agent: &PersonId) -> String {
        format!("A#{agent}")
    }

    /// `by_group`: a group's tickets, live or ended.
    #[must_use]
    pub fn group(group: &GroupId, live: bool) -> String {
        format!("G#{group}#{}", half(live))
    }

    /// `by_group`: what stands in no group's queue; live tickets only.
    pub const UNASSIGNED: &str = "UNASSIGNED";

    /// `by_month`: everything submitted in a month, `2026-03`.
    #[must_use]
    pub fn month(created: Timestamp) -> String {
        created.strftime("%Y-%m").to_string()
    }

    /// `by_alarm`: the shards over which what waits for the clock is spread.
    pub const ALARMS: [&str; 2] = ["0", "1"];

    /// `by_alarm`: the shard of a ticket.
    #[must_use]
    pub fn alarm(number: &TicketNumber) -> &'static str {
        let [even, odd] = ALARMS;
        if number.key().bytes().last().is_some_and(|digit| digit % 2 == 0) { even } else { odd }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_sort_as_text() {
        let whole: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-03-02T09:00:00.005Z".parse().unwrap();
        assert_eq!(moment(whole), "2026-03-02T09:00:00.000Z");
        assert!(moment(whole) < moment(later));
    }

    #[test]
    fn h232_a_key_with_an_address_does_not_show_it() {
        let address = EmailAddress::parse("jana@example.org").unwrap();
        assert_eq!(Key::email(&address).to_string(), "EMAIL#…");
    }
}
