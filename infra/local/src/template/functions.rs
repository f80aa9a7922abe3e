//! The functions, and how other resources name them.

use std::collections::BTreeMap;

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Function, TemplateError};

/// What a function has when nothing is said, as on Lambda.
const TIMEOUT_SECONDS: u64 = 3;

/// All but `Environment` and `Timeout` are the cloud's affair. Not among them: `Events` and `Policies`, second ways to
/// wire and to permit.
const PROPERTIES: [&str; 11] = [
    "Architectures",
    "CodeUri",
    "Description",
    "Environment",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Tags",
    "Timeout",
];

/// The functions, each with what all of them share.
pub(super) fn read(document: &Document) -> Result<Vec<Function>, TemplateError> {
    let shared = &document.defaults;
    shared.only(&PROPERTIES)?;
    document.all(Kind::Function).map(|resource| function(resource, shared)).collect()
}

/// The folder of the function that a value names, by its logical id or its `Arn`.
pub(super) fn named(target: &Resolved, functions: &[Function]) -> Result<String, TemplateError> {
    let text = target.text()?;
    let id = text.strip_suffix(".Arn").unwrap_or(text);
    match functions.iter().find(|function| function.logical_id == id) {
        Some(function) => Ok(function.name.clone()),
        None => Err(target.refuse(format!("`{text}` names no function"))),
    }
}

fn function(resource: &Resource, shared: &Resolved) -> Result<Function, TemplateError> {
    let own = &resource.properties;
    own.only(&PROPERTIES)?;
    let mut environment = variables(shared)?;
    environment.extend(variables(own)?);
    let timeout = own.get("Timeout")?.or(shared.get("Timeout")?);
    Ok(Function {
        logical_id: resource.id.clone(),
        name: folder(&resource.id),
        timeout_seconds: timeout.map_or(Ok(TIMEOUT_SECONDS), Resolved::number)?,
        environment,
    })
}

fn variables(properties: &Resolved) -> Result<BTreeMap<String, String>, TemplateError> {
    let Some(environment) = properties.get("Environment")? else {
        return Ok(BTreeMap::new());
    };
    environment.only(&["Variables"])?;
    let variables = environment.field("Variables")?.entries()?;
    variables.iter().map(|(name, value)| Ok((name.clone(), value.scalar()?))).collect()
}

/// `MailIn` lives in `mail_in`.
fn folder(id: &str) -> String {
    let mut folder = String::new();
    for letter in id.chars() {
        if letter.is_uppercase() && !folder.is_empty() {
            folder.push('_');
        }
        folder.extend(letter.to_lowercase());
    }
    folder
}
