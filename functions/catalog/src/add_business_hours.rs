//! Adds business hours.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::promises::HoursEdit;
use domain::field::{Fields, Invalid};
use domain::sla::hours::{BusinessHours, Zone};
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::calendar::{HolidayRequest, WeekRequest};
use crate::edit_business_hours::EditBusinessHoursRequest;
use crate::keep::{Keeping, Way};
use crate::view::hours::BusinessHoursResponse;

/// New business hours.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AddBusinessHoursRequest {
    /// The name shown, different from those of all other business hours.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// Where the clock hangs that decides: an IANA name such as `Europe/Prague`.
    #[schema(required = true, nullable = false)]
    time_zone: Option<String>,
    /// The hours of a usual week; they must be open at some time.
    #[schema(required = true, nullable = false)]
    week: Option<WeekRequest>,
    /// The days on which time does not count, at most 500; none unless said otherwise.
    holidays: Option<Vec<HolidayRequest>>,
}

impl AddBusinessHoursRequest {
    fn parse(self) -> Result<(Name, Zone, HoursEdit), Fields> {
        let mut fields = Fields::new();
        let name = fields.required("name", self.name.as_deref(), Name::parse);
        let zone = fields.required("time_zone", self.time_zone.as_deref(), Zone::parse);
        if self.week.is_none() {
            fields.refuse("week", Invalid::new("required", "is required"));
        }
        let rest = EditBusinessHoursRequest { name: None, time_zone: None, week: self.week, holidays: self.holidays };
        let rest = rest.read(&mut fields);
        fields.finish(name.zip(zone).map(|(name, zone)| (name, zone, rest)))
    }
}

/// Add business hours
#[utoipa::path(
    post,
    path = "/v1/business_hours",
    params(("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")),
    request_body = AddBusinessHoursRequest,
    responses(
        (
            status = 201,
            description = "The business hours",
            body = BusinessHoursResponse,
            headers(("Location" = String, description = "Their path"), ("ETag" = String, description = "Their version"))
        ),
        (
            status = 409,
            description = "`name_taken`, or `full`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn add_business_hours(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<BusinessHours>(&ports.store, Way::Adding).await? {
        let (name, zone, rest) = keeping.request::<AddBusinessHoursRequest>()?.parse()?;
        let hours = BusinessHours::named(scene.id.clone(), name, zone);
        let decision = scene.catalog().add_hours(scene.by.clone(), hours, rest);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<BusinessHours, _>(|hours, _| BusinessHoursResponse::of(hours))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wrong(request: Value) -> Vec<String> {
        let request: AddBusinessHoursRequest = serde_json::from_value(request).unwrap();
        let fields = request.parse().unwrap_err();
        fields.into_vec().into_iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let request = json!({
            "time_zone": "Europe/Praha",
            "week": { "monday": [{ "from": "08:00", "to": "17:00" }, { "from": "16:00", "to": "18:00" }] },
            "holidays": [{ "name": "x", "kind": "easter", "offset_days": 101 }],
        });
        let expected = [
            "name: required",
            "time_zone: not_a_time_zone",
            "week.monday: overlap",
            "holidays.0.offset_days: out_of_range",
        ];
        assert_eq!(wrong(request), expected);
        assert_eq!(wrong(json!({})), ["name: required", "time_zone: required", "week: required"]);
    }
}
