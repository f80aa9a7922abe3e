//! Notices: what a function is to be told of a new object, in the words of S3.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::place::Spot;
use crate::template::{self, Notification};

/// What one function is still to be told of one bucket.
#[derive(Clone, Debug)]
pub(crate) struct Notices {
    bucket: String,
    notification: Notification,
    waiting: Arc<Mutex<VecDeque<String>>>,
}

impl Notices {
    /// One for each notification of a bucket.
    pub(super) fn of(bucket: &template::Bucket) -> Vec<Self> {
        let notices = |notification: &Notification| Self {
            bucket: bucket.name.clone(),
            notification: notification.clone(),
            waiting: Arc::default(),
        };
        bucket.notifications.iter().map(notices).collect()
    }

    /// The folder of the function.
    pub(crate) fn function(&self) -> &str {
        &self.notification.function
    }

    /// What comes next.
    pub(crate) fn first(&self) -> Option<String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).front().cloned()
    }

    /// The first is done with.
    pub(crate) fn drop_first(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    }

    fn add(&self, payload: String) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(payload);
    }

    fn wants(&self, spot: &Spot) -> bool {
        spot.bucket == self.bucket && spot.key.starts_with(&self.notification.prefix)
    }
}

/// A new object.
#[derive(Debug)]
pub(super) struct Created<'a> {
    /// How it came, such as `ObjectCreated:Put`.
    pub(super) event: &'static str,
    pub(super) spot: &'a Spot,
    pub(super) size: i64,
    /// Without quotes.
    pub(super) e_tag: &'a str,
    pub(super) at: Timestamp,
}

/// Everybody who is told of new objects.
#[derive(Debug)]
pub(super) struct Told {
    notices: Vec<Notices>,
    count: AtomicU64,
    stored: Arc<Notify>,
}

impl Told {
    pub(super) fn new(notices: Vec<Notices>, stored: Arc<Notify>) -> Self {
        Self { notices, count: AtomicU64::new(1), stored }
    }

    /// Notes a new object for whoever wants to know of it.
    pub(super) fn tell(&self, created: &Created<'_>) {
        let payload = payload(created, self.count.fetch_add(1, Ordering::Relaxed)).to_string();
        for notices in self.notices.iter().filter(|notices| notices.wants(created.spot)) {
            notices.add(payload.clone());
        }
        self.stored.notify_waiters();
    }
}

/// What S3 hands to Lambda.
pub(super) fn payload(created: &Created<'_>, count: u64) -> Value {
    let Spot { bucket, key } = created.spot;
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": format!("{:.3}", created.at),
        "eventName": created.event,
        "userIdentity": { "principalId": "AWS:local" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": "local", "x-amz-id-2": "local" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "local",
            "bucket": {
                "name": bucket,
                "ownerIdentity": { "principalId": "local" },
                "arn": format!("arn:aws:s3:::{bucket}"),
            },
            "object": {
                "key": encoded(key),
                "size": created.size,
                "eTag": created.e_tag,
                "sequencer": format!("{count:018X}"),
            },
        },
    }] })
}

/// A key as S3 writes it in its notices: a space is `+`, a slash stays, and what else an address cannot hold is `%xx`.
fn encoded(key: &str) -> String {
    let part = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
    key.split('/').map(part).collect::<Vec<_>>().join("/")
}
