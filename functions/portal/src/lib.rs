//! The portal: pages that the desk serves itself, for people who have no frontend open.
//!
//! It owns what a link in a mail opens, without signing in: one ticket with its dialogue, shown to the person to whom the
//! mail was sent, or the form on which a password is set. It is text, without scripts or pictures, and forbids the browser
//! to load any; files are named, not linked.
//!
//! It must never change anything because a link was opened, for mail scanners open every link: only a form that is sent
//! does. Nor may it show a note, or say why it shows nothing: a link that was not made here, has expired or was used, or
//! names a ticket or a person that is no longer to be shown is answered with the very same page.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | `show` | `GET /l/{token}` |
//! | `set_password` | `POST /l/{token}` |
//! | `page` | the pages, their style, and what a browser may do with them |
//! | `words` | what is written on it, in every language |
//!
//! # How a link is judged
//!
//! Its seal says that the desk wrote to this person about this ticket, or to an address about a new password, and nothing
//! else. Whether the person is still active and still sees the ticket is asked again each time (S3.8), as for a request
//! with a token; and so is whether a password can be set, by the same rule as in the API ([`web::reset`]).
//!
//! # Example
//!
//! ```
//! let contract = portal::openapi();
//! assert!(contract.paths.paths.contains_key("/l/{token}"));
//! ```
//!
//! # Adding a page
//!
//! A file named by its verb, a template beside the others, a name in `operations!`, a route in the template of the desk.

mod page;
mod set_password;
mod show;
mod words;

use axum::Router;
use store::Writer;

pub use web::reset::Settings;

/// What the portal may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets, their timelines, and people; password resets and the passwords that are set by them.
    pub store: Writer,
    /// What the template says.
    pub settings: Settings,
}

web::operations!(Ports: show, set_password);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}
