//! Sessions: an opaque token names its person and carries a secret; the table holds the secret's hash alone.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::PersonId;
use domain::world::Ids;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::item::{Item, keyed, read, write};
use crate::keys::Key;
use crate::table::Table;

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

    /// The token that always follows from this one, for a purpose: who asks twice gets the same.
    fn next(&self, purpose: &str) -> Self {
        let digest = Sha256::new().chain_update(purpose).chain_update([0]).chain_update(&self.secret).finalize();
        Self { person: self.person.clone(), secret: URL_SAFE_NO_PAD.encode(digest) }
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
    /// When a refresh token was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent_at: Option<i64>,
}

/// The two tokens of a sign-in.
#[derive(Clone, Debug)]
pub struct Pair {
    /// For every request.
    pub access: Token,
    /// For the next pair.
    pub refresh: Token,
}

pub(crate) fn counts(key: &Key, item: Option<Item>, now: Timestamp) -> Result<bool, StoreError> {
    let session: Option<Session> = item.map(|item| read(key, item)).transpose()?;
    Ok(session.is_some_and(|session| session.expires_at > now.as_second()))
}

pub(crate) async fn open(table: &Table, ids: &dyn Ids, person: &PersonId, now: Timestamp) -> Result<Pair, StoreError> {
    let pair = Pair { access: Token::fresh(person, ids), refresh: Token::fresh(person, ids) };
    let family = pair.refresh.hash();
    keep(table, &pair, &family, now).await?;
    Ok(pair)
}

async fn keep(table: &Table, pair: &Pair, family: &str, now: Timestamp) -> Result<(), StoreError> {
    let session = |lifetime: SignedDuration| Session {
        family: family.to_owned(),
        expires_at: now.as_second() + lifetime.as_secs(),
        spent_at: None,
    };
    let refresh = keyed(&pair.refresh.refresh_key(), write(&session(REFRESH_LIFETIME))?);
    table.put_new(refresh).await?;
    table.put(keyed(&pair.access.session_key(), write(&session(ACCESS_LIFETIME))?)).await
}

/// The next pair for a refresh token; `None` if it does not count. A token used twice ends its whole family (H190).
pub(crate) async fn refresh(table: &Table, token: &Token, now: Timestamp) -> Result<Option<Pair>, StoreError> {
    let key = token.refresh_key();
    let Some(item) = table.get(&key, true).await? else {
        return Ok(None);
    };
    let session: Session = read(&key, item)?;
    if session.expires_at <= now.as_second() {
        return Ok(None);
    }
    let spent_at = session.spent_at.unwrap_or(now.as_second());
    if spent_at + REPEAT.as_secs() < now.as_second() {
        end_family(table, token.person(), &session.family).await?;
        return Ok(None);
    }
    let pair = Pair { access: token.next("access"), refresh: token.next("refresh") };
    let family = session.family.clone();
    table.put(keyed(&key, write(&Session { spent_at: Some(spent_at), ..session })?)).await?;
    keep(table, &pair, &family, now).await?;
    Ok(Some(pair))
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

async fn end_family(table: &Table, person: &PersonId, family: &str) -> Result<(), StoreError> {
    let pk = Key::person(person).pk;
    for prefix in ["S#", "R#"] {
        for item in table.all_with_prefix(&pk, prefix).await? {
            let key = crate::item::known_key(&item);
            let session: Session = read(&key, item)?;
            if session.family == family {
                table.delete(&key).await?;
            }
        }
    }
    Ok(())
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
