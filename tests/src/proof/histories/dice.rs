//! Dice: random enough, and always the same for a seed (splitmix64).

/// A sequence of throws.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, below this one.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.throw() % end.max(1)
    }

    /// Whether something happens that happens so often in a thousand.
    pub(super) fn chance(&mut self, in_a_thousand: u64) -> bool {
        self.below(1000) < in_a_thousand
    }

    /// Dice for somebody else.
    pub(super) fn another(&mut self) -> Self {
        Self(self.throw())
    }
}
