//! Signing keys: made on first use, and read every five minutes by a warm instance that needs them. What they seal are links
//! in mails and list cursors.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::world::Ids;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::error::StoreError;
use crate::item::{Item, keyed, known_key};
use crate::keys::Key;
use crate::table::Table;

/// What a key is for; a seal made for one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Links in mails.
    Links,
    /// Cursors of lists.
    Cursors,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Cursors => "cursors",
        }
    }
}

/// How long keys count as they were read: one that is added or deleted is known everywhere by then.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// The bytes of a seal.
pub const SEAL_BYTES: usize = 16;

/// The live keys of one purpose, newest first.
#[derive(Clone)]
pub struct Seals {
    secrets: Arc<Vec<Vec<u8>>>,
}

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seals(…)")
    }
}

impl Seals {
    /// The seals of these keys, newest first.
    #[must_use]
    pub fn of(secrets: Vec<Vec<u8>>) -> Self {
        Self { secrets: Arc::new(secrets) }
    }

    /// Seals a message with the newest key.
    #[must_use]
    pub fn seal(&self, message: &[u8]) -> [u8; SEAL_BYTES] {
        self.secrets.first().map_or([0; SEAL_BYTES], |secret| seal_with(secret, message))
    }

    /// Whether a seal was made for this message with a key that still lives.
    #[must_use]
    pub fn holds(&self, message: &[u8], seal: &[u8]) -> bool {
        self.secrets.iter().any(|secret| bool::from(seal_with(secret, message).as_slice().ct_eq(seal)))
    }
}

fn seal_with(secret: &[u8], message: &[u8]) -> [u8; SEAL_BYTES] {
    let mut seal = [0; SEAL_BYTES];
    // HMAC takes keys of any length, so there is always a tag to copy.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(message);
        for (to, from) in seal.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
    }
    seal
}

/// The keys read so far by this instance, each with when they were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<Mutex<HashMap<Purpose, (Seals, Timestamp)>>>);

impl Known {
    fn get(&self, purpose: Purpose, now: Timestamp) -> Option<Seals> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (seals, read_at) = known.get(&purpose)?;
        (now.duration_since(*read_at).abs() < FRESH).then(|| seals.clone())
    }

    fn keep(&self, purpose: Purpose, seals: &Seals, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(purpose, (seals.clone(), now));
    }
}

/// The keys of a purpose, made if there are none.
pub(crate) async fn seals(
    table: &Table,
    known: &Known,
    ids: &dyn Ids,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Seals, StoreError> {
    if let Some(seals) = known.get(purpose, now) {
        return Ok(seals);
    }
    let pk = Key::signing(purpose.name(), "").pk;
    let mut items = table.all_with_prefix(&pk, "K#").await?;
    if items.is_empty() {
        let secret = AttributeValue::B(ids.bytes().to_vec().into());
        let item = keyed(&Key::signing(purpose.name(), "K#1"), HashMap::from([("secret".to_owned(), secret)]));
        table.put_new(item).await?;
        items = table.all_with_prefix(&pk, "K#").await?;
    }
    items.sort_by_key(|item| Reverse(ordinal(item)));
    let secrets: Vec<_> = items.iter().filter_map(secret).collect();
    if secrets.is_empty() {
        return Err(StoreError::corrupt(&Key::signing(purpose.name(), "K#1"), "secret"));
    }
    let seals = Seals::of(secrets);
    known.keep(purpose, &seals, now);
    Ok(seals)
}

/// Which key it is, by the number in its name: the tenth is newer than the second. What has none is older than all.
fn ordinal(item: &Item) -> Option<u64> {
    known_key(item).sk.strip_prefix("K#")?.parse().ok()
}

fn secret(item: &Item) -> Option<Vec<u8>> {
    item.get("secret").and_then(|value| value.as_b().ok()).map(|blob| blob.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str) -> Item {
        keyed(&Key::signing("links", kid), HashMap::new())
    }

    #[test]
    fn the_tenth_key_is_newer_than_the_second() {
        let mut kids = ["K#1", "K#10", "K#2", "K#old"];
        kids.sort_by_key(|kid| Reverse(ordinal(&key(kid))));
        assert_eq!(kids, ["K#10", "K#2", "K#1", "K#old"]);
    }

    #[test]
    fn keys_are_known_for_five_minutes_whichever_way_the_clock_goes() {
        let (known, read_at) = (Known::default(), Timestamp::UNIX_EPOCH);
        known.keep(Purpose::Links, &Seals::of(vec![vec![1; 32]]), read_at);
        let is_known = |purpose, seconds| {
            let now = Timestamp::from_second(seconds).unwrap();
            known.get(purpose, now).is_some()
        };
        assert!(is_known(Purpose::Links, 299) && is_known(Purpose::Links, -299));
        assert!(!is_known(Purpose::Links, 300) && !is_known(Purpose::Links, -300));
        assert!(!is_known(Purpose::Cursors, 0));
    }
}
