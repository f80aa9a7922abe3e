//! The table, as the request that creates it.

use serde_json::{Value as Json, json};

use super::TemplateError;
use super::document::Document;
use super::resources::Kind;

/// Backups, protection and tags are the cloud's affair.
const PROPERTIES: [&str; 9] = [
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "PointInTimeRecoverySpecification",
    "StreamSpecification",
    "Tags",
    "TimeToLiveSpecification",
];

/// The body of the request, and the attribute by which items expire.
pub(super) fn read(document: &Document) -> Result<(Json, String), TemplateError> {
    let resource = document.the(Kind::Table)?;
    let written = &resource.properties;
    written.only(&PROPERTIES)?;
    written.must_be("BillingMode", "PAY_PER_REQUEST")?;
    let stream = written.field("StreamSpecification")?;
    stream.only(&["StreamViewType"])?;
    stream.must_be("StreamViewType", "NEW_IMAGE")?;
    let expiry = written.field("TimeToLiveSpecification")?;
    expiry.must_be("Enabled", "true")?;
    let body = json!({
        "TableName": resource.id,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": written.field("KeySchema")?.json(),
        "AttributeDefinitions": written.field("AttributeDefinitions")?.json(),
        "GlobalSecondaryIndexes": written.field("GlobalSecondaryIndexes")?.json(),
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
    });
    Ok((body, expiry.field("AttributeName")?.text()?.to_owned()))
}
