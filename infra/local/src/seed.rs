//! The demo: people, groups, a catalog and its promises, modelled on the five systems, made on first start.
//!
//! Ids are fixed, so that what is made twice is refused by the table, and a start that was cut short is completed by the
//! next one.

use std::sync::OnceLock;

use domain::catalog::{
    AgreementText, Catalog, Category, Confirmation, Group, Question, QuestionKind, SelectableBy, Service,
};
use domain::change::Change;
use domain::contact::EmailAddress;
use domain::event::{Author, Fact};
use domain::field::Invalid;
use domain::file::{FileRules, FileType, MOST_BYTES};
use domain::id::{CategoryId, GroupId, OrganizationId, PersonId, PolicyId, ServiceId};
use domain::person::{Locale, Membership, OrganizationRef, PasswordHash, Person, PersonRef, Role};
use domain::sla::holiday::{Holiday, HolidayRule};
use domain::sla::hours::Zone;
use domain::text::{Body, Label, Name};
use serde::Serialize;
use store::Writer;
use store::commit::CommitError;

/// The password of every demo person; the desk is reached from this machine alone.
const PASSWORD: &str = "welcome-to-lambdesk";

/// The demo people.
#[derive(Clone, Debug, Serialize)]
pub struct Demo {
    /// Who can sign in.
    pub people: Vec<DemoPerson>,
}

impl Demo {
    /// Nobody.
    pub(crate) fn none() -> Self {
        Self { people: Vec::new() }
    }
}

/// Somebody who can sign in.
#[derive(Clone, Debug, Serialize)]
pub struct DemoPerson {
    /// What they are called.
    pub name: &'static str,
    /// What they sign in with.
    pub email: String,
    /// Their password.
    pub password: &'static str,
    /// `requester`, `agent`, `lead` or `admin`.
    pub role: Role,
    /// Their organization, for those who ask for help.
    pub organization: Option<&'static str>,
    /// Whether they see every ticket of the organization.
    pub power: bool,
    #[serde(skip)]
    id: &'static str,
    #[serde(skip)]
    locale: Locale,
}

const ACME: (&str, &str) = ("org_acme", "Acme Retail");
const BRNO: (&str, &str) = ("org_brno", "Brno Institute");

fn people() -> Vec<DemoPerson> {
    let desk = |id, name, role, locale| DemoPerson {
        name,
        email: address(id, "lambdesk.example"),
        password: PASSWORD,
        role,
        organization: None,
        power: false,
        id,
        locale,
    };
    let customer = |id, name, organization: (&str, &'static str), power, locale| DemoPerson {
        name,
        email: address(id, if organization == ACME { "acme.example" } else { "brno.example" }),
        password: PASSWORD,
        role: Role::Requester,
        organization: Some(organization.1),
        power,
        id,
        locale,
    };
    vec![
        desk("usr_ada", "Ada Admin", Role::Admin, Locale::En),
        desk("usr_leo", "Leo Lead", Role::Lead, Locale::En),
        desk("usr_fay", "Fay First", Role::Agent, Locale::En),
        desk("usr_ned", "Ned Network", Role::Agent, Locale::En),
        desk("usr_nora", "Nora Network", Role::Agent, Locale::En),
        customer("usr_pia", "Pia Power", ACME, true, Locale::En),
        customer("usr_rita", "Rita Requester", ACME, false, Locale::En),
        customer("usr_rob", "Rob Requester", ACME, false, Locale::Zh),
        customer("usr_petra", "Petra Power", BRNO, true, Locale::Cs),
        customer("usr_radek", "Radek Requester", BRNO, false, Locale::Cs),
        customer("usr_renata", "Renata Requester", BRNO, false, Locale::En),
    ]
}

fn address(id: &str, domain: &str) -> String {
    format!("{}@{domain}", id.trim_start_matches("usr_"))
}

/// Makes the demo, unless it is there.
pub(crate) async fn demo(store: &Writer) -> Result<Demo, String> {
    let people = people();
    let catalog = store.reader().catalog().await.map_err(|error| error.to_string())?;
    if catalog.version == 0 {
        let password = password(store)?;
        let by = Author::system(store.reader().now());
        for demo in &people {
            let person = demo.person(password.clone()).map_err(|error| error.to_string())?;
            made(store.commit(&Change::born(person, by.clone(), Fact::PersonAdded {}), None).await)?;
        }
        let group = GroupId::parse("grp_network").map_err(|error| error.to_string())?;
        let filled = catalog.edited(by, |catalog, version| {
            fill(catalog, version)?;
            Ok::<_, Invalid>(Fact::GroupChanged { group })
        });
        let change = filled.map_err(|error| error.to_string())?;
        made(store.commit(&change, None).await)?;
    }
    Ok(Demo { people })
}

/// The hash of the demo password. It is made once for all desks of a process, for nothing else of a new desk takes as long.
fn password(store: &Writer) -> Result<PasswordHash, String> {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    if let Some(known) = HASH.get() {
        return Ok(known.clone());
    }
    let salt = store.reader().ids().bytes();
    let salt = salt.first_chunk().copied().unwrap_or([7; 16]);
    let hash = web::password::hash(PASSWORD, &salt).map_err(|error| error.to_string())?;
    Ok(HASH.get_or_init(|| hash).clone())
}

/// What is there already was made by a start that was cut short.
fn made(outcome: Result<(), CommitError>) -> Result<(), String> {
    match outcome {
        Ok(()) | Err(CommitError::Raced | CommitError::Taken | CommitError::Done) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.to_string()),
    }
}

impl DemoPerson {
    fn person(&self, password: PasswordHash) -> Result<Person, Invalid> {
        let (id, name) = if self.organization == Some(BRNO.1) { BRNO } else { ACME };
        let organization = OrganizationRef { id: OrganizationId::parse(id)?, name: Name::parse(name)? };
        let membership =
            Membership { organization, power: self.power, technical_contact: self.power, org_admin: self.power };
        Ok(Person {
            id: PersonId::parse(self.id)?,
            version: 0,
            last_seq: 0,
            name: Name::parse(self.name)?,
            email: Some(EmailAddress::parse(&self.email)?),
            phone: None,
            password: Some(password),
            role: self.role,
            memberships: self.organization.map(|_| membership).into_iter().collect(),
            locale: self.locale,
            active: true,
            signed_out_at: None,
        })
    }
}

fn named(id: &str) -> Result<PersonRef, Invalid> {
    let known = people();
    let name = known.iter().find(|person| person.id == id).map_or(id, |person| person.name);
    Ok(PersonRef { id: PersonId::parse(id)?, name: Name::parse(name)? })
}

fn fill(catalog: &mut Catalog, version: u64) -> Result<(), Invalid> {
    catalog.groups = vec![
        group("grp_desk", version, "Service desk", 1, &["usr_fay"])?,
        group("grp_network", version, "Network and hosting", 2, &["usr_ned", "usr_nora"])?,
    ];
    let network = Some(GroupId::parse("grp_network")?);
    let desk = Some(GroupId::parse("grp_desk")?);
    let plain = |id, name, text| service(id, version, name, text);
    catalog.services = vec![
        Service { group: network.clone(), ..plain("svc_network", "Network", "Connections, Wi-Fi, remote access.")? },
        Service {
            group: network,
            owners: vec![named("usr_nora")?],
            agreement: Some(AgreementText {
                version: Label::parse("2026-01")?,
                text: Body::parse("I agree that the desk looks at log files of my devices to find the cause.")?,
            }),
            ..plain("svc_security", "Security service", "Alarms and suspicious events.")?
        },
        Service {
            group: desk.clone(),
            confirmation: Confirmation::Off,
            ..plain("svc_computing", "Computing and accounts", "Accounts, batch jobs, storage.")?
        },
        Service {
            group: desk,
            confirmation: Confirmation::Required,
            auto_close_days: Some(14),
            files: films(),
            ..plain("svc_counters", "People counters", "Counting devices in shops.")?
        },
        // Nobody answers this one by itself: the first line delivers it.
        plain("svc_other", "Something else", "Whatever fits nowhere else.")?,
    ];
    catalog.categories = categories(version)?;
    // A new desk has its promises already; this one is in Prague.
    for hours in catalog.hours.iter_mut().filter(|hours| hours.id.as_str() == "hrs_desk") {
        hours.version = version;
        hours.time_zone = Zone::parse("Europe/Prague")?;
        hours.holidays = czech_holidays()?;
    }
    Ok(())
}

/// What is usual, and films of what happens in front of a counter (S4.24).
fn films() -> FileRules {
    let mut rules = FileRules { most_bytes: MOST_BYTES, ..FileRules::default() };
    rules.types.extend([FileType::Webp, FileType::Pdf, FileType::Mp4]);
    rules
}

fn group(id: &str, version: u64, name: &str, line: u8, members: &[&str]) -> Result<Group, Invalid> {
    let members = members.iter().map(|id| named(id)).collect::<Result<_, _>>()?;
    let lead = Some(named("usr_leo")?);
    Ok(Group { id: GroupId::parse(id)?, version, name: Name::parse(name)?, line, members, lead })
}

fn service(id: &str, version: u64, name: &str, text: &str) -> Result<Service, Invalid> {
    Ok(Service {
        id: ServiceId::parse(id)?,
        version,
        name: Name::parse(name)?,
        description: Some(Body::parse(text)?),
        agreement: None,
        fallback_contact: Some(EmailAddress::parse("help@lambdesk.example")?),
        group: None,
        owners: Vec::new(),
        confirmation: Confirmation::Asked,
        auto_close_days: Some(7),
        contacts_only: false,
        files: FileRules::default(),
        policy: None,
    })
}

fn categories(version: u64) -> Result<Vec<Category>, Invalid> {
    let network = |id, name, text| category(id, version, "svc_network", name, text);
    let counters = |id, name, text| category(id, version, "svc_counters", name, text);
    Ok(vec![
        network("cat_outage", "Outage", "Something that worked does not work any more.")?,
        network("cat_access", "New access", "A socket, a Wi-Fi account, remote access.")?,
        Category {
            form: vec![where_it_is()?, which_device()?],
            ..in_three_days(counters("cat_accuracy", "Data accuracy", "Counts that do not match what you see.")?)?
        },
        in_a_day(counters("cat_training", "Training", "How to read the reports.")?)?,
        Category {
            selectable_by: SelectableBy::Agents,
            ..counters("cat_tuning", "Obstacle to an accuracy audit", "Store not ready, view blocked.")?
        },
        in_a_day(counters("cat_technical", "Technical issue", "No data, no connection, nothing to sign in to.")?)?,
        in_three_days(counters("cat_configuration", "Configuration", "Opening hours, zones, names, who sees what.")?)?,
        in_a_day(counters(
            "cat_service",
            "Service request",
            "Installation support and planning, remote access, engineer call-out, relocation, refit, store closing, \
                special tuning.",
        )?)?,
        in_three_days(counters("cat_device", "Device error", "A counter that is dark, loose or broken.")?)?,
        in_three_days(counters("cat_software", "Software error", "Reports and exports that fail or look wrong.")?)?,
    ])
}

fn category(id: &str, version: u64, service: &str, name: &str, text: &str) -> Result<Category, Invalid> {
    let category = Category::named(CategoryId::parse(id)?, ServiceId::parse(service)?, Name::parse(name)?);
    Ok(Category { version, description: Some(Body::parse(text)?), ..category })
}

/// A category whose tickets are solved within one business day (S4.31).
fn in_a_day(category: Category) -> Result<Category, Invalid> {
    Ok(Category { policy: Some(PolicyId::parse("sla_oneday")?), ..category })
}

/// A category whose tickets are solved within three (S4.31).
fn in_three_days(category: Category) -> Result<Category, Invalid> {
    Ok(Category { policy: Some(PolicyId::parse("sla_threedays")?), ..category })
}

fn where_it_is() -> Result<Question, Invalid> {
    Ok(Question {
        name: Label::parse("where")?,
        kind: QuestionKind::Text,
        label: Label::parse("Where does it happen?")?,
        help: Some(Body::parse("The site and the entrance.")?),
        warning: Some(Body::parse("Please write no passwords and no bank details.")?),
        required: true,
        choices: Vec::new(),
    })
}

fn which_device() -> Result<Question, Invalid> {
    Ok(Question {
        name: Label::parse("how_many")?,
        kind: QuestionKind::Choice,
        label: Label::parse("How many devices?")?,
        help: None,
        warning: None,
        required: false,
        choices: vec![Label::parse("one")?, Label::parse("several")?, Label::parse("all")?],
    })
}

fn czech_holidays() -> Result<Vec<Holiday>, Invalid> {
    let easter = [(-2, "Good Friday"), (1, "Easter Monday")];
    let yearly = [
        (1, 1, "New Year's Day"),
        (5, 1, "Labour Day"),
        (5, 8, "Victory Day"),
        (7, 5, "Saints Cyril and Methodius"),
        (7, 6, "Jan Hus Day"),
        (9, 28, "Czech Statehood Day"),
        (10, 28, "Independence Day"),
        (11, 17, "Freedom and Democracy Day"),
        (12, 24, "Christmas Eve"),
        (12, 25, "Christmas Day"),
        (12, 26, "St. Stephen's Day"),
    ];
    let easter = easter.into_iter().map(|(offset, name)| (HolidayRule::easter(offset), name));
    let yearly = yearly.into_iter().map(|(month, day, name)| (HolidayRule::yearly(month, day), name));
    yearly
        .chain(easter)
        .map(|(rule, name)| Ok::<_, Invalid>(Holiday { name: Label::parse(name)?, rule: rule? }))
        .collect()
}
