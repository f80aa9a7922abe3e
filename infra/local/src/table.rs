//! The table: an embedded DynamoDB, answering the SDK inside the process.
//!
//! The SDK's requests come in through [`Table`], an HTTP connector that never opens a socket. Indexes that lag are made
//! here; what else the embedded table does not show is the weather's.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::storage::Storage;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::lag::Lag;
use crate::meter::Meter;

/// The index without which every write would read the whole stream.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS by_sequence \
    ON _stream_records(table_name, CAST(sequence_number AS INTEGER))";

/// An embedded table.
#[derive(Clone)]
pub struct Table {
    database: Database,
    lag: Arc<Mutex<Option<Lag>>>,
    /// Whether the tokens of transactions are dropped.
    forgetful: Arc<AtomicBool>,
    /// What requests consume, while somebody measures.
    pub meter: Meter,
    /// Told after every write.
    pub written: Arc<Notify>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Table")
    }
}

/// One record of the stream.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its place in the stream.
    pub sequence: i64,
    /// The record as Lambda delivers it.
    pub json: Value,
}

impl Table {
    /// Opens the table in a file, or in memory without one; `shape` is the body of the request that creates it.
    ///
    /// # Errors
    /// What the embedded table says.
    pub fn open(file: Option<&Path>, shape: &Value) -> Result<Self, DynoxideError> {
        let database = match file {
            Some(file) => {
                let path = file.to_string_lossy();
                index_stream(&path)?;
                Database::new(&path)?
            }
            None => in_memory()?,
        };
        if database.list_tables(dynoxide::actions::list_tables::ListTablesRequest::default())?.table_names.is_empty() {
            let request = serde_json::from_value(shape.clone()).map_err(internal)?;
            database.create_table(request)?;
        }
        let (lag, forgetful) = (Arc::default(), Arc::default());
        Ok(Self { database, lag, forgetful, meter: Meter::default(), written: Arc::new(Notify::new()) })
    }

    /// Drops the tokens of transactions from now on, for whoever has very many of them and loses no answer: the embedded
    /// table looks through those of the last ten minutes at each.
    pub fn forget_tokens(&self) {
        self.forgetful.store(true, Ordering::Relaxed);
    }

    /// Lets indexes lag so many writes behind from now on; call it while the table is empty.
    ///
    /// # Errors
    /// What the embedded table says.
    pub fn let_indexes_lag(&self, writes: usize, shape: &Value) -> Result<(), DynoxideError> {
        let mirror = Self::open(None, shape)?;
        *self.lag.lock().unwrap_or_else(PoisonError::into_inner) = Some(Lag::new(mirror.database, writes));
        Ok(())
    }

    /// Records behind a place in the stream, in their order.
    ///
    /// # Errors
    /// What the embedded table says.
    pub fn records(&self, name: &str, after: i64, limit: usize) -> Result<Vec<Record>, DynoxideError> {
        use dynoxide::actions::get_records::GetRecordsRequest;
        use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
        let iterator = encode_shard_iterator(name, &dynoxide::streams::shard_id(name), after);
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(limit) };
        let answer = self.database.get_records(request)?;
        answer.records.iter().map(record).collect()
    }

    /// Removes what has expired, as DynamoDB does by itself.
    ///
    /// # Errors
    /// What the embedded table says.
    pub fn sweep(&self) -> Result<usize, DynoxideError> {
        self.database.sweep_ttl()
    }

    /// Writes an item past every door, as a mistake or a vandal would.
    ///
    /// # Errors
    /// What the database says.
    pub fn put(&self, name: &str, item: &Value) -> Result<(), DynoxideError> {
        let request = json!({ "TableName": name, "Item": item });
        self.database.put_item(serde_json::from_value(request).map_err(internal)?).map(|_| ())
    }

    /// Every item, for tests that compare the whole table before and after.
    ///
    /// # Errors
    /// What the embedded table says.
    pub fn everything(&self, name: &str) -> Result<Vec<Value>, DynoxideError> {
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({ "TableName": name, "Limit": 500 });
            if let (Some(request), false) = (request.as_object_mut(), start.is_null()) {
                request.insert("ExclusiveStartKey".to_owned(), start.take());
            }
            let answer = self.database.scan(serde_json::from_value(request).map_err(internal)?)?;
            let answer = serde_json::to_value(&answer).map_err(internal)?;
            items.extend(answer.get("Items").and_then(Value::as_array).cloned().unwrap_or_default());
            match answer.get("LastEvaluatedKey") {
                Some(key) => start = key.clone(),
                None => return Ok(items),
            }
        }
    }

    fn answer(&self, operation: &str, body: &[u8]) -> (u16, String) {
        // While indexes lag, requests go one by one, so that the mirror sees the writes in their order.
        let lagging = self.lag.lock().unwrap_or_else(PoisonError::into_inner);
        match lagging.as_ref() {
            None => {
                drop(lagging);
                self.done(operation, body)
            }
            Some(lag) if reads_index(operation, body) => dispatch(lag.database(), operation, body),
            Some(lag) => {
                let answer = self.done(operation, body);
                if answer.0 == 200 && is_write(operation) {
                    lag.follow(operation, body);
                }
                answer
            }
        }
    }

    fn done(&self, operation: &str, body: &[u8]) -> (u16, String) {
        let forgotten = self.without_token(operation, body);
        let body = forgotten.as_deref().unwrap_or(body);
        let metered = self.meter.asking(body);
        let (status, answer) = dispatch(&self.database, operation, metered.as_deref().unwrap_or(body));
        if status == 200 {
            self.meter.note(operation, &answer);
        }
        if status == 200 && is_write(operation) {
            self.written.notify_waiters();
        }
        (status, answer)
    }
}

impl Table {
    /// The transaction without its token, where tokens are dropped.
    fn without_token(&self, operation: &str, body: &[u8]) -> Option<Vec<u8>> {
        if operation != "TransactWriteItems" || !self.forgetful.load(Ordering::Relaxed) {
            return None;
        }
        let mut body: Value = serde_json::from_slice(body).ok()?;
        body.as_object_mut()?.remove("ClientRequestToken");
        Some(body.to_string().into_bytes())
    }
}

/// A database in memory whose stream is indexed: made as a file first, for only a file can be given an index.
fn in_memory() -> Result<Database, DynoxideError> {
    let name = format!("lambdesk-{}-{}", std::process::id(), next());
    let path = std::env::temp_dir().join(name).to_string_lossy().into_owned();
    index_stream(&path)?;
    let database = Database::memory()?;
    let restored = database.restore_from(&path);
    for suffix in ["", "-wal", "-shm"] {
        // A file that is left over in the temporary folder harms nobody.
        drop(std::fs::remove_file(format!("{path}{suffix}")));
    }
    restored.map(|()| database)
}

fn next() -> usize {
    use std::sync::atomic::AtomicUsize;
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

fn index_stream(path: &str) -> Result<(), DynoxideError> {
    let storage = Storage::new(path)?;
    storage.conn().execute_batch(STREAM_INDEX).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> DynoxideError {
    DynoxideError::InternalServerError(error.to_string())
}

/// The first sequence number there can be, as AWS writes them.
const FIRST_SEQUENCE: u128 = 100_000_000_000_000_000_000;

fn record(record: &dynoxide::actions::get_records::Record) -> Result<Record, DynoxideError> {
    let sequence = record.dynamodb.sequence_number.parse::<u128>().map_err(internal)?;
    let sequence = i64::try_from(sequence.saturating_sub(FIRST_SEQUENCE)).map_err(internal)?;
    Ok(Record { sequence, json: serde_json::to_value(record).map_err(internal)? })
}

fn is_write(operation: &str) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"].contains(&operation)
}

fn reads_index(operation: &str, body: &[u8]) -> bool {
    operation == "Query" && serde_json::from_slice::<Value>(body).is_ok_and(|body| body.get("IndexName").is_some())
}

/// Does what a request asks for, as the SDK hears it: a status and a JSON text.
pub(crate) fn dispatch(database: &Database, operation: &str, body: &[u8]) -> (u16, String) {
    macro_rules! operations {
        ($($name:literal => $method:ident),* $(,)?) => {
            match operation {
                $($name => match serde_json::from_slice(body).map_err(internal).and_then(|request| database.$method(request)) {
                    Ok(answer) => (200, serde_json::to_string(&answer).unwrap_or_default()),
                    Err(error) => (error.status_code(), error.to_json()),
                },)*
                _ => (400, refusal("UnknownOperationException")),
            }
        };
    }
    operations! {
        "PutItem" => put_item,
        "GetItem" => get_item,
        "UpdateItem" => update_item,
        "DeleteItem" => delete_item,
        "Query" => query,
        "Scan" => scan,
        "BatchGetItem" => batch_get_item,
        "TransactWriteItems" => transact_write_items,
    }
}

fn refusal(code: &str) -> String {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "not embedded" }).to_string()
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let table = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body = request.body().bytes().unwrap_or_default().to_vec();
            let answer = tokio::task::spawn_blocking(move || table.answer(&operation, &body));
            let (status, answer) = answer.await.map_err(lost)?;
            let status = StatusCode::try_from(status).map_err(lost)?;
            let mut response = HttpResponse::new(status, SdkBody::from(answer));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}

/// No answer came, as the SDK hears it.
pub(crate) fn lost(error: impl std::error::Error + Send + Sync + 'static) -> ConnectorError {
    ConnectorError::other(error.into(), None)
}
