//! Lambda entry point for what a link in a mail opens.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = portal::Ports { store: aws.reader() };
    runtime::serve(portal::router(ports)).await
}
