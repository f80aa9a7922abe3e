//! Where the links in mails lead.

use domain::id::PersonId;
use domain::number::TicketNumber;
use domain::reset::Reset;
use jiff::Timestamp;
use store::StoreError;
use store::signing::{Purpose, Seals};
use web::link::{Link, ResetLink};

use crate::{Ports, Settings};

/// Where the links to tickets lead.
#[derive(Debug)]
pub(crate) enum Links<'a> {
    /// To a frontend, which asks who is there.
    Frontend(&'a str),
    /// To the desk's own page, which believes the seal.
    Sealed {
        /// The desk's address.
        public_url: &'a str,
        /// What seals them.
        seals: Seals,
    },
}

impl<'a> Links<'a> {
    /// As the settings say.
    pub(crate) async fn of(ports: &'a Ports) -> Result<Self, StoreError> {
        let Settings { public_url, frontend_url, .. } = &ports.settings;
        match frontend_url {
            Some(url) => Ok(Self::Frontend(url)),
            None => Ok(Self::Sealed { public_url, seals: ports.store.reader().seals(Purpose::Links).await? }),
        }
    }

    /// The link by which this person opens this ticket.
    pub(crate) fn to(&self, ticket: &TicketNumber, person: &PersonId, now: Timestamp) -> String {
        match self {
            Self::Frontend(url) => format!("{}/tickets/{ticket}", url.trim_end_matches('/')),
            Self::Sealed { public_url, seals } => {
                let token = Link::fresh(ticket, person, now).write(seals);
                format!("{}/l/{token}", public_url.trim_end_matches('/'))
            }
        }
    }
}

/// The link by which a new password is chosen. The seal is what it is worth, whoever shows the page.
pub(crate) fn to_reset(settings: &Settings, reset: &Reset, seals: &Seals) -> String {
    let token = ResetLink::of(reset).write(seals);
    match &settings.frontend_url {
        Some(url) => format!("{}/password_resets/{token}", url.trim_end_matches('/')),
        None => format!("{}/l/{token}", settings.public_url.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    #[test]
    fn a_link_opens_the_desk_s_own_page_for_its_reader() {
        let seals = Seals::of(vec![vec![1; 32]]);
        let links = Links::Sealed { public_url: "https://desk.example.org", seals: seals.clone() };
        let number = given::ticket().number;
        let link = links.to(&number, &given::person_id("usr_jana"), given::at());
        let token = link.strip_prefix("https://desk.example.org/l/").unwrap();
        let read = Link::read(token, &seals, given::at()).unwrap();
        assert_eq!((read.ticket, read.person.as_str()), (number, "usr_jana"));
    }

    #[test]
    fn a_link_opens_the_frontend_where_there_is_one() {
        let links = Links::Frontend("https://help.example.org/");
        let link = links.to(&given::ticket().number, &given::person_id("usr_jana"), given::at());
        assert_eq!(link, "https://help.example.org/tickets/7K3Q-M9XV");
    }
}
