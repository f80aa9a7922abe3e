//! Sessions: an opaque token names its person and carries a secret; the table holds the secret's hash alone.

use std::fmt;

use aws_sdk_dynamodb::types::Update;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::PersonId;
use domain::person::Person;
use domain::world::Ids;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::commit;
use crate::error::StoreError;
use crate::item::{Item, keyed, read, seconds, text, write};
use crate::keys::Key;
use crate::table::{Table, attributes};

/// How long an access token counts.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// How long a refresh token counts.
pub const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long a refresh token that was just used still answers the same pair: two honest refreshes at once (H190).
const REPEAT: SignedDuration = SignedDuration::from_secs(10);

/// A token as its owner holds it: `lds_<person>.<secret>`. Never stored, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    person: PersonId,
    secret: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, …)", self.person)
    }
}

impl Token {
    fn fresh(person: &PersonId, ids: &dyn Ids) -> Self {
        Self { person: person.clone(), secret: URL_SAFE_NO_PAD.encode(ids.bytes()) }
    }

    /// The token that follows from this one with this seed, for a purpose: who asks twice gets the same, and who has
    /// only the token learns nothing.
    fn next(&self, purpose: &str, seed: &str) -> Self {
        let mut secret = String::new();
        // HMAC takes keys of any length, so there is always a tag.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(seed.as_bytes()) {
            mac.update(format!("{purpose}\0{}", self.secret).as_bytes());
            secret = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        }
        Self { person: self.person.clone(), secret }
    }

    /// Reads a token from the text of a header or a body; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (person, secret) = text.strip_prefix("lds_")?.split_once('.')?;
        let person = PersonId::parse(person).ok()?;
        let well_formed = secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        well_formed.then(|| Self { person, secret: secret.to_owned() })
    }

    /// The text for its owner's eyes.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("lds_{}.{}", self.person, self.secret)
    }

    /// Whose it is.
    #[must_use]
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// What the table holds of it.
    fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.secret.as_bytes()))
    }

    pub(crate) fn session_key(&self) -> Key {
        Key::session(&self.person, &self.hash())
    }

    fn refresh_key(&self) -> Key {
        Key::refresh(&self.person, &self.hash())
    }
}

/// What the table holds of a session or a refresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The sign-in it descends from.
    family: String,
    /// When it stops counting, in seconds since 1970; the table may keep it longer.
    expires_at: i64,
    /// When everybody had been signed out as this person, as it was known at the sign-in. It counts while that is still so:
    /// compared for being the same, so that no clock decides, and a sign-in with a password that is just being replaced
    /// does not count either (H191).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed_out_at: Option<Timestamp>,
    /// When a refresh token was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent_at: Option<i64>,
    /// What its successors are derived with, since it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
}

/// The two tokens of a sign-in.
#[derive(Clone, Debug)]
pub struct Pair {
    /// For every request.
    pub access: Token,
    /// For the next pair.
    pub refresh: Token,
}

impl Session {
    fn counts(&self, person: &Person, now: Timestamp) -> bool {
        self.expires_at > now.as_second() && self.signed_out_at == person.signed_out_at
    }
}

/// Whether a person is signed in by a session, if there is such a session and such a person.
pub(crate) fn counts(
    key: &Key,
    item: Option<Item>,
    person: Option<&Person>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let session: Option<Session> = item.map(|item| read(key, item)).transpose()?;
    Ok(session.zip(person).is_some_and(|(session, person)| session.counts(person, now)))
}

pub(crate) async fn open(table: &Table, ids: &dyn Ids, person: &Person, now: Timestamp) -> Result<Pair, StoreError> {
    let pair = Pair { access: Token::fresh(&person.id, ids), refresh: Token::fresh(&person.id, ids) };
    let family = pair.refresh.hash();
    for item in pair.items(&family, person.signed_out_at, now)? {
        table.put(item).await?;
    }
    Ok(pair)
}

impl Pair {
    fn items(&self, family: &str, signed_out_at: Option<Timestamp>, now: Timestamp) -> Result<[Item; 2], StoreError> {
        let session = |lifetime: SignedDuration| Session {
            family: family.to_owned(),
            expires_at: now.as_second() + lifetime.as_secs(),
            signed_out_at,
            spent_at: None,
            seed: None,
        };
        let refresh = keyed(&self.refresh.refresh_key(), write(&session(REFRESH_LIFETIME))?);
        Ok([refresh, keyed(&self.access.session_key(), write(&session(ACCESS_LIFETIME))?)])
    }
}

/// The next pair for a refresh token of a person; `None` if it does not count. A token used twice ends its whole family
/// (H190).
pub(crate) async fn refresh(
    table: &Table,
    ids: &dyn Ids,
    token: &Token,
    person: &Person,
    now: Timestamp,
) -> Result<Option<Pair>, StoreError> {
    let key = token.refresh_key();
    // Whoever loses the race for a token finds it spent on the second look.
    for _ in 0..2 {
        let Some(item) = table.get(&key, true).await? else {
            return Ok(None);
        };
        let session: Session = read(&key, item)?;
        if !session.counts(person, now) {
            return Ok(None);
        }
        let (seed, is_spent) = match (session.spent_at, session.seed) {
            (Some(spent_at), _) if spent_at + REPEAT.as_secs() < now.as_second() => {
                end_family(table, token.person(), &session.family).await?;
                return Ok(None);
            }
            (Some(_), Some(seed)) => (seed, true),
            (Some(_) | None, _) => (URL_SAFE_NO_PAD.encode(ids.bytes()), false),
        };
        let pair = Pair { access: token.next("access", &seed), refresh: token.next("refresh", &seed) };
        if is_spent {
            return Ok(Some(pair));
        }
        let successors = pair.items(&session.family, session.signed_out_at, now)?;
        if commit::spend(table, ids, spent(table, &key, &seed, now)?, successors).await? {
            return Ok(Some(pair));
        }
    }
    Ok(None)
}

/// Marks a token as used, unless it was used or ended meanwhile.
fn spent(table: &Table, key: &Key, seed: &str, now: Timestamp) -> Result<Update, StoreError> {
    Update::builder()
        .table_name(&table.name)
        .set_key(Some(attributes(key)))
        .update_expression("SET spent_at = :now, seed = :seed")
        .condition_expression("attribute_exists(pk) AND attribute_not_exists(spent_at)")
        .expression_attribute_values(":now", seconds(now))
        .expression_attribute_values(":seed", text(seed))
        .build()
        .map_err(StoreError::unwritable)
}

/// Ends the sign-in that a token belongs to.
pub(crate) async fn end(table: &Table, token: &Token) -> Result<(), StoreError> {
    let key = token.session_key();
    let Some(item) = table.get(&key, true).await? else {
        return Ok(());
    };
    let session: Session = read(&key, item)?;
    end_family(table, token.person(), &session.family).await
}

/// Ends every token of a sign-in, refresh tokens first, until none is left that was made meanwhile.
async fn end_family(table: &Table, person: &PersonId, family: &str) -> Result<(), StoreError> {
    loop {
        let refreshes = end_some(table, person, "R#", family).await?;
        let accesses = end_some(table, person, "S#", family).await?;
        if refreshes + accesses == 0 {
            return Ok(());
        }
    }
}

/// Ends the tokens of one kind; answers how many there were.
async fn end_some(table: &Table, person: &PersonId, kind: &str, family: &str) -> Result<usize, StoreError> {
    let mut ended = 0;
    for item in table.all_with_prefix(&Key::person(person).pk, kind).await? {
        let key = crate::item::known_key(&item);
        let session: Session = read(&key, item)?;
        if session.family == family {
            table.delete(&key).await?;
            ended += 1;
        }
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Sevens;
    impl Ids for Sevens {
        fn bytes(&self) -> [u8; 32] {
            [7; 32]
        }
    }

    #[test]
    fn a_token_reads_back_and_does_not_show_its_secret() {
        let token = Token::fresh(&PersonId::parse("usr_ab").unwrap(), &Sevens);
        assert_eq!(Token::parse(&token.expose()), Some(token.clone()));
        assert!(!format!("{token:?}").contains(&token.secret));
        assert!(Token::parse("lds_usr_ab.short").is_none());
    }
}
