//! Those whom a request names by an address or a number. Who is not known yet becomes an unregistered person, who may
//! claim the account later by proving the address (S2.40, S2.55).

use std::collections::BTreeSet;

use domain::change::Change;
use domain::contact::{EmailAddress, PhoneNumber};
use domain::event::Author;
use domain::field::{Fields, Invalid};
use domain::id::PersonId;
use domain::person::{Person, PersonRef};
use domain::text::Name;
use store::commit::CommitError;
use store::count::Guess;
use store::{Reader, StoreError, Writer};
use web::problem::Problem;

/// For whom a ticket is opened.
#[derive(Clone, Debug)]
pub(crate) enum Beneficiary {
    /// An account.
    Account(PersonId),
    /// Somebody with an address.
    Mailbox(Name, EmailAddress),
    /// Somebody with a number.
    Phone(Name, PhoneNumber),
}

/// People found or invented for one request; the invented ones are committed only once the ticket is decided.
#[derive(Debug)]
pub(crate) struct Guests {
    by: Author,
    invented: Vec<Change<Person>>,
    /// Everybody named whom the submitter does not know, whether the desk does or not: so what is counted tells nobody
    /// which addresses the desk knows.
    strangers: BTreeSet<PersonId>,
}

impl Guests {
    /// Nobody yet.
    pub(crate) fn new(by: Author) -> Self {
        Self { by, invented: Vec::new(), strangers: BTreeSet::new() }
    }

    /// The person for whom a ticket is opened.
    pub(crate) async fn beneficiary(&mut self, reader: &Reader, whom: Beneficiary) -> Result<Person, Problem> {
        match whom {
            Beneficiary::Account(id) => {
                let person = reader.person(&id).await?.ok_or_else(|| unknown("on_behalf_of.user_id"))?;
                active(person, "on_behalf_of.user_id")
            }
            Beneficiary::Mailbox(name, email) => match reader.person_by_email(&email).await? {
                Some(known) => active(known, "on_behalf_of.email"),
                None => Ok(self.invent(reader, name, Some(email), None)),
            },
            Beneficiary::Phone(name, phone) => match reader.person_by_phone(&phone).await? {
                Some(known) => active(known, "on_behalf_of.phone"),
                None => Ok(self.invent(reader, name, None, Some(phone))),
            },
        }
    }

    /// The people behind these addresses.
    ///
    /// A name is shown to agents and within an organization; to strangers a person is what stands before the `@`.
    pub(crate) async fn copies(
        &mut self,
        reader: &Reader,
        submitter: &Person,
        addresses: &[EmailAddress],
    ) -> Result<Vec<PersonRef>, Problem> {
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let known = reader.people_by_email(addresses).await?;
        let mut copies = Vec::new();
        for (person, address) in known.into_iter().zip(addresses) {
            let person = match (person, self.invented_with(address)) {
                (Some(person), _) | (None, Some(person)) => person,
                (None, None) => self.invent(reader, named_after(address)?, Some(address.clone()), None),
            };
            let name = if submitter.knows(&person) {
                person.name
            } else {
                self.strangers.insert(person.id.clone());
                named_after(address)?
            };
            copies.push(PersonRef { id: person.id, name });
        }
        Ok(copies)
    }

    fn invented_with(&self, address: &EmailAddress) -> Option<Person> {
        let mut people = self.invented.iter().map(|change| &change.after);
        people.find(|person| person.email.as_ref().is_some_and(|own| own.key() == address.key())).cloned()
    }

    fn invent(
        &mut self,
        reader: &Reader,
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
    ) -> Person {
        let change = Person::unregistered(PersonId::fresh(reader.ids()), name, email, phone, self.by.clone());
        let person = change.after.clone();
        self.strangers.insert(person.id.clone());
        self.invented.push(change);
        person
    }

    /// Counts the strangers that somebody names.
    pub(crate) async fn count(&self, reader: &Reader, submitter: &Person) -> Result<(), Problem> {
        for _ in &self.strangers {
            if let Some(limit) = reader.count_guess(Guess::Stranger, submitter.id.as_str()).await? {
                return Err(Problem::too_many(limit));
            }
        }
        Ok(())
    }

    /// Commits the invented people; `false` when somebody else made one of them known meanwhile.
    pub(crate) async fn commit(&self, store: &Writer) -> Result<bool, StoreError> {
        for change in &self.invented {
            match store.commit(change, None).await {
                Ok(()) => {}
                Err(CommitError::Store(error)) => return Err(error),
                Err(CommitError::Taken | CommitError::Raced | CommitError::Done) => return Ok(false),
            }
        }
        Ok(true)
    }
}

fn active(person: Person, field: &str) -> Result<Person, Problem> {
    if person.active { Ok(person) } else { Err(unknown(field)) }
}

fn unknown(field: &str) -> Problem {
    Fields::one(field, Invalid::new("unknown", "is nobody known here")).into()
}

/// Until they say otherwise, people are called what stands before the `@`.
fn named_after(address: &EmailAddress) -> Result<Name, Problem> {
    let local = address.as_str().split('@').next().unwrap_or_default();
    Ok(Name::parse(local).map_err(|invalid| Fields::one("cc", invalid))?)
}
