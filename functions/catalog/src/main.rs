//! Lambda entry point for the catalog.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = catalog::Ports { store: aws.writer() };
    runtime::serve(catalog::router(ports)).await
}
