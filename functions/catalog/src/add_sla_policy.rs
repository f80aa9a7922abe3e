//! Adds an SLA policy.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::promises::PolicyEdit;
use domain::field::{Fields, Invalid};
use domain::id::HoursId;
use domain::sla::policy::SlaPolicy;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::edit_sla_policy::EditSlaPolicyRequest;
use crate::keep::{Keeping, Way};
use crate::targets::{EscalationRequest, TargetsRequest};
use crate::view::policy::SlaPolicyResponse;

/// A new SLA policy.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddSlaPolicyRequest {
    /// The name shown, different from those of all other policies.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// By whose hours time counts.
    #[schema(required = true, nullable = false)]
    business_hours_id: Option<String>,
    /// What is promised, by metric and priority: something at least.
    #[schema(required = true, nullable = false)]
    targets: Option<TargetsRequest>,
    /// After how many percent of a target one is warned: at most five numbers from 1 to 99; 75 unless said otherwise.
    warn_at: Option<Vec<i64>>,
    /// The categories of statuses in which the clock stands still, of `new`, `open`, `pending` and `on_hold`; the last
    /// two unless said otherwise.
    pauses_on: Option<Vec<String>>,
    /// What follows a breach, beyond telling people; nothing unless said otherwise.
    escalation: Option<EscalationRequest>,
    /// Whether what becomes due outside the desk's service hours may be acted on when they begin again; not unless said
    /// so.
    late_ok: Option<bool>,
    /// Whether it stands where neither category nor service names one; not unless said so.
    default: Option<bool>,
}

impl AddSlaPolicyRequest {
    fn parse(self) -> Result<(Name, HoursId, PolicyEdit), Fields> {
        let mut fields = Fields::new();
        let name = fields.required("name", self.name.as_deref(), Name::parse);
        let hours = fields.required("business_hours_id", self.business_hours_id.as_deref(), HoursId::parse);
        if self.targets.is_none() {
            fields.refuse("targets", Invalid::new("required", "is required"));
        }
        let rest = EditSlaPolicyRequest {
            name: None,
            business_hours_id: None,
            targets: self.targets,
            warn_at: self.warn_at,
            pauses_on: self.pauses_on,
            escalation: self.escalation,
            late_ok: self.late_ok,
            default: self.default,
        };
        let rest = rest.read(&mut fields);
        fields.finish(name.zip(hours).map(|(name, hours)| (name, hours, rest)))
    }
}

/// Add an SLA policy
#[utoipa::path(
    post,
    path = "/v1/sla_policies",
    params(("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")),
    request_body = AddSlaPolicyRequest,
    responses(
        (
            status = 201,
            description = "The policy",
            body = SlaPolicyResponse,
            headers(("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))
        ),
        (
            status = 409,
            description = "`name_taken`, or `full`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (
            status = 422,
            description = "`outside_service_hours`: the business hours reach beyond them, and it is not `late_ok`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn add_sla_policy(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<SlaPolicy>(&ports.store, Way::Adding).await? {
        let (name, hours, rest) = keeping.request::<AddSlaPolicyRequest>()?.parse()?;
        let policy = SlaPolicy::named(scene.id.clone(), name, hours);
        let served = &ports.settings.service_hours;
        let decision = scene.catalog().add_policy(scene.by.clone(), policy, rest, served);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<SlaPolicy, _>(|policy, caller| SlaPolicyResponse::new(policy, &caller.catalog))
}

#[cfg(test)]
mod tests {
    use domain::id::GroupId;
    use domain::sla::Metric;
    use domain::sla::policy::Escalation;
    use domain::status::StatusCategory;
    use serde_json::{Value, json};

    use super::*;

    fn parse(request: Value) -> Result<(Name, HoursId, PolicyEdit), Vec<String>> {
        let request: AddSlaPolicyRequest = serde_json::from_value(request).unwrap();
        let listed =
            |fields: Fields| fields.into_vec().into_iter().map(|error| format!("{}: {}", error.field, error.code));
        request.parse().map_err(|fields| listed(fields).collect())
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let request = json!({
            "business_hours_id": "sla_desk",
            "targets": { "resolution": { "low": { "value": -1, "unit": "seconds" } } },
            "warn_at": [75, 100],
            "pauses_on": ["pending", "resolved", "asleep", "pending"],
            "escalation": { "group_id": "usr_leo" },
        });
        let expected = [
            "name: required",
            "business_hours_id: not_an_id",
            "targets.resolution.low.value: out_of_range",
            "warn_at.1: out_of_range",
            "pauses_on.1: out_of_range",
            "pauses_on.2: unknown",
            "pauses_on.3: repeated",
            "escalation.group_id: not_an_id",
        ];
        assert_eq!(parse(request).unwrap_err(), expected);
        let expected = ["name: required", "business_hours_id: required", "targets: required"];
        assert_eq!(parse(json!({})).unwrap_err(), expected);
    }

    #[test]
    fn what_is_said_is_read_and_the_rest_is_left_to_what_is_usual() {
        let targets = json!({ "resolution": { "urgent": { "value": 7200, "unit": "seconds" } } });
        let bare = json!({ "name": "Standard", "business_hours_id": "hrs_desk", "targets": targets });
        let (_, hours, rest) = parse(bare.clone()).unwrap();
        assert_eq!(hours, HoursId::parse("hrs_desk").unwrap());
        assert_eq!(rest.targets.clone().unwrap().into_keys().collect::<Vec<_>>(), [Metric::Resolution]);
        assert_eq!(rest, PolicyEdit { targets: rest.targets.clone(), ..PolicyEdit::default() });
        let mut whole = bare;
        whole["warn_at"] = json!([90, 50]);
        whole["pauses_on"] = json!(["on_hold"]);
        whole["escalation"] = json!({ "raise_priority": true, "group_id": "grp_desk" });
        whole["late_ok"] = json!(true);
        whole["default"] = json!(true);
        let (_, _, rest) = parse(whole).unwrap();
        let group = Some(GroupId::parse("grp_desk").unwrap());
        assert_eq!((rest.warn_at, rest.late_ok, rest.default), (Some(vec![50, 90]), Some(true), Some(true)));
        assert_eq!(rest.pauses_on, Some(vec![StatusCategory::OnHold]));
        assert_eq!(rest.escalation, Some(Escalation { raise_priority: true, group }));
    }
}
