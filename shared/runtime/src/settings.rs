//! Settings: what the template hands to a function, read once in `main`.

/// A setting that is needed and not there; the function does not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting {0} is missing")]
pub struct Missing(pub &'static str);

/// The names of all settings of ours, as the template declares them.
pub const NAMES: [&str; 14] = [
    "STAGE",
    "TABLE_NAME",
    "BUCKET_NAME",
    "NOTIFY_QUEUE_URL",
    "SLA_QUEUE_URL",
    "PUBLIC_URL",
    "FRONTEND_URL",
    "SENDER",
    "CONFIGURATION_SET",
    "ADMIN_ADDRESS",
    "TICK_SCHEDULE",
    "TICK_ZONE",
    "SOURCE_ARN",
    "LAMBDESK_ENDPOINT_URL",
];

/// A setting; an empty one counts as missing.
///
/// # Errors
/// [`Missing`].
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn setting(name: &'static str) -> Result<String, Missing> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or(Missing(name))
}
