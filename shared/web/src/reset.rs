//! Resets: from the link in a mail to a password that is set, the same for the API and for the desk's own page.
//!
//! Opening a link changes nothing, however often mail scanners do it; setting a password spends it, in the transaction by
//! which the password becomes another.

use domain::contact::EmailAddress;
use domain::field::Invalid;
use domain::id::{PersonId, ResetId};
use domain::person::{Locale, Person};
use domain::reset::{Known, Reset};
use store::commit::CommitError;
use store::signing::Purpose;
use store::{Reader, StoreError, Writer};

use crate::link::ResetLink;
use crate::password::NewPassword;
use crate::problem::Problem;

/// How often setting a password is decided again because the person or the reset changed meanwhile.
const TRIES: u32 = 6;

/// What the template says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The address whose owner becomes the first admin of a new desk.
    pub admin_address: Option<EmailAddress>,
}

impl Settings {
    /// Reads the address of the first admin; an empty one is none.
    ///
    /// # Errors
    /// When it is not an address.
    pub fn read(admin_address: Option<&str>) -> Result<Self, Invalid> {
        let admin_address = admin_address.filter(|address| !address.is_empty()).map(EmailAddress::parse);
        Ok(Self { admin_address: admin_address.transpose()? })
    }
}

/// A link by which a password can be set.
#[derive(Clone, Debug)]
pub struct Opened {
    reset: Reset,
    person: Option<Person>,
    admin_address: Option<EmailAddress>,
    has_admin: bool,
}

impl Opened {
    /// For which address a password was asked for.
    #[must_use]
    pub fn address(&self) -> &EmailAddress {
        &self.reset.address
    }

    /// The language of whoever opened it.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.person.as_ref().map(|person| person.locale).unwrap_or_default()
    }

    /// Whether whoever sets a password by it becomes the first admin of the desk.
    #[must_use]
    pub fn founds(&self) -> bool {
        self.reset.founds(&self.known())
    }

    fn known(&self) -> Known<'_> {
        Known { person: self.person.as_ref(), admin_address: self.admin_address.as_ref(), has_admin: self.has_admin }
    }
}

/// What a link opens; `None` for one that opens nothing, whatever the reason (H179).
///
/// # Errors
/// [`StoreError`].
pub async fn open(reader: &Reader, settings: &Settings, token: &str) -> Result<Option<Opened>, StoreError> {
    let seals = reader.seals(Purpose::Links).await?;
    match ResetLink::read(token, &seals, reader.now()) {
        Some(link) => look(reader, settings, &link.reset).await,
        None => Ok(None),
    }
}

async fn look(reader: &Reader, settings: &Settings, id: &ResetId) -> Result<Option<Opened>, StoreError> {
    let Some(reset) = reader.reset(id).await? else {
        return Ok(None);
    };
    let person = reader.person_by_email(&reset.address).await?;
    let has_admin = reader.has_admin().await?;
    let opened = Opened { reset, person, admin_address: settings.admin_address.clone(), has_admin };
    let opens = opened.reset.opens(&opened.known(), reader.now());
    Ok(opens.then_some(opened))
}

/// Sets a password by a link that was opened; `false` when it opens nothing any more.
///
/// # Errors
/// 409 when others keep changing the person; 503 when the table is out of reach.
pub async fn set_password(
    store: &Writer,
    settings: &Settings,
    mut opened: Opened,
    password: &NewPassword,
) -> Result<bool, Problem> {
    let reader = store.reader();
    let hash = password.hash(reader.ids()).map_err(Problem::internal)?;
    for _ in 0..TRIES {
        let id = PersonId::fresh(reader.ids());
        let Some(redeemed) = opened.reset.redeem(&opened.known(), hash.clone(), id, reader.now()) else {
            return Ok(false);
        };
        match store.redeem(&redeemed).await {
            Ok(()) => return Ok(true),
            Err(CommitError::Raced | CommitError::Taken) => {}
            Err(error @ (CommitError::Done | CommitError::Store(_))) => return Err(error.into()),
        }
        let Some(again) = look(reader, settings, &opened.reset.id).await? else {
            return Ok(false);
        };
        opened = again;
    }
    Err(Problem::contended())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_may_be_deployed_without_an_address_for_its_admin() {
        assert_eq!(Settings::read(None), Ok(Settings::default()));
        assert_eq!(Settings::read(Some("")), Ok(Settings::default()));
    }

    #[test]
    fn an_address_that_is_none_is_an_error_at_the_start() {
        let ada = EmailAddress::parse("ada@example.org").unwrap();
        assert_eq!(Settings::read(Some("ada@example.org")), Ok(Settings { admin_address: Some(ada) }));
        assert!(Settings::read(Some("ada")).is_err());
    }
}
