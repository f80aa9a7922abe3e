//! Lambda entry point for sign-in.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = identity::Ports { store: aws.writer() };
    runtime::serve(identity::router(ports)).await
}
