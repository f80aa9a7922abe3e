//! Lambda entry point for the catalog.

use runtime::settings::setting;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let settings = catalog::Settings::read(&setting("TICK_SCHEDULE")?, &setting("TICK_ZONE")?)?;
    let ports = catalog::Ports { store: aws.writer(), settings };
    runtime::serve(catalog::router(ports)).await
}
