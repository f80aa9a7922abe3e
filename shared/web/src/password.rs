//! Passwords: argon2id with 19 MiB, two passes, one lane; about 40 ms of CPU on purpose.

use std::fmt;
use std::sync::Mutex;

use argon2::password_hash::Error;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::field::Invalid;
use domain::person::PasswordHash;
use domain::world::Ids;

/// The most bytes a password may have: longer ones are refused before they are hashed (H185).
pub const MOST_BYTES: usize = 1024;

/// The fewest characters that a new password may have.
pub const FEWEST_CHARACTERS: usize = 12;

/// What nobody's password hashes to: it is compared when there is no account, so that both take as long (H181).
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The memory in which one hash is made after the other. Whoever comes meanwhile has memory of their own. If it were asked
/// for and given back at each, the process would grow: something small always comes to lie where it was.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A password that somebody chose: long enough, and exactly as it was typed (H185).
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// Takes a password verbatim: it is measured and nothing else.
    ///
    /// # Errors
    /// `too_short`, `too_long`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > MOST_BYTES {
            return Err(Invalid::new("too_long", format!("must have at most {MOST_BYTES} bytes")));
        }
        if text.chars().count() < FEWEST_CHARACTERS {
            return Err(Invalid::new("too_short", format!("must have at least {FEWEST_CHARACTERS} characters")));
        }
        Ok(Self(text.to_owned()))
    }

    /// Hashes it, with a salt of its own.
    ///
    /// # Errors
    /// When argon2 refuses the input.
    pub fn hash(&self, ids: &dyn Ids) -> Result<PasswordHash, Error> {
        let bytes = ids.bytes();
        let (salt, _) = bytes.split_at(16);
        hash(&self.0, salt)
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Hashes a password with this salt.
///
/// # Errors
/// When argon2 refuses the input.
pub fn hash(password: &str, salt: &[u8]) -> Result<PasswordHash, Error> {
    let argon2 = Argon2::default();
    let hash = Phc {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(Salt::new(salt)?),
        hash: Some(output(&argon2, password, salt)?),
    };
    Ok(PasswordHash::new(hash.to_string()))
}

/// Whether a password is the one behind the hash; without a hash it never is, and takes as long to say so.
#[must_use]
pub fn is_right(password: &str, hash: Option<&PasswordHash>) -> bool {
    let phc = hash.map_or(NOBODY, PasswordHash::expose);
    let matches = Phc::new(phc).map_err(Error::from).and_then(|phc| matches(password, &phc)).unwrap_or(false);
    matches && hash.is_some()
}

/// Compares in the same time whatever the password.
fn matches(password: &str, hash: &Phc) -> Result<bool, Error> {
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(hash)?);
    Ok(output(&argon2, password, salt)? == *expected)
}

/// What a password comes to with a salt.
fn output(argon2: &Argon2<'_>, password: &str, salt: &[u8]) -> Result<Output, Error> {
    let mut kept = MEMORY.try_lock().ok();
    let mut own = Vec::new();
    let memory = kept.as_deref_mut().unwrap_or(&mut own);
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let out = bytes.get_mut(..length).ok_or(Error::OutputSize)?;
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory)?;
    Ok(Output::new(out)?)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;

    use super::*;

    #[test]
    fn a_hash_is_what_everybody_makes_of_a_password() {
        for _ in 0..2 {
            let hash = hash("correct horse battery", &[7; 16]).unwrap();
            let phc = Phc::new(hash.expose()).unwrap();
            assert!(Argon2::default().verify_password(b"correct horse battery", &phc).is_ok());
            assert!(Argon2::default().verify_password(b"correct horse batteries", &phc).is_err());
        }
    }

    #[test]
    fn a_hash_that_is_none_is_nobodys() {
        for stored in
            ["", "welcome-to-lambdesk", "$argon2id$v=19$m=19456,t=2,p=1", "$md5$v=1$AAAAAAAAAAA$AAAAAAAAAAAAAA"]
        {
            assert!(!is_right("welcome-to-lambdesk", Some(&PasswordHash::new(stored.to_owned()))), "{stored}");
        }
    }

    #[test]
    fn h181_without_an_account_a_hash_is_computed_all_the_same() {
        let phc = Phc::new(NOBODY).unwrap();
        assert_eq!(phc.params.get_decimal("m"), Some(19456));
        assert!(!is_right("", None));
    }

    #[test]
    fn h185_passwords_are_taken_verbatim() {
        let hash = hash(" p\0ž", &[1; 16]).unwrap();
        assert!(is_right(" p\0ž", Some(&hash)));
        assert!(!is_right("p\0ž", Some(&hash)));
    }

    #[test]
    fn h185_new_passwords_are_measured_and_not_changed() {
        let (shortest, longest) = ("ž".repeat(FEWEST_CHARACTERS), "x".repeat(MOST_BYTES));
        for text in [" two words and\0more ", shortest.as_str(), longest.as_str()] {
            assert_eq!(NewPassword::parse(text).unwrap().0, text);
        }
        let code = |text: &str| NewPassword::parse(text).unwrap_err().code;
        assert_eq!(code(""), "too_short");
        assert_eq!(code(&"ž".repeat(FEWEST_CHARACTERS - 1)), "too_short");
        assert_eq!(code(&"x".repeat(MOST_BYTES + 1)), "too_long");
        assert_eq!(code(&"ž".repeat(MOST_BYTES / 2 + 1)), "too_long");
    }

    #[test]
    fn a_new_password_does_not_show_itself_in_a_log() {
        let shown = format!("{:?}", NewPassword::parse("correct horse battery").unwrap());
        assert!(!shown.contains("horse"), "{shown}");
    }
}
