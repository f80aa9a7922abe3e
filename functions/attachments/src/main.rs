//! Lambda entry point for files: reserved and fetched over HTTP, looked at when the bucket has them.

use runtime::Doors;
use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let files = attachments::Files::new(aws.files(), setting("BUCKET_NAME")?);
    let ports = attachments::Ports { store: aws.writer(), files };
    let http = Some(attachments::router(ports.clone()));
    let look = move |errand| {
        let ports = ports.clone();
        async move { attachments::consume(&ports, errand).await }
    };
    runtime::run(Doors { http, events: Some(Events::bucket(look)) }).await
}
