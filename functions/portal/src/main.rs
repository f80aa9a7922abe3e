//! Lambda entry point for what a link in a mail opens.

use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let settings = portal::Settings::read(setting("ADMIN_ADDRESS").ok().as_deref())?;
    let ports = portal::Ports { store: aws.writer(), settings };
    runtime::serve(portal::router(ports)).await
}
