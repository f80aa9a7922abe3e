//! The buckets: which browsers may use them, what expires in them, and who is told of new objects.

use super::document::Document;
use super::resolved::Resolved;
use super::resources::{Kind, Resource};
use super::{Bucket, Cors, Expiry, Function, Notification, TemplateError, functions};

/// Encryption, ownership, tags and what is public are the cloud's affair: here nothing is public.
const PROPERTIES: [&str; 8] = [
    "BucketEncryption",
    "BucketName",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "NotificationConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
];

/// The buckets, in the order of the file.
pub(super) fn read(document: &Document, functions: &[Function]) -> Result<Vec<Bucket>, TemplateError> {
    document.all(Kind::Bucket).map(|resource| bucket(resource, functions)).collect()
}

fn bucket(resource: &Resource, functions: &[Function]) -> Result<Bucket, TemplateError> {
    let written = &resource.properties;
    written.only(&PROPERTIES)?;
    let name = written.get("BucketName")?.map(Resolved::text).transpose()?;
    Ok(Bucket {
        logical_id: resource.id.clone(),
        name: name.map_or_else(|| resource.id.to_lowercase(), str::to_owned),
        cors: written.get("CorsConfiguration")?.map(cors).transpose()?,
        expiries: expiries(written)?,
        notifications: notifications(written, functions)?,
    })
}

fn cors(written: &Resolved) -> Result<Cors, TemplateError> {
    written.only(&["CorsRules"])?;
    let rule = the_rule(written.field("CorsRules")?)?;
    rule.only(&["AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposedHeaders", "MaxAge"])?;
    Ok(Cors {
        origins: rule.field("AllowedOrigins")?.texts()?,
        methods: rule.field("AllowedMethods")?.texts()?,
        headers: rule.field("AllowedHeaders")?.texts()?,
        exposed: rule.field("ExposedHeaders")?.texts()?,
        max_age_seconds: rule.field("MaxAge")?.number()?,
    })
}

fn expiries(written: &Resolved) -> Result<Vec<Expiry>, TemplateError> {
    let Some(configuration) = written.get("LifecycleConfiguration")? else {
        return Ok(Vec::new());
    };
    configuration.only(&["Rules"])?;
    configuration.field("Rules")?.items()?.iter().map(expiry).collect()
}

fn expiry(rule: &Resolved) -> Result<Expiry, TemplateError> {
    rule.only(&["AbortIncompleteMultipartUpload", "ExpirationInDays", "Id", "Prefix", "Status"])?;
    rule.must_be("Status", "Enabled")?;
    let prefix = rule.get("Prefix")?;
    let parts = rule.get("AbortIncompleteMultipartUpload")?;
    if let (Some(prefix), Some(_)) = (prefix, parts) {
        return Err(prefix.refuse("uploads in parts expire here whatever their prefix: write a rule of its own"));
    }
    Ok(Expiry {
        prefix: prefix.map(Resolved::text).transpose()?.unwrap_or_default().to_owned(),
        objects_after_days: rule.get("ExpirationInDays")?.map(Resolved::number).transpose()?,
        parts_after_days: parts.map(days_after_initiation).transpose()?,
    })
}

fn days_after_initiation(written: &Resolved) -> Result<u32, TemplateError> {
    written.only(&["DaysAfterInitiation"])?;
    written.field("DaysAfterInitiation")?.number()
}

fn notifications(written: &Resolved, functions: &[Function]) -> Result<Vec<Notification>, TemplateError> {
    let Some(configuration) = written.get("NotificationConfiguration")? else {
        return Ok(Vec::new());
    };
    // Nobody listens to the bus on one machine: what is told there is for alarms.
    configuration.only(&["EventBridgeConfiguration", "LambdaConfigurations"])?;
    let Some(told) = configuration.get("LambdaConfigurations")? else {
        return Ok(Vec::new());
    };
    told.items()?.iter().map(|written| notification(written, functions)).collect()
}

fn notification(written: &Resolved, functions: &[Function]) -> Result<Notification, TemplateError> {
    written.only(&["Event", "Filter", "Function"])?;
    written.must_be("Event", "s3:ObjectCreated:*")?;
    Ok(Notification {
        event: written.field("Event")?.text()?.to_owned(),
        prefix: written.get("Filter")?.map(prefix).transpose()?.unwrap_or_default(),
        function: functions::named(written.field("Function")?, functions)?,
    })
}

fn prefix(filter: &Resolved) -> Result<String, TemplateError> {
    filter.only(&["S3Key"])?;
    let key = filter.field("S3Key")?;
    key.only(&["Rules"])?;
    let rule = the_rule(key.field("Rules")?)?;
    rule.only(&["Name", "Value"])?;
    rule.must_be("Name", "prefix")?;
    Ok(rule.field("Value")?.text()?.to_owned())
}

fn the_rule(rules: &Resolved) -> Result<&Resolved, TemplateError> {
    let [rule] = rules.items()? else {
        return Err(rules.refuse("one rule is expected here"));
    };
    Ok(rule)
}
