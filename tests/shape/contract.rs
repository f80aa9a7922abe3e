//! What is promised to clients: one document out of every function's own, kept in a file so that a change of it is seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, OpenApi, OpenApiBuilder, Server};

use crate::holds;
use crate::tree;

/// Where the document is; `query` answers it.
const FILE: &str = "infra/openapi.json";

/// How the document is written anew.
const COMMAND: &str = "UPDATE_CONTRACT=1 cargo test -p tests --test shape contract";

/// What each function with an HTTP door promises.
fn parts() -> Vec<(&'static str, OpenApi)> {
    vec![
        ("attachments", attachments::openapi()),
        ("catalog", catalog::openapi()),
        ("dispatch", dispatch::openapi()),
        ("identity", identity::openapi()),
        ("intake", intake::openapi()),
        ("messaging", messaging::openapi()),
        ("portal", portal::openapi()),
        ("query", query::openapi()),
        ("sla", sla::openapi()),
    ]
}

/// The whole, sorted by name throughout.
fn document() -> serde_json::Result<Value> {
    let info = InfoBuilder::new()
        .title("Lambdesk")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("A helpdesk that an organization deploys into its own AWS account."))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let own = OpenApiBuilder::new().info(info).servers(Some([Server::new("/")])).components(Some(components)).build();
    let whole = parts().into_iter().fold(own, |whole, (_, part)| whole.merge_from(part));
    let mut document = serde_json::to_value(whole)?;
    document.sort_all_objects();
    Ok(document)
}

/// The operations of a document, by method and path as the template writes them.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let mut operations = BTreeMap::new();
    for (path, methods) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            operations.insert(format!("{} {path}", method.to_uppercase()), operation);
        }
    }
    operations
}

/// The schemas of every function, each with the function that defines it.
fn schemas() -> serde_json::Result<Vec<(&'static str, String, Value)>> {
    let mut schemas = Vec::new();
    for (function, part) in parts() {
        for (name, schema) in part.components.unwrap_or_default().schemas {
            schemas.push((function, name, serde_json::to_value(schema)?));
        }
    }
    Ok(schemas)
}

/// Everything that a document refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            for field in fields.values() {
                references(field, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever wants the document written anew says so in the environment")]
fn is_to_be_written() -> bool {
    std::env::var("UPDATE_CONTRACT").is_ok_and(|value| value == "1")
}

#[test]
fn every_function_promises_the_routes_that_lead_to_it() {
    let mut promised = BTreeSet::new();
    for (function, part) in parts() {
        let part = serde_json::to_value(part).unwrap();
        promised.extend(operations(&part).into_keys().map(|operation| format!("{function}: {operation}")));
    }
    let template = tree::template().unwrap();
    let routes = template.routes.iter();
    let wired: BTreeSet<_> =
        routes.map(|route| format!("{}: {} {}", route.function, route.method, route.path)).collect();
    let unrouted = promised.difference(&wired).map(|operation| format!("{operation} has no route in the template"));
    let unpromised = wired.difference(&promised).map(|route| format!("{route} is no operation of the function"));
    holds("operations and routes are the same", &unrouted.chain(unpromised).collect::<Vec<_>>());
}

#[test]
fn the_contract_is_written_down() {
    let text = serde_json::to_string_pretty(&document().unwrap()).unwrap() + "\n";
    if is_to_be_written() {
        fs::write(tree::root().join(FILE), &text).unwrap();
    }
    let is_current = tree::read(FILE).unwrap() == text;
    assert!(is_current, "{FILE} is not what the code says: run `{COMMAND}` and look at what changes for clients");
}

#[test]
fn operations_have_ids_of_their_own() {
    let document = document().unwrap();
    let mut by_id: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, operation) in operations(&document) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        by_id.entry(id).or_default().push(name);
    }
    let shared = by_id.iter().filter(|(id, operations)| id.is_empty() || operations.len() > 1);
    let broken: Vec<_> = shared.map(|(id, operations)| format!("`{id}`: {}", operations.join(", "))).collect();
    holds("an operation's id is its own: clients name their functions by it", &broken);
}

#[test]
fn one_name_stands_for_one_schema() {
    let mut known: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let mut broken = Vec::new();
    for (function, name, schema) in schemas().unwrap() {
        let (first, seen) = known.entry(name.clone()).or_insert_with(|| (function, schema.clone()));
        if *seen != schema {
            broken.push(format!("{name} is one thing in {first} and another in {function}"));
        }
    }
    holds("merging keeps the first schema of a name, so there must be no second", &broken);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document().unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let leads = |target: &String| target.strip_prefix('#').is_some_and(|to| document.pointer(to).is_some());
    let broken: Vec<_> = found.into_iter().filter(|target| !leads(target)).collect();
    holds("what the contract refers to is in it", &broken);
}

#[test]
fn every_named_security_scheme_is_described() {
    let document = document().unwrap();
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object).unwrap();
    let mut broken = Vec::new();
    for (name, operation) in operations(&document) {
        let asked = operation.get("security").and_then(Value::as_array).into_iter().flatten();
        let mut names = asked.filter_map(Value::as_object).flat_map(Map::keys);
        if !names.all(|scheme| schemes.contains_key(scheme)) {
            broken.push(name);
        }
    }
    holds("operations ask for sign-in as the contract describes it", &broken);
}
