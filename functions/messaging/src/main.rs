//! Lambda entry point for the dialogue.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let aws = runtime::connect().await?;
    let ports = messaging::Ports { store: aws.writer() };
    runtime::serve(messaging::router(ports)).await
}
