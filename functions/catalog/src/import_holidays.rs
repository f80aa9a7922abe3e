//! Adds the holidays of a calendar file to business hours.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::Catalog;
use domain::catalog::keeping::Decision;
use domain::field::{Fields, Invalid};
use domain::id::HoursId;
use domain::sla::holiday::Holiday;
use domain::sla::hours::BusinessHours;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::holidays::{ICALENDAR, MOST_CHARACTERS, read_calendar};
use crate::keep::{Keeping, Way};
use crate::view::hours::BusinessHoursView;

/// A calendar file.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ImportHolidaysRequest {
    /// The text of an iCalendar file, such as a public calendar of holidays: at most 200,000 characters, within a body
    /// of at most 262,144 bytes. Every event in it is a holiday, unless it is canceled: each of its days, at most 31; every
    /// year, if it recurs yearly on its date or on the nth weekday of a month.
    #[schema(required = true, nullable = false)]
    icalendar: Option<String>,
}

/// Business hours, and what an import added to them.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportHolidaysResponse {
    business_hours: BusinessHoursView,
    /// How many holidays were new; left out when the same request was answered before.
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<usize>,
}

impl ImportHolidaysRequest {
    fn parse(&self) -> Result<Vec<Holiday>, Fields> {
        let missing = || Fields::one(ICALENDAR, Invalid::new("required", "is required"));
        let text = self.icalendar.as_deref().ok_or_else(missing)?;
        if text.chars().count() > MOST_CHARACTERS {
            let message = format!("must have at most {MOST_CHARACTERS} characters");
            return Err(Fields::one(ICALENDAR, Invalid::new("too_long", message)));
        }
        read_calendar(text)
    }
}

/// How many holidays a decision adds.
fn count_added(catalog: &Catalog, id: &HoursId, decision: &Decision) -> usize {
    let count = |catalog: &Catalog| catalog.hours(id).map_or(0, |hours| hours.holidays.len());
    match decision {
        Ok(Some(change)) => count(&change.after).saturating_sub(count(catalog)),
        Ok(None) | Err(_) => 0,
    }
}

/// Add the holidays of a calendar file
///
/// A day that is a holiday already, by its date or by a rule, is not doubled: the same file can be sent again. An event
/// that cannot be told as a holiday refuses the whole file.
#[utoipa::path(
    post,
    path = "/v1/business_hours/{id}/holidays",
    params(
        ("id" = String, Path, description = "The business hours"),
        ("idempotency-key" = Option<String>, Header, description = "The client's own name for this request")
    ),
    request_body = ImportHolidaysRequest,
    responses(
        (
            status = 200,
            description = "The business hours as they are now",
            body = ImportHolidaysResponse,
            headers(("ETag" = String, description = "Their version"))
        ),
        (
            status = 409,
            description = "`full`: they would have more than 500 holidays",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (
            status = 422,
            description = "`not_a_calendar`; or, naming the event, `unsupported_rule`, `not_a_date` or `too_many`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn import_holidays(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    let mut added = None;
    while let Some(scene) = keeping.enter::<BusinessHours>(&ports.store, Way::Joining).await? {
        let holidays = keeping.request::<ImportHolidaysRequest>()?.parse()?;
        let decision = scene.catalog().add_holidays(scene.by.clone(), &scene.id, holidays);
        added = Some(count_added(scene.catalog(), &scene.id, &decision));
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<BusinessHours, _>(|hours, _| ImportHolidaysResponse {
        business_hours: BusinessHoursView::of(hours),
        added,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(icalendar: Option<String>) -> Vec<&'static str> {
        let fields = ImportHolidaysRequest { icalendar }.parse().unwrap_err();
        fields.into_vec().into_iter().filter(|error| error.field == ICALENDAR).map(|error| error.code).collect()
    }

    #[test]
    fn a_calendar_is_sent_and_is_not_too_long() {
        assert_eq!(wrong(None), ["required"]);
        assert_eq!(wrong(Some("x".repeat(MOST_CHARACTERS + 1))), ["too_long"]);
        assert_eq!(wrong(Some("ž".repeat(MOST_CHARACTERS))), ["not_a_calendar"]);
    }
}
