//! Set password: the form of the page, sent back.

use axum::extract::{Request, State};
use axum::response::Response;
use web::form::{Form, is_cross_site};
use web::password::NewPassword;
use web::problem::{Problem, ProblemBody};
use web::reset;

use crate::Ports;
use crate::page::{gone, password};
use crate::show::token;

/// Set a password by the link in a mail, as its page does. It counts once, and signs nobody in.
#[utoipa::path(
    post,
    path = "/l/{token}",
    operation_id = "set_password_by_link",
    tag = "portal",
    params(("token" = String, Path, description = "what the link in the mail says")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "a field `password`"),
    responses(
        (status = 200, description = "the password is set, as a page", body = String, content_type = "text/html"),
        (status = 403, description = "a page of somebody else's sent it, as a page", body = String, content_type = "text/html"),
        (status = 404, description = "the link sets no password, as a page", body = String, content_type = "text/html"),
        (status = 415, description = "not a form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "not a password: the form again", body = String, content_type = "text/html"),
        (status = 503, description = "the table is out of reach", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn set_password(State(ports): State<Ports>, request: Request) -> Result<Response, Problem> {
    if is_cross_site(request.headers()) {
        return password::foreign();
    }
    let token = token(request.uri()).to_owned();
    let Some(opened) = reset::open(ports.store.reader(), &ports.settings, &token).await? else {
        return gone();
    };
    let form = Form::take(request).await?;
    let new = match NewPassword::parse(form.get("password")) {
        Ok(new) => new,
        Err(invalid) => return password::refused(&opened, &invalid),
    };
    let locale = opened.locale();
    if reset::set_password(&ports.store, &ports.settings, opened, &new).await? { password::set(locale) } else { gone() }
}
