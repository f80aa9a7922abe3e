//! What a name of the template means: parameters, pseudo parameters, conditions and resources.

use std::collections::{BTreeMap, BTreeSet};

use super::TemplateError;
use super::resolved::{Resolved, Value};

/// The names that may be used, with what they mean.
#[derive(Debug, Default)]
pub(super) struct Scope {
    parameters: BTreeMap<String, Value>,
    conditions: BTreeMap<String, bool>,
    resources: BTreeSet<String>,
}

impl Scope {
    /// Takes the parameters that were declared, each with the value given or its default.
    pub(super) fn give(&mut self, declared: &Resolved, given: &BTreeMap<String, String>) -> Result<(), TemplateError> {
        for (name, parameter) in declared.entries()? {
            let text = match given.get(name) {
                Some(text) => text.clone(),
                None => default_of(name, parameter)?,
            };
            self.parameters.insert(name.clone(), typed(parameter, &text)?);
        }
        match given.keys().find(|name| !self.parameters.contains_key(*name)) {
            Some(name) => Err(declared.refuse(format!("no parameter is called `{name}`"))),
            None => Ok(()),
        }
    }

    /// Takes the conditions, already decided.
    pub(super) fn decide(&mut self, conditions: &Resolved) -> Result<(), TemplateError> {
        for (name, condition) in conditions.entries()? {
            self.conditions.insert(name.clone(), condition.truth()?);
        }
        Ok(())
    }

    /// Takes the logical ids.
    pub(super) fn name(&mut self, resources: impl IntoIterator<Item = String>) {
        self.resources.extend(resources);
    }

    /// Whether a condition holds, by its name.
    pub(super) fn holds(&self, condition: &Resolved) -> Result<bool, TemplateError> {
        let name = condition.text()?;
        let decided = self.conditions.get(name).copied();
        decided.ok_or_else(|| condition.refuse(format!("no condition is called `{name}`")))
    }

    /// What `!Ref` means.
    pub(super) fn reference(&self, argument: &Resolved) -> Result<Value, TemplateError> {
        let name = argument.text()?;
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        match pseudo(name).or_else(|| self.resources.get(name).map(String::as_str)) {
            Some(text) => Ok(Value::Text(text.to_owned())),
            None => Err(argument.refuse(format!("`{name}` names neither a parameter nor a resource"))),
        }
    }

    /// What `!GetAtt` means: the same text again, once the resource is known to exist.
    pub(super) fn attribute(&self, argument: &Resolved) -> Result<Value, TemplateError> {
        let name = argument.text()?;
        match name.split_once('.') {
            Some((resource, _)) if self.resources.contains(resource) => Ok(Value::Text(name.to_owned())),
            Some((resource, _)) => Err(argument.refuse(format!("no resource is called `{resource}`"))),
            None => Err(argument.refuse(format!("`{name}` names no attribute"))),
        }
    }

    /// What `!Sub` means.
    pub(super) fn substitute(&self, argument: &Resolved) -> Result<Value, TemplateError> {
        let mut parts = argument.text()?.split("${");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let Some((name, rest)) = part.split_once('}') else {
                return Err(argument.refuse("`${` has no `}`"));
            };
            whole.push_str(&self.inserted(name, argument.line)?);
            whole.push_str(rest);
        }
        Ok(Value::Text(whole))
    }

    fn inserted(&self, name: &str, line: usize) -> Result<String, TemplateError> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        let value = Value::Text(name.to_owned());
        let name = Resolved { line, value };
        let value = if name.text()?.contains('.') { self.attribute(&name)? } else { self.reference(&name)? };
        Resolved { line, value }.scalar()
    }
}

/// Fixed, for nothing is deployed.
fn pseudo(name: &str) -> Option<&'static str> {
    match name {
        "AWS::Region" => Some("us-east-1"),
        "AWS::AccountId" => Some("123456789012"),
        "AWS::Partition" => Some("aws"),
        "AWS::StackName" => Some("lambdesk"),
        _ => None,
    }
}

fn default_of(name: &str, parameter: &Resolved) -> Result<String, TemplateError> {
    match parameter.get("Default")? {
        Some(default) => default.scalar(),
        None => Err(parameter.refuse(format!("parameter `{name}` has no default and was given no value"))),
    }
}

fn typed(parameter: &Resolved, text: &str) -> Result<Value, TemplateError> {
    let kind = parameter.field("Type")?;
    match kind.text()? {
        "String" => Ok(Value::Text(text.to_owned())),
        "Number" => match text.parse() {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Err(parameter.refuse(format!("`{text}` is not a whole number"))),
        },
        "CommaDelimitedList" => Ok(Value::List(list(parameter.line, text))),
        other => Err(kind.refuse(format!("parameters of type {other} are not supported"))),
    }
}

fn list(line: usize, text: &str) -> Vec<Resolved> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| Resolved { line, value: Value::Text(item.to_owned()) }).collect()
}
