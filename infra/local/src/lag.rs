//! Indexes that lag: a mirror of the table that follows its writes late, and answers the queries of indexes.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use dynoxide::Database;
use serde_json::Value;

use crate::table::dispatch;

/// A mirror that stays so many writes behind.
pub(crate) struct Lag {
    mirror: Database,
    behind: usize,
    waiting: Mutex<VecDeque<(String, Vec<u8>)>>,
}

impl Lag {
    pub(crate) fn new(mirror: Database, behind: usize) -> Self {
        Self { mirror, behind, waiting: Mutex::default() }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.mirror
    }

    /// Takes note of a write that the table has done; the oldest one noted reaches the mirror.
    pub(crate) fn follow(&self, operation: &str, body: &[u8]) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back((operation.to_owned(), without_conditions(body)));
        while waiting.len() > self.behind {
            if let Some((operation, body)) = waiting.pop_front() {
                dispatch(&self.mirror, &operation, &body);
            }
        }
    }
}

/// A write that was done once is done again whatever the mirror thinks of its conditions and tokens.
fn without_conditions(body: &[u8]) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    strip(&mut body);
    let parts = body.get_mut("TransactItems").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
        part.values_mut().for_each(strip);
    }
    body.to_string().into_bytes()
}

fn strip(write: &mut Value) {
    let Some(write) = write.as_object_mut() else {
        return;
    };
    for name in ["ConditionExpression", "ClientRequestToken", "ReturnValuesOnConditionCheckFailure"] {
        write.remove(name);
    }
    // What only the condition used would be refused as unused.
    let update = write.get("UpdateExpression").and_then(Value::as_str).unwrap_or_default().to_owned();
    for name in ["ExpressionAttributeValues", "ExpressionAttributeNames"] {
        let emptied = write.get_mut(name).and_then(Value::as_object_mut).is_some_and(|placeholders| {
            placeholders.retain(|placeholder, _| uses(&update, placeholder));
            placeholders.is_empty()
        });
        if emptied {
            write.remove(name);
        }
    }
}

fn uses(expression: &str, placeholder: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression.match_indices(placeholder).any(|(at, _)| {
        let rest = expression.get(at + placeholder.len()..).unwrap_or_default();
        !rest.starts_with(is_word)
    })
}
