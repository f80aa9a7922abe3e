//! Passwords: argon2id with 19 MiB, two passes, one lane; about 40 ms of CPU on purpose.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
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
    pub fn hash(&self, ids: &dyn Ids) -> Result<PasswordHash, argon2::password_hash::Error> {
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
pub fn hash(password: &str, salt: &[u8]) -> Result<PasswordHash, argon2::password_hash::Error> {
    let hash: Phc = Argon2::default().hash_password_with_salt(password.as_bytes(), salt)?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// Whether a password is the one behind the hash; without a hash it never is, and takes as long to say so.
#[must_use]
pub fn is_right(password: &str, hash: Option<&PasswordHash>) -> bool {
    let phc = hash.map_or(NOBODY, PasswordHash::expose);
    let Ok(phc) = Phc::new(phc) else {
        return false;
    };
    let matches = Argon2::default().verify_password(password.as_bytes(), &phc).is_ok();
    matches && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

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
