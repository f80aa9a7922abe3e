//! The table itself: reads and writes of single items, with the retries that every use of them needs.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use crate::error::StoreError;
use crate::item::{Item, key_of, text};
use crate::keys::Key;

/// How often a batch asks for what the table held back.
const BATCH_TRIES: u32 = 4;

/// One table, reached through the SDK.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

/// A batch as it came back: what is there, by key.
pub(crate) type Found = HashMap<Key, Item>;

impl Table {
    /// One item.
    pub(crate) async fn get(&self, key: &Key, consistent: bool) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(attributes(key)))
            .consistent_read(consistent)
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(answer.item)
    }

    /// Many items in one round trip; asks again for what the table held back.
    pub(crate) async fn get_many(&self, keys: &[Key], consistent: bool) -> Result<Found, StoreError> {
        let mut found = Found::new();
        for chunk in keys.chunks(100) {
            let mut wanted: Vec<_> = chunk.iter().map(attributes).collect();
            let mut attempt = 0;
            while !wanted.is_empty() && attempt < BATCH_TRIES {
                pause(attempt).await;
                wanted = self.get_batch(wanted, consistent, &mut found).await?;
                attempt += 1;
            }
            if !wanted.is_empty() {
                return Err(StoreError::Throttled);
            }
        }
        Ok(found)
    }

    async fn get_batch(&self, wanted: Vec<Item>, consistent: bool, found: &mut Found) -> Result<Vec<Item>, StoreError> {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(wanted))
            .consistent_read(consistent)
            .build()
            .map_err(StoreError::unwritable)?;
        let answer =
            self.client.batch_get_item().request_items(&self.name, keys).send().await.map_err(StoreError::of)?;
        let items = answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default();
        found.extend(items.into_iter().filter_map(|item| key_of(&item).map(|key| (key, item))));
        let held_back = answer.unprocessed_keys.unwrap_or_default().remove(&self.name);
        Ok(held_back.map(|keys| keys.keys).unwrap_or_default())
    }

    /// Writes an item whatever was there.
    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.name).set_item(Some(item));
        request.send().await.map(|_| ()).map_err(StoreError::of)
    }

    /// Writes an item if nothing is there; answers whether it did.
    pub(crate) async fn put_new(&self, item: Item) -> Result<bool, StoreError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(false)
            }
            Err(error) => Err(StoreError::of(error)),
        }
    }

    /// Removes an item if it is there.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&self.name).set_key(Some(attributes(key)));
        request.send().await.map(|_| ()).map_err(StoreError::of)
    }

    /// Every item of a partition whose sort key starts so; for partitions that are small by nature.
    pub(crate) async fn all_with_prefix(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(pk))
                .expression_attribute_values(":prefix", text(prefix))
                .consistent_read(true)
                .limit(100)
                .set_exclusive_start_key(from.take());
            let answer = request.send().await.map_err(StoreError::of)?;
            items.extend(answer.items.unwrap_or_default());
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }
}

/// A key as the SDK wants it.
pub(crate) fn attributes(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), text(key.pk.clone())), ("sk".to_owned(), text(key.sk.clone()))])
}

/// Waits 50, 100, 200 ms before the tries after the first; before the first not even for no time at all, since timers tick
/// in milliseconds.
async fn pause(attempt: u32) {
    if attempt > 0 {
        tokio::time::sleep(Duration::from_millis(25 << attempt.min(6))).await;
    }
}
