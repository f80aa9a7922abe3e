//! Impact, urgency, and the matrix that makes a priority of them (S1.16, S1.17).

use serde::{Deserialize, Serialize};

/// How much is affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// One person.
    Low,
    /// Several people.
    #[default]
    Medium,
    /// An organization.
    High,
}

/// How soon it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Whenever there is time.
    Low,
    /// In the usual time.
    #[default]
    Medium,
    /// Soon.
    High,
    /// Now.
    Critical,
}

/// Who set the urgency; what a person says wins over what is read from the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrgencySource {
    /// Nobody: the default.
    #[default]
    Default,
    /// The requester.
    Requester,
    /// An agent.
    Agent,
}

/// The order in which tickets are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Last.
    Low,
    /// In the usual order.
    Normal,
    /// Before the usual.
    High,
    /// First.
    Urgent,
}

impl Priority {
    /// 0 for the most urgent, 3 for the least: queues sort by it.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Urgent => 0,
            Self::High => 1,
            Self::Normal => 2,
            Self::Low => 3,
        }
    }

    /// How much a ticket of this priority weighs on the agent who holds it.
    #[must_use]
    pub fn weight(self) -> i64 {
        match self {
            Self::Urgent => 8,
            Self::High => 4,
            Self::Normal => 2,
            Self::Low => 1,
        }
    }
}

/// A priority for every pair of impact and urgency; kept in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityMatrix {
    low: Row,
    medium: Row,
    high: Row,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    low: Priority,
    medium: Priority,
    high: Priority,
    critical: Priority,
}

impl Default for PriorityMatrix {
    fn default() -> Self {
        let row = |low, medium, high, critical| Row { low, medium, high, critical };
        Self {
            low: row(Priority::Low, Priority::Low, Priority::Normal, Priority::High),
            medium: row(Priority::Low, Priority::Normal, Priority::High, Priority::Urgent),
            high: row(Priority::Normal, Priority::High, Priority::Urgent, Priority::Urgent),
        }
    }
}

impl PriorityMatrix {
    /// The priority of a pair.
    #[must_use]
    pub fn priority(&self, impact: Impact, urgency: Urgency) -> Priority {
        let row = match impact {
            Impact::Low => &self.low,
            Impact::Medium => &self.medium,
            Impact::High => &self.high,
        };
        match urgency {
            Urgency::Low => row.low,
            Urgency::Medium => row.medium,
            Urgency::High => row.high,
            Urgency::Critical => row.critical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_17_priority_follows_from_impact_and_urgency() {
        let matrix = PriorityMatrix::default();
        assert_eq!(matrix.priority(Impact::Medium, Urgency::Medium), Priority::Normal);
        assert_eq!(matrix.priority(Impact::High, Urgency::Critical), Priority::Urgent);
        assert_eq!(matrix.priority(Impact::Low, Urgency::Critical), Priority::High);
    }
}
