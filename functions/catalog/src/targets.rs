//! What a policy promises and what follows a breach, as they stand in a request.

use std::collections::BTreeMap;

use domain::catalog::reading::or_none;
use domain::field::{Fields, Invalid};
use domain::id::GroupId;
use domain::sla::policy::{Escalation, Targets};
use domain::sla::{Metric, Target};
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;

/// What is promised; a metric that is left out is not measured.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TargetsRequest {
    /// From submitted to the desk's first public answer.
    first_response: Option<PrioritiesRequest>,
    /// From the oldest unanswered comment of the requester to the answer.
    next_response: Option<PrioritiesRequest>,
    /// From submitted to resolved or closed.
    resolution: Option<PrioritiesRequest>,
    /// The time on the first line.
    line_1: Option<PrioritiesRequest>,
    /// The time on the second line.
    line_2: Option<PrioritiesRequest>,
}

/// The target for each priority; for one that is left out nothing is promised.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PrioritiesRequest {
    /// For the priority `low`.
    low: Option<TargetRequest>,
    /// For the priority `normal`.
    normal: Option<TargetRequest>,
    /// For the priority `high`.
    high: Option<TargetRequest>,
    /// For the priority `urgent`.
    urgent: Option<TargetRequest>,
}

/// So much time.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TargetRequest {
    /// How many; at most ten years.
    #[schema(required = true, nullable = false, minimum = 1, maximum = 315_576_000)]
    value: Option<i64>,
    /// Of what: `seconds` of business hours, or `business_days`.
    #[schema(required = true, nullable = false)]
    unit: Option<String>,
}

/// What follows a breach, beyond telling people.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EscalationRequest {
    /// Whether the ticket becomes one step more urgent; not unless said so.
    raise_priority: Option<bool>,
    /// To whose queue it goes; it stays where it is unless said otherwise, or for `none`.
    group_id: Option<String>,
}

impl TargetsRequest {
    /// What is promised; what is wrong is noted in `fields`, and such a target left out.
    pub(crate) fn read(&self, fields: &mut Fields) -> BTreeMap<Metric, Targets> {
        let given = [
            (Metric::FirstResponse, &self.first_response),
            (Metric::NextResponse, &self.next_response),
            (Metric::Resolution, &self.resolution),
            (Metric::Line1, &self.line_1),
            (Metric::Line2, &self.line_2),
        ];
        let named = given.into_iter().filter_map(|(metric, given)| given.as_ref().map(|given| (metric, given)));
        let read = named.map(|(metric, given)| (metric, given.read(&format!("targets.{metric}"), fields)));
        read.filter(|(_, targets)| *targets != Targets::default()).collect()
    }
}

impl PrioritiesRequest {
    fn read(&self, place: &str, fields: &mut Fields) -> Targets {
        let mut read = |priority: &str, given: Option<&TargetRequest>| {
            given.and_then(|given| given.read(&format!("{place}.{priority}"), fields))
        };
        Targets {
            low: read("low", self.low.as_ref()),
            normal: read("normal", self.normal.as_ref()),
            high: read("high", self.high.as_ref()),
            urgent: read("urgent", self.urgent.as_ref()),
        }
    }
}

impl TargetRequest {
    fn read(&self, place: &str, fields: &mut Fields) -> Option<Target> {
        let at = format!("{place}.value");
        let value = fields.check(&at, self.value.ok_or_else(|| Invalid::new("required", "is required")));
        let unit = fields.required(&format!("{place}.unit"), self.unit.as_deref(), one_of);
        value.zip(unit).and_then(|(value, unit)| fields.check(&at, Target::parse(value, unit)))
    }
}

impl EscalationRequest {
    /// What follows a breach; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> Escalation {
        let parse = |id: &str| or_none(id, GroupId::parse);
        let group = fields.optional("escalation.group_id", self.group_id.as_deref(), parse).flatten();
        Escalation { raise_priority: self.raise_priority.unwrap_or_default(), group }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(given: Value) -> Result<Value, Vec<String>> {
        let request: TargetsRequest = serde_json::from_value(given).unwrap();
        let mut fields = Fields::new();
        let targets = request.read(&mut fields);
        if fields.is_empty() {
            return Ok(json!(targets));
        }
        Err(fields.into_vec().into_iter().map(|error| format!("{}: {}", error.field, error.code)).collect())
    }

    #[test]
    fn targets_are_stored_as_they_are_sent() {
        let given = json!({
            "resolution": {
                "low": { "value": 3, "unit": "business_days" },
                "urgent": { "value": 7200, "unit": "seconds" },
            },
            "line_1": { "normal": { "value": 1, "unit": "business_days" } },
        });
        assert_eq!(read(given.clone()), Ok(given));
        assert_eq!(read(json!({ "line_2": {}, "next_response": null })), Ok(json!({})), "nothing is promised");
    }

    #[test]
    fn h083_every_wrong_target_is_named_with_its_place() {
        let given = json!({
            "resolution": {
                "low": { "value": 0, "unit": "seconds" },
                "normal": { "value": -1, "unit": "seconds" },
                "high": { "value": 315_576_001, "unit": "seconds" },
                "urgent": { "value": 3651, "unit": "business_days" },
            },
            "first_response": { "low": {}, "urgent": { "value": 1, "unit": "hours" } },
        });
        let expected = [
            "targets.first_response.low.value: required",
            "targets.first_response.low.unit: required",
            "targets.first_response.urgent.unit: unknown",
            "targets.resolution.low.value: out_of_range",
            "targets.resolution.normal.value: out_of_range",
            "targets.resolution.high.value: out_of_range",
            "targets.resolution.urgent.value: out_of_range",
        ];
        assert_eq!(read(given), Err(expected.map(str::to_owned).to_vec()));
    }
}
