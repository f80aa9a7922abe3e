//! Lambda entry point for the clock: ticks and wakes from the queue, and the application of policies over HTTP.

use runtime::Doors;
use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = sla::Ports { store: aws.writer(), queues: aws.queues(), queue_url: setting("SLA_QUEUE_URL")? };
    let http = Some(sla::router(ports.clone()));
    let act = move |message| {
        let ports = ports.clone();
        async move { sla::consume(&ports, message).await }
    };
    runtime::run(Doors { http, events: Some(Events::queue(setting("SOURCE_ARN")?, act)) }).await
}
