//! Lambda entry point for sign-in.

use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let settings = identity::Settings::read(setting("ADMIN_ADDRESS").ok().as_deref())?;
    let ports = identity::Ports { store: aws.writer(), settings };
    runtime::serve(identity::router(ports)).await
}
