//! The two things a rule may not fetch for itself: the time and randomness. Whoever calls passes them in.

use std::fmt::Debug;

use jiff::Timestamp;

/// Tells the time; `runtime` has the real one, tests one that they move.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives randomness for ids, numbers and secrets.
pub trait Ids: Debug + Send + Sync {
    /// Thirty-two bytes that nobody can guess.
    fn bytes(&self) -> [u8; 32];
}
