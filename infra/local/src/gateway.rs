//! The gateway: the template's routes, in front of the functions it names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::world::Ids;
use http::{HeaderName, HeaderValue, Method, header};
use runtime::Doors;
use tower_http::cors::{AllowOrigin, CorsLayer};
use web::edge::RequestId;

use crate::desk::DeskError;
use crate::template::{Cors, Template};

/// The routes of the template, each leading to its function, and `$default` for everything else.
pub(crate) fn routes(
    template: &Template,
    functions: &BTreeMap<String, Doors>,
    ids: Arc<dyn Ids>,
) -> Result<Router, DeskError> {
    let door = |name: &str| {
        let doors = functions.get(name).and_then(|doors| doors.http.clone());
        doors.ok_or_else(|| DeskError::Template(format!("the function {name} has no HTTP door")))
    };
    let fallback = door(&template.fallback)?;
    let mut paths: BTreeMap<&str, MethodRouter> = BTreeMap::new();
    for route in &template.routes {
        let method =
            Method::from_bytes(route.method.as_bytes()).map_err(|error| DeskError::Template(error.to_string()))?;
        let filter = MethodFilter::try_from(method).map_err(|error| DeskError::Template(error.to_string()))?;
        let router = paths.remove(route.path.as_str()).unwrap_or_default();
        paths.insert(&route.path, router.on_service(filter, door(&route.function)?));
    }
    let mut gateway = Router::new();
    for (path, router) in paths {
        gateway = gateway.route(path, router.fallback_service(fallback.clone()));
    }
    let stamp = move |mut request: Request, next: Next| {
        let id = URL_SAFE_NO_PAD.encode(ids.bytes().split_at(12).0);
        request.extensions_mut().insert(RequestId(id));
        // A function's router is not nested in this one: the pattern it tells is its own.
        request.extensions_mut().remove::<MatchedPath>();
        async move { next.run(request).await }
    };
    Ok(open_to(gateway.fallback_service(fallback).layer(from_fn(stamp)), &template.cors))
}

/// A door that the pages of some origins may use, and those of no other.
pub(crate) fn open_to(router: Router, allowed: &Cors) -> Router {
    router.layer(cors(allowed)).layer(from_fn(nothing_for_strangers))
}

/// A foreign origin is told nothing at all, as API Gateway does: without the first header the others mean nothing.
async fn nothing_for_strangers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        let names: Vec<_> = response.headers().keys().cloned().collect();
        for name in names.iter().filter(|name| name.as_str().starts_with("access-control-")) {
            response.headers_mut().remove(name);
        }
    }
    response
}

fn cors(cors: &Cors) -> CorsLayer {
    let values =
        |names: &[String]| names.iter().filter_map(|name| HeaderValue::from_str(name).ok()).collect::<Vec<_>>();
    let names = |names: &[String]| {
        names.iter().filter_map(|name| HeaderName::from_bytes(name.to_lowercase().as_bytes()).ok()).collect::<Vec<_>>()
    };
    let methods = cors.methods.iter().filter_map(|method| Method::from_bytes(method.as_bytes()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(values(&cors.origins)))
        .allow_methods(methods.collect::<Vec<_>>())
        .allow_headers(names(&cors.headers))
        .expose_headers(names(&cors.exposed))
        .max_age(Duration::from_secs(cors.max_age_seconds))
}
