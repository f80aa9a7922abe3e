//! Clients: one HTTPS connector for all of them, ring as its only cryptography, Amazon's roots as its only trust.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::world::{Clock, Ids};
use store::{Reader, Writer};

use crate::settings::{Missing, setting};
use crate::world::{RandomIds, SystemClock};

/// The roots that Amazon's services are certified by.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// Everything a `main` builds `Ports` from.
#[derive(Clone, Debug)]
pub struct Aws {
    config: SdkConfig,
    reader: Reader,
    clock: Arc<dyn Clock>,
    files_endpoint: Option<String>,
}

/// Connects, as Lambda's environment says.
///
/// # Errors
/// A missing setting; a certificate that cannot be read.
pub async fn connect() -> Result<Aws, lambda_runtime::Error> {
    crate::telemetry::start(setting("STAGE")?);
    let aws = Aws::new(lambda_config()?, setting("TABLE_NAME")?, Arc::new(SystemClock), Arc::new(RandomIds));
    // Init runs on burst CPU: the handshake is cheap here and dear inside the first request. It may fail.
    let greeting = tokio::time::timeout(Duration::from_secs(1), aws.reader.greet()).await;
    if !matches!(greeting, Ok(Ok(()))) {
        tracing::warn!("the table did not answer during init");
    }
    Ok(aws)
}

/// How every client of ours retries and gives up: 2 s a try, 8 s in all.
#[must_use]
pub fn patience() -> (TimeoutConfig, RetryConfig) {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(8))
        .build();
    (timeouts, RetryConfig::standard().with_max_attempts(3))
}

#[expect(clippy::disallowed_methods, reason = "Lambda hands credentials and region over in the environment")]
fn lambda_config() -> Result<SdkConfig, lambda_runtime::Error> {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(TlsContext::builder().with_trust_store(roots()).build()?)
        .build_https();
    let credentials = Credentials::new(
        setting("AWS_ACCESS_KEY_ID")?,
        setting("AWS_SECRET_ACCESS_KEY")?,
        std::env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let (timeouts, retries) = patience();
    let builder = SdkConfig::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(Region::new(setting("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(https)
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(timeouts)
        .retry_config(retries);
    Ok(match setting("LAMBDESK_ENDPOINT_URL") {
        Ok(endpoint) => builder.endpoint_url(endpoint).build(),
        Err(Missing(_)) => builder.build(),
    })
}

/// Whom to believe: Amazon, and one more where something stands in for AWS. The template never names that one.
#[expect(clippy::disallowed_methods, reason = "no setting of a desk: only whoever measures functions hands it over")]
fn roots() -> TrustStore {
    let amazon = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let stands_in = setting("LAMBDESK_ENDPOINT_URL").is_ok();
    match std::env::var("LAMBDESK_ENDPOINT_ROOT") {
        Ok(root) if stands_in && !root.is_empty() => amazon.with_pem_certificate(root),
        Ok(_) | Err(_) => amazon,
    }
}

impl Aws {
    /// From a configuration that somebody else has made.
    #[must_use]
    pub fn new(config: SdkConfig, table: String, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let client = aws_sdk_dynamodb::Client::new(&config);
        let reader = Reader::new(client, table, Arc::clone(&clock), ids);
        Self { config, reader, clock, files_endpoint: None }
    }

    /// The same, its files being at this address.
    #[must_use]
    pub fn at(self, files_endpoint: String) -> Self {
        Self { files_endpoint: Some(files_endpoint), ..self }
    }

    /// The time, for functions that read nothing.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// For functions that read.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// For functions that write.
    #[must_use]
    pub fn writer(&self) -> Writer {
        Writer::new(self.reader.clone())
    }

    /// The queues.
    #[must_use]
    pub fn queues(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// Files. A part of a large one takes longer than anything else that is asked for, so there is more time; checksums
    /// are those that we name.
    #[must_use]
    pub fn files(&self) -> aws_sdk_s3::Client {
        let endpoint = self.files_endpoint.clone().or_else(|| self.config.endpoint_url().map(str::to_owned));
        let patience = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(8))
            .operation_timeout(Duration::from_secs(18))
            .build();
        let mut config = aws_sdk_s3::config::Builder::from(&self.config);
        config.set_endpoint_url(endpoint.clone());
        let config = config
            .force_path_style(endpoint.is_some())
            .timeout_config(patience)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// Mail.
    #[must_use]
    pub fn mail(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.config)
    }
}
