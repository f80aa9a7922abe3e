//! Changes an SLA policy.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::promises::PolicyEdit;
use domain::catalog::reading::{distinct, parse_pause, parse_warnings};
use domain::field::Fields;
use domain::id::HoursId;
use domain::sla::policy::SlaPolicy;
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::keep::{Keeping, Way};
use crate::targets::{EscalationRequest, TargetsRequest};
use crate::view::policy::SlaPolicyResponse;

/// The most categories of statuses in which a clock may stand still: all there are.
const MOST_PAUSES: usize = 4;

/// What to change of an SLA policy; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditSlaPolicyRequest {
    /// The name shown, different from those of all other policies.
    pub(crate) name: Option<String>,
    /// By whose hours time counts.
    pub(crate) business_hours_id: Option<String>,
    /// What is promised, as a whole: something at least.
    pub(crate) targets: Option<TargetsRequest>,
    /// After how many percent of a target one is warned: at most five numbers from 1 to 99; none for an empty list.
    pub(crate) warn_at: Option<Vec<i64>>,
    /// The categories of statuses in which the clock stands still, of `new`, `open`, `pending` and `on_hold`.
    pub(crate) pauses_on: Option<Vec<String>>,
    /// What follows a breach, beyond telling people, as a whole.
    pub(crate) escalation: Option<EscalationRequest>,
    /// Whether what becomes due outside the desk's service hours may be acted on when they begin again.
    pub(crate) late_ok: Option<bool>,
    /// Whether it stands where neither category nor service names one; what was the default before is so no more.
    pub(crate) default: Option<bool>,
}

impl EditSlaPolicyRequest {
    /// What it says; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> PolicyEdit {
        let (warn_at, pauses_on) = (self.warn_at.as_deref(), self.pauses_on.as_deref());
        PolicyEdit {
            name: fields.optional("name", self.name.as_deref(), Name::parse),
            hours: fields.optional("business_hours_id", self.business_hours_id.as_deref(), HoursId::parse),
            targets: self.targets.as_ref().map(|targets| targets.read(fields)),
            warn_at: warn_at.map(|given| parse_warnings(fields, given)),
            pauses_on: pauses_on.map(|given| distinct(fields, "pauses_on", given, MOST_PAUSES, parse_pause)),
            escalation: self.escalation.as_ref().map(|escalation| escalation.read(fields)),
            late_ok: self.late_ok,
            default: self.default,
        }
    }

    fn parse(&self) -> Result<PolicyEdit, Fields> {
        let mut fields = Fields::new();
        let edit = self.read(&mut fields);
        fields.finish(Some(edit))
    }
}

/// Change an SLA policy
///
/// Tickets stand by the policy under which they were promised something: those that are open already keep it as it was,
/// until their priority, category or service changes, or the policy is applied anew.
#[utoipa::path(
    patch,
    path = "/v1/sla_policies/{id}",
    params(
        ("id" = String, Path, description = "The policy"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    request_body = EditSlaPolicyRequest,
    responses(
        (
            status = 200,
            description = "The policy as it is now",
            body = SlaPolicyResponse,
            headers(("ETag" = String, description = "The version"))
        ),
        (
            status = 409,
            description = "`name_taken`",
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
pub(crate) async fn edit_sla_policy(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<SlaPolicy>(&ports.store, Way::Changing).await? {
        let edit = keeping.request::<EditSlaPolicyRequest>()?.parse()?;
        let served = &ports.settings.service_hours;
        let decision = scene.catalog().edit_policy(scene.by.clone(), &scene.id, edit, served);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<SlaPolicy, _>(|policy, caller| SlaPolicyResponse::new(policy, &caller.catalog))
}
