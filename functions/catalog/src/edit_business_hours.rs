//! Changes business hours.

use axum::extract::State;
use axum::response::Response;
use domain::catalog::promises::HoursEdit;
use domain::field::Fields;
use domain::sla::hours::{BusinessHours, Zone};
use domain::text::Name;
use serde::Deserialize;
use utoipa::ToSchema;
use web::problem::{Problem, ProblemBody};

use crate::Ports;
use crate::calendar::{HolidayRequest, WeekRequest, read_holidays};
use crate::keep::{Keeping, Way};
use crate::view::hours::BusinessHoursResponse;

/// What to change of business hours; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EditBusinessHoursRequest {
    /// The name shown, different from those of all other business hours.
    pub(crate) name: Option<String>,
    /// Where the clock hangs that decides: an IANA name such as `Europe/Prague`.
    pub(crate) time_zone: Option<String>,
    /// The hours of a usual week, as a whole; they must be open at some time.
    pub(crate) week: Option<WeekRequest>,
    /// The days on which time does not count, as a whole; at most 500.
    pub(crate) holidays: Option<Vec<HolidayRequest>>,
}

impl EditBusinessHoursRequest {
    /// What it says; what is wrong is noted in `fields`.
    pub(crate) fn read(&self, fields: &mut Fields) -> HoursEdit {
        HoursEdit {
            name: fields.optional("name", self.name.as_deref(), Name::parse),
            time_zone: fields.optional("time_zone", self.time_zone.as_deref(), Zone::parse),
            week: self.week.as_ref().map(|week| week.read(fields)),
            holidays: self.holidays.as_deref().map(|holidays| read_holidays(holidays, fields)),
        }
    }

    fn parse(&self) -> Result<HoursEdit, Fields> {
        let mut fields = Fields::new();
        let edit = self.read(&mut fields);
        fields.finish(Some(edit))
    }
}

/// Change business hours
///
/// Tickets stand by the hours under which they were promised something: those that are open already count on by the
/// hours as they were, until their policy is applied anew.
#[utoipa::path(
    patch,
    path = "/v1/business_hours/{id}",
    params(
        ("id" = String, Path, description = "The business hours"),
        ("if-match" = String, Header, description = "The version that the client knows")
    ),
    request_body = EditBusinessHoursRequest,
    responses(
        (
            status = 200,
            description = "The business hours as they are now",
            body = BusinessHoursResponse,
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
            description = "`never_open`; `out_of_range` for a week that is too short for what is promised by it; \
                `outside_service_hours` for one that reaches beyond them while a policy by it is not `late_ok`",
            body = ProblemBody,
            content_type = "application/problem+json"
        ),
        (status = "4XX", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
    tag = "catalog"
)]
pub(crate) async fn edit_business_hours(State(ports): State<Ports>, mut keeping: Keeping) -> Result<Response, Problem> {
    while let Some(scene) = keeping.enter::<BusinessHours>(&ports.store, Way::Changing).await? {
        let edit = keeping.request::<EditBusinessHoursRequest>()?.parse()?;
        let served = &ports.settings.service_hours;
        let decision = scene.catalog().edit_hours(scene.by.clone(), &scene.id, edit, served);
        keeping.commit(&ports.store, scene, decision).await?;
    }
    keeping.answer::<BusinessHours, _>(|hours, _| BusinessHoursResponse::of(hours))
}
