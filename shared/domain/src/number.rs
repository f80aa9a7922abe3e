//! A ticket's number: its only name, random, so that it can be neither guessed nor counted.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::crockford;
use crate::field::Invalid;
use crate::world::Ids;

/// Eight Crockford base-32 digits, shown as `7K3Q-M9XV` (S1.33, S2.13).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// A new number: 40 random bits.
    #[must_use]
    pub fn fresh(ids: &dyn Ids) -> Self {
        let bytes = ids.bytes();
        let (head, _) = bytes.split_at(5);
        Self(crockford::encode(head))
    }

    /// Reads a number as a person writes it: case and hyphens do not matter, `O` is 0, `I` and `L` are 1.
    ///
    /// # Errors
    /// `not_a_number` unless eight digits remain.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("not_a_number", "must be a ticket number like 7K3Q-M9XV");
        if text.len() > 12 {
            return Err(invalid());
        }
        let digits: Option<String> = text.chars().filter(|letter| *letter != '-').map(crockford::canonical).collect();
        digits.filter(|digits| digits.len() == 8).map(Self).ok_or_else(invalid)
    }

    /// The eight digits alone, as keys hold them.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = self.0.split_at(4);
        write!(f, "{left}-{right}")
    }
}

impl fmt::Debug for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TicketNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() -> Result<(), Invalid> {
        let number = TicketNumber::parse("7k3qm9xv")?;
        assert_eq!(number, TicketNumber::parse("7K3Q-M9XV")?);
        assert_eq!(number.to_string(), "7K3Q-M9XV");
        assert_eq!(TicketNumber::parse("oooo-iiil")?.key(), "00001111");
        Ok(())
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "7K3Q", "7K3Q-M9XVA", "../admin", "7K3Q M9XV", "7K3Q-M9XU", "é"] {
            assert!(TicketNumber::parse(text).is_err(), "{text}");
        }
    }
}
