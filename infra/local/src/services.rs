//! The services: one HTTP client for the SDK that never leaves the process.

use std::sync::Arc;

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
use winterbaume_sqs::SqsService;

use crate::outbox::Outbox;
use crate::table::Table;

/// The table's name: its logical id in the template.
pub(crate) const TABLE: &str = "Table";

/// Sends each request to whom it is for.
#[derive(Clone, Debug)]
struct Switchboard {
    table: Table,
    others: SharedHttpClient,
}

#[derive(Debug)]
struct Line {
    table: Table,
    others: SharedHttpConnector,
}

impl HttpClient for Switchboard {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let others = self.others.http_connector(settings, components);
        SharedHttpConnector::new(Line { table: self.table.clone(), others })
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let for_table = request.headers().get("x-amz-target").is_some_and(|target| target.starts_with("DynamoDB_"));
        if for_table { self.table.call(request) } else { self.others.call(request) }
    }
}

/// The clients of a desk on one machine.
pub(crate) fn aws(table: &Table, outbox: &Outbox, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Aws {
    let mock = MockAws::builder().with_service(SqsService::new()).with_service(outbox.clone()).build();
    let (timeouts, retries) = patience();
    let switchboard = Switchboard { table: table.clone(), others: mock.http_client() };
    let config = SdkConfig::builder()
        .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(mock.credentials_provider())
        .http_client(SharedHttpClient::new(switchboard))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(timeouts)
        .retry_config(retries)
        .build();
    Aws::new(config, TABLE.to_owned(), clock, ids)
}
