//! The catalog's operations: what one can ask for, who answers it, what is promised, and who keeps it all up to date.
//!
//! This function owns the routes of services, categories, groups and their members, of the owners of a service, and of
//! business hours and SLA policies: it shows them to whoever may ask for help, or to the desk alone, and lets
//! administrators change them. All of it is one document in the table, so each change is decided from the whole, and two
//! keepers who are fast at the same time cannot break it.
//!
//! It must never hold a rule (that is `domain::catalog`: what may be removed, which names are free, who can own what,
//! what can be promised), never change a ticket, and never show groups, owners, policies or who may choose a category to
//! anyone but the desk.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | `list_services`, `add_service`, `edit_service`, `remove_service` | what one can ask for |
//! | `read_owners`, `set_owners` | the default agents of a service |
//! | `add_category`, `edit_category`, `remove_category` | the categories of a service, and what they ask |
//! | `list_groups`, `add_group`, `edit_group`, `remove_group` | the groups of agents |
//! | `add_member`, `remove_member` | who belongs to a group |
//! | `list_business_hours`, `add_business_hours`, `edit_business_hours`, `remove_business_hours` | when time counts |
//! | `import_holidays` | the holidays of a calendar file |
//! | `list_sla_policies`, `add_sla_policy`, `edit_sla_policy`, `remove_sla_policy` | what is promised |
//! | `keep` | what every change has in common: load, decide, commit, and again if somebody else was faster |
//! | `form` | the questions of a category, as they stand in a request |
//! | `calendar`, `targets` | weeks and holidays, and what a policy promises, as they stand in a request |
//! | `holidays` | the events of a calendar file as holidays |
//! | `settings` | when the desk keeps watch over what is promised |
//! | `view` | services, categories, groups, business hours and policies as clients see them |
//!
//! # Example
//!
//! ```
//! let contract = catalog::openapi();
//! assert!(contract.paths.paths.contains_key("/v1/services/{id}/owners"));
//! ```
//!
//! # Adding an operation
//!
//! A file named by its verb and its noun, with request, response and handler in this order; its name in `operations!`;
//! its route in the template. What it decides is a method of `Catalog` in `domain::catalog::keeping` or, for what
//! is promised, in `domain::catalog::promises`. A change goes through `keep`, which checks everything that every change
//! must check, in the order of the API's conventions.

mod add_business_hours;
mod add_category;
mod add_group;
mod add_member;
mod add_service;
mod add_sla_policy;
mod calendar;
mod edit_business_hours;
mod edit_category;
mod edit_group;
mod edit_service;
mod edit_sla_policy;
mod form;
mod holidays;
mod import_holidays;
mod keep;
mod list_business_hours;
mod list_groups;
mod list_services;
mod list_sla_policies;
mod read_owners;
mod remove_business_hours;
mod remove_category;
mod remove_group;
mod remove_member;
mod remove_service;
mod remove_sla_policy;
mod set_owners;
mod settings;
mod targets;
mod view;

use axum::Router;

pub use settings::Settings;

/// What this function may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// The table.
    pub store: store::Writer,
    /// What the desk's keeper has chosen for it.
    pub settings: Settings,
}

web::operations! {
    Ports:
    list_services, add_service, edit_service, remove_service, read_owners, set_owners,
    add_category, edit_category, remove_category,
    list_groups, add_group, edit_group, remove_group, add_member, remove_member,
    list_business_hours, add_business_hours, edit_business_hours, remove_business_hours, import_holidays,
    list_sla_policies, add_sla_policy, edit_sla_policy, remove_sla_policy,
}

/// The function's only door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Each operation of the contract, as method and path.
    fn operations(contract: &Value) -> Vec<String> {
        let paths = contract["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        });
        operations.collect()
    }

    #[test]
    fn the_contract_has_every_operation() {
        let contract = serde_json::to_value(super::openapi()).unwrap();
        let mut operations = operations(&contract);
        operations.sort();
        let expected = [
            "DELETE /v1/business_hours/{id}",
            "DELETE /v1/categories/{id}",
            "DELETE /v1/groups/{id}",
            "DELETE /v1/groups/{id}/members/{person}",
            "DELETE /v1/services/{id}",
            "DELETE /v1/sla_policies/{id}",
            "GET /v1/business_hours",
            "GET /v1/groups",
            "GET /v1/services",
            "GET /v1/services/{id}/owners",
            "GET /v1/sla_policies",
            "PATCH /v1/business_hours/{id}",
            "PATCH /v1/categories/{id}",
            "PATCH /v1/groups/{id}",
            "PATCH /v1/services/{id}",
            "PATCH /v1/sla_policies/{id}",
            "POST /v1/business_hours",
            "POST /v1/business_hours/{id}/holidays",
            "POST /v1/categories",
            "POST /v1/groups",
            "POST /v1/groups/{id}/members",
            "POST /v1/services",
            "POST /v1/sla_policies",
            "PUT /v1/services/{id}/owners",
        ];
        assert_eq!(operations, expected);
    }

    #[test]
    fn what_must_be_sent_is_required_in_the_contract() {
        let contract = serde_json::to_value(super::openapi()).unwrap();
        let required = |schema: &str| contract["components"]["schemas"][schema]["required"].clone();
        assert_eq!(required("AddServiceRequest"), serde_json::json!(["name"]));
        assert_eq!(required("AddCategoryRequest"), serde_json::json!(["service_id", "name"]));
        assert_eq!(required("AddBusinessHoursRequest"), serde_json::json!(["name", "time_zone", "week"]));
        assert_eq!(required("AddSlaPolicyRequest"), serde_json::json!(["name", "business_hours_id", "targets"]));
        assert_eq!(required("EditServiceRequest"), Value::Null);
        assert_eq!(required("EditSlaPolicyRequest"), Value::Null);
    }
}
