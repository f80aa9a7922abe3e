//! Identity: who somebody is.
//!
//! This function owns signing in and out, refreshing a sign-in, new passwords, and what people see and change of
//! themselves. Tokens are opaque, stored hashed, and revoked at once.
//!
//! It must never show a hash or a token again, tell whether an address is known, or put either into a log. There is no
//! default password anywhere: on a new desk, whoever controls the address that it was deployed with asks for a new
//! password, and is its first admin.
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
//! | `ask_for_reset` | `POST /v1/password_resets` |
//! | `set_password` | `POST /v1/password_resets/{token}` |
//!
//! # Example
//!
//! ```
//! let contract = identity::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/sessions"));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb, a name in `operations!`, a route in the template. Whatever can be guessed is counted.

mod ask_for_reset;
mod edit_me;
mod me;
mod refresh;
mod set_password;
mod sign_in;
mod sign_out;

use axum::Router;
use store::Writer;

pub use web::reset::Settings;

/// What identity may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// People, sessions and password resets.
    pub store: Writer,
    /// What the template says.
    pub settings: Settings,
}

web::operations!(Ports: sign_in, refresh, sign_out, me, edit_me, ask_for_reset, set_password);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
