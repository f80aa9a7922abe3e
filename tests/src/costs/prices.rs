//! List prices: the only place where dollars come from. Whoever deploys elsewhere adds a constant beside the two.
//!
//! Each is what AWS lists for one region, without tax, on the pages below <https://aws.amazon.com/pricing/>. Those of
//! us-east-1 were held against guides that were published from 2025 to 2026, but for backups and requests to a bucket,
//! which stand as they were last known. Those of eu-central-1 are the dearer prices of that region as they were last known,
//! and were not checked again. Money is counted in trillionths of a dollar, for a read unit costs less than a millionth.

/// A dollar.
pub const DOLLAR: u64 = 1_000_000_000_000;

/// What one of something costs, and how many of them cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What is counted.
    pub unit: &'static str,
    /// For how many of them the price pages name a price.
    pub lot: u64,
    /// What one costs, in trillionths of a dollar.
    pub picos: u64,
    /// How many cost nothing in each month, in every account and for ever. What only new accounts get is not counted.
    pub free: u64,
}

/// The prices of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Which.
    pub region: &'static str,
    /// DynamoDB on demand: a kilobyte written.
    pub write_unit: Price,
    /// DynamoDB on demand: four kilobytes read consistently.
    pub read_unit: Price,
    /// DynamoDB, standard class: a megabyte kept for a month.
    pub table_megabyte: Price,
    /// DynamoDB, point-in-time recovery: a megabyte kept for a month.
    pub backup_megabyte: Price,
    /// API Gateway, HTTP API: a request of at most 512 KB.
    pub http_request: Price,
    /// Lambda: a call.
    pub invocation: Price,
    /// Lambda on arm64: a gigabyte of memory for a second.
    pub gigabyte_second: Price,
    /// SQS, standard queue: a request of at most 64 KB; a receive that finds nothing is one too.
    pub queue_request: Price,
    /// SES: a mail without attachments.
    pub mail: Price,
    /// The scheduler: a call.
    pub scheduled_call: Price,
    /// The logs, standard class: a megabyte taken in.
    pub log_megabyte: Price,
    /// The logs: a megabyte kept for a month; it is compressed first, which is not counted here.
    pub kept_log_megabyte: Price,
    /// Data to the internet: a megabyte.
    pub megabyte_out: Price,
    /// An alarm on one metric, for a month.
    pub alarm: Price,
    /// A metric of our own, for a month; by the hour in which something is sent to it.
    pub metric: Price,
    /// S3: a request that lists or writes.
    pub bucket_request: Price,
}

const MILLION: u64 = 1_000_000;

const fn price(unit: &'static str, lot: u64, picos: u64, free: u64) -> Price {
    Price { unit, lot, picos, free }
}

/// us-east-1, Virginia: the cheapest.
pub const VIRGINIA: Prices = Prices {
    region: "us-east-1",
    // Halved in November 2024.
    write_unit: price("write unit", MILLION, 625_000, 0),
    read_unit: price("read unit", MILLION, 125_000, 0),
    // 25 GB are free; a gigabyte has a thousand megabytes here.
    table_megabyte: price("MB in the table", 1_000, 250_000_000, 25_000),
    backup_megabyte: price("MB of backup", 1_000, 200_000_000, 0),
    // The free million is for new accounts.
    http_request: price("HTTP request", MILLION, 1_000_000, 0),
    invocation: price("call of a function", MILLION, 200_000, MILLION),
    gigabyte_second: price("GB-second", 1, 13_333_400, 400_000),
    queue_request: price("request to a queue", MILLION, 400_000, MILLION),
    mail: price("mail", 1_000, 100_000_000, 0),
    scheduled_call: price("call of a schedule", MILLION, 1_000_000, 14 * MILLION),
    // 5 GB are free, taken in or kept: counted here alone.
    log_megabyte: price("MB of log", 1_000, 500_000_000, 5_000),
    kept_log_megabyte: price("MB of log kept", 1_000, 30_000_000, 0),
    megabyte_out: price("MB to the internet", 1_000, 90_000_000, 100_000),
    alarm: price("alarm", 1, DOLLAR / 10, 10),
    metric: price("metric", 1, DOLLAR / 10 * 3, 10),
    bucket_request: price("request to a bucket", 1_000, 5_000_000, 0),
};

/// eu-central-1, Frankfurt: dearer in what is written here, and like Virginia in everything else.
pub const FRANKFURT: Prices = Prices {
    region: "eu-central-1",
    write_unit: price("write unit", MILLION, 762_500, 0),
    read_unit: price("read unit", MILLION, 152_500, 0),
    table_megabyte: price("MB in the table", 1_000, 306_000_000, 25_000),
    backup_megabyte: price("MB of backup", 1_000, 244_800_000, 0),
    http_request: price("HTTP request", MILLION, 1_200_000, 0),
    log_megabyte: price("MB of log", 1_000, 630_000_000, 5_000),
    kept_log_megabyte: price("MB of log kept", 1_000, 32_400_000, 0),
    bucket_request: price("request to a bucket", 1_000, 5_400_000, 0),
    ..VIRGINIA
};
