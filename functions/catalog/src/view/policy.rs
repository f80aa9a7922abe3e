//! SLA policies as clients see them.

use domain::catalog::Catalog;
use domain::sla::policy::{Escalation, SlaPolicy, Targets};
use domain::sla::{Metric, Target, Unit};
use domain::status::StatusCategory;
use serde::Serialize;
use utoipa::ToSchema;

/// What is promised.
#[derive(Serialize, ToSchema)]
#[schema(as = SlaPolicy)]
pub(crate) struct SlaPolicyView {
    /// Which.
    id: String,
    /// Grows when it changes; its `ETag`.
    version: u64,
    /// The name shown.
    name: String,
    /// By whose hours time counts.
    business_hours_id: String,
    /// What is promised; a metric that is left out is not measured.
    targets: PolicyTargetsView,
    /// After how many percent of a target one is warned, least first.
    #[schema(value_type = Vec<u32>)]
    warn_at: Vec<u8>,
    /// The categories of statuses in which the clock stands still.
    #[schema(value_type = Vec<String>)]
    pauses_on: Vec<StatusCategory>,
    /// What follows a breach, beyond telling people.
    escalation: PolicyEscalationView,
    /// Whether what becomes due outside the desk's service hours may be acted on when they begin again.
    late_ok: bool,
    /// Whether it stands where neither category nor service names one.
    default: bool,
}

/// What is promised of each metric.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyTargets)]
pub(crate) struct PolicyTargetsView {
    /// From submitted to the desk's first public answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_response: Option<PolicyPrioritiesView>,
    /// From the oldest unanswered comment of the requester to the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_response: Option<PolicyPrioritiesView>,
    /// From submitted to resolved or closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<PolicyPrioritiesView>,
    /// The time on the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_1: Option<PolicyPrioritiesView>,
    /// The time on the second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_2: Option<PolicyPrioritiesView>,
}

/// The target for each priority; for one that is left out nothing is promised.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyPriorities)]
pub(crate) struct PolicyPrioritiesView {
    /// For the priority `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<PolicyTargetView>,
    /// For the priority `normal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    normal: Option<PolicyTargetView>,
    /// For the priority `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<PolicyTargetView>,
    /// For the priority `urgent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    urgent: Option<PolicyTargetView>,
}

/// So much time.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyTarget)]
pub(crate) struct PolicyTargetView {
    /// How many.
    value: u32,
    /// Of what: `seconds` of business hours, or `business_days`.
    #[schema(value_type = String)]
    unit: Unit,
}

/// What follows a breach, beyond telling people.
#[derive(Serialize, ToSchema)]
#[schema(as = PolicyEscalation)]
pub(crate) struct PolicyEscalationView {
    /// Whether the ticket becomes one step more urgent.
    raise_priority: bool,
    /// To whose queue it goes.
    group_id: Option<String>,
}

/// One policy.
#[derive(Serialize, ToSchema)]
pub(crate) struct SlaPolicyResponse {
    sla_policy: SlaPolicyView,
}

impl SlaPolicyResponse {
    pub(crate) fn new(policy: &SlaPolicy, catalog: &Catalog) -> Self {
        Self { sla_policy: SlaPolicyView::new(policy, catalog) }
    }
}

impl SlaPolicyView {
    pub(crate) fn new(policy: &SlaPolicy, catalog: &Catalog) -> Self {
        Self {
            id: policy.id.to_string(),
            version: policy.version,
            name: policy.name.as_str().to_owned(),
            business_hours_id: policy.hours.to_string(),
            targets: PolicyTargetsView::of(policy),
            warn_at: policy.warn_at.clone(),
            pauses_on: policy.pauses_on.clone(),
            escalation: PolicyEscalationView::of(&policy.escalation),
            late_ok: policy.late_ok,
            default: catalog.default_policy.as_ref() == Some(&policy.id),
        }
    }
}

impl PolicyTargetsView {
    fn of(policy: &SlaPolicy) -> Self {
        let promised = |metric: Metric| policy.targets.get(&metric).map(PolicyPrioritiesView::of);
        Self {
            first_response: promised(Metric::FirstResponse),
            next_response: promised(Metric::NextResponse),
            resolution: promised(Metric::Resolution),
            line_1: promised(Metric::Line1),
            line_2: promised(Metric::Line2),
        }
    }
}

impl PolicyPrioritiesView {
    fn of(targets: &Targets) -> Self {
        let shown = |target: Option<Target>| target.map(PolicyTargetView::of);
        let Targets { low, normal, high, urgent } = *targets;
        Self { low: shown(low), normal: shown(normal), high: shown(high), urgent: shown(urgent) }
    }
}

impl PolicyTargetView {
    fn of(target: Target) -> Self {
        Self { value: target.value, unit: target.unit }
    }
}

impl PolicyEscalationView {
    fn of(escalation: &Escalation) -> Self {
        let group_id = escalation.group.as_ref().map(ToString::to_string);
        Self { raise_priority: escalation.raise_priority, group_id }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::PolicyId;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_is_shown_with_whether_it_is_the_default() {
        let targets = json!({
            "first_response": { "urgent": { "value": 1800, "unit": "seconds" } },
            "resolution": { "low": { "value": 3, "unit": "business_days" } },
        });
        let stored = json!({
            "id": "sla_standard",
            "version": 3,
            "name": "Standard",
            "hours": "hrs_desk",
            "targets": targets,
            "warn_at": [50, 75],
            "pauses_on": ["pending", "on_hold"],
            "escalation": { "group": "grp_desk" },
        });
        let policy: SlaPolicy = serde_json::from_value(stored).unwrap();
        let shown = |default: Option<PolicyId>| {
            let catalog = Catalog { default_policy: default, ..Catalog::default() };
            json!(SlaPolicyResponse::new(&policy, &catalog))
        };
        let expected = json!({ "sla_policy": {
            "id": "sla_standard",
            "version": 3,
            "name": "Standard",
            "business_hours_id": "hrs_desk",
            "targets": targets,
            "warn_at": [50, 75],
            "pauses_on": ["pending", "on_hold"],
            "escalation": { "raise_priority": false, "group_id": "grp_desk" },
            "late_ok": false,
            "default": true,
        } });
        assert_eq!(shown(Some(policy.id.clone())), expected);
        assert_eq!(shown(None)["sla_policy"]["default"], false);
    }
}
