//! Links in mails: `/l/<token>`, by which one person sees one ticket, or sets a password, without signing in, for a
//! while.
//!
//! A token is its payload and a seal, in base64url. The payload is a byte that says what the link is for; the eight
//! digits of the ticket's number, for one that shows a ticket; the second at which it expires (eight bytes, the highest
//! first); and the id of the person, or of the reset. It proves that the desk has written to that person, and no more:
//! whoever opens it is judged anew.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{PersonId, ResetId};
use domain::number::TicketNumber;
use domain::reset::Reset;
use jiff::{SignedDuration, Timestamp};
use store::signing::{SEAL_BYTES, Seals};

/// How long a link opens its ticket: 30 days.
pub const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The purpose of a link that shows a ticket.
const VIEW: u8 = 1;

/// The purpose of a link that sets a password.
const RESET: u8 = 2;

/// The digits of a ticket's number.
const DIGITS: usize = 8;

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which ticket it shows.
    pub ticket: TicketNumber,
    /// To whom.
    pub person: PersonId,
    /// Until when, to the second.
    pub expires_at: Timestamp,
}

impl Link {
    /// A link that lives from now on.
    #[must_use]
    pub fn fresh(ticket: &TicketNumber, person: &PersonId, now: Timestamp) -> Self {
        let expires_at = now.checked_add(LIFE).unwrap_or(now);
        let expires_at = Timestamp::from_second(expires_at.as_second()).unwrap_or(expires_at);
        Self { ticket: ticket.clone(), person: person.clone(), expires_at }
    }

    /// Its token.
    #[must_use]
    pub fn write(&self, seals: &Seals) -> String {
        sealed(self.payload(), seals)
    }

    /// Reads a token; `None` for any that was not made here, is for something else, or has expired (H179).
    #[must_use]
    pub fn read(token: &str, seals: &Seals, now: Timestamp) -> Option<Self> {
        let payload = unsealed(token, VIEW, seals)?;
        let (digits, rest) = payload.split_at_checked(DIGITS)?;
        let (expires_at, person) = expiring(rest)?;
        let ticket = TicketNumber::parse(std::str::from_utf8(digits).ok()?).ok()?;
        let person = PersonId::parse(std::str::from_utf8(person).ok()?).ok()?;
        (now < expires_at).then_some(Self { ticket, person, expires_at })
    }

    fn payload(&self) -> Vec<u8> {
        let mut bytes = vec![VIEW];
        bytes.extend(self.ticket.key().bytes());
        bytes.extend(second(self.expires_at));
        bytes.extend(self.person.as_str().bytes());
        bytes
    }
}

/// What a link to set a password says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// By which reset.
    pub reset: ResetId,
    /// Until when, to the second.
    pub expires_at: Timestamp,
}

impl ResetLink {
    /// The link of a reset.
    #[must_use]
    pub fn of(reset: &Reset) -> Self {
        let expires_at = Timestamp::from_second(reset.expires_at.as_second()).unwrap_or(reset.expires_at);
        Self { reset: reset.id.clone(), expires_at }
    }

    /// Its token.
    #[must_use]
    pub fn write(&self, seals: &Seals) -> String {
        let mut bytes = vec![RESET];
        bytes.extend(second(self.expires_at));
        bytes.extend(self.reset.as_str().bytes());
        sealed(bytes, seals)
    }

    /// Reads a token; `None` for any that was not made here, is for something else, or has expired (H179).
    #[must_use]
    pub fn read(token: &str, seals: &Seals, now: Timestamp) -> Option<Self> {
        let payload = unsealed(token, RESET, seals)?;
        let (expires_at, reset) = expiring(&payload)?;
        let reset = ResetId::parse(std::str::from_utf8(reset).ok()?).ok()?;
        (now < expires_at).then_some(Self { reset, expires_at })
    }
}

fn sealed(mut bytes: Vec<u8>, seals: &Seals) -> String {
    bytes.extend(seals.seal(&bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a payload says behind its purpose, if it was sealed here and for this.
fn unsealed(token: &str, purpose: u8, seals: &Seals) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (payload, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL_BYTES)?)?;
    let (own, rest) = payload.split_first()?;
    (seals.holds(payload, seal) && *own == purpose).then(|| rest.to_vec())
}

fn second(at: Timestamp) -> [u8; 8] {
    // A moment before 1970 becomes 1970: either has expired.
    u64::try_from(at.as_second()).unwrap_or_default().to_be_bytes()
}

/// The moment that some bytes begin with, and what stands behind it.
fn expiring(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (expiry, rest) = bytes.split_first_chunk()?;
    let second = i64::try_from(u64::from_be_bytes(*expiry)).ok()?;
    Some((Timestamp::from_second(second).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T09:00:00.25Z".parse().unwrap()
    }

    fn seals(key: u8) -> Seals {
        Seals::of(vec![vec![key; 32]])
    }

    fn link() -> Link {
        let number = TicketNumber::parse("7K3Q-M9XV").unwrap();
        Link::fresh(&number, &PersonId::parse("usr_0123456789abcdefghjkmnpqrs").unwrap(), now())
    }

    #[test]
    fn a_link_says_what_was_written_into_it() {
        let token = link().write(&seals(1));
        assert_eq!(Link::read(&token, &seals(1), now()), Some(link()));
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
    }

    #[test]
    fn a_link_lives_thirty_days() {
        let token = link().write(&seals(1));
        let end: Timestamp = "2026-04-01T09:00:00Z".parse().unwrap();
        assert_eq!(link().expires_at, end);
        assert!(Link::read(&token, &seals(1), end - SignedDuration::from_secs(1)).is_some());
        assert_eq!(Link::read(&token, &seals(1), end), None);
    }

    #[test]
    fn a_link_of_an_older_key_still_opens() {
        let token = link().write(&seals(1));
        let both = Seals::of(vec![vec![2; 32], vec![1; 32]]);
        assert!(Link::read(&token, &both, now()).is_some());
        assert_eq!(Link::read(&token, &seals(2), now()), None);
    }

    #[test]
    fn h179_what_is_no_link_of_ours_is_none() {
        let token = link().write(&seals(1));
        let (shorter, _) = token.split_at(token.len() - 1);
        let spaced = format!(" {token}");
        let longer = format!("{token}AAAA");
        for other in ["", " ", "A", "!!!!", "%20", shorter, &spaced, &longer, &"A".repeat(84), &"A".repeat(8000)] {
            assert_eq!(Link::read(other, &seals(1), now()), None, "{other}");
        }
    }

    #[test]
    fn h179_no_byte_of_a_link_may_differ() {
        let bytes = URL_SAFE_NO_PAD.decode(link().write(&seals(1))).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            assert_eq!(Link::read(&URL_SAFE_NO_PAD.encode(forged), &seals(1), now()), None, "byte {at}");
        }
    }

    fn reset_link() -> ResetLink {
        let expires_at = "2026-03-02T10:00:00Z".parse().unwrap();
        ResetLink { reset: ResetId::parse("rst_0123456789abcdefghjkmnpqrs").unwrap(), expires_at }
    }

    #[test]
    fn a_link_to_set_a_password_says_what_was_written_into_it_until_it_expires() {
        let token = reset_link().write(&seals(1));
        assert_eq!(ResetLink::read(&token, &seals(1), now()), Some(reset_link()));
        assert_eq!(ResetLink::read(&token, &seals(1), reset_link().expires_at), None);
        assert_eq!(ResetLink::read(&token, &seals(2), now()), None);
    }

    #[test]
    fn h179_no_byte_of_a_link_to_set_a_password_may_differ() {
        let bytes = URL_SAFE_NO_PAD.decode(reset_link().write(&seals(1))).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            assert_eq!(ResetLink::read(&URL_SAFE_NO_PAD.encode(forged), &seals(1), now()), None, "byte {at}");
        }
        assert_eq!(ResetLink::read("", &seals(1), now()), None);
    }

    #[test]
    fn neither_kind_of_link_is_the_other() {
        let (shows, sets) = (link().write(&seals(1)), reset_link().write(&seals(1)));
        assert_eq!(ResetLink::read(&shows, &seals(1), now()), None);
        assert_eq!(Link::read(&sets, &seals(1), now()), None);
    }

    #[test]
    fn a_link_for_something_else_shows_nothing() {
        let mut bytes = link().payload();
        bytes[0] = 2;
        bytes.extend(seals(1).seal(&bytes));
        assert_eq!(Link::read(&URL_SAFE_NO_PAD.encode(bytes), &seals(1), now()), None);
    }
}
