//! Lambda entry point for notices.

use domain::contact::EmailAddress;
use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let settings = notify::Settings {
        sender: setting("SENDER")?,
        public_url: setting("PUBLIC_URL")?,
        frontend_url: setting("FRONTEND_URL").ok(),
        configuration_set: setting("CONFIGURATION_SET").ok(),
        admin_address: setting("ADMIN_ADDRESS").ok().map(|address| EmailAddress::parse(&address)).transpose()?,
    };
    let queue_url = setting("NOTIFY_QUEUE_URL")?;
    let ports = notify::Ports { store: aws.writer(), mail: aws.mail(), queues: aws.queues(), queue_url, settings };
    let tell = move |message, deadline| {
        let ports = ports.clone();
        async move { notify::consume(&ports, message, &deadline).await }
    };
    runtime::consume(Events::queue_in_time(setting("SOURCE_ARN")?, tell)).await
}
