//! Passwords: argon2id with 19 MiB, two passes, one lane; about 40 ms of CPU on purpose.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::person::PasswordHash;

/// The most bytes a password may have: longer ones are refused before they are hashed (H185).
pub const MOST_BYTES: usize = 1024;

/// What nobody's password hashes to: it is compared when there is no account, so that both take as long (H181).
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password with this salt.
///
/// # Errors
/// When argon2 refuses the input.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<PasswordHash, argon2::password_hash::Error> {
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
}
