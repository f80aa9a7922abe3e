//! The HTTP API: its routes, each with the function behind it, and its CORS settings.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Document;
use super::functions;
use super::resolved::Resolved;
use super::resources::Kind;
use super::{Cors, Function, Route, TemplateError};

const DEFAULT: &str = "$default";
const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];

/// The routes, and the folder of the function behind `$default`.
pub(super) fn read(document: &Document, functions: &[Function]) -> Result<(Vec<Route>, String), TemplateError> {
    let integrations = integrations(document, functions)?;
    let mut routes = Vec::new();
    let mut fallback = None;
    let mut seen = BTreeSet::new();
    for resource in document.all(Kind::Route) {
        let written = &resource.properties;
        written.only(&["ApiId", "RouteKey", "Target"])?;
        let function = behind(written.field("Target")?, &integrations)?;
        let key = written.field("RouteKey")?;
        if !seen.insert(key.text()?) {
            return Err(key.refuse("there is such a route already"));
        }
        if key.text()? == DEFAULT {
            fallback = Some(function);
        } else {
            routes.push(route(key, function)?);
        }
    }
    let fallback = fallback.ok_or_else(|| TemplateError::at(document.line, format!("no route is `{DEFAULT}`")))?;
    Ok((routes, fallback))
}

/// Which browsers may call the API.
pub(super) fn read_cors(document: &Document) -> Result<Cors, TemplateError> {
    let api = &document.the(Kind::Api)?.properties;
    api.only(&["CorsConfiguration", "Description", "Name", "ProtocolType"])?;
    api.must_be("ProtocolType", "HTTP")?;
    let cors = api.field("CorsConfiguration")?;
    cors.only(&["AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge"])?;
    Ok(Cors {
        origins: cors.field("AllowOrigins")?.texts()?,
        methods: cors.field("AllowMethods")?.texts()?,
        headers: cors.field("AllowHeaders")?.texts()?,
        exposed: cors.field("ExposeHeaders")?.texts()?,
        max_age_seconds: cors.field("MaxAge")?.number()?,
    })
}

/// The folder of the function behind each integration.
fn integrations(document: &Document, functions: &[Function]) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut integrations = BTreeMap::new();
    for resource in document.all(Kind::Integration) {
        let written = &resource.properties;
        written.only(&["ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion"])?;
        written.must_be("IntegrationType", "AWS_PROXY")?;
        written.must_be("PayloadFormatVersion", "2.0")?;
        let function = functions::named(written.field("IntegrationUri")?, functions)?;
        integrations.insert(resource.id.clone(), function);
    }
    Ok(integrations)
}

fn behind(target: &Resolved, integrations: &BTreeMap<String, String>) -> Result<String, TemplateError> {
    let text = target.text()?;
    let function = text.strip_prefix("integrations/").and_then(|id| integrations.get(id));
    function.cloned().ok_or_else(|| target.refuse(format!("`{text}` names no integration")))
}

fn route(key: &Resolved, function: String) -> Result<Route, TemplateError> {
    match key.text()?.split_once(' ') {
        Some((method, path)) if METHODS.contains(&method) && path.starts_with('/') => {
            Ok(Route { method: method.to_owned(), path: path.to_owned(), function })
        }
        Some(_) | None => Err(key.refuse(format!("a route is `METHOD /path` or `{DEFAULT}`"))),
    }
}
