//! The template that every desk is wired by, for those who count its routes and readers.

use std::collections::BTreeMap;

use local::template::Template;

const TEMPLATE: &str = include_str!("../../infra/template.yaml");

/// The template, with a sender and otherwise as it comes.
pub(crate) fn template() -> Template {
    let sender = ("SenderAddress".to_owned(), "desk@lambdesk.example".to_owned());
    Template::parse(TEMPLATE, &BTreeMap::from([sender])).unwrap()
}
