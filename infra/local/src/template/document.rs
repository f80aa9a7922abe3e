//! The whole template, resolved: what all functions share, and the resources.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, MarkedYaml, YamlData};

use super::resolve::{line_of, resolve};
use super::resolved::Resolved;
use super::resources::{self, Kind, Resource};
use super::scope::Scope;
use super::{TemplateError, Written};

const SECTIONS: [&str; 9] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Transform",
];

/// A template whose names have become what they mean.
#[derive(Debug)]
pub(super) struct Document {
    /// The properties that every function has unless it says otherwise.
    pub(super) defaults: Resolved,
    /// Where the resources begin.
    pub(super) line: usize,
    resources: Vec<Resource>,
}

impl Document {
    /// The resources of a kind, in the order of the file.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// The one resource of a kind that there must be.
    pub(super) fn the(&self, kind: Kind) -> Result<&Resource, TemplateError> {
        let all: Vec<&Resource> = self.all(kind).collect();
        let [the] = all.as_slice() else {
            let message = format!("one {} is expected, not {}", kind.type_name(), all.len());
            return Err(TemplateError::at(self.line, message));
        };
        Ok(*the)
    }

    /// Whether a logical id is that of a resource of this kind.
    pub(super) fn has(&self, kind: Kind, id: &str) -> bool {
        self.all(kind).any(|resource| resource.id == id)
    }
}

/// What a template says, before anything of it is understood.
struct Said {
    scope: Scope,
    globals: Resolved,
    resources: Resolved,
}

/// Reads the text of a template.
pub(super) fn read(text: &str, given: &BTreeMap<String, String>) -> Result<Document, TemplateError> {
    let Said { scope, globals, resources } = said(text, given)?;
    globals.only(&["Function"])?;
    Ok(Document {
        defaults: globals.get("Function")?.cloned().unwrap_or_else(|| Resolved::nothing(globals.line)),
        line: resources.line,
        resources: resources::read(&resources, &scope)?,
    })
}

/// Every resource as it is written, whether or not its condition holds.
pub(super) fn written(text: &str, given: &BTreeMap<String, String>) -> Result<Vec<Written>, TemplateError> {
    let resources = said(text, given)?.resources;
    let written = |(id, body): &(String, Resolved)| {
        let kind = body.field("Type")?.text()?.to_owned();
        Ok(Written { logical_id: id.clone(), kind, body: body.json() })
    };
    resources.entries()?.iter().map(written).collect()
}

fn said(text: &str, given: &BTreeMap<String, String>) -> Result<Said, TemplateError> {
    let root = load(text)?;
    refuse_strangers(&root)?;
    let mut scope = Scope::default();
    scope.give(&section(&root, "Parameters", &scope)?, given)?;
    scope.decide(&section(&root, "Conditions", &scope)?)?;
    scope.name(ids(&root));
    // Nothing here needs the outputs, but what they say must have a meaning.
    section(&root, "Outputs", &scope)?;
    let globals = section(&root, "Globals", &scope)?;
    let resources = section(&root, "Resources", &scope)?;
    Ok(Said { scope, globals, resources })
}

fn load(text: &str) -> Result<MarkedYaml<'_>, TemplateError> {
    let documents = MarkedYaml::load_from_str(text);
    let documents = documents.map_err(|error| TemplateError::at(error.marker().line(), error.info()))?;
    match <[MarkedYaml<'_>; 1]>::try_from(documents) {
        Ok([root]) => Ok(root),
        Err(_) => Err(TemplateError::at(1, "one YAML document is expected")),
    }
}

fn refuse_strangers(root: &MarkedYaml<'_>) -> Result<(), TemplateError> {
    let YamlData::Mapping(sections) = &root.data else {
        return Err(TemplateError::at(line_of(root, 1), "a template is a mapping"));
    };
    match sections.keys().find(|key| !is_known(key)) {
        Some(key) => Err(TemplateError::at(line_of(key, 1), "this section is not supported")),
        None => Ok(()),
    }
}

fn is_known(section: &MarkedYaml<'_>) -> bool {
    section.data.as_str().is_some_and(|name| SECTIONS.contains(&name))
}

/// A section without its functions; one that is not there is empty.
fn section(root: &MarkedYaml<'_>, name: &str, scope: &Scope) -> Result<Resolved, TemplateError> {
    match child(root, name) {
        Some(node) => resolve(node, 1, scope),
        None => Ok(Resolved::nothing(1)),
    }
}

/// The logical ids, known before anything that may refer to them is resolved.
fn ids(root: &MarkedYaml<'_>) -> Vec<String> {
    let Some(YamlData::Mapping(resources)) = child(root, "Resources").map(|node| &node.data) else {
        return Vec::new();
    };
    resources.keys().filter_map(|key| key.data.as_str()).map(str::to_owned).collect()
}

fn child<'node, 'text>(node: &'node MarkedYaml<'text>, name: &str) -> Option<&'node MarkedYaml<'text>> {
    let YamlData::Mapping(entries) = &node.data else {
        return None;
    };
    let found = entries.iter().find(|(key, _)| key.data.as_str() == Some(name));
    found.map(|(_, value)| value)
}
