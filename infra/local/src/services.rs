//! The services: one HTTP client for the SDK that never leaves the process.

use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::world::{Clock, Ids};
use runtime::clients::{Aws, patience};
use winterbaume_core::MockAws;

use crate::bucket::Bucket;
use crate::delay::Delays;
use crate::outbox::Outbox;
use crate::table::Table;
use crate::weather::{self, Call, Service, Weather};

/// The table's name: its logical id in the template.
pub(crate) const TABLE: &str = "Table";

/// Who the SDK says it is. Only the bucket looks, and it is reached from this machine alone.
pub(crate) const ACCESS_KEY: &str = "LAMBDESK";

/// What the SDK signs with.
pub(crate) const SECRET_KEY: &str = "on-one-machine-there-is-no-secret";

/// What answers the SDK.
pub(crate) struct Hosted<'a> {
    /// DynamoDB.
    pub(crate) table: &'a Table,
    /// SES.
    pub(crate) outbox: &'a Outbox,
    /// SQS.
    pub(crate) delays: &'a Delays,
    /// S3.
    pub(crate) bucket: &'a Bucket,
    /// Where S3 is reached, by the SDK as by browsers, so that a signed address is good for both.
    pub(crate) files_url: &'a str,
    /// What befalls requests on their way.
    pub(crate) weather: &'a Weather,
}

/// Sends each request to whom it is for.
#[derive(Clone, Debug)]
struct Switchboard {
    table: Table,
    bucket: Bucket,
    /// How the addresses begin that are in the bucket.
    files: String,
    others: SharedHttpClient,
    weather: Weather,
}

#[derive(Debug)]
struct Line {
    board: Switchboard,
    others: SharedHttpConnector,
}

impl HttpClient for Switchboard {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let others = self.others.http_connector(settings, components);
        SharedHttpConnector::new(Line { board: self.clone(), others })
    }
}

impl Switchboard {
    fn service(&self, request: &HttpRequest) -> Service {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if target.starts_with("DynamoDB_") {
            Service::Table
        } else if target.starts_with("AmazonSQS.") {
            Service::Queue
        } else if request.uri().starts_with(&self.files) {
            Service::Files
        } else {
            Service::Mail
        }
    }
}

impl Line {
    fn pass(&self, service: Service, request: HttpRequest) -> HttpConnectorFuture {
        match service {
            Service::Table => self.board.table.call(request),
            Service::Files => self.board.bucket.call(request),
            Service::Queue | Service::Mail => self.others.call(request),
        }
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = self.board.service(&request);
        let operation = operation(service, &request);
        let body = request.body().bytes().unwrap_or_default();
        let fate = self.board.weather.fate(&Call { service, operation: &operation, body });
        weather::meet(fate, service, request, |request| self.pass(service, request))
    }
}

/// What a request asks for, as its service calls it.
fn operation(service: Service, request: &HttpRequest) -> String {
    match service {
        Service::Table | Service::Queue => {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            target.rsplit('.').next().unwrap_or_default().to_owned()
        }
        Service::Mail => match request.uri().rsplit('/').next().unwrap_or_default() {
            "outbound-emails" => "SendEmail".to_owned(),
            other => other.to_owned(),
        },
        Service::Files => request.method().to_owned(),
    }
}

/// The clients of a desk on one machine. They are given no time source: S3 checks signatures by the machine's time.
pub(crate) fn aws(hosted: &Hosted<'_>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Aws {
    let mock = MockAws::builder().with_service(hosted.delays.clone()).with_service(hosted.outbox.clone()).build();
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "local");
    let (timeouts, retries) = patience();
    let switchboard = Switchboard {
        table: hosted.table.clone(),
        bucket: hosted.bucket.clone(),
        files: format!("{}/", hosted.files_url),
        others: mock.http_client(),
        weather: hosted.weather.clone(),
    };
    let config = SdkConfig::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(SharedHttpClient::new(switchboard))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(timeouts)
        .retry_config(retries)
        .build();
    Aws::new(config, TABLE.to_owned(), clock, ids).at(hosted.files_url.to_owned())
}
