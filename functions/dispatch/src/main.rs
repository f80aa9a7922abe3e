//! Lambda entry point for dispatch: verbs over HTTP, and the choice of an owner from the stream.

use runtime::Doors;
use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = dispatch::Ports { store: aws.writer() };
    let http = Some(dispatch::router(ports.clone()));
    let choose = move |happened| {
        let ports = ports.clone();
        async move { dispatch::consume(&ports, happened).await }
    };
    runtime::run(Doors { http, events: Some(Events::stream(setting("SOURCE_ARN")?, aws.reader(), choose)) }).await
}
