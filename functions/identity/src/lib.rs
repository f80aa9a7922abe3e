//! Identity: who somebody is.
//!
//! This function owns signing in and out, refreshing a sign-in, and what people see and change of themselves. Tokens are
//! opaque, stored hashed, and revoked at once.
//!
//! It must never show a hash or a token again, tell whether an address is known, or put either into a log. There is no
//! default password anywhere.
//!
//! # Map
//!
//! | module | operation |
//! |---|---|
//! | `sign_in` | `POST /v1/sessions` |
//! | `refresh` | `POST /v1/sessions/refresh` |
//! | `sign_out` | `DELETE /v1/sessions/current` |
//! | `me` | `GET /v1/users/me` |
//! | `edit_me` | `PATCH /v1/users/me` |
//! | [`password`] | hashing, with argon2id |
//!
//! # Example
//!
//! ```
//! let hash = identity::password::hash("correct horse battery", &[7; 16]).unwrap();
//! assert!(identity::password::is_right("correct horse battery", Some(&hash)));
//! assert!(!identity::password::is_right("wrong", Some(&hash)));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb, a line in [`routes`], a route in the template. Whatever can be guessed is counted.

mod edit_me;
mod me;
pub mod password;
mod refresh;
mod sign_in;
mod sign_out;

use axum::Router;
use store::Writer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What identity may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// People and sessions.
    pub store: Writer,
}

/// The operations, with their contract.
pub fn routes() -> OpenApiRouter<Ports> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(me::me, edit_me::edit_me))
}

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports).split_for_parts().0)
}

/// The contract of this function.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}
