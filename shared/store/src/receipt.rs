//! Receipts: what a command that carried an idempotency key has made, for 24 hours.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::item::{Item, keyed, read, seconds, write};
use crate::keys::Key;

/// How long a receipt counts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What identifies a command: its principal, its operation, the client's key, and the hash of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// Who.
    pub principal: PersonId,
    /// Method and path.
    pub operation: String,
    /// The client's own name for the command.
    pub key: String,
    /// SHA-256 of the body, in base64.
    pub body_hash: String,
}

/// What a command made: never a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the body, in base64.
    pub body_hash: String,
    /// The status answered.
    pub status: u16,
    /// The id of what was made or changed; a ticket's number, for a ticket.
    pub subject: String,
    /// The sequence number of the event that the command wrote, 0 if it wrote none.
    pub seq: u32,
    /// When it stops counting, in seconds since 1970; the table may keep it longer.
    pub expires_at: i64,
}

impl Stub {
    pub(crate) fn item_key(&self) -> Key {
        // A hash, for a path and a key may be longer than a key of the table.
        let digest = Sha256::new().chain_update(&self.operation).chain_update([0]).chain_update(&self.key).finalize();
        Key::receipt(&self.principal, &URL_SAFE_NO_PAD.encode(digest))
    }

    /// The receipt this command will leave.
    #[must_use]
    pub fn receipt(&self, status: u16, subject: String, seq: u32, at: Timestamp) -> Receipt {
        let expires_at = at.as_second() + LIFETIME.as_secs();
        Receipt { body_hash: self.body_hash.clone(), status, subject, seq, expires_at }
    }

    /// Writes the receipt unless one that still counts is there (H031: time is compared, not presence).
    pub(crate) fn put(&self, table: &str, receipt: &Receipt, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(keyed(&self.item_key(), write(receipt)?)))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .set_expression_attribute_values(Some(HashMap::from([(":now".to_owned(), seconds(now))])))
            .build()
            .map_err(StoreError::unwritable)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// The receipt in an item, if it still counts.
pub(crate) fn still_counts(key: &Key, item: Option<Item>, now: Timestamp) -> Result<Option<Receipt>, StoreError> {
    let receipt: Option<Receipt> = item.map(|item| read(key, item)).transpose()?;
    Ok(receipt.filter(|receipt| receipt.expires_at > now.as_second()))
}
