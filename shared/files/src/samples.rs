//! Files built from nothing, for tests: small, real, and some of them with what must not be delivered.
//!
//! Whatever must be gone afterwards bears a name with `SECRET` in it, so that one search finds all that was left.

pub mod documents;
pub mod films;
pub mod pictures;
