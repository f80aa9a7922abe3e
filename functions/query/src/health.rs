//! Health: whether the desk answers at all. It says nothing else (H178).

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// That the desk answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the desk answers.
#[utoipa::path(get, path = "/v1/health", tag = "query", responses((status = 200, description = "it does", body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { status: "ok" })
}
