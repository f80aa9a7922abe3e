//! The real clock and the real randomness.

use domain::world::{Clock, Ids};
use jiff::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else asks")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    /// # Panics
    /// When the operating system has no randomness: nothing may be named then.
    #[expect(clippy::disallowed_methods, reason = "this is the randomness that everyone else asks")]
    #[expect(clippy::expect_used, reason = "without randomness every id could be guessed: stop")]
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system has no randomness");
        bytes
    }
}
