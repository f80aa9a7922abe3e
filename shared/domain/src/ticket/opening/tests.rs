use super::*;
use crate::catalog::AgreementText;
use crate::contact::{EmailAddress, PhoneNumber};
use crate::given;
use crate::id::OrganizationId;
use crate::priority::Priority;
use crate::status::Status;

fn opened_for(requester: &Person, submitter: &Person, catalog: &Catalog, intake: Intake) -> Decision {
    let opening = Opening { number: &given::number(), submitter, requester, cc: &[], catalog, at: given::at() };
    open(&opening, intake)
}

fn opened(requester: &Person, catalog: &Catalog, intake: Intake) -> Decision {
    opened_for(requester, requester, catalog, intake)
}

fn opened_with(catalog: &Catalog, intake: Intake) -> Decision {
    opened(&given::person("usr_requester"), catalog, intake)
}

fn copying(cc: &[PersonRef]) -> Decision {
    let requester = given::person("usr_requester");
    let opening = Opening {
        number: &given::number(),
        submitter: &requester,
        requester: &requester,
        cc,
        catalog: &given::catalog(),
        at: given::at(),
    };
    open(&opening, given::intake())
}

fn about(service: &str, category: &str, answers: &[(&str, &str)]) -> Intake {
    Intake {
        service: Some(given::service_id(service)),
        category: Some(given::category_id(category)),
        details: given::answers(answers),
        ..given::intake()
    }
}

fn with_agreement() -> Catalog {
    let mut catalog = given::catalog();
    let text = given::body("We may look at your router.");
    catalog.services[0].agreement = Some(AgreementText { version: given::label("2026-01"), text });
    catalog
}

fn accepting(version: &str) -> Intake {
    Intake { agreement_version: Some(given::label(version)), ..given::intake() }
}

fn contacts_only() -> Catalog {
    let mut catalog = given::catalog();
    catalog.services[0].contacts_only = true;
    catalog
}

#[test]
fn s0_4_s0_11_a_ticket_is_born_new_and_asks_for_an_owner() {
    let change = opened_with(&given::catalog(), given::intake()).unwrap();
    assert_eq!((change.events[0].seq, &change.events[0].fact), (1, &Fact::TicketOpened {}));
    assert_eq!(change.events[0].body, Some(given::body("Since this morning.")));
    let ticket = change.after;
    assert_eq!((ticket.status(), ticket.handled, ticket.assignee.as_ref()), (Status::New, false, None));
    assert_eq!((ticket.version, ticket.awaiting_dispatch), (1, Some(1)));
    assert_eq!(ticket.group, Some(given::group_id("grp_network")));
    assert_eq!(ticket.organization, Some(given::organization()));
}

#[test]
fn s1_11_a_single_service_is_chosen_by_itself() {
    let ticket = opened_with(&given::catalog(), given::intake()).unwrap().after;
    assert_eq!(ticket.service, given::service_id("svc_network"));
}

#[test]
fn s0_33_one_of_several_services_must_be_named() {
    let decision = opened_with(&given::wide_catalog(), given::intake());
    assert_eq!(given::wrong(&decision), ["service_id: required"]);
    let camera = Intake { service: Some(given::service_id("svc_camera")), ..given::intake() };
    let ticket = opened_with(&given::wide_catalog(), camera).unwrap().after;
    assert_eq!(ticket.group, Some(given::group_id("grp_desk")));
    let unknown = Intake { service: Some(given::service_id("svc_unknown")), ..given::intake() };
    assert_eq!(given::wrong(&opened_with(&given::wide_catalog(), unknown)), ["service_id: not_offered"]);
}

#[test]
fn s3_5_a_service_for_technical_contacts_is_offered_to_them_alone() {
    let network = Intake { service: Some(given::service_id("svc_network")), ..given::intake() };
    let decision = opened_with(&contacts_only(), network.clone());
    assert_eq!(given::wrong(&decision), ["service_id: not_offered"]);
    let mut contact = given::person("usr_requester");
    let mut elsewhere = contact.memberships[0].clone();
    elsewhere.organization.id = OrganizationId::parse("org_other").unwrap();
    contact.memberships[0].technical_contact = true;
    contact.memberships.insert(0, elsewhere);
    let ticket = opened(&contact, &contacts_only(), network).unwrap().after;
    assert_eq!(ticket.organization, Some(given::organization()));
}

#[test]
fn s1_12_a_category_belongs_to_the_service() {
    let decision = opened_with(&given::wide_catalog(), about("svc_network", "cat_lens", &[]));
    assert_eq!(given::wrong(&decision), ["category_id: not_offered"]);
    let ticket = opened_with(&given::wide_catalog(), about("svc_camera", "cat_lens", &[])).unwrap().after;
    assert_eq!(ticket.category, Some(given::category_id("cat_lens")));
}

#[test]
fn s4_34_a_category_for_agents_is_chosen_by_agents_alone() {
    let (catalog, intake) = (given::wide_catalog(), about("svc_network", "cat_audit", &[]));
    assert_eq!(given::wrong(&opened_with(&catalog, intake.clone())), ["category_id: not_offered"]);
    let requester = given::person("usr_requester");
    assert!(opened_for(&requester, &given::agent("usr_first"), &catalog, intake).is_ok());
}

#[test]
fn s4_62_a_category_for_a_group_is_chosen_by_its_members_alone() {
    let (catalog, intake) = (given::wide_catalog(), about("svc_network", "cat_tuning", &[]));
    let requester = given::person("usr_requester");
    let decision = opened_for(&requester, &given::agent("usr_first"), &catalog, intake.clone());
    assert_eq!(given::wrong(&decision), ["category_id: not_offered"]);
    assert!(opened_for(&requester, &given::agent("usr_member"), &catalog, intake).is_ok());
}

#[test]
fn s0_36_the_form_of_a_category_is_answered() {
    let catalog = given::wide_catalog();
    let decision = opened_with(&catalog, about("svc_network", "cat_outage", &[]));
    assert_eq!(given::wrong(&decision), ["answers.where: required"]);
    let answers = [("where", "Room 12"), ("light", "blue"), ("rebooted", "maybe"), ("color", "red")];
    let decision = opened_with(&catalog, about("svc_network", "cat_outage", &answers));
    let wrong = ["answers.light: not_a_choice", "answers.rebooted: not_a_choice", "answers.color: unknown_field"];
    assert_eq!(given::wrong(&decision), wrong);
    let answers = [("where", "Room 12"), ("light", "red"), ("rebooted", "yes")];
    let ticket = opened_with(&catalog, about("svc_network", "cat_outage", &answers)).unwrap().after;
    assert_eq!(ticket.details, given::answers(&answers));
}

#[test]
fn without_a_category_there_is_no_question_to_answer() {
    let intake = Intake { details: given::answers(&[("color", "red")]), ..given::intake() };
    assert_eq!(given::wrong(&opened_with(&given::catalog(), intake)), ["answers.color: unknown_field"]);
}

#[test]
fn s0_35_the_agreement_in_force_must_be_accepted() {
    let decision = opened_with(&with_agreement(), given::intake());
    assert_eq!(given::wrong(&decision), ["agreement_version: required"]);
    let decision = opened_with(&with_agreement(), accepting("2025-01"));
    assert_eq!(given::wrong(&decision), ["agreement_version: outdated"]);
    let ticket = opened_with(&with_agreement(), accepting("2026-01")).unwrap().after;
    let accepted = Agreement { version: given::label("2026-01"), accepted_at: given::at() };
    assert_eq!(ticket.agreement, Some(accepted));
    let decision = opened_with(&given::catalog(), accepting("2026-01"));
    assert_eq!(given::wrong(&decision), ["agreement_version: no_agreement"]);
}

#[test]
fn s4_25_everyone_is_copied_once_and_the_requester_never() {
    let cc = ["usr_copy", "usr_requester", "usr_copy", "usr_power"].map(|id| given::person(id).as_ref());
    let ticket = copying(&cc).unwrap().after;
    assert_eq!(ticket.cc, [given::person("usr_copy").as_ref(), given::person("usr_power").as_ref()]);
}

#[test]
fn no_more_than_twenty_people_are_copied() {
    let cc: Vec<PersonRef> = (0..=MOST_CC).map(|n| given::person(&format!("usr_{n}")).as_ref()).collect();
    assert_eq!(copying(&cc[1..]).unwrap().after.cc.len(), MOST_CC);
    assert_eq!(given::wrong(&copying(&cc)), ["cc: too_many"]);
}

#[test]
fn s1_17_priority_follows_from_what_the_requester_says() {
    let ticket = opened_with(&given::catalog(), given::intake()).unwrap().after;
    assert_eq!((ticket.priority, ticket.urgency_source), (Priority::Normal, UrgencySource::Default));
    let intake = Intake { impact: Some(Impact::High), urgency: Some(Urgency::Critical), ..given::intake() };
    let ticket = opened_with(&given::catalog(), intake).unwrap().after;
    assert_eq!((ticket.priority, ticket.urgency_source), (Priority::Urgent, UrgencySource::Requester));
}

#[test]
fn s2_28_an_agent_opens_a_ticket_for_somebody_on_the_phone() {
    let (agent, requester) = (given::agent("usr_first"), given::person("usr_requester"));
    let intake = Intake { urgency: Some(Urgency::High), ..given::intake() };
    let change = opened_for(&requester, &agent, &given::catalog(), intake).unwrap();
    assert!(change.events[0].by.is(&agent.id));
    let ticket = change.after;
    assert_eq!((ticket.requester, ticket.submitter), (requester.as_ref(), Some(agent.as_ref())));
    assert_eq!((ticket.via, ticket.urgency_source), (Channel::Agent, UrgencySource::Agent));
    assert_eq!(ticket.organization, Some(given::organization()));
}

#[test]
fn s0_30_progress_is_told_by_mail_then_by_phone_unless_another_way_is_named() {
    let email = ContactMethod::Email { value: EmailAddress::parse("jana@example.org").unwrap() };
    let number = PhoneNumber::parse("+420 123 456 789").unwrap();
    let phone = ContactMethod::Phone { value: number.clone(), window: None };
    let mut requester = given::person("usr_requester");
    let usual = |requester: &Person| opened(requester, &given::catalog(), given::intake()).unwrap().after;
    assert_eq!(usual(&requester).contact_method, None);
    requester.phone = Some(number);
    assert_eq!(usual(&requester).contact_method, Some(phone.clone()));
    requester.email = Some(EmailAddress::parse("jana@example.org").unwrap());
    assert_eq!(usual(&requester).contact_method, Some(email));
    let intake = Intake { contact_method: Some(phone.clone()), ..given::intake() };
    let ticket = opened(&requester, &given::catalog(), intake).unwrap().after;
    assert_eq!(ticket.contact_method, Some(phone));
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let intake = Intake { category: Some(given::category_id("cat_unknown")), ..given::intake() };
    let decision = opened_with(&with_agreement(), intake);
    assert_eq!(given::wrong(&decision), ["category_id: not_offered", "agreement_version: required"]);
}
