//! Lambda entry point for everything that is read.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = query::Ports { store: aws.reader() };
    runtime::serve(query::router(ports)).await
}
