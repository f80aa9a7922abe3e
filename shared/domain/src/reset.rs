//! Password resets: somebody who controls an address sets a new password.
//!
//! On a new desk, whoever controls the address that it was deployed with becomes its first admin this way: there is no
//! other first sign-in, and no default password anywhere.
//!
//! A reset is made for whatever address is asked for, known or not, so that asking tells nobody anything (H181). Whether
//! anything comes of it is decided anew each time, by what the desk knows of the address then.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::{Change, Facts, Versioned};
use crate::contact::EmailAddress;
use crate::event::{Author, Fact};
use crate::id::{PersonId, ResetId};
use crate::person::{PasswordHash, Person, Role};
use crate::text::Name;

/// How long a password can be set by a reset.
pub const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// That a new password was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Which.
    pub id: ResetId,
    /// Grows by one with every change.
    pub version: u64,
    /// How many events it has.
    pub last_seq: u32,
    /// For which address.
    pub address: EmailAddress,
    /// When.
    pub asked_at: Timestamp,
    /// Until when a password can be set by it; stored as `open_until`, for what is stored is kept for longer.
    #[serde(rename = "open_until")]
    pub expires_at: Timestamp,
    /// When a password was set by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<Timestamp>,
}

/// What the desk knows of the address of a reset.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The person who has it.
    pub person: Option<&'a Person>,
    /// The address whose owner becomes the first admin, if the desk was deployed with one.
    pub admin_address: Option<&'a EmailAddress>,
    /// Whether the desk has had an admin.
    pub has_admin: bool,
}

/// What setting a password leads to: both changes are one, or nothing is.
#[must_use = "a change is only real once it is committed"]
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// The reset, spent.
    pub reset: Change<Reset>,
    /// The person, with the new password.
    pub person: Change<Person>,
}

impl Reset {
    /// A new password was asked for; by whom, nobody knows.
    pub fn asked(id: ResetId, address: EmailAddress, at: Timestamp) -> Change<Self> {
        let by = Author::system(at);
        let expires_at = by.at.checked_add(LIFE).unwrap_or(by.at);
        let reset = Self { id, version: 0, last_seq: 0, address, asked_at: by.at, expires_at, spent_at: None };
        Change::born(reset, by, Fact::PasswordResetAsked {})
    }

    /// Whether it has neither been spent nor expired.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.spent_at.is_none() && now < self.expires_at
    }

    /// Whether whoever sets a password by it becomes the first admin of the desk.
    #[must_use]
    pub fn founds(&self, known: &Known<'_>) -> bool {
        !known.has_admin && known.admin_address.is_some_and(|own| own.key() == self.address.key())
    }

    /// Whether a password can be set by it: somebody active has the address, who has not set one since it was asked for,
    /// or whoever has it becomes the first admin.
    #[must_use]
    pub fn opens(&self, known: &Known<'_>, now: Timestamp) -> bool {
        self.is_open(now)
            && match known.person {
                Some(person) => person.active && person.signed_out_at.is_none_or(|last| self.asked_at >= last),
                None => self.founds(known),
            }
    }

    /// Sets a password, once; `id` is for a person who is made by it. `None` when no password can be set.
    #[must_use]
    pub fn redeem(&self, known: &Known<'_>, password: PasswordHash, id: PersonId, now: Timestamp) -> Option<Redeemed> {
        if !self.opens(known, now) {
            return None;
        }
        let founds = self.founds(known);
        let person = match (known.person, known.admin_address) {
            (Some(person), _) => person.set_password(password, if founds { Role::Admin } else { person.role }, now),
            // The address as the desk knows it, not as somebody has typed it.
            (None, Some(address)) => {
                // Until they say otherwise, people are called what stands before the `@`.
                let name = Name::parse(address.local()).ok()?;
                Person::first_admin(id, name, address.clone(), password, now)
            }
            (None, None) => return None,
        };
        let by = Author::person(&person.after.id, now);
        let after = Self { spent_at: Some(by.at), ..self.clone() };
        Some(Redeemed { reset: Change::of(self, after, by, Fact::PasswordResetSpent {}), person })
    }
}

impl Versioned for Reset {
    fn version(&self) -> u64 {
        self.version
    }

    fn last_seq(&self) -> u32 {
        self.last_seq
    }

    fn advance(&mut self, seq: u32) {
        self.version += 1;
        self.last_seq = seq;
    }

    /// None: its events say all there is to tell, and hold no address.
    fn facts(&self) -> Facts {
        Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    fn at(minutes: i64) -> Timestamp {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        start + SignedDuration::from_mins(minutes)
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn asked_for(text: &str) -> Reset {
        Reset::asked(ResetId::parse("rst_one").unwrap(), address(text), at(0)).after
    }

    fn hash() -> PasswordHash {
        PasswordHash::new("hash".to_owned())
    }

    fn redeemed(reset: &Reset, known: &Known<'_>, now: Timestamp) -> Option<Redeemed> {
        reset.redeem(known, hash(), given::person_id("usr_new"), now)
    }

    const STRANGER: Known<'_> = Known { person: None, admin_address: None, has_admin: true };

    #[test]
    fn it_is_open_for_an_hour() {
        let reset = asked_for("jana@example.org");
        assert!(reset.is_open(at(0)) && reset.is_open(at(59)));
        assert!(!reset.is_open(at(60)));
    }

    #[test]
    fn h181_of_an_address_that_nobody_has_nothing_comes() {
        assert!(redeemed(&asked_for("jana@example.org"), &STRANGER, at(1)).is_none());
    }

    #[test]
    fn it_is_spent_with_the_password_that_is_set_by_it() {
        let (reset, jana) = (asked_for("jana@example.org"), given::person("usr_jana"));
        let known = Known { person: Some(&jana), ..STRANGER };
        let Redeemed { reset, person } = redeemed(&reset, &known, at(1)).unwrap();
        assert_eq!(person.after.password, Some(hash()));
        assert_eq!((person.after.role, person.after.signed_out_at), (Role::Requester, Some(at(1))));
        assert_eq!((reset.after.spent_at, reset.after.version), (Some(at(1)), 2));
        assert!(redeemed(&reset.after, &known, at(2)).is_none());
    }

    #[test]
    fn a_password_that_is_set_closes_what_was_asked_for_before() {
        let (first, second) = (asked_for("jana@example.org"), asked_for("jana@example.org"));
        let jana = given::person("usr_jana");
        let jana = redeemed(&first, &Known { person: Some(&jana), ..STRANGER }, at(1)).unwrap().person.after;
        assert!(!second.opens(&Known { person: Some(&jana), ..STRANGER }, at(2)));
    }

    #[test]
    fn somebody_who_may_not_sign_in_sets_no_password() {
        let gone = Person { active: false, ..given::person("usr_gone") };
        assert!(redeemed(&asked_for("gone@example.org"), &Known { person: Some(&gone), ..STRANGER }, at(1)).is_none());
    }

    #[test]
    fn whoever_controls_the_address_of_a_new_desk_becomes_its_first_admin() {
        let own = address("Ada.Admin@example.org");
        let known = Known { person: None, admin_address: Some(&own), has_admin: false };
        let ada = redeemed(&asked_for("ada.admin@example.org"), &known, at(1)).unwrap().person;
        assert_eq!((ada.after.role, ada.after.version), (Role::Admin, 1));
        assert_eq!((ada.after.name.as_str(), ada.after.email.clone()), ("Ada.Admin", Some(own.clone())));
        assert_eq!(ada.after.password, Some(hash()));
        assert!(redeemed(&asked_for("eve@example.org"), &known, at(1)).is_none());
        // What was asked for before is of no use to whoever else has the mail.
        let known = Known { person: Some(&ada.after), admin_address: Some(&own), has_admin: true };
        assert!(!asked_for("ada.admin@example.org").opens(&known, at(2)));
    }

    #[test]
    fn somebody_known_by_the_address_of_a_new_desk_becomes_its_first_admin() {
        let (own, jana) = (address("jana@example.org"), given::person("usr_jana"));
        let known = Known { person: Some(&jana), admin_address: Some(&own), has_admin: false };
        let change = redeemed(&asked_for("jana@example.org"), &known, at(1)).unwrap().person;
        assert_eq!((change.after.id.as_str(), change.after.role), ("usr_jana", Role::Admin));
        assert_eq!(change.events[0].changes[0].field, "role");
    }

    #[test]
    fn a_desk_that_has_had_an_admin_makes_no_other_this_way() {
        let (own, jana) = (address("jana@example.org"), given::person("usr_jana"));
        let known = Known { person: None, admin_address: Some(&own), has_admin: true };
        assert!(redeemed(&asked_for("jana@example.org"), &known, at(1)).is_none());
        let known = Known { person: Some(&jana), ..known };
        let change = redeemed(&asked_for("jana@example.org"), &known, at(1)).unwrap().person;
        assert_eq!(change.after.role, Role::Requester);
    }

    #[test]
    fn sign_outs_are_told_apart_however_the_clocks_stand() {
        let jana = given::person("usr_jana").set_password(hash(), Role::Requester, at(1)).after;
        let again = jana.set_password(hash(), Role::Requester, at(1)).after;
        assert!(again.signed_out_at > jana.signed_out_at);
    }
}
