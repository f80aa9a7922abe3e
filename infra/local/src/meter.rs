//! The meter: what requests consume of the table, as the table itself counts it.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// Read and write units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units, indexes included.
    pub write: f64,
    /// Requests.
    pub requests: u32,
}

/// Counts units while somebody measures.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Option<Units>>>);

impl Meter {
    /// Starts counting from zero.
    pub fn start(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Units::default());
    }

    /// What was consumed since the start; counting ends.
    #[must_use]
    pub fn stop(&self) -> Units {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    /// The request that also asks what it consumes, while somebody measures.
    pub(crate) fn asking(&self, body: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?;
        let mut body: Value = serde_json::from_slice(body).ok()?;
        body.as_object_mut()?.insert("ReturnConsumedCapacity".to_owned(), "INDEXES".into());
        Some(body.to_string().into_bytes())
    }

    #[expect(clippy::float_arithmetic, reason = "the table counts in halves")]
    pub(crate) fn note(&self, operation: &str, answer: &str) {
        let mut units = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(units) = units.as_mut() else {
            return;
        };
        units.requests += 1;
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let consumed = match answer.get("ConsumedCapacity") {
            Some(Value::Array(tables)) => tables.iter().filter_map(total).sum(),
            Some(table) => total(table).unwrap_or_default(),
            None => 0.0,
        };
        let reads = ["GetItem", "BatchGetItem", "Query", "Scan"].contains(&operation);
        *(if reads { &mut units.read } else { &mut units.write }) += consumed;
    }
}

fn total(table: &Value) -> Option<f64> {
    table.get("CapacityUnits").and_then(Value::as_f64)
}
