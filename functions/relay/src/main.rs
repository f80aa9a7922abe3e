//! Lambda entry point for the relay.

use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = relay::Ports {
        queues: aws.queues(),
        notify_queue: setting("NOTIFY_QUEUE_URL")?,
        sla_queue: setting("SLA_QUEUE_URL")?,
        clock: aws.clock(),
    };
    let pass_on = move |happened| {
        let ports = ports.clone();
        async move { relay::consume(&ports, happened).await }
    };
    runtime::consume(Events::stream(setting("SOURCE_ARN")?, aws.reader(), pass_on)).await
}
