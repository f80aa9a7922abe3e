use super::*;
use crate::given;

fn by() -> Author {
    Author::system(given::at())
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn service(text: &str) -> Service {
    Service::named(given::service_id("svc_added"), name(text))
}

fn category(service: &str, text: &str) -> Category {
    Category::named(given::category_id("cat_added"), given::service_id(service), name(text))
}

fn group(text: &str) -> Group {
    Group::named(given::group_id("grp_added"), name(text))
}

fn question(name: &str, kind: QuestionKind, choices: &[&str]) -> Question {
    let choices = choices.iter().map(|choice| given::label(choice)).collect();
    let (name, label) = (given::label(name), given::label(name));
    Question { name, kind, label, help: None, warning: None, required: false, choices }
}

fn changed(decision: Decision) -> Change<Catalog> {
    decision.unwrap().unwrap()
}

fn refused(decision: Decision) -> Refusal {
    decision.unwrap_err()
}

fn listed(fields: Fields) -> Vec<String> {
    fields.into_vec().iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
}

fn wrong(decision: Decision) -> Vec<String> {
    match decision {
        Err(Refusal::Unfit(fields)) => listed(fields),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn what_is_added_has_the_version_of_the_catalog_it_came_with() {
    let rest = ServiceEdit { group: Some(given::group_id("grp_desk")), ..ServiceEdit::default() };
    let change = changed(given::catalog().add_service(by(), service("Printing"), rest));
    let added = change.after.service(&given::service_id("svc_added")).unwrap();
    assert_eq!((added.version, change.after.version), (2, 2));
    assert_eq!((added.group.clone(), added.auto_close_days), (Some(given::group_id("grp_desk")), Some(7)));
    assert_eq!(change.events[0].fact, service_changed(&added.id));
    assert_eq!(change.before, Some(given::catalog()));
}

#[test]
fn the_first_change_of_a_desk_has_nothing_before_it() {
    let change = changed(Catalog::default().add_group(by(), group("Desk"), GroupEdit::default(), &[]));
    assert_eq!((change.before, change.after.version), (None, 1));
}

#[test]
fn an_edit_changes_what_it_says_and_nothing_else() {
    let id = given::service_id("svc_network");
    let edit = ServiceEdit { auto_close_days: Some(0), ..ServiceEdit::default() };
    let after = changed(given::catalog().edit_service(by(), &id, edit)).after;
    let before = given::catalog().service(&id).unwrap().clone();
    assert_eq!(after.service(&id), Some(&Service { version: 2, auto_close_days: None, ..before }));
}

#[test]
fn an_edit_that_says_nothing_new_changes_nothing() {
    let (catalog, id) = (given::wide_catalog(), given::category_id("cat_outage"));
    let again = CategoryEdit { name: Some(name("cat_outage")), ..CategoryEdit::default() };
    assert!(catalog.edit_category(by(), &id, again, &[]).unwrap().is_none());
    let again = GroupEdit { line: Some(2), ..GroupEdit::default() };
    assert!(catalog.edit_group(by(), &given::group_id("grp_network"), again, &[]).unwrap().is_none());
    let network = given::service_id("svc_network");
    assert!(catalog.edit_service(by(), &network, ServiceEdit::default()).unwrap().is_none());
}

#[test]
fn a_name_is_given_once_whatever_its_case() {
    let catalog = given::wide_catalog();
    let decision = catalog.add_service(by(), service("SVC_Camera"), ServiceEdit::default());
    assert_eq!(refused(decision), Refusal::NameTaken);
    let edit = GroupEdit { name: Some(name("grp_DESK")), ..GroupEdit::default() };
    let decision = catalog.edit_group(by(), &given::group_id("grp_network"), edit, &[]);
    assert_eq!(refused(decision), Refusal::NameTaken);
    let own = GroupEdit { name: Some(name("GRP_network")), ..GroupEdit::default() };
    assert!(catalog.edit_group(by(), &given::group_id("grp_network"), own, &[]).is_ok());
}

#[test]
fn categories_of_two_services_may_share_a_name() {
    let catalog = given::wide_catalog();
    let decision = catalog.add_category(by(), category("svc_camera", "cat_outage"), CategoryEdit::default(), &[]);
    assert!(decision.is_ok());
    let decision = catalog.add_category(by(), category("svc_camera", "cat_lens"), CategoryEdit::default(), &[]);
    assert_eq!(refused(decision), Refusal::NameTaken);
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let (catalog, network) = (given::catalog(), given::group_id("grp_network"));
    let unknown = given::service_id("svc_unknown");
    assert_eq!(refused(catalog.edit_service(by(), &unknown, ServiceEdit::default())), Refusal::Missing);
    assert_eq!(refused(catalog.remove_service(by(), &unknown)), Refusal::Missing);
    assert_eq!(refused(catalog.remove_category(by(), &given::category_id("cat_unknown"))), Refusal::Missing);
    assert_eq!(refused(catalog.remove_member(by(), &network, &given::person_id("usr_first"))), Refusal::Missing);
}

#[test]
fn a_service_with_categories_stays() {
    let (catalog, camera) = (given::wide_catalog(), given::service_id("svc_camera"));
    assert_eq!(refused(catalog.remove_service(by(), &camera)), Refusal::InUse);
    let emptied = changed(catalog.remove_category(by(), &given::category_id("cat_lens"))).after;
    assert!(changed(emptied.remove_service(by(), &camera)).after.service(&camera).is_none());
}

#[test]
fn a_group_that_answers_a_service_or_chooses_a_category_stays() {
    let (mut catalog, network) = (given::wide_catalog(), given::group_id("grp_network"));
    assert_eq!(refused(given::catalog().remove_group(by(), &network, false)), Refusal::InUse);
    catalog.services.clear();
    assert_eq!(refused(catalog.remove_group(by(), &network, false)), Refusal::InUse);
    catalog.categories.clear();
    assert_eq!(refused(catalog.remove_group(by(), &network, true)), Refusal::Occupied);
    assert!(changed(catalog.remove_group(by(), &network, false)).after.group(&network).is_none());
}

#[test]
fn s0_37_only_active_agents_own_a_service() {
    let (catalog, id) = (given::catalog(), given::service_id("svc_network"));
    let gone = Person { active: false, ..given::agent("usr_gone") };
    let people = [given::agent("usr_first"), given::person("usr_requester"), gone];
    let ids = ["usr_first", "usr_requester", "usr_gone", "usr_nobody"].map(given::person_id);
    let decision = catalog.set_owners(by(), &id, &ids, &people);
    assert_eq!(wrong(decision), ["owners.1: not_an_agent", "owners.2: not_an_agent", "owners.3: not_an_agent"]);
    let after = changed(catalog.set_owners(by(), &id, &ids[..1], &people)).after;
    assert_eq!(after.service(&id).unwrap().owners, [given::agent("usr_first").as_ref()]);
}

#[test]
fn s2_50_an_agent_belongs_to_a_group_once() {
    let (catalog, network) = (given::catalog(), given::group_id("grp_network"));
    let (member, first) = (given::agent("usr_member"), given::agent("usr_first"));
    let people = [member.clone(), first.clone(), given::person("usr_requester")];
    assert!(catalog.add_member(by(), &network, &member.id, &people).unwrap().is_none());
    let joined = changed(catalog.add_member(by(), &network, &first.id, &people)).after;
    assert!(joined.group(&network).unwrap().has(&first.id));
    let left = changed(joined.remove_member(by(), &network, &first.id)).after;
    assert_eq!(left.group(&network).unwrap().members, catalog.group(&network).unwrap().members);
    let decision = catalog.add_member(by(), &network, &people[2].id, &people);
    assert_eq!(wrong(decision), ["user_id: not_an_agent"]);
}

#[test]
fn a_group_is_led_by_an_active_lead_or_by_nobody() {
    let (catalog, network) = (given::catalog(), given::group_id("grp_network"));
    let gone = Person { active: false, ..given::lead("usr_gone") };
    let people = [given::lead("usr_lead"), given::agent("usr_member"), gone];
    let led_by = |id: Option<&str>| GroupEdit { lead: Some(id.map(given::person_id)), ..GroupEdit::default() };
    for id in ["usr_member", "usr_gone", "usr_nobody"] {
        assert_eq!(wrong(catalog.edit_group(by(), &network, led_by(Some(id)), &people)), ["lead_id: not_a_lead"]);
    }
    let led = changed(catalog.edit_group(by(), &network, led_by(Some("usr_lead")), &people)).after;
    assert_eq!(led.leads_of(Some(&network)).collect::<Vec<_>>(), [&people[0].as_ref()]);
    assert_eq!(led.agent(&people[0].id), Some(&people[0].as_ref()));
    let alone = changed(led.edit_group(by(), &network, led_by(None), &[])).after;
    assert_eq!(alone.leads_of(Some(&network)).count(), 0);
    let added = changed(catalog.add_group(by(), group("Added"), led_by(Some("usr_lead")), &people)).after;
    assert_eq!(added.groups[2].lead, Some(people[0].as_ref()));
}

#[test]
fn a_ticket_without_a_group_is_on_the_first_line() {
    let (catalog, network) = (given::catalog(), given::group_id("grp_network"));
    assert_eq!(catalog.line_of(Some(&network)), 2);
    assert_eq!(catalog.line_of(Some(&given::group_id("grp_unknown"))), 1);
    assert_eq!(catalog.line_of(None), 1);
}

#[test]
fn a_ticket_without_a_group_is_led_by_those_who_lead_on_the_first_line() {
    let mut catalog = given::catalog();
    catalog.groups[0].lead = Some(given::lead("usr_network").as_ref());
    catalog.groups[1].lead = Some(given::lead("usr_desk").as_ref());
    let leads = |group: Option<&str>| {
        let group = group.map(given::group_id);
        catalog.leads_of(group.as_ref()).map(|lead| lead.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(leads(Some("grp_network")), ["usr_network"]);
    assert_eq!((leads(None), leads(Some("grp_unknown"))), (vec!["usr_desk".to_owned()], vec!["usr_desk".to_owned()]));
}

#[test]
fn everything_that_does_not_fit_the_catalog_is_named_at_once() {
    let form = vec![
        question("where", QuestionKind::Text, &["here"]),
        question("light", QuestionKind::Choice, &[]),
        question("where", QuestionKind::Checkbox, &[]),
    ];
    let groups = vec![given::group_id("grp_desk"), given::group_id("grp_unknown")];
    let rest = CategoryEdit {
        form: Some(form),
        selectable_by: Some(SelectableBy::Groups { groups }),
        owners: Some(vec![given::person_id("usr_nobody")]),
        ..CategoryEdit::default()
    };
    let decision = given::catalog().add_category(by(), category("svc_unknown", "Added"), rest, &[]);
    let expected = [
        "owners.0: not_an_agent",
        "service_id: unknown",
        "form.0.choices: not_a_choice",
        "form.1.choices: required",
        "form.2.name: repeated",
        "selectable_by.groups.1: unknown",
    ];
    assert_eq!(wrong(decision), expected);
    let rest = ServiceEdit { group: Some(given::group_id("grp_unknown")), ..ServiceEdit::default() };
    assert_eq!(wrong(given::catalog().add_service(by(), service("Added"), rest)), ["group_id: unknown"]);
}

#[test]
fn there_is_room_for_so_much_and_no_more() {
    let mut catalog = given::wide_catalog();
    catalog.services = vec![catalog.services[0].clone(); MOST_SERVICES];
    catalog.categories = vec![catalog.categories[0].clone(); MOST_CATEGORIES];
    catalog.groups = vec![catalog.groups[0].clone(); MOST_GROUPS];
    let full = |most| Refusal::Full { most };
    let decision = catalog.add_service(by(), service("Added"), ServiceEdit::default());
    assert_eq!(refused(decision), full(MOST_SERVICES));
    let decision = catalog.add_category(by(), category("svc_network", "Added"), CategoryEdit::default(), &[]);
    assert_eq!(refused(decision), full(MOST_CATEGORIES));
    assert_eq!(refused(catalog.add_group(by(), group("Added"), GroupEdit::default(), &[])), full(MOST_GROUPS));
    let questions: Vec<_> = (0..=50).map(|n| question(&format!("q{n}"), QuestionKind::Text, &[])).collect();
    let edit = |form: &[Question]| CategoryEdit { form: Some(form.to_vec()), ..CategoryEdit::default() };
    let id = given::category_id("cat_lens");
    let decision = given::wide_catalog().edit_category(by(), &id, edit(&questions), &[]);
    assert_eq!(wrong(decision), ["form: too_many"]);
    assert!(given::wide_catalog().edit_category(by(), &id, edit(&questions[1..]), &[]).is_ok());
}
