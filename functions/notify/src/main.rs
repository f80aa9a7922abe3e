//! Lambda entry point for notices.

use runtime::doors::Events;
use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let settings = notify::Settings {
        sender: setting("SENDER")?,
        public_url: setting("PUBLIC_URL")?,
        frontend_url: setting("FRONTEND_URL").ok(),
    };
    let ports = notify::Ports { store: aws.writer(), mail: aws.mail(), settings };
    let tell = move |message| {
        let ports = ports.clone();
        async move { notify::consume(&ports, message).await }
    };
    runtime::consume(Events::queue(tell)).await
}
